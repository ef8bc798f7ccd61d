import { beforeAll, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { makeTenant } from '../../test/kit/tenant.ts'
import { AccessBlocked, Conflict, Throttled, Unavailable } from '../platform/errors.ts'
import type { TenantId } from '../platform/ids.ts'
import { addBoats, createBoats } from './boats.fixture.ts'
import { directoryRoleTemplates } from './directory-roles.ts'
import { boat, boatRoutes, directoryObject, voyage } from './example.fixture.ts'
import { application, type Json, listeningLogger, person, testGraph } from './graph.fixture.ts'
import { list, raw, value } from './responses.ts'
import { type Route, route } from './routes.ts'

const own = ownDatabase()
const { log, lines } = listeningLogger()

const fails = (path: string, error: unknown): Route =>
  route({
    method: 'GET',
    path,
    permissions: 'signedIn',
    handle: async () => {
      throw error
    },
  })

const extra: readonly Route[] = [
  fails(
    '/fails/conflict',
    new Conflict('It is there already.', { code: 'Request_MultipleObjectsWithSameKeyValue' }),
  ),
  fails('/fails/throttled', new Throttled('Slow down.', 2.5)),
  fails('/fails/unavailable', new Unavailable('Full.', 7)),
  fails('/fails/blocked', new AccessBlocked('Not today.', [{ rule: 'XTA-12', message: 'secret reason' }])),
  fails('/fails/unknown', new Error('password=hunter2 at db.internal')),
  fails('/fails/thrown', 'a string'),
  route({
    method: 'POST',
    path: '/boats/{id}/getMemberGroups',
    permissions: 'signedIn',
    handle: async () => value('Collection(Edm.String)', ['a', 'b']),
  }),
  route({
    method: 'GET',
    path: '/export',
    permissions: 'signedIn',
    produces: 'text/csv',
    handle: async () => raw('a,b\n', 'text/csv;charset=utf-8'),
  }),
  route({
    method: 'GET',
    path: '/users/{id}',
    permissions: {
      delegated: ['User.Read.All'],
      application: [],
      self: { param: 'id', delegated: ['User.Read'] },
    },
    handle: async ({ params, me }) => value('microsoft.graph.user', { id: params.id, me }),
  }),
  route({
    method: 'GET',
    path: '/boats/{id}/memberOf',
    permissions: 'signedIn',
    handle: async () =>
      list(
        directoryObject,
        {
          rows: [
            { '@odata.type': '#microsoft.graph.boat', id: 'x', displayName: 'A', harbour: null },
            { '@odata.type': '#microsoft.graph.boat', id: 'y' },
          ],
        },
        { context: 'directoryObjects' },
      ),
  }),
]

const api = testGraph(own.database, { routes: [...boatRoutes, ...extra], log })
const { send, callers } = api
let tenantId: TenantId

const ANGSO = '00000000-0000-4000-8000-000000000000'

beforeAll(async () => {
  await createBoats(own.database)
  tenantId = (await makeTenant(own.database)).tenantId
  const other = (await makeTenant(own.database)).tenantId
  await addBoats(own.database, tenantId, [
    {
      display_name: 'Ängsö',
      harbour: 'Kiel',
      launched_date_time: '2026-01-02T03:04:05Z',
      first_mark: { value: 'x' },
    },
    { display_name: 'Beatrice', harbour: 'Open', hull: 'trimaran' },
    { display_name: 'Charlotte' },
  ])
  const admin = [directoryRoleTemplates.userAdministrator]
  callers.set('admin', person(tenantId, ['User.ReadWrite.All'], admin))
  callers.set(
    'global',
    person(tenantId, ['User.ReadWrite.All'], [directoryRoleTemplates.globalAdministrator]),
  )
  callers.set('member', person(tenantId, ['User.ReadWrite.All']))
  callers.set('reader', person(tenantId, ['User.Read.All']))
  callers.set('nobody', person(tenantId, ['User.Read']))
  callers.set('daemon', application(tenantId, ['User.ReadWrite.All']))
  callers.set('stranger', person(other, ['User.ReadWrite.All'], admin))
})

const errorCode = ({ error }: Json): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

const nextOf = (json: Json): string | undefined => {
  const link = json['@odata.nextLink']
  return typeof link === 'string' ? link.replace('https://graph.example/v1.0', '') : undefined
}

describe('answers', () => {
  test('GRA-3, 4: every answer has its ids and OData headers', async () => {
    const sent = await send('/boats', { headers: { 'client-request-id': 'my-id-1' } })
    expect(sent.status).toBe(200)
    expect(sent.headers).toMatchObject({
      'content-type':
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      'odata-version': '4.0',
      'cache-control': 'no-cache',
      'client-request-id': 'my-id-1',
    })
    expect(sent.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/)
    const without = await send('/boats', { headers: { 'client-request-id': 'evil\r\nheader: x' } })
    expect(without.headers['client-request-id']).toBe(without.headers['request-id'])
  })

  test('GRA-6, 7: collection, with its context and nulls', async () => {
    expect((await send('/boats')).json).toEqual({
      '@odata.context': 'https://graph.example/v1.0/$metadata#boats',
      value: [
        { id: ANGSO, displayName: 'Ängsö', harbour: 'Kiel', hull: null, registryNumber: 'N-0' },
        {
          id: '00000000-0000-4000-8000-000000000001',
          displayName: 'Beatrice',
          harbour: 'Open',
          // GRA-5: a member that is not declared.
          hull: 'unknownFutureValue',
          registryNumber: 'N-1',
        },
        {
          id: '00000000-0000-4000-8000-000000000002',
          displayName: 'Charlotte',
          harbour: null,
          hull: null,
          registryNumber: 'N-2',
        },
      ],
    })
  })

  test('GRA-5: unknown enum members are shown to those who ask for them', async () => {
    const { json } = await send(`/boats('00000000-0000-4000-8000-000000000001')`, {
      headers: { prefer: 'include-unknown-enum-members' },
    })
    expect(json['hull']).toBe('trimaran')
  })

  test('GRA-5, 7, 15: one object, selected; the key comes along, the context lists what was asked', async () => {
    const { json } = await send(`/boats/${ANGSO}?$select=launchedDateTime,firstMark,passcode,aliases`)
    expect(json).toEqual({
      '@odata.context':
        'https://graph.example/v1.0/$metadata#boats(launchedDateTime,firstMark,passcode,aliases)/$entity',
      id: ANGSO,
      launchedDateTime: '2026-01-02T03:04:05Z',
      firstMark: { kind: null, value: 'x', since: null, rank: null },
      passcode: null,
      aliases: [],
    })
  })

  test('GRA-7, 18: an expanded relationship is in the context and the object', async () => {
    const { json } = await send(`/boats/${ANGSO}?$select=id&$expand=crew($select=displayName)`)
    expect(json).toEqual({
      '@odata.context': 'https://graph.example/v1.0/$metadata#boats(id,crew(displayName))/$entity',
      id: ANGSO,
      crew: [{ displayName: 'crew of 0000', id: ANGSO }],
    })
  })

  test('GRA-8: items of a mixed collection say what they are, unseen ones nothing else (GRA-39)', async () => {
    const { json } = await send(`/boats/${ANGSO}/memberOf`)
    expect(json).toEqual({
      '@odata.context': 'https://graph.example/v1.0/$metadata#directoryObjects',
      value: [
        {
          '@odata.type': '#microsoft.graph.boat',
          id: 'x',
          displayName: 'A',
          harbour: null,
          hull: null,
          registryNumber: null,
        },
        {
          '@odata.type': '#microsoft.graph.boat',
          id: 'y',
          displayName: null,
          harbour: null,
          hull: null,
          registryNumber: null,
        },
      ],
    })
  })

  test('GRA-3: metadata levels none and full', async () => {
    const none = await send(`/boats/${ANGSO}`, {
      headers: { accept: 'application/json;odata.metadata=none' },
    })
    expect(none.headers['content-type']).toContain('odata.metadata=none')
    expect(Object.keys(none.json)).not.toContain('@odata.context')
    const full = await send(`/boats/${ANGSO}`, {
      headers: { accept: 'text/html, application/json;odata.metadata=full' },
    })
    expect(full.json).toMatchObject({
      '@odata.type': '#microsoft.graph.boat',
      '@odata.id': `https://graph.example/v1.0/boats('${ANGSO}')`,
    })
  })

  test('GRA-3: what cannot be written is 406', async () => {
    expect((await send('/boats', { headers: { accept: 'text/html' } })).status).toBe(406)
    expect((await send('/export', { headers: { accept: 'text/csv' } })).body).toEqual({
      kind: 'text',
      text: 'a,b\n',
    })
    expect((await send('/boats', { headers: { accept: 'text/csv' } })).status).toBe(406)
    expect((await send('/boats', { headers: { accept: '*/*;q=0.1' } })).status).toBe(200)
  })

  test('GRA-7: values of functions and actions', async () => {
    expect((await send(`/boats/${ANGSO}/getMemberGroups`, { method: 'POST' })).json).toEqual({
      '@odata.context': 'https://graph.example/v1.0/$metadata#Collection(Edm.String)',
      value: ['a', 'b'],
    })
  })

  test('GRA-26: /$count is plain digits', async () => {
    const answer = await send('/boats/$count', {
      headers: { consistencylevel: 'eventual', accept: 'text/plain' },
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain;charset=utf-8' },
      body: { kind: 'text', text: '3' },
    })
    expect((await send('/boats/$count')).json['error']).toMatchObject({
      code: 'Request_BadRequest',
      message: '$count is not currently supported.',
    })
  })

  test('$metadata and the service document need no token', async () => {
    const metadata = await send('/$metadata', { as: null })
    expect(metadata).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/xml;charset=utf-8' },
    })
    expect(api.graph.metadata()).toContain('<EntityType Name="boat"')
    expect((await send('/', { as: null })).json).toMatchObject({
      value: [{ name: 'directoryObjects' }, { name: 'boats' }],
    })
    expect((await send('/$metadata', { as: null, method: 'POST' })).status).toBe(405)
  })
})

describe('paging', () => {
  const following = async (url: string, headers: Record<string, string> = {}) => {
    const seen: string[] = []
    const counts: unknown[] = []
    let next: string | undefined = url
    while (next !== undefined) {
      const { status, json } = await send(next, { headers })
      expect(status).toBe(200)
      const rows = JSON.parse(JSON.stringify(json['value'])) as { displayName: string }[]
      seen.push(...rows.map((row) => row.displayName))
      counts.push(json['@odata.count'])
      next = nextOf(json)
    }
    return { seen, counts }
  }

  test('GRA-16: nextLink is absolute, repeats the options and leads to the end', async () => {
    const first = await send('/boats?$top=1&$select=displayName&other=1')
    expect(first.json['@odata.nextLink']).toMatch(
      /^https:\/\/graph\.example\/v1\.0\/boats\?\$top=1&\$select=displayName&other=1&\$skiptoken=[\w-]+$/,
    )
    const { seen } = await following('/boats?$top=1&$orderby=displayName')
    expect(seen).toEqual(['Beatrice', 'Charlotte', 'Ängsö'])
  })

  test('GRA-26: the count is on the first page only', async () => {
    const { counts } = await following('/boats?$top=2&$count=true', { consistencylevel: 'eventual' })
    expect(counts).toEqual([3, undefined])
  })

  test('GRA-16: the token fits its own tenant, path and options only, for a day', async () => {
    const link = nextOf((await send('/boats?$top=1')).json) ?? ''
    expect((await send(link)).status).toBe(200)
    const refused = { status: 400, json: { error: { code: 'Directory_ExpiredPageToken' } } }
    expect(await send(link, { as: 'stranger' })).toMatchObject(refused)
    expect(await send(link.replace('$top=1', '$top=2'))).toMatchObject(refused)
    expect(await send(link.replace(/skiptoken=\w/, 'skiptoken=A'))).toMatchObject(refused)
    api.clock.advance(25 * 3_600_000)
    expect(await send(link)).toMatchObject(refused)
  })
})

describe('writing', () => {
  test('GRA-29: creating answers 201, the object and where it is', async () => {
    const answer = await send('/boats', { method: 'POST', body: { displayName: 'New', inService: true } })
    expect(answer.status).toBe(201)
    const id = String(answer.json['id'])
    expect(answer.headers['location']).toBe(`https://graph.example/v1.0/boats/${id}`)
    expect(answer.json).toMatchObject({
      '@odata.context': 'https://graph.example/v1.0/$metadata#boats/$entity',
      displayName: 'New',
      harbour: null,
      hull: null,
    })
    expect((await send(`/boats/${id}`)).status).toBe(200)
    expect((await send(`/boats(registryNumber='R-${id}')`)).json['id']).toBe(id)
  })

  test('GRA-29: Prefer: return=minimal answers 204 and where it is', async () => {
    const answer = await send('/boats', {
      method: 'POST',
      body: { displayName: 'Quiet', inService: true },
      headers: { prefer: 'respond-async, return=minimal' },
    })
    expect(answer).toMatchObject({
      status: 204,
      body: undefined,
      headers: { 'preference-applied': 'return=minimal' },
    })
    expect(answer.headers['location']).toMatch(/^https:\/\/graph\.example\/v1\.0\/boats\//)
  })

  test('GRA-29, 30: updating answers 204; an empty body changes nothing', async () => {
    const url = '/boats/00000000-0000-4000-8000-000000000002'
    expect(await send(url, { method: 'PATCH', body: { harbour: 'Riga' } })).toMatchObject({
      status: 204,
      body: undefined,
    })
    expect((await send(url)).json['harbour']).toBe('Riga')
    expect((await send(url, { method: 'PATCH' })).status).toBe(204)
    expect((await send(url, { method: 'PATCH', body: { harbour: null } })).status).toBe(204)
    expect((await send(url)).json['harbour']).toBeNull()
  })

  test('GRA-11: a wrong body says everything that is wrong', async () => {
    const answer = await send('/boats', { method: 'POST', body: { displayName: 5, sails: 2 } })
    expect(answer).toMatchObject({
      status: 400,
      json: {
        error: {
          code: 'Request_BadRequest',
          details: [{ target: 'displayName' }, { target: 'sails' }, { target: 'inService' }],
        },
      },
    })
  })

  test.each<[string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '{', {}, 400, 'BadRequest'],
    ['nothing', undefined, {}, 400, 'BadRequest'],
    ['a key twice', '{"displayName":"a","displayName":"b","inService":true}', {}, 400, 'BadRequest'],
    ['text', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UnsupportedMediaType'],
    ['JSON without saying so', '{}', { 'content-type': '' }, 415, 'UnsupportedMediaType'],
    ['a list', [], {}, 400, 'BadRequest'],
  ])('GRA-11: %s as body', async (_, body, headers, status, code) => {
    expect(await send('/boats', { method: 'POST', body, headers })).toMatchObject({
      status,
      json: { error: { code } },
    })
  })

  test('GRA-14: query options belong to GET', async () => {
    const answer = await send('/boats?$select=id', {
      method: 'POST',
      body: { displayName: 'x', inService: true },
    })
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'BadRequest' } } })
  })

  test('GRA-32, 33: references', async () => {
    const body = { '@odata.id': `https://elsewhere.example/v1.0/directoryObjects/${ANGSO}` }
    expect((await send(`/boats/${ANGSO}/crew/$ref`, { method: 'POST', body })).status).toBe(204)
    expect((await send(`/boats/${ANGSO}/crew/${ANGSO}/$ref`, { method: 'DELETE' })).status).toBe(204)
    expect(await send(`/boats/${ANGSO}/crew/${ANGSO}`, { method: 'DELETE' })).toMatchObject({
      status: 405,
      json: {
        error: {
          code: 'Request_BadRequest',
          message: 'Specified HTTP method is not allowed for the request target.',
        },
      },
    })
  })
})

describe('the order of checks', () => {
  const code = async (url: string, sending: Parameters<typeof send>[1]) => {
    const { status, json } = await send(url, sending)
    return [status, errorCode(json)]
  }
  const missing = '/boats/00000000-0000-4000-8000-00000000ffff'

  test('GRA-12: each check comes before the next', async () => {
    expect(await code('/sails', { as: null })).toEqual([401, 'InvalidAuthenticationToken'])
    expect(await code('/sails', { as: 'nobody' })).toEqual([400, 'BadRequest'])
    expect(await code('/boats', { as: 'nobody', method: 'PUT' })).toEqual([405, 'Request_BadRequest'])
    expect(await code('/boats?$filter=(', { as: 'nobody' })).toEqual([403, 'Authorization_RequestDenied'])
    expect(await code(missing, { as: 'reader', method: 'PATCH', body: { sails: 1 } })).toEqual([
      403,
      'Authorization_RequestDenied',
    ])
    expect(await code(missing, { as: 'member', method: 'PATCH', body: { sails: 1 } })).toEqual([
      400,
      'Request_BadRequest',
    ])
    expect(await code(missing, { as: 'member', method: 'PATCH', body: {} })).toEqual([
      404,
      'Request_ResourceNotFound',
    ])
    expect(await code(`/boats/${ANGSO}`, { as: 'member', method: 'PATCH', body: {} })).toEqual([
      403,
      'Authorization_RequestDenied',
    ])
  })

  test('GRA-11: 401 says how to authenticate', async () => {
    const answer = await send('/boats', { as: null })
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="", authorization_uri="https://graph.example/common/oauth2/v2.0/authorize", error="invalid_token"',
    )
  })

  test('GRA-12: another tenant’s objects are not found, by any key', async () => {
    for (const url of [`/boats/${ANGSO}`, `/boats('${ANGSO}')`, "/boats(registryNumber='N-0')"]) {
      expect(await code(url, { as: 'stranger' })).toEqual([404, 'Request_ResourceNotFound'])
    }
    expect(
      await code(`/boats/${ANGSO}`, { as: 'stranger', method: 'PATCH', body: { harbour: 'x' } }),
    ).toEqual([404, 'Request_ResourceNotFound'])
    expect((await send('/boats', { as: 'stranger' })).json['value']).toEqual([])
  })

  test('GRA-60, 62: people need a role besides the scope, unless the route says so; applications do not', async () => {
    const body = { displayName: 'x', inService: true }
    expect(await code('/boats', { as: 'member', method: 'POST', body })).toEqual([
      403,
      'Authorization_RequestDenied',
    ])
    for (const as of ['admin', 'global', 'daemon']) {
      expect((await send('/boats', { as, method: 'POST', body })).status).toBe(201)
    }
    const open = '/boats/00000000-0000-4000-8000-000000000001'
    expect((await send(open, { as: 'member', method: 'PATCH', body: {} })).status).toBe(204)
  })

  test('GRA-60: one’s own object needs less', async () => {
    const mine = '/boats/00000000-0000-4000-8000-000000000001'
    expect((await send(mine, { as: 'nobody' })).status).toBe(200)
    expect((await send(`/boats/${ANGSO}`, { as: 'nobody' })).status).toBe(403)
  })

  test('GRA-2: /me is the caller’s own user, and nothing for an application', async () => {
    expect((await send('/me', { as: 'nobody' })).json).toMatchObject({
      '@odata.context': 'https://graph.example/v1.0/$metadata#microsoft.graph.user',
      id: '00000000-0000-4000-8000-000000000001',
      me: true,
    })
    expect(await send('/me', { as: 'daemon' })).toMatchObject({
      status: 400,
      json: {
        error: {
          code: 'BadRequest',
          message: '/me request is only valid with delegated authentication flow.',
        },
      },
    })
  })
})

describe('errors', () => {
  test('GRA-10: the body carries date and ids', async () => {
    const answer = await send('/sails', { headers: { 'client-request-id': 'mine' } })
    expect(answer.json).toEqual({
      error: {
        code: 'BadRequest',
        message: "Resource not found for the segment 'sails'.",
        innerError: {
          date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          'request-id': answer.headers['request-id'],
          'client-request-id': 'mine',
        },
      },
    })
  })

  test.each<[string, number, string, Record<string, string>]>([
    ['conflict', 409, 'Request_MultipleObjectsWithSameKeyValue', {}],
    ['throttled', 429, 'TooManyRequests', { 'retry-after': '3' }],
    ['unavailable', 503, 'ServiceUnavailable', { 'retry-after': '7' }],
    ['blocked', 403, 'Authorization_RequestDenied', {}],
    ['unknown', 500, 'InternalServerError', {}],
    ['thrown', 500, 'InternalServerError', {}],
  ])('GRA-11: %s', async (path, status, code, headers) => {
    expect(await send(`/fails/${path}`)).toMatchObject({ status, headers, json: { error: { code } } })
  })

  test('GRA-11: an unknown error says nothing to the caller and everything to the log', async () => {
    const answer = await send('/fails/unknown')
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|db\.internal/)
    const line = lines.find((one) => one.includes(answer.headers['request-id'] ?? 'none'))
    expect(line).toContain('db.internal')
    expect(JSON.stringify(await send('/fails/blocked'))).not.toContain('secret reason')
  })

  test('GRA-11: what the model declares and nobody serves is 501', async () => {
    expect(await send(`/boats/${ANGSO}/berthPlace`)).toMatchObject({
      status: 501,
      json: { error: { code: 'NotImplemented', message: 'This operation target is not yet supported.' } },
    })
  })
})

describe('the model is checked at start', () => {
  test('a relationship that leads nowhere, a permission that does not exist, two types of one name', () => {
    expect(() =>
      testGraph(own.database, {
        entities: [
          directoryObject,
          voyage,
          { ...boat, navigation: { x: { target: 'y', collection: false } } },
        ],
      }),
    ).toThrow("leads to 'y'")
    expect(() => testGraph(own.database, { entities: [boat, boat, directoryObject] })).toThrow('same name')
    const wrong = route({
      method: 'GET',
      path: '/x',
      permissions: { delegated: ['Sail.All'], application: [] },
      handle: async () => raw('', 'text/plain'),
    })
    expect(() => testGraph(own.database, { routes: [wrong] })).toThrow(
      "GET /x: no delegated permission 'Sail.All'",
    )
  })
})
