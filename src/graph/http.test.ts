import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../platform/database/index.ts'
import { parseTenantId } from '../platform/ids.ts'
import { parameters } from './body.ts'
import { defineComplexType } from './entity.ts'
import { person, testGraph } from './graph.fixture.ts'
import { graphFrameworkErrors, graphPlugin } from './http.ts'
import { value } from './responses.ts'
import { route } from './routes.ts'

const tenantId = parseTenantId('11111111-1111-4111-8111-111111111111')
if (tenantId === null) throw new Error('not a GUID')

const echo = route({
  method: 'POST',
  path: '/echo',
  permissions: 'signedIn',
  body: parameters(defineComplexType('echoParameters', {}, { open: true })),
  handle: async ({ body }) => value('Edm.String', Object.keys(body).join(',')),
})
const thing = route({
  method: 'GET',
  path: '/things/{id}',
  permissions: 'signedIn',
  handle: async ({ params, parameters, ipAddress }) =>
    value('Edm.String', [params.id, parameters.get('q') ?? '', ipAddress ?? ''].join('|')),
})
const extra = route({
  method: 'GET',
  path: '/extra',
  surface: 'ext',
  permissions: 'signedIn',
  handle: async () => value('Edm.Boolean', true),
})

// Nothing here asks the database, so none is connected.
const { graph, callers } = testGraph(openDatabase({ max: 1 }), { routes: [echo, thing, extra] })
callers.set('ada', person(tenantId, []))

const app = fastify({ frameworkErrors: graphFrameworkErrors(graph) })
let origin = ''

beforeAll(async () => {
  await app.register(graphPlugin(graph))
  await app.listen({ host: '127.0.0.1', port: 0 })
  // Listening on TCP, so the address is an object.
  origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})
afterAll(() => app.close())

const authorized = { authorization: 'Bearer ada' }
const json = { ...authorized, 'content-type': 'application/json' }

describe('over HTTP', () => {
  test('GRA-3, 4: headers arrive, Date among them', async () => {
    const answer = await fetch(`${origin}/v1.0/things/a%23b?q=1+2`, { headers: authorized })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    )
    for (const name of ['request-id', 'client-request-id', 'date', 'cache-control', 'odata-version']) {
      expect(answer.headers.get(name)).toBeTruthy()
    }
    expect(await answer.json()).toEqual({
      '@odata.context': 'https://graph.example/v1.0/$metadata#Edm.String',
      value: 'a#b|1 2|127.0.0.1',
    })
  })

  test('the Host header is never used for links', async () => {
    // `fetch` does not let a header pretend to be another host.
    const body = await new Promise<string>((resolve, reject) => {
      const sent = request(
        `${origin}/v1.0/things/a`,
        { headers: { ...authorized, host: 'evil.example' } },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (chunk: string) => {
            text += chunk
          })
          answer.on('end', () => resolve(text))
        },
      )
      sent.on('error', reject)
      sent.end()
    })
    expect(body).toContain('https://graph.example/')
    expect(body).not.toContain('evil')
  })

  test('beta and ext have roots of their own', async () => {
    const beta = await fetch(`${origin}/beta/things/a`, { headers: authorized })
    expect(await beta.json()).toMatchObject({
      '@odata.context': 'https://graph.example/beta/$metadata#Edm.String',
    })
    const ext = await fetch(`${origin}/ext/v1.0/extra`, { headers: authorized })
    expect(await ext.json()).toMatchObject({
      '@odata.context': 'https://graph.example/ext/v1.0/$metadata#Edm.Boolean',
    })
    expect((await fetch(`${origin}/v1.0/extra`, { headers: authorized })).status).toBe(400)
  })

  test('the roots themselves answer', async () => {
    for (const path of ['/v1.0', '/v1.0/', '/ext/v1.0/', '/beta/$metadata']) {
      expect((await fetch(origin + path)).status).toBe(200)
    }
  })

  test('HEAD answers as GET without a body', async () => {
    const answer = await fetch(`${origin}/v1.0/things/a`, { method: 'HEAD', headers: authorized })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(10)
  })

  test('GRA-11: a URL that cannot be decoded is 400 in Graph’s shape', async () => {
    const answer = await fetch(`${origin}/v1.0/things/%zz`, { headers: authorized })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('request-id')).toBeTruthy()
    expect(await answer.json()).toMatchObject({ error: { code: 'BadRequest', innerError: {} } })
    expect((await fetch(`${origin}/elsewhere/%zz`)).status).toBe(400)
  })

  test('GRA-11: long keys are still keys', async () => {
    const long = 'k'.repeat(2000)
    const answer = await fetch(`${origin}/v1.0/things/${long}`, { headers: authorized })
    expect(answer.status).toBe(200)
  })
})

describe('bodies', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
    fetch(`${origin}/v1.0/echo`, { method: 'POST', body, headers })

  test('GRA-11: 4 MB are read, one byte more is 413 in Graph’s shape', async () => {
    const padded = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`
    expect((await post(padded(4 * 1024 * 1024))).status).toBe(200)
    const answer = await post(padded(4 * 1024 * 1024 + 1))
    expect(answer.status).toBe(413)
    expect(answer.headers.get('request-id')).toBeTruthy()
    expect(await answer.json()).toMatchObject({ error: { code: 'RequestTooLarge', innerError: {} } })
  })

  test('GRA-11: not JSON is 415, broken JSON 400', async () => {
    expect(
      (await post('a=b', { ...authorized, 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415)
    expect((await post('{', json)).status).toBe(400)
    expect((await post('{"a":1,"a":2}', json)).status).toBe(400)
    expect(
      (await post('{"a":1}', { ...authorized, 'content-type': 'application/json; charset=utf-8' })).status,
    ).toBe(200)
    expect((await post(new Uint8Array([0x7b, 0xff, 0x7d]), json)).status).toBe(400)
  })

  test('GRA-12: a wrong body of a caller without a token is 401', async () => {
    expect((await post('{', { 'content-type': 'application/json' })).status).toBe(401)
  })
})

describe('browsers', () => {
  test('a preflight is answered without a token and lets any page ask, without credentials', async () => {
    const answer = await fetch(`${origin}/v1.0/things/a`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example', 'access-control-request-method': 'PATCH' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization')
  })

  test('answers, errors too, can be read by any page', async () => {
    for (const headers of [authorized, {}]) {
      const answer = await fetch(`${origin}/v1.0/things/a`, { headers })
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-expose-headers')).toContain('request-id')
    }
  })
})
