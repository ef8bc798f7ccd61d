import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { freePort } from '../../test/kit/port.ts'
import { connectEmbeddedPostgres } from '../platform/database/embedded-connect.ts'
import { commandLine, type Settings } from './cli.fixture.ts'

// One server for all: every command here works beside it, on the embedded database that it owns.
const { run, json, serve, directory } = commandLine()
let server: Awaited<ReturnType<typeof serve>>
let settings: Settings
let baseUrl: string
let contosoId: string

beforeAll(async () => {
  const port = String(await freePort())
  settings = { PORT: port }
  baseUrl = `http://localhost:${port}`
  server = await serve(['serve'], settings)
  expect(server.ready).toBe(`Xenia is ready: ${baseUrl} (Ctrl-C ends it)\n`)
  const words = [
    'tenant',
    'create',
    'contoso.login.example',
    '--name',
    'Contoso',
    '--domain',
    'Contoso.example',
  ]
  contosoId = z.object({ id: z.guid() }).parse(await json(words, settings)).id
})

afterAll(async () => {
  // As when npm and the terminal both send it.
  process.kill(server.pid, 'SIGINT')
  expect(await server.stop('SIGINT')).toBe(0)
})

async function query<T extends object>(text: string): Promise<T[]> {
  const client = new Client(await connectEmbeddedPostgres(join(directory, 'data', 'postgresql')))
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

/** The one line that a refused command says. */
async function refusal(words: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await run(words, settings, input)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^xenia: .*\n$/)
  return stderr
}

const Tenants = z.object({ tenants: z.array(z.object({ id: z.guid(), initialDomain: z.string() })) })
const listTenants = async () => Tenants.parse(await json(['tenant', 'list'], settings)).tenants

/** Some tests run the program half a dozen times, on machines that do other things as well. */
vi.setConfig({ testTimeout: 120_000 })

describe('tenant', () => {
  test('create makes a whole tenant, list shows it', async () => {
    const created = await json(
      ['tenant', 'create', 'woodgrove.login.example', '--name', 'Woodgrove', '--type', 'external'],
      settings,
    )
    expect(created).toEqual({
      id: expect.any(String),
      displayName: 'Woodgrove',
      tenantType: 'CIAM',
      initialDomain: 'woodgrove.login.example',
      issuer: expect.stringMatching(new RegExp(`^${baseUrl}/[0-9a-f-]{36}/v2\\.0$`)),
      createdDateTime: expect.stringMatching(/^20/),
    })
    expect(await json(['tenant', 'list'], settings)).toMatchObject({
      tenants: expect.arrayContaining([created]),
    })
    const { issuer } = z.object({ issuer: z.string() }).parse(created)
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ issuer })
  })

  test('create refuses a domain that is taken or is none, and leaves nothing behind', async () => {
    const before = await listTenants()
    expect(await refusal(['tenant', 'create', 'contoso.example', '--name', 'Impostor'])).toContain(
      'another tenant',
    )
    expect(
      await refusal(['tenant', 'create', 'x.example', '--name', 'X', '--domain', 'CONTOSO.example']),
    ).toContain('contoso.example belongs to another tenant')
    expect(await refusal(['tenant', 'create', 'localhost', '--name', 'X'])).toContain('is not a domain name')
    expect(await refusal(['tenant', 'create', 'y.example', '--name', ' '])).toContain('display name')
    expect(await listTenants()).toEqual(before)
  })
})

describe('user', () => {
  test('create finds the tenant by the address, gives roles, and shows a new password once', async () => {
    const role = ['--role', 'global administrator', '--role', 'User Administrator']
    const created = await json(['user', 'create', 'ada@contoso.example', '--name', 'Ada', ...role], settings)
    expect(created).toEqual({
      id: expect.any(String),
      tenantId: contosoId,
      userPrincipalName: 'ada@contoso.example',
      displayName: 'Ada',
      roles: ['Global Administrator', 'User Administrator'],
      password: expect.stringMatching(/^\w{5}-\w{5}-\w{5}-\w{5}$/),
    })
    expect(await query('select force_change from user_passwords')).toEqual([{ force_change: true }])
  })

  test('create takes a password from standard input and never repeats it', async () => {
    const password = 'lantern-orbit-drizzle-44'
    const words = ['user', 'create', 'grace@contoso.example', '--name', 'Grace', '--password-stdin', '--json']
    const { code, stdout, stderr } = await run(words, settings, `${password}\r\n`)
    expect(code).toBe(0)
    expect(stdout + stderr).not.toContain(password)
  })

  test.each([
    ['a weak password', ['weak@contoso.example', '--password-stdin'], '12345678\n', 'easily guessed'],
    [
      'a password with the name in it',
      ['weak@contoso.example', '--password-stdin'],
      'Contoso-rain-77-blue\n',
      'contains a name',
    ],
    ['an address that is taken', ['ADA@contoso.example'], '', 'userPrincipalName'],
    [
      'a domain that nobody has',
      ['ada@nowhere.example'],
      '',
      'No tenant has the id or domain "nowhere.example"',
    ],
    ['a domain of another tenant', ['ada@nowhere.example', '--tenant', 'contoso.example'], '', 'domain'],
  ])('create refuses %s', async (_what, words, input, said) => {
    const before = await query('select id from users order by 1')
    const line = await refusal(['user', 'create', ...words, '--name', 'Ada'], input)
    expect(line).toContain(said)
    expect(await query('select id from users order by 1')).toEqual(before)
  })
})

const AppAnswer = z.object({ appId: z.guid(), tenantId: z.guid(), secret: z.string(), issuer: z.string() })

/** What an application may read with its secret. */
async function usersSeenBy({ appId, tenantId, secret }: z.infer<typeof AppAnswer>): Promise<Response> {
  const answer = await fetch(`${baseUrl}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await answer.json())
  return fetch(`${baseUrl}/v1.0/users?$select=displayName`, { headers: { authorization: `Bearer ${token}` } })
}

describe('app', () => {
  const create = (...words: string[]) =>
    json(['app', 'create', 'Reader', '--tenant', 'contoso.example', '--secret', ...words], settings)

  test('create registers what signs in at once, with the permissions that were named and no others', async () => {
    const allowed = AppAnswer.parse(await create('--permission', 'user.read.all'))
    const users = await usersSeenBy(allowed)
    expect(users.status).toBe(200)
    expect(await users.json()).toMatchObject({
      value: expect.arrayContaining([expect.objectContaining({ displayName: 'Ada' })]),
    })

    const without = AppAnswer.parse(await create())
    expect((await usersSeenBy(without)).status).toBe(403)
  })

  test('create keeps each redirect address on its platform and can expose an API', async () => {
    const created = await create(
      ...['--redirect-uri', 'https://a.example/1', '--redirect-uri', 'https://a.example/2'],
      ...['--spa-redirect-uri', 'https://a.example/spa', '--native-redirect-uri', 'http://localhost/native'],
      ...['--expose-api', '--audience', 'any'],
    )
    const { appId } = AppAnswer.parse(created)
    expect(created).toMatchObject({
      identifierUris: [`api://${appId}`],
      redirectUris: [
        'https://a.example/1',
        'https://a.example/2',
        'https://a.example/spa',
        'http://localhost/native',
      ],
    })
  })

  test('create refuses a redirect address that is none, and an unknown tenant', async () => {
    const line = await refusal([
      'app',
      'create',
      'X',
      '--tenant',
      'contoso.example',
      '--redirect-uri',
      'javascript:1',
    ])
    expect(line).toContain('javascript:')
    expect(await refusal(['app', 'create', 'X', '--tenant', 'nowhere.example'])).toContain('No tenant')
  })
})

const KeySet = z.object({ keys: z.array(z.object({ kid: z.string() })) })

async function publishedBy(domain: string): Promise<string[]> {
  const { keys } = KeySet.parse(await (await fetch(`${baseUrl}/${domain}/discovery/v2.0/keys`)).json())
  return keys.map((key) => key.kid)
}

describe('keys', () => {
  test('rotate publishes a new key beside the old one; of the named tenant only', async () => {
    const others = await publishedBy('contoso.example')
    await json(['tenant', 'create', 'keys.login.example', '--name', 'Keys'], settings)
    const answer = await json(['keys', 'rotate', '--tenant', 'keys.login.example'], settings)
    expect(answer).toMatchObject({ rotated: [{ initialDomain: 'keys.login.example', publishedKeys: 2 }] })
    expect(await publishedBy('keys.login.example')).toHaveLength(2)
    expect(await publishedBy('contoso.example')).toEqual(others)
  })

  test('rotate --now leaves only the new key', async () => {
    await json(['tenant', 'create', 'leaked.login.example', '--name', 'Leaked'], settings)
    const answer = await json(['keys', 'rotate', '--now', '--tenant', 'leaked.login.example'], settings)
    const { rotated } = z.object({ rotated: z.array(z.object({ keyId: z.string() })) }).parse(answer)
    expect(await publishedBy('leaked.login.example')).toEqual(rotated.map((key) => key.keyId))
  })

  test('rotate without a tenant rotates all of them', async () => {
    const tenants = await listTenants()
    expect(await json(['keys', 'rotate'], settings)).toMatchObject({ rotated: { length: tenants.length } })
  })
})

describe('jobs', () => {
  /** A job that has failed for good; of a kind that no server runs, so that it stays as it is. */
  const fail = async (name: string): Promise<string> => {
    const [job] = await query<{ id: string }>(
      `select id::text from graphile_worker.add_job('${name}', json_build_object('tenantId', '${contosoId}',
              'correlationId', gen_random_uuid(), 'payload', json_build_object('n', 1)), max_attempts => 1)`,
    )
    await query(
      `update graphile_worker._private_jobs set attempts = 1, last_error = E'no route\\nto host' where id = ${job?.id}`,
    )
    return job?.id ?? ''
  }
  const dead = async (...words: string[]) =>
    z
      .object({ dead: z.array(z.object({ id: z.string() })) })
      .parse(await json(['jobs', 'list', ...words], settings))
      .dead.map((job) => job.id)

  test('list shows what failed and why, and filters', async () => {
    const [one, two] = [await fail('test.one'), await fail('test.two')]
    expect(await dead()).toEqual([one, two])
    expect(await dead('--name', 'test.two')).toEqual([two])
    expect(await dead('--tenant', 'contoso.example', '--limit', '1')).toEqual([one])
    expect(await dead('--tenant', 'woodgrove.login.example')).toEqual([])
    const { stdout } = await run(['jobs', 'list'], settings)
    expect(stdout).toMatch(
      new RegExp(`^0 due, .* 2 failed for good\\.\\n\\nID .*\\n${one} +test\\.one .* no route\\n`),
    )
    await json(['jobs', 'discard', '--all'], settings)
  })

  test('retry and discard act on one job or on all that match', async () => {
    const [one, two, three] = [await fail('test.one'), await fail('test.two'), await fail('test.two')]
    expect(await json(['jobs', 'retry', one], settings)).toEqual({ retried: [one] })
    expect(await json(['jobs', 'discard', '--all', '--name', 'test.two'], settings)).toEqual({
      discarded: [two, three],
    })
    expect(await dead()).toEqual([])
    expect(await query(`select attempts from graphile_worker._private_jobs where id = ${one}`)).toEqual([
      { attempts: 0 },
    ])
    await query(`delete from graphile_worker._private_jobs where id = ${one}`)
  })

  test('retry refuses an id that has not failed, and none at all', async () => {
    expect(await refusal(['jobs', 'retry', '999999'])).toContain('No job with the id "999999"')
    expect(await refusal(['jobs', 'discard', "1'; drop table users; --"])).toContain('No job with the id')
    expect(await run(['jobs', 'retry'], settings)).toMatchObject({ code: 2 })
    expect(await run(['jobs', 'retry', '1', '--all'], settings)).toMatchObject({ code: 2 })
  })
})

describe('backup and restore', () => {
  test('a backup of the running server becomes a second deployment that knows the same people', async () => {
    const file = join(directory, 'contoso.xenia')
    const made = await json(['backup', file], settings)
    expect(made).toMatchObject({ file, tables: { tenants: expect.any(Number), users: 2 } })
    const elsewhere = { ...settings, XENIA_DATA_DIR: join(directory, 'restored') }
    expect(await json(['restore', file, '--check'], elsewhere)).toMatchObject({ restored: false })
    expect(existsSync(elsewhere.XENIA_DATA_DIR)).toBe(false)
    expect(await json(['restore', file], elsewhere)).toMatchObject({ restored: true })
    expect(await json(['tenant', 'list'], elsewhere)).toEqual(await json(['tenant', 'list'], settings))
    // Its secrets open, too.
    const { tenants } = Tenants.parse(await json(['tenant', 'list'], elsewhere))
    expect(await json(['keys', 'rotate'], elsewhere)).toMatchObject({ rotated: { length: tenants.length } })
    expect(await refusal(['restore', file])).toContain('empty database only')
  })
})

describe('a second server', () => {
  test('on the same data directory is refused and told what to do', async () => {
    const { code, stderr } = await run(['serve'], { PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(stderr).toMatch(/xenia: The database in .* is in use by another Xenia .*XENIA_DATA_DIR/)
  })

  test('on the same port is told so', async () => {
    const { code, stderr } = await run(['serve'], { ...settings, XENIA_DATA_DIR: join(directory, 'other') })
    expect(code).toBe(1)
    expect(stderr).toMatch(/xenia: The port is in use .*Stop what uses it, or set PORT\.\n/)
  })
})
