import { describe, expect, test } from 'vitest'
import { boat, directoryObject, voyage } from './example.fixture.ts'
import { testGraph } from './graph.fixture.ts'
import { ANGSO, errorCode, harbour } from './harbour.fixture.ts'
import { raw } from './responses.ts'
import { route } from './routes.ts'

const { own, send, lines } = harbour()

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
