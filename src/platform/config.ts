import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { developmentMasterKey, parseMasterKey, usesDevelopmentMasterKey } from './crypto/keyring.ts'

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

export type Tls =
  | { readonly kind: 'none' }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }

/** One thing that is wrong, in words for the operator. */
export interface ConfigProblem {
  readonly setting: string
  readonly problem: string
  readonly remedy: string
}

export type LoadedConfig =
  | { readonly outcome: 'valid'; readonly config: Config }
  | { readonly outcome: 'invalid'; readonly problems: readonly ConfigProblem[] }

/**
 * The one table of settings: `docs/configuration.md` is generated from it, and nothing else reads the environment.
 */
export const settings = {
  XENIA_MODE: {
    meaning: '`development`, or `production`, which refuses default secrets and a missing base URL.',
    fallback: 'development',
  },
  XENIA_CONFIG: { meaning: 'A JSON file with these same names; the environment wins over it.', fallback: '' },
  HOST: {
    meaning: 'Address to listen on.',
    fallback: '127.0.0.1, in production 0.0.0.0',
  },
  PORT: { meaning: 'Port to listen on.', fallback: '8080' },
  XENIA_BASE_URL: {
    meaning:
      'Where the world reaches this deployment, e.g. `https://login.contoso.com`. Links and issuers are made from it.',
    fallback: 'http(s)://localhost:PORT, in production none',
  },
  XENIA_DATA_DIR: {
    meaning: 'Where the embedded database and development certificates live.',
    fallback: '.xenia',
  },
  DATABASE_URL: {
    meaning: 'A PostgreSQL of version 15 or later, as a login that may create roles and tables.',
    fallback: 'the embedded PostgreSQL',
  },
  XENIA_TLS: {
    meaning: '`none` (behind a proxy), `self-signed` (development), or `certificate.pem,key.pem`.',
    fallback: 'none',
  },
  XENIA_MASTER_KEY: {
    meaning:
      'Encrypts secrets and signing keys at rest: 32 random bytes in base64 or hex; to rotate, `newId:key,oldId:key`.',
    fallback: 'a public development key, in production none',
  },
  XENIA_SMTP_URL: {
    meaning: 'Where mail goes, e.g. `smtps://user:password@mail.contoso.com`.',
    fallback: 'the development mailbox, in production none',
  },
  XENIA_MAIL_FROM: { meaning: 'The sender address of all mail.', fallback: 'invitations@localhost' },
  XENIA_ROLES: { meaning: '`web`, `worker` or both, comma separated.', fallback: 'web,worker' },
  XENIA_LOG_LEVEL: { meaning: '`debug`, `info`, `warn` or `error`.', fallback: 'info' },
  XENIA_TRUSTED_PROXIES: {
    meaning: 'Reverse proxies (CIDR, comma separated) whose X-Forwarded-For names the caller in logs.',
    fallback: 'none',
  },
  XENIA_OUTGOING_ALLOW: {
    meaning:
      'Private hosts or CIDRs, comma separated, that outgoing calls to configured addresses may reach.',
    fallback: 'none',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: { meaning: 'Where traces go; unset, none are made.', fallback: 'none' },
} as const satisfies Record<string, { readonly meaning: string; readonly fallback: string }>

export type SettingName = keyof typeof settings
type Values = Partial<Record<SettingName, string>>

const list = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Reads and checks all settings at once, so that the operator sees every problem in one go. Never throws. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const problems: ConfigProblem[] = []
  const problem = (setting: string, what: string, remedy: string) => {
    problems.push({ setting, problem: what, remedy })
    return null
  }
  const values = gather(environment, problem)

  const mode = values.XENIA_MODE ?? 'development'
  if (mode !== 'development' && mode !== 'production') {
    problem('XENIA_MODE', `"${mode}" is not a mode.`, 'Set it to development or production.')
  }
  const production = mode === 'production'
  const port = z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .safeParse(values.PORT ?? '8080')
  if (!port.success) problem('PORT', `"${values.PORT}" is not a port.`, 'Set a whole number from 0 to 65535.')
  const tls = parseTls(values.XENIA_TLS ?? 'none')
  if (tls === null) {
    problem(
      'XENIA_TLS',
      'It names neither none, self-signed nor two files.',
      'Set it to e.g. cert.pem,key.pem.',
    )
  } else if (production && tls.kind === 'self-signed') {
    problem(
      'XENIA_TLS',
      'Production mode refuses a self-signed certificate.',
      'Use certificate files or a proxy.',
    )
  }

  const scheme = tls === null || tls.kind === 'none' ? 'http' : 'https'
  if (production && values.XENIA_BASE_URL === undefined) {
    problem(
      'XENIA_BASE_URL',
      'Production mode needs it.',
      'Set it to the public address, e.g. https://login.contoso.com.',
    )
  }
  const baseUrl = parseBaseUrl(values.XENIA_BASE_URL ?? `${scheme}://localhost:${port.data ?? 8080}`)
  if (baseUrl === null) {
    problem(
      'XENIA_BASE_URL',
      'It is not an http(s) origin without a path.',
      'Set e.g. https://login.contoso.com.',
    )
  } else if (production && !baseUrl.startsWith('https:')) {
    problem('XENIA_BASE_URL', 'Production mode needs https.', 'Use https, here or at the proxy in front.')
  }

  const masterKey = values.XENIA_MASTER_KEY ?? developmentMasterKey
  const keyProblem = masterKeyProblem(masterKey)
  if (keyProblem !== null) problem('XENIA_MASTER_KEY', keyProblem, 'Make one with: openssl rand -base64 32')
  else if (production && usesDevelopmentMasterKey(parseMasterKey(masterKey))) {
    problem(
      'XENIA_MASTER_KEY',
      'Production mode refuses the public default.',
      'Make one with: openssl rand -base64 32',
    )
  }
  if (
    values.XENIA_SMTP_URL !== undefined &&
    !/^smtps?:$/.test(urlOf(values.XENIA_SMTP_URL)?.protocol ?? '')
  ) {
    problem(
      'XENIA_SMTP_URL',
      'It is not an smtp: or smtps: address.',
      'Set e.g. smtps://user:password@mail.contoso.com.',
    )
  } else if (production && values.XENIA_SMTP_URL === undefined) {
    problem('XENIA_SMTP_URL', 'Production mode needs it.', 'Set e.g. smtps://user:password@mail.contoso.com.')
  }
  if (
    values.DATABASE_URL !== undefined &&
    !/^postgres(ql)?:$/.test(urlOf(values.DATABASE_URL)?.protocol ?? '')
  ) {
    problem(
      'DATABASE_URL',
      'It is not a postgres: address.',
      'Set e.g. postgres://xenia:password@db.internal/xenia.',
    )
  }
  const roles = z
    .array(z.enum(['web', 'worker']))
    .min(1)
    .safeParse(list(values.XENIA_ROLES ?? 'web,worker'))
  if (!roles.success)
    problem('XENIA_ROLES', 'Only web and worker are roles.', 'Set it to web,worker or one of them.')
  const logLevel = z.enum(['debug', 'info', 'warn', 'error']).safeParse(values.XENIA_LOG_LEVEL ?? 'info')
  if (!logLevel.success) problem('XENIA_LOG_LEVEL', 'It is not a level.', 'Set debug, info, warn or error.')

  if (
    problems.length > 0 ||
    !port.success ||
    !roles.success ||
    !logLevel.success ||
    tls === null ||
    baseUrl === null
  ) {
    return { outcome: 'invalid', problems }
  }
  return {
    outcome: 'valid',
    config: {
      mode: production ? 'production' : 'development',
      host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
      port: port.data,
      baseUrl,
      dataDirectory: resolve(values.XENIA_DATA_DIR ?? '.xenia'),
      databaseUrl: values.DATABASE_URL ?? null,
      tls,
      masterKey,
      smtpUrl: values.XENIA_SMTP_URL ?? null,
      mailFrom: values.XENIA_MAIL_FROM ?? 'invitations@localhost',
      roles: roles.data,
      logLevel: logLevel.data,
      trustedProxies: list(values.XENIA_TRUSTED_PROXIES),
      outgoingAllowList: list(values.XENIA_OUTGOING_ALLOW),
      otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    },
  }
}

/** The problems as lines for a terminal. */
export const explainProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map(({ setting, problem, remedy }) => `${setting}: ${problem}\n    ${remedy}`).join('\n')

function gather(
  environment: Readonly<Record<string, string | undefined>>,
  problem: (setting: string, what: string, remedy: string) => null,
): Values {
  const known = Object.keys(settings)
  const fromFile = environment['XENIA_CONFIG'] ? readFile(environment['XENIA_CONFIG'], problem) : {}
  for (const name of Object.keys(fromFile)) {
    if (!known.includes(name))
      problem(
        name,
        'The configuration file has a setting of this name; there is none.',
        'Check its spelling.',
      )
  }
  for (const name of Object.keys(environment)) {
    // A misspelt XENIA_… would otherwise be silently nothing. Test runs have switches of their own.
    if (name.startsWith('XENIA_') && !name.startsWith('XENIA_TEST_') && !known.includes(name)) {
      problem(name, 'There is no such setting.', 'Check its spelling against docs/configuration.md.')
    }
  }
  const entries = known.flatMap((name) => {
    const value = environment[name] ?? fromFile[name]
    return value === undefined || value === '' ? [] : [[name, value]]
  })
  return Object.fromEntries(entries)
}

function readFile(
  path: string,
  problem: (setting: string, what: string, remedy: string) => null,
): Readonly<Record<string, string>> {
  try {
    const parsed = z.record(z.string(), z.coerce.string()).parse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    problem(
      'XENIA_CONFIG',
      `${path} cannot be used: ${why}`,
      'Give a JSON object of setting names and values.',
    )
    return {}
  }
}

function parseTls(text: string): Tls | null {
  if (text === 'none' || text === 'self-signed') return { kind: text }
  const [certificate, key, ...rest] = list(text)
  return certificate !== undefined && key !== undefined && rest.length === 0
    ? { kind: 'files', certificate, key }
    : null
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

function parseBaseUrl(text: string): string | null {
  const url = urlOf(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  return url.href === `${url.origin}/` ? url.origin : null
}

function masterKeyProblem(text: string): string | null {
  try {
    parseMasterKey(text)
    return null
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}
