import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { Agent, request } from 'undici'
import type { Clock } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import { fromFiles } from '../../platform/tls.ts'
import type { TenantFacts } from './deployment.ts'
import {
  DAY_MILLISECONDS,
  type Finding,
  failed,
  ok,
  PATIENCE_MILLISECONDS,
  skipped,
  warning,
} from './finding.ts'

/** Renewals go wrong unnoticed; three weeks leave time to see to it. */
const CERTIFICATE_WARNING_DAYS = 21

/** Is the base URL the way to this very deployment? */
export async function checkBaseUrl(
  config: Config,
  sample: TenantFacts['sample'],
  running: boolean,
): Promise<Finding> {
  const { hostname } = new URL(config.baseUrl)
  try {
    await lookup(hostname.replace(/^\[|\]$/g, ''))
  } catch {
    return failed(
      'base URL',
      `${hostname} has no address in DNS`,
      'Add it to DNS, or correct XENIA_BASE_URL.',
    )
  }
  const ca = await developmentAuthority(config)
  const agent = new Agent({ connect: ca === null ? {} : { ca } })
  const path = sample === null ? '/healthz' : `/${sample.tenant.id}/discovery/v2.0/keys`
  try {
    const { statusCode, body } = await request(config.baseUrl + path, {
      dispatcher: agent,
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    })
    const text = await body.text()
    const recognised =
      statusCode === 200 && (sample === null || sample.keyIds.some((id) => text.includes(id)))
    return recognised
      ? ok('base URL', `${config.baseUrl} reaches this deployment`)
      : failed(
          'base URL',
          `${config.baseUrl} answers (${statusCode}), but not as this deployment`,
          'Correct XENIA_BASE_URL, or where DNS and the proxy lead.',
        )
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const detail = `${config.baseUrl} does not answer (${why})`
    return running
      ? failed(
          'base URL',
          detail,
          'Xenia runs: look at DNS, the proxy in front, its certificate and the firewall.',
        )
      : warning('base URL', `${detail}, and no node has given a sign of life`, 'Start Xenia, then ask again.')
  } finally {
    await agent.destroy()
  }
}

export async function checkCertificate(config: Config, clock: Clock): Promise<Finding> {
  switch (config.tls.kind) {
    case 'files': {
      const { certificate, key } = config.tls
      try {
        return lifetime((await fromFiles(certificate, key, clock)).validTo, clock)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return failed('certificate', why, 'Correct XENIA_TLS or the files, then restart.')
      }
    }
    case 'self-signed':
      return ok('certificate', 'self-signed; each start renews it when need be')
    case 'none':
      return config.baseUrl.startsWith('https:')
        ? checkProxyCertificate(config.baseUrl, clock)
        : skipped('certificate', 'plain http')
    default:
      return config.tls satisfies never
  }
}

/** The one that a proxy shows in front of us. */
async function checkProxyCertificate(baseUrl: string, clock: Clock): Promise<Finding> {
  const { hostname, port } = new URL(baseUrl)
  try {
    const socket = await handshake(hostname.replace(/^\[|\]$/g, ''), Number(port || 443))
    const { valid_to: validTo } = socket.getPeerCertificate()
    socket.destroy()
    return lifetime(new Date(validTo), clock)
  } catch (error) {
    return skipped(
      'certificate',
      `no connection to ${baseUrl} (${error instanceof Error ? error.message : error})`,
    )
  }
}

/** Trust is not the question here, so that an expired certificate can be told from an absent one. */
function handshake(host: string, port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => resolve(socket))
    socket.setTimeout(PATIENCE_MILLISECONDS, () => socket.destroy(new Error('no answer in time')))
    socket.once('error', reject)
  })
}

function lifetime(validTo: Date, clock: Clock): Finding {
  const days = Math.floor((validTo.getTime() - clock.now().getTime()) / DAY_MILLISECONDS)
  const detail = `valid for ${days} days, until ${validTo.toISOString().slice(0, 10)}`
  const remedy = 'Renew it, and see why that did not happen by itself.'
  if (days < 0) return failed('certificate', `expired on ${validTo.toISOString().slice(0, 10)}`, remedy)
  return days < CERTIFICATE_WARNING_DAYS ? warning('certificate', detail, remedy) : ok('certificate', detail)
}

/** Browsers are told to trust it by hand; we know where it lies. */
const developmentAuthority = (config: Config): Promise<string | null> =>
  config.tls.kind === 'self-signed'
    ? readFile(join(config.dataDirectory, 'tls', 'development-ca.pem'), 'utf8').catch(() => null)
    : Promise.resolve(null)
