import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type SettingName, settingNames } from './config-settings.ts'
import { type Environment, gather } from './config-sources.ts'
import {
  allowListFault,
  isAddressOf,
  isDatabaseUrl,
  isMailAddress,
  listOf,
  masterKeyFault,
  originOf,
  portOf,
  type Tls,
  tlsOf,
  wrongSubnet,
} from './config-values.ts'
import { developmentMasterKey, parseMasterKey, usesDevelopmentMasterKey } from './crypto/keyring.ts'

export { type SettingName, settings } from './config-settings.ts'
export type { Tls } from './config-values.ts'

/** What the operator decides. Everything else is data in the database. */
export interface Config {
  readonly mode: 'development' | 'production'
  readonly host: string
  readonly port: number
  /** Where the world reaches this deployment: origin only, no slash at the end. Links are made from it alone. */
  readonly baseUrl: string
  readonly dataDirectory: string
  /** `null`: the embedded PostgreSQL in the data directory. */
  readonly databaseUrl: string | null
  readonly tls: Tls
  readonly masterKey: string
  /** `null`: the development mailbox. */
  readonly smtpUrl: string | null
  readonly mailFrom: string
  readonly roles: readonly ('web' | 'worker')[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Addresses of reverse proxies whose X-Forwarded-For is believed, as CIDR. */
  readonly trustedProxies: readonly string[]
  /** Hosts or CIDRs that outgoing calls may reach although they are private. */
  readonly outgoingAllowList: readonly string[]
  readonly otlpEndpoint: string | null
}

/** One thing that is wrong, in words for the operator. */
export interface ConfigProblem {
  readonly setting: string
  readonly problem: string
  readonly remedy: string
}

export type LoadedConfig =
  | { readonly outcome: 'valid'; readonly config: Config }
  | { readonly outcome: 'invalid'; readonly problems: readonly ConfigProblem[] }

/** Reads and checks all settings at once, so that the operator sees every problem in one go. Never throws. */
export function loadConfig(environment: Environment): LoadedConfig {
  const problems: ConfigProblem[] = []
  const report = (setting: string, problem: string, remedy: string): null => {
    problems.push({ setting, problem, remedy })
    return null
  }
  const values = gather(settingNames, environment, report)

  const mode = z.enum(['development', 'production']).safeParse(values.XENIA_MODE ?? 'development')
  if (!mode.success) {
    report('XENIA_MODE', `"${values.XENIA_MODE}" is not a mode.`, 'Set it to development or production.')
  }
  const production = mode.data === 'production'
  const needed = (setting: SettingName, remedy: string) => {
    if (production && values[setting] === undefined) report(setting, 'Production mode needs it.', remedy)
  }

  const port = portOf(values.PORT ?? '8080')
  if (port === null) report('PORT', `"${values.PORT}" is not a port.`, 'Set a whole number from 0 to 65535.')
  const host = values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1')
  if (/[\s/]/.test(host)) report('HOST', 'It is no host or address.', 'Set e.g. 127.0.0.1, 0.0.0.0 or ::.')

  const tls = tlsOf(values.XENIA_TLS ?? 'none')
  if (tls === null) {
    report(
      'XENIA_TLS',
      'It names neither none, self-signed nor two files.',
      'Set it to e.g. cert.pem,key.pem.',
    )
  } else if (production && tls.kind === 'self-signed') {
    report(
      'XENIA_TLS',
      'Production mode refuses a self-signed certificate.',
      'Use certificate files or a proxy.',
    )
  }

  const scheme = tls === null || tls.kind === 'none' ? 'http' : 'https'
  const baseUrl = originOf(values.XENIA_BASE_URL ?? `${scheme}://localhost:${port ?? 8080}`)
  const exampleUrl = 'Set e.g. https://login.contoso.com.'
  needed('XENIA_BASE_URL', exampleUrl)
  if (baseUrl === null) {
    report('XENIA_BASE_URL', 'It is not an http(s) origin without a path.', exampleUrl)
  } else if (values.XENIA_BASE_URL !== undefined && baseUrl.startsWith('http:')) {
    if (production)
      report('XENIA_BASE_URL', 'Production mode needs https.', 'Use https, here or at the proxy in front.')
    else if (scheme === 'https') {
      report(
        'XENIA_BASE_URL',
        'It is http, but with XENIA_TLS the server speaks https.',
        'Begin it with https.',
      )
    }
  }

  const masterKey = values.XENIA_MASTER_KEY ?? developmentMasterKey
  const makeKey = 'Make one with: openssl rand -base64 32'
  const keyFault = masterKeyFault(masterKey)
  if (keyFault !== null) report('XENIA_MASTER_KEY', keyFault, makeKey)
  else if (production && usesDevelopmentMasterKey(parseMasterKey(masterKey))) {
    report('XENIA_MASTER_KEY', 'Production mode refuses the public default.', makeKey)
  }

  const exampleSmtp = 'Set e.g. smtps://user:password@mail.contoso.com.'
  needed('XENIA_SMTP_URL', exampleSmtp)
  if (values.XENIA_SMTP_URL !== undefined && !isAddressOf(['smtp:', 'smtps:'], values.XENIA_SMTP_URL)) {
    report('XENIA_SMTP_URL', 'It is not an smtp: or smtps: address.', exampleSmtp)
  }
  const mailFrom = values.XENIA_MAIL_FROM ?? `invitations@${mailDomainOf(baseUrl)}`
  if (!isMailAddress(mailFrom)) {
    report('XENIA_MAIL_FROM', 'It is not a mail address.', 'Set e.g. invitations@contoso.com.')
  }
  if (values.DATABASE_URL !== undefined && !isDatabaseUrl(values.DATABASE_URL)) {
    report(
      'DATABASE_URL',
      'It is not a postgres: address.',
      'Set e.g. postgres://xenia:password@db.internal/xenia.',
    )
  }
  const roles = z
    .array(z.enum(['web', 'worker']))
    .min(1)
    .safeParse(listOf(values.XENIA_ROLES ?? 'web,worker'))
  if (!roles.success)
    report('XENIA_ROLES', 'Only web and worker are roles.', 'Set it to web,worker or one of them.')
  const logLevel = z.enum(['debug', 'info', 'warn', 'error']).safeParse(values.XENIA_LOG_LEVEL ?? 'info')
  if (!logLevel.success) report('XENIA_LOG_LEVEL', 'It is not a level.', 'Set debug, info, warn or error.')

  const trustedProxies = listOf(values.XENIA_TRUSTED_PROXIES)
  const wrongProxy = wrongSubnet(trustedProxies)
  if (wrongProxy !== undefined) {
    report(
      'XENIA_TRUSTED_PROXIES',
      `"${wrongProxy}" is neither an address nor a CIDR.`,
      'Set e.g. 10.0.0.0/8.',
    )
  }
  const outgoingAllowList = listOf(values.XENIA_OUTGOING_ALLOW)
  const allowFault = allowListFault(outgoingAllowList)
  if (allowFault !== null) {
    report('XENIA_OUTGOING_ALLOW', allowFault, 'Set e.g. idp.corp.internal,10.1.0.0/16.')
  }
  const otlpEndpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null
  if (otlpEndpoint !== null && !isAddressOf(['http:', 'https:'], otlpEndpoint)) {
    report('OTEL_EXPORTER_OTLP_ENDPOINT', 'It is not an http(s) address.', 'Set e.g. http://localhost:4318.')
  }

  const incomplete = port === null || tls === null || baseUrl === null || !roles.success || !logLevel.success
  if (problems.length > 0 || incomplete) return { outcome: 'invalid', problems }
  return {
    outcome: 'valid',
    config: {
      mode: production ? 'production' : 'development',
      host,
      port,
      baseUrl,
      dataDirectory: resolve(values.XENIA_DATA_DIR ?? '.xenia'),
      databaseUrl: values.DATABASE_URL ?? null,
      tls,
      masterKey,
      smtpUrl: values.XENIA_SMTP_URL ?? null,
      mailFrom,
      roles: roles.data,
      logLevel: logLevel.data,
      trustedProxies,
      outgoingAllowList,
      otlpEndpoint,
    },
  }
}

/** The problems as lines for a terminal. */
export const explainProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map(({ setting, problem, remedy }) => `${setting}: ${problem}\n    ${remedy}`).join('\n')

/** Mail servers refuse a sender at `localhost`, so it is where the deployment lives. */
const mailDomainOf = (baseUrl: string | null): string => {
  const host = baseUrl === null ? 'localhost' : new URL(baseUrl).hostname
  return isIP(host) === 0 ? host : `[${host}]`
}
