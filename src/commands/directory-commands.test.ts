import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { besideServer } from './beside-server.fixture.ts'

const { run, json, refusal, query, listTenants, baseUrl, contoso } = besideServer()

describe('tenant', () => {
  test('create makes a whole tenant, list shows it', async () => {
    const created = await json([
      'tenant',
      'create',
      'woodgrove.login.example',
      '--name',
      'Woodgrove',
      '--type',
      'external',
    ])
    expect(created).toEqual({
      id: expect.any(String),
      displayName: 'Woodgrove',
      tenantType: 'CIAM',
      initialDomain: 'woodgrove.login.example',
      issuer: expect.stringMatching(new RegExp(`^${baseUrl()}/[0-9a-f-]{36}/v2\\.0$`)),
      createdDateTime: expect.stringMatching(/^20/),
    })
    expect(await json(['tenant', 'list'])).toMatchObject({
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
    const created = await json(['user', 'create', 'ada@contoso.example', '--name', 'Ada', ...role])
    expect(created).toEqual({
      id: expect.any(String),
      tenantId: contoso.id,
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
    const { code, stdout, stderr } = await run(words, `${password}\r\n`)
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
  const answer = await fetch(`${baseUrl()}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await answer.json())
  return fetch(`${baseUrl()}/v1.0/users?$select=displayName`, {
    headers: { authorization: `Bearer ${token}` },
  })
}

describe('app', () => {
  const create = (...words: string[]) =>
    json(['app', 'create', 'Reader', '--tenant', 'contoso.example', '--secret', ...words])

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
  const { keys } = KeySet.parse(await (await fetch(`${baseUrl()}/${domain}/discovery/v2.0/keys`)).json())
  return keys.map((key) => key.kid)
}

describe('keys', () => {
  test('rotate publishes a new key beside the old one; of the named tenant only', async () => {
    const others = await publishedBy('contoso.example')
    await json(['tenant', 'create', 'keys.login.example', '--name', 'Keys'])
    const answer = await json(['keys', 'rotate', '--tenant', 'keys.login.example'])
    expect(answer).toMatchObject({ rotated: [{ initialDomain: 'keys.login.example', publishedKeys: 2 }] })
    expect(await publishedBy('keys.login.example')).toHaveLength(2)
    expect(await publishedBy('contoso.example')).toEqual(others)
  })

  test('rotate --now leaves only the new key', async () => {
    await json(['tenant', 'create', 'leaked.login.example', '--name', 'Leaked'])
    const answer = await json(['keys', 'rotate', '--now', '--tenant', 'leaked.login.example'])
    const { rotated } = z.object({ rotated: z.array(z.object({ keyId: z.string() })) }).parse(answer)
    expect(await publishedBy('leaked.login.example')).toEqual(rotated.map((key) => key.keyId))
  })

  test('rotate without a tenant rotates all of them', async () => {
    const tenants = await listTenants()
    expect(await json(['keys', 'rotate'])).toMatchObject({ rotated: { length: tenants.length } })
  })
})
