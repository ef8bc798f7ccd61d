import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Config, explainProblems, loadConfig, type SettingName, settings } from './config.ts'

const directory = mkdtempSync(join(tmpdir(), 'xenia-config-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = (content: string): string => {
  const path = join(directory, `${Math.random()}.json`)
  writeFileSync(path, content)
  return path
}

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7 + 1)).toString('base64')

/** The least that production mode accepts. */
const production = {
  XENIA_MODE: 'production',
  XENIA_BASE_URL: 'https://login.contoso.com',
  XENIA_MASTER_KEY: KEY,
  XENIA_SMTP_URL: 'smtps://me:secret@mail.contoso.com',
}

function valid(environment: Record<string, string | undefined>): Config {
  const loaded = loadConfig(environment)
  if (loaded.outcome === 'invalid') throw new Error(explainProblems(loaded.problems))
  return loaded.config
}

function faults(environment: Record<string, string | undefined>): readonly string[] {
  const loaded = loadConfig(environment)
  return loaded.outcome === 'valid' ? [] : loaded.problems.map((problem) => problem.setting)
}

describe('without any setting', () => {
  test('a clone starts on loopback, with a database and a mailbox of its own', () => {
    expect(valid({})).toEqual({
      mode: 'development',
      host: '127.0.0.1',
      port: 8080,
      baseUrl: 'http://localhost:8080',
      dataDirectory: resolve('.xenia'),
      databaseUrl: null,
      tls: { kind: 'none' },
      masterKey: expect.any(String),
      smtpUrl: null,
      mailFrom: 'invitations@localhost',
      roles: ['web', 'worker'],
      logLevel: 'info',
      trustedProxies: [],
      outgoingAllowList: [],
      otlpEndpoint: null,
    })
  })

  test('a setting that is empty counts as not set', () => {
    expect(valid(Object.fromEntries(Object.keys(settings).map((name) => [name, ''])))).toEqual(valid({}))
  })

  test('the base URL follows port and scheme', () => {
    expect(valid({ PORT: '9000', XENIA_TLS: 'self-signed' }).baseUrl).toBe('https://localhost:9000')
  })
})

describe('production mode', () => {
  test('starts with a base URL, a master key and a mail server', () => {
    expect(valid(production)).toMatchObject({
      mode: 'production',
      host: '0.0.0.0',
      baseUrl: 'https://login.contoso.com',
      mailFrom: 'invitations@login.contoso.com',
    })
  })

  test.each(['XENIA_BASE_URL', 'XENIA_MASTER_KEY', 'XENIA_SMTP_URL'])(
    'refuses to start without %s',
    (name) => {
      expect(faults({ ...production, [name]: undefined })).toContain(name)
    },
  )

  test.each([
    ['XENIA_MASTER_KEY', Buffer.from('xenia-insecure-development-key!!').toString('base64')],
    ['XENIA_MASTER_KEY', `new:${KEY},old:${Buffer.from('xenia-insecure-development-key!!').toString('hex')}`],
    ['XENIA_BASE_URL', 'http://login.contoso.com'],
    ['XENIA_TLS', 'self-signed'],
  ])('refuses %s that is only for development', (name, value) => {
    expect(faults({ ...production, [name]: value })).toContain(name)
  })

  test('says everything that is wrong at once', () => {
    expect(faults({ XENIA_MODE: 'production' })).toEqual([
      'XENIA_BASE_URL',
      'XENIA_MASTER_KEY',
      'XENIA_SMTP_URL',
    ])
  })
})

describe('a mistake is refused', () => {
  test.each<[SettingName, string]>([
    ['XENIA_MODE', 'prod'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', ' '],
    ['HOST', 'http://0.0.0.0'],
    ['XENIA_BASE_URL', 'login.contoso.com'],
    ['XENIA_BASE_URL', 'https://login.contoso.com/xenia'],
    ['XENIA_BASE_URL', 'https://me@login.contoso.com'],
    ['XENIA_BASE_URL', 'https://login.contoso.com?tenant=1'],
    ['XENIA_BASE_URL', 'ftp://login.contoso.com'],
    ['XENIA_TLS', 'yes'],
    ['XENIA_TLS', 'cert.pem'],
    ['XENIA_TLS', 'cert.pem,key.pem,chain.pem'],
    ['XENIA_MASTER_KEY', 'secret'],
    ['XENIA_MASTER_KEY', Buffer.alloc(32).toString('base64')],
    ['XENIA_SMTP_URL', 'mail.contoso.com'],
    ['XENIA_SMTP_URL', 'smtp:'],
    ['XENIA_SMTP_URL', 'https://mail.contoso.com'],
    ['XENIA_MAIL_FROM', 'invitations'],
    ['XENIA_MAIL_FROM', 'a@b.example\r\nBcc: c@d.example'],
    ['DATABASE_URL', 'mysql://db.internal/xenia'],
    ['XENIA_ROLES', 'web,janitor'],
    ['XENIA_ROLES', ','],
    ['XENIA_LOG_LEVEL', 'loud'],
    ['XENIA_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['XENIA_TRUSTED_PROXIES', 'proxy.internal'],
    ['XENIA_TRUSTED_PROXIES', '10.0.0.1,fe80::/129'],
    ['XENIA_OUTGOING_ALLOW', '10.1.0.0/99'],
    ['XENIA_OUTGOING_ALLOW', 'idp.internal,http://other.internal/path'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
  ])('%s=%j', (name, value) => {
    expect(faults({ [name]: value })).toContain(name)
  })

  test('a base URL of http is refused where the server speaks https', () => {
    expect(faults({ XENIA_TLS: 'self-signed', XENIA_BASE_URL: 'http://localhost:8080' })).toEqual([
      'XENIA_BASE_URL',
    ])
  })

  test('a misspelt setting is not silently nothing; those of test runs are left alone', () => {
    expect(faults({ XENIA_BASEURL: 'https://login.contoso.com' })).toEqual(['XENIA_BASEURL'])
    expect(faults({ XENIA_TEST_DATABASE_URL: 'postgres://somewhere' })).toEqual([])
  })

  test('and never repeated where it is a secret', () => {
    const loaded = loadConfig({
      XENIA_MASTER_KEY: 'hunter2-hunter2-hunter2-hunter2-hunter2-hun',
      XENIA_SMTP_URL: 'mail://me:hunter2@host',
      DATABASE_URL: 'mysql://me:hunter2@host/db',
      XENIA_CONFIG: file('{ "XENIA_MASTER_KEY": hunter2 }'),
    })
    expect(loaded).toMatchObject({ outcome: 'invalid', problems: { length: 4 } })
    expect(JSON.stringify(loaded)).not.toContain('hunter2')
  })
})

describe('what is right is taken', () => {
  test.each<[SettingName, string, Partial<Config>]>([
    ['PORT', '0', { port: 0 }],
    ['XENIA_BASE_URL', 'HTTPS://Login.Contoso.com:443/', { baseUrl: 'https://login.contoso.com' }],
    ['XENIA_TLS', 'cert.pem, key.pem', { tls: { kind: 'files', certificate: 'cert.pem', key: 'key.pem' } }],
    ['XENIA_ROLES', 'worker', { roles: ['worker'] }],
    ['XENIA_TRUSTED_PROXIES', '10.0.0.1, fd00::/8', { trustedProxies: ['10.0.0.1', 'fd00::/8'] }],
    [
      'XENIA_OUTGOING_ALLOW',
      'idp.internal:8443,10.1.0.0/16',
      { outgoingAllowList: ['idp.internal:8443', '10.1.0.0/16'] },
    ],
    [
      'DATABASE_URL',
      'postgres://me:pw@/xenia?host=/run/postgresql',
      { databaseUrl: 'postgres://me:pw@/xenia?host=/run/postgresql' },
    ],
  ])('%s=%s', (name, value, expected) => {
    expect(valid({ [name]: value })).toMatchObject(expected)
  })

  test('of the configuration file, unless the environment says otherwise', () => {
    const path = file('{ "PORT": 9000, "XENIA_LOG_LEVEL": "debug" }')
    expect(valid({ XENIA_CONFIG: path, XENIA_LOG_LEVEL: 'warn', PORT: '' })).toMatchObject({
      port: 9000,
      logLevel: 'warn',
    })
  })
})

test.each([
  ['XENIA_CONFIG', join(directory, 'absent.json')],
  ['XENIA_CONFIG', file('PORT=9000')],
  ['XENIA_CONFIG', file('["PORT"]')],
  ['XENIA_CONFIG', file('{ "PORT": null }')],
  ['XENIA_CONFIG', file('{ "PORT": { "value": 9000 } }')],
  ['XENIA_CONFIG', file('{ "XENIA_CONFIG": "other.json" }')],
  ['PROT', file('{ "PROT": "9000" }')],
])('a configuration file that cannot be used is a problem of %s, not an exception', (setting, path) => {
  expect(faults({ XENIA_CONFIG: path })).toEqual([setting])
})

test('no environment makes the configuration throw, and every problem says what to do', () => {
  const names = fc.constantFrom(...Object.keys(settings).filter((name) => name !== 'XENIA_CONFIG'), 'XENIA_X')
  fc.assert(
    fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (environment) => {
      const loaded = loadConfig(environment)
      const problems = loaded.outcome === 'valid' ? [] : loaded.problems
      expect(problems.every(({ remedy }) => remedy.length > 0)).toBe(true)
    }),
  )
})

test('docs/configuration.md is what the table of settings says (renew it: npx vitest run src/platform/config.test.ts -u)', async () => {
  const rows = Object.entries(settings).map(([name, { meaning, fallback }]) => {
    return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} | ${fallback} |`
  })
  const example = Object.entries(production).map(([name, value]) => {
    return `${name}=${name === 'XENIA_MASTER_KEY' ? '"$(cat /etc/xenia/master-key)"' : value}`
  })
  const text = `<!-- Generated from src/platform/config-settings.ts by src/platform/config.test.ts. Do not edit. -->
# Configuration

Everything that the operator decides, by environment variable or in a JSON file named by \`XENIA_CONFIG\`. Nothing is
needed to try Xenia. A setting that is empty counts as not set; a misspelt \`XENIA_…\` is refused. The program checks
all of them when it starts and says everything that is wrong at once; \`xenia doctor\` explains them.

| Setting | Meaning | Unless set |
|---|---|---|
${rows.join('\n')}

The least that production needs:

\`\`\`sh
${example.join('\n')}
\`\`\`

How to keep the master key, and how to change it: [operations](operations.md#keys).
`
  await expect(text).toMatchFileSnapshot('../../docs/configuration.md')
})
