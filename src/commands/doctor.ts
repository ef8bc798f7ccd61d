import type { Command } from 'commander'
import type { PoolConfig } from 'pg'
import { movableClock, systemClock } from '../platform/clock.ts'
import { type Config, loadConfig } from '../platform/config.ts'
import { createKeyring, parseMasterKey } from '../platform/crypto/keyring.ts'
import { openDatabase } from '../platform/database/index.ts'
import type { Deployment } from '../platform/deployment.ts'
import { randomIds } from '../platform/ids.ts'
import { CLOCK_OFFSET_SETTING, readSetting } from '../platform/settings.ts'
import { createLogger, silentLogger } from '../platform/telemetry/log.ts'
import { type Answer, type AnswerOptions, jsonFlag, print, printFailure, table } from './answer.ts'
import { checkBaseUrl, checkCertificate } from './doctor/address.ts'
import { checkDatabase } from './doctor/database.ts'
import { checkJobs, checkTenants, livingNodes } from './doctor/deployment.ts'
import { type Finding, failed, skipped } from './doctor/finding.ts'
import { checkDisk, checkSmtp, describeConfiguration } from './doctor/machine.ts'
import { explain } from './failure.ts'
import { type CommandDatabase, openCommandDatabase, schemaState } from './open.ts'
import { version } from './version.ts'

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check everything that Xenia needs; changes nothing; exit code 1 when something is wrong')
    .option(...jsonFlag)
    .action(async (options: AnswerOptions) => {
      const asJson = options.json === true
      try {
        print(asJson, report(await examine()))
      } catch (error) {
        printFailure(asJson, error)
      }
    })
}

/** A wrong configuration is a finding here, not a failure of the command. */
async function examine(): Promise<readonly Finding[]> {
  const loaded = loadConfig(process.env)
  if (loaded.outcome === 'invalid') {
    return loaded.problems.map(({ setting, problem, remedy }) =>
      failed(`configuration: ${setting}`, problem, remedy),
    )
  }
  const { config } = loaded
  const [disk, certificate, smtp] = await Promise.all([
    checkDisk(config),
    checkCertificate(config, systemClock),
    checkSmtp(config),
  ])
  const inside = await examineDatabase(config)
  return [describeConfiguration(config), ...inside, disk, certificate, smtp]
}

async function examineDatabase(config: Config): Promise<readonly Finding[]> {
  const log = createLogger({ level: 'error', destination: process.stderr })
  let server: CommandDatabase
  try {
    server = await openCommandDatabase(config, log)
  } catch (error) {
    return [failed('database', 'it cannot be used', explain(error).message)]
  }
  try {
    const schema = await schemaState(server.connection)
    const findings = await checkDatabase(server.connection, schema, systemClock)
    const readable = !schema.empty && schema.pending.length === 0 && schema.unknown.length === 0
    const more = readable
      ? await examineDeployment(config, server)
      : [skipped('deployment', 'the schema is not the one of this version')]
    return [...findings, ...more]
  } catch (error) {
    return [failed('database', 'it cannot be used', explain(error).message)]
  } finally {
    await server.stop()
  }
}

async function examineDeployment(config: Config, server: CommandDatabase): Promise<readonly Finding[]> {
  const deployment = await readOnlyDeployment(config, server.connection)
  try {
    const nodes = await livingNodes(deployment)
    const facts = await checkTenants(deployment)
    // The embedded database is another program's only while that program runs.
    const running = nodes > 0 || (server.shared && config.databaseUrl === null)
    return [
      ...facts.findings,
      await checkJobs(deployment, nodes),
      await checkBaseUrl(config, facts.sample, running),
    ]
  } finally {
    await deployment.database.close()
  }
}

/** Opened without migrating and without leaving anything behind. */
async function readOnlyDeployment(config: Config, connection: PoolConfig): Promise<Deployment> {
  const database = openDatabase({ ...connection, max: 4 })
  const stored = await database.platform.transaction((tx) => readSetting(tx, CLOCK_OFFSET_SETTING))
  const ahead = config.mode === 'development' && typeof stored === 'number' ? stored : 0
  return {
    baseUrl: config.baseUrl,
    database,
    clock: movableClock(systemClock, ahead),
    ids: randomIds,
    keyring: createKeyring(parseMasterKey(config.masterKey)),
    log: silentLogger,
  }
}

const marks: Readonly<Record<Finding['status'], string>> = {
  ok: 'ok',
  skipped: '-',
  warning: 'WARNING',
  failed: 'FAILED',
}

function report(findings: readonly Finding[]): Answer {
  const wrong = findings.filter((finding) => finding.status === 'failed')
  const rows = findings.flatMap((finding) => [
    [marks[finding.status], finding.check, finding.detail],
    ...('remedy' in finding ? [['', '', `→ ${finding.remedy}`]] : []),
  ])
  const verdict = wrong.length === 0 ? 'Nothing is wrong.' : `${wrong.length} thing(s) must be put right.`
  return {
    json: { status: wrong.length === 0 ? 'ok' : 'failed', version, findings },
    text: `${table(['', 'CHECK', 'FINDING'], rows)}\n\n${verdict}`,
    exitCode: wrong.length === 0 ? 0 : 1,
  }
}
