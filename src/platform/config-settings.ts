/**
 * The one table of settings: `docs/configuration.md` is generated from it, and nothing else reads the environment.
 * `fallback` is what holds when it is not set.
 */
export const settings = {
  XENIA_MODE: {
    meaning: '`development`, or `production`, which refuses default secrets and a missing base URL.',
    fallback: 'development',
  },
  XENIA_CONFIG: {
    meaning: 'A JSON file with these same names; the environment wins over it.',
    fallback: 'none',
  },
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
  XENIA_MAIL_FROM: {
    meaning: 'The sender address of all mail.',
    fallback: '`invitations@` the host of XENIA_BASE_URL',
  },
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

// The keys of a constant; `Object.keys` cannot say so.
export const settingNames = Object.keys(settings) as readonly SettingName[]
