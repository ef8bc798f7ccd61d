import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { putUser } from '../../../test/kit/principals.ts'
import { makeGraph } from './graph.fixture.ts'

const database = testDatabase()

describe('/applications', () => {
  test('GRA-29: creates one and shows Graph’s defaults', async () => {
    const { ctx, admin } = await makeGraph(database)
    const made = await admin('POST /applications', { body: { displayName: 'Orders' } })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`https://graph.example/v1.0/applications/${made.json.id}`)
    expect(made.json).toMatchObject({
      '@odata.context': 'https://graph.example/v1.0/$metadata#applications/$entity',
      displayName: 'Orders',
      signInAudience: 'AzureADMyOrg',
      publisherDomain: ctx.initialDomain,
      identifierUris: [],
      appRoles: [],
      api: { oauth2PermissionScopes: [], requestedAccessTokenVersion: null },
      web: { redirectUris: [], implicitGrantSettings: { enableIdTokenIssuance: false } },
      spa: { redirectUris: [] },
      publicClient: { redirectUris: [] },
      passwordCredentials: [],
      keyCredentials: [],
      optionalClaims: null,
      deletedDateTime: null,
    })
    expect((await admin(`GET /applications/${made.json.id}`)).json.appId).toBe(made.json.appId)
  })

  test('GRA-1: finds one by id, by appId and by uniqueName', async () => {
    const { admin } = await makeGraph(database)
    const { json } = await admin('POST /applications', {
      body: { displayName: 'Orders', uniqueName: 'orders' },
    })
    for (const path of [
      `/applications('${json.id}')`,
      `/applications(appId='${json.appId}')`,
      `/applications(uniqueName='Orders')`,
    ] as const) {
      expect((await admin(`GET ${path}?$select=displayName`)).json, path).toMatchObject({ id: json.id })
    }
    for (const path of [
      '/applications/orders',
      "/applications(appId='orders')",
      "/applications(uniqueName='x')",
    ]) {
      expect((await admin(`GET ${path}`)).status, path).toBe(404)
    }
  })

  test.each([
    "displayName eq 'ORDERS'",
    "startsWith(displayName,'ord')",
    "identifierUris/any(u:u eq 'api://orders')",
    "identifierUris/any(u:startsWith(u,'api://ord'))",
    "tags/any(t:t eq 'shop')",
    "signInAudience eq 'AzureADMultipleOrgs'",
  ])('GRA-20: filters by %s', async (filter) => {
    const { admin } = await makeGraph(database)
    await admin('POST /applications', {
      body: {
        displayName: 'Orders',
        identifierUris: ['api://orders'],
        tags: ['shop'],
        signInAudience: 'AzureADMultipleOrgs',
      },
    })
    await admin('POST /applications', { body: { displayName: 'Wiki' } })
    const found = await admin(`GET /applications?$filter=${encodeURIComponent(filter)}&$select=displayName`)
    expect(found.json.value).toMatchObject([{ displayName: 'Orders' }])
  })

  test('GRA-27: sorts by name and pages through', async () => {
    const { admin } = await makeGraph(database)
    for (const displayName of ['b', 'A', 'c']) await admin('POST /applications', { body: { displayName } })
    const first = await admin('GET /applications?$orderby=displayName&$top=2&$select=displayName')
    expect(first.json.value).toMatchObject([{ displayName: 'A' }, { displayName: 'b' }])
    const next = String(first.json['@odata.nextLink']).replace('https://graph.example/v1.0', '')
    expect((await admin(`GET ${next}`)).json.value).toMatchObject([{ displayName: 'c' }])
  })

  test('GRA-30: changes what is supplied and nothing else', async () => {
    const { admin } = await makeGraph(database)
    const { json } = await admin('POST /applications', {
      body: {
        displayName: 'Orders',
        web: { redirectUris: ['https://a.example/'], logoutUrl: 'https://a.example/o' },
      },
    })
    const patched = await admin(`PATCH /applications/${json.id}`, {
      body: {
        web: { redirectUris: ['https://b.example/'] },
        optionalClaims: { idToken: [{ name: 'email' }] },
      },
    })
    expect(patched.status).toBe(204)
    expect((await admin(`GET /applications/${json.id}`)).json).toMatchObject({
      displayName: 'Orders',
      web: { redirectUris: ['https://b.example/'], logoutUrl: 'https://a.example/o' },
      optionalClaims: { idToken: [{ name: 'email', essential: false }], accessToken: [] },
    })
  })

  test.each<[string, unknown]>([
    ['an unknown property', { colour: 'red' }],
    ['a read-only property', { appId: '11111111-1111-4111-8111-111111111111' }],
    ['a property of the wrong type', { tags: 'shop' }],
    ['a member of the wrong type', { web: { redirectUris: [7] } }],
    ['an unknown member', { web: { redirectUrls: [] } }],
    ['a redirect URI that is none', { web: { redirectUris: ['https://*.example/'] } }],
    ['a name that is too long', { displayName: 'x'.repeat(257) }],
    ['secrets, which have an action of their own', { passwordCredentials: [] }],
  ])('GRA-13: refuses %s and changes nothing', async (_, body) => {
    const { admin } = await makeGraph(database)
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const before = (await admin(`GET /applications/${json.id}`)).json
    const refused = await admin(`PATCH /applications/${json.id}`, { body })
    expect(refused.status).toBe(400)
    expect(refused.json.error.code).toBe('Request_BadRequest')
    expect((await admin(`GET /applications/${json.id}`)).json).toEqual(before)
  })

  test('GRA-31: says what is missing', async () => {
    const { admin } = await makeGraph(database)
    const refused = await admin('POST /applications', { body: {} })
    expect(refused.status).toBe(400)
    expect(refused.json.error.details).toMatchObject([{ target: 'displayName' }])
  })

  test('GRA-58: a deleted one answers 404 everywhere', async () => {
    const { admin } = await makeGraph(database)
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    expect((await admin(`DELETE /applications/${json.id}`)).status).toBe(204)
    expect((await admin(`GET /applications/${json.id}`)).status).toBe(404)
    expect((await admin(`GET /applications(appId='${json.appId}')`)).status).toBe(404)
    expect((await admin(`PATCH /applications/${json.id}`, { body: {} })).status).toBe(404)
    expect((await admin('GET /applications')).json.value).toEqual([])
  })

  test('a secret is shown by the request that makes it and by no other', async () => {
    const { admin } = await makeGraph(database)
    const { json } = await admin('POST /applications', {
      body: { displayName: 'Orders', passwordCredentials: [{ displayName: 'first' }] },
    })
    expect(json['passwordCredentials']).toMatchObject([
      { displayName: 'first', secretText: expect.stringMatching(/~/) },
    ])
    const added = await admin(`POST /applications/${json.id}/addPassword`, {
      body: { passwordCredential: { displayName: 'second' } },
    })
    expect(added.status).toBe(200)
    expect(added.json).toMatchObject({
      '@odata.context': 'https://graph.example/v1.0/$metadata#microsoft.graph.passwordCredential',
      displayName: 'second',
      secretText: expect.stringMatching(/~/),
    })
    const read = await admin(`GET /applications/${json.id}`)
    expect(read.json['passwordCredentials']).toMatchObject([
      { displayName: 'first', secretText: null, hint: expect.stringMatching(/^...$/) },
      { displayName: 'second', secretText: null },
    ])
    const remove = () =>
      admin(`POST /applications/${json.id}/removePassword`, { body: { keyId: added.json['keyId'] } })
    expect((await remove()).status).toBe(204)
    expect((await remove()).status).toBe(404)
    expect((await admin(`POST /applications/${json.id}/removePassword`, { body: {} })).status).toBe(400)
  })

  test('keys are replaced by PATCH, and are read without anything private', async () => {
    const { admin } = await makeGraph(database)
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
    const key = Buffer.from(JSON.stringify(jwk)).toString('base64')
    const patched = await admin(`PATCH /applications/${json.id}`, {
      body: { keyCredentials: [{ type: 'JsonWebKey', usage: 'Verify', key, displayName: 'laptop' }] },
    })
    expect(patched.status).toBe(204)
    const read = await admin(`GET /applications/${json.id}?$select=keyCredentials`)
    expect(read.json['keyCredentials']).toMatchObject([
      { displayName: 'laptop', type: 'JsonWebKey', usage: 'Verify' },
    ])
    const refused = await admin(`PATCH /applications/${json.id}`, {
      body: { displayName: 'Changed', keyCredentials: [{ key: 'AAAA' }] },
    })
    expect(refused.status).toBe(400)
    expect((await admin(`GET /applications/${json.id}`)).json.displayName).toBe('Orders')
  })

  test('GRA-32: owners are added and removed by reference, and expanded', async () => {
    const { ctx, admin, ada } = await makeGraph(database)
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const bob = await putUser(ctx)
    const add = (id: string) =>
      admin(`POST /applications/${json.id}/owners/$ref`, {
        body: { '@odata.id': `https://graph.example/v1.0/directoryObjects/${id}` },
      })
    expect((await add(bob)).status).toBe(204)
    expect((await add(bob)).status).toBe(400)
    expect((await add(ctx.ids.guid())).status).toBe(404)
    const ids = async () => {
      const { json: owners } = await admin(`GET /applications/${json.id}/owners?$select=id`)
      return (owners.value as unknown as readonly { id: string }[]).map(({ id }) => id).sort()
    }
    expect(await ids()).toEqual([ada, bob].sort())
    const expanded = await admin(`GET /applications/${json.id}?$expand=owners($select=id)`)
    expect(expanded.json['owners']).toHaveLength(2)
    expect((await admin(`DELETE /applications/${json.id}/owners/${bob}/$ref`)).status).toBe(204)
    expect((await admin(`DELETE /applications/${json.id}/owners/${bob}/$ref`)).status).toBe(404)
    expect((await admin(`DELETE /applications/${json.id}/owners/${ada}`)).status).toBe(405)
    expect(await ids()).toEqual([ada])
  })
})
