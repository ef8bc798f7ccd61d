import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Config } from '../../platform/config.ts'
import { parseMasterKey, usesDevelopmentMasterKey } from '../../platform/crypto/keyring.ts'
import { safeText } from '../../platform/telemetry/redaction.ts'
import { type Finding, failed, ok, PATIENCE_MILLISECONDS, skipped, warning } from './finding.ts'

/** PostgreSQL stops when it cannot write, so this must be seen long before. */
const DISK_WARNING_BYTES = 2_000_000_000
const DISK_FAILURE_BYTES = 200_000_000

/** What holds, in words; a configuration that is wrong never comes here. */
export function describeConfiguration(config: Config): Finding {
  const masterKeys = parseMasterKey(config.masterKey)
  const fingerprints = masterKeys.map((key) => key.fingerprint).join(', ')
  return ok(
    'configuration',
    [
      `${config.mode} mode`,
      `${config.roles.join(' and ')} on ${config.host}:${config.port}`,
      config.databaseUrl === null
        ? `embedded database in ${config.dataDirectory}`
        : 'database of DATABASE_URL',
      usesDevelopmentMasterKey(masterKeys)
        ? 'the public development master key'
        : `master key ${fingerprints}`,
    ].join(', '),
  )
}

export async function checkDisk(config: Config): Promise<Finding> {
  if (config.databaseUrl !== null) return skipped('disk', 'the database is another server’s')
  const { bavail, bsize } = await statfs(existing(config.dataDirectory))
  const free = bavail * bsize
  const detail = `${(free / 1e9).toFixed(1)} GB free in ${config.dataDirectory}`
  const remedy = 'Make room, or move XENIA_DATA_DIR to a larger disk while Xenia is stopped.'
  if (free < DISK_FAILURE_BYTES) return failed('disk', detail, remedy)
  return free < DISK_WARNING_BYTES ? warning('disk', detail, remedy) : ok('disk', detail)
}

const existing = (path: string): string => (existsSync(path) ? path : existing(dirname(path)))

/** Connects and logs in, and sends nothing. */
export async function checkSmtp(config: Config): Promise<Finding> {
  if (config.smtpUrl === null) return ok('SMTP', 'the development mailbox takes all mail')
  const { host } = new URL(config.smtpUrl)
  const transport = createTransport({
    url: config.smtpUrl,
    connectionTimeout: PATIENCE_MILLISECONDS,
    greetingTimeout: PATIENCE_MILLISECONDS,
    socketTimeout: PATIENCE_MILLISECONDS,
  })
  try {
    await transport.verify()
    return ok('SMTP', `${host} takes our mail`)
  } catch (error) {
    const why = safeText(error instanceof Error ? error.message : String(error))
    return failed('SMTP', `${host}: ${why}`, 'Correct XENIA_SMTP_URL, or the mail server and the way to it.')
  } finally {
    transport.close()
  }
}
