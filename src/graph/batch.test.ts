import { describe, expect, test } from 'vitest'
import { openDatabase } from '../platform/database/index.ts'
import { Throttled } from '../platform/errors.ts'
import { parseTenantId } from '../platform/ids.ts'
import { type BatchItem, readBatch, runBatch } from './batch.ts'
import { parameters } from './body.ts'
import { defineComplexType, property } from './entity.ts'
import { application, person, testGraph } from './graph.fixture.ts'
import type { GraphResponse } from './message.ts'
import { value } from './responses.ts'
import { route } from './routes.ts'

const get = (id: string, dependsOn?: readonly string[]) => ({
  id,
  method: 'GET',
  url: '/x',
  ...(dependsOn && { dependsOn }),
})
const many = (count: number) => Array.from({ length: count }, (_, index) => get(String(index)))

describe('a batch as a whole', () => {
  test('GRA-40: up to twenty requests; urls with or without a slash', () => {
    expect(readBatch({ requests: many(20) })).toHaveLength(20)
    expect(readBatch({ requests: [{ id: '1', method: 'get', url: 'users?$top=1' }] })).toMatchObject([
      { method: 'GET', url: '/users?$top=1', headers: {}, dependsOn: [] },
    ])
    expect(readBatch({ requests: [] })).toEqual([])
  })

  test.each<[string, unknown]>([
    ['twenty-one', { requests: many(21) }],
    ['no list', {}],
    ['no object', []],
    ['an item that is none', { requests: ['x'] }],
    ['no id', { requests: [{ method: 'GET', url: '/x' }] }],
    ['a numeric id', { requests: [{ id: 1, method: 'GET', url: '/x' }] }],
    ['no method', { requests: [{ id: '1', url: '/x' }] }],
    ['no url', { requests: [{ id: '1', method: 'GET' }] }],
    ['an absolute url', { requests: [{ id: '1', method: 'GET', url: 'https://evil.example/x' }] }],
    ['a host in the url', { requests: [{ id: '1', method: 'GET', url: '//evil.example/x' }] }],
    ['an id twice, in another case', { requests: [get('a'), get('A')] }],
    ['a body without Content-Type', { requests: [{ ...get('1'), method: 'POST', body: {} }] }],
    ['headers that are none', { requests: [{ ...get('1'), headers: 'x' }] }],
    ['an unknown dependency', { requests: [get('1', ['2'])] }],
    ['a dependency on itself', { requests: [get('1', ['1'])] }],
    ['a circle', { requests: [get('1', ['3']), get('2', ['1']), get('3', ['2'])] }],
    ['dependsOn that is no list', { requests: [{ ...get('1'), dependsOn: '2' }, get('2')] }],
  ])('GRA-40, 42: %s is refused', (_, body) => {
    expect(() => readBatch(body)).toThrow(expect.objectContaining({ code: 'BadRequest' }))
  })

  test('GRA-41: an item cannot bring a caller of its own', () => {
    const [item] = readBatch({
      requests: [{ ...get('1'), headers: { Authorization: 'Bearer other', 'X-Y': 1 } }],
    })
    expect(item?.headers).toEqual({ 'x-y': '1' })
  })
})

describe('running', () => {
  const ok: GraphResponse = { status: 200, headers: {}, body: { kind: 'json', value: {} } }

  test('GRA-42: items wait for those that they depend on, whatever the order they stand in', async () => {
    const items = readBatch({ requests: [get('c', ['B']), get('b', ['a']), get('a')] })
    const order: string[] = []
    const responses = await runBatch(items, async (item) => {
      order.push(`start ${item.id}`)
      await Promise.resolve()
      order.push(`end ${item.id}`)
      return ok
    })
    expect(order).toEqual(['start a', 'end a', 'start b', 'end b', 'start c', 'end c'])
    expect(responses.map((response) => response.id)).toEqual(['c', 'b', 'a'])
  })

  test('GRA-42: after a failure 424 goes down the chain, the rest runs', async () => {
    const items = readBatch({ requests: [get('a'), get('b', ['a']), get('c', ['b']), get('d')] })
    const run = async (item: BatchItem): Promise<GraphResponse> => ({
      ...ok,
      status: item.id === 'a' ? 404 : 200,
    })
    const responses = await runBatch(items, run)
    expect(responses.map(({ id, status }) => [id, status])).toEqual([
      ['a', 404],
      ['b', 424],
      ['c', 424],
      ['d', 200],
    ])
  })

  test('one batch uses a few connections at a time only', async () => {
    let now = 0
    let most = 0
    await runBatch(readBatch({ requests: many(20) }), async () => {
      now += 1
      most = Math.max(most, now)
      await Promise.resolve()
      now -= 1
      return ok
    })
    expect(most).toBe(4)
  })
})

describe('through dispatch', () => {
  const tenantId = parseTenantId('11111111-1111-4111-8111-111111111111')
  if (tenantId === null) throw new Error('not a GUID')
  const echo = route({
    method: 'POST',
    path: '/echo',
    permissions: { delegated: ['User.Invite.All'], application: [] },
    body: parameters(defineComplexType('echoParameters', { text: property.string({ create: 'required' }) })),
    handle: async ({ body }) => value('Edm.String', body.text),
  })
  const ping = route({
    method: 'GET',
    path: '/ping',
    permissions: 'signedIn',
    handle: async ({ me }) => value('Edm.Boolean', me),
  })
  const busy = route({
    method: 'GET',
    path: '/busy',
    permissions: 'signedIn',
    handle: async () => {
      throw new Throttled('Slow down.', 5)
    },
  })
  // Nothing here asks the database, so none is connected.
  const { send, callers } = testGraph(openDatabase({ max: 1 }), { routes: [echo, ping, busy] })
  callers.set('inviter', person(tenantId, ['User.Invite.All']))
  callers.set('daemon', application(tenantId, []))
  const batch = (requests: unknown, as: string | null = 'inviter') =>
    send('/$batch', { method: 'POST', body: { requests }, as })

  const post = (id: string, body: unknown) => ({
    id,
    method: 'POST',
    url: '/echo',
    body,
    headers: { 'Content-Type': 'application/json' },
  })

  test('GRA-41: each item is authorised, validated and answered for itself', async () => {
    const answer = await batch([
      post('1', { text: 'hello' }),
      post('2', {}),
      get('3'),
      { ...get('4'), url: '/ping' },
      { ...get('5'), url: 'busy' },
    ])
    expect(answer.status).toBe(200)
    expect(answer.json['responses']).toMatchObject([
      {
        id: '1',
        status: 200,
        body: { value: 'hello' },
        headers: { 'Content-Type': expect.stringContaining('odata.metadata') },
      },
      { id: '2', status: 400, body: { error: { details: [{ target: 'text' }] } } },
      { id: '3', status: 400, body: { error: { code: 'BadRequest' } } },
      { id: '4', status: 200, body: { value: false } },
      { id: '5', status: 429, headers: { 'Retry-After': '5' } },
    ])
    expect((await batch([post('1', { text: 'hello' })], 'daemon')).json['responses']).toMatchObject([
      { id: '1', status: 403 },
    ])
  })

  test('GRA-40: without a token, with another method or nested it is refused', async () => {
    expect((await batch([], null)).status).toBe(401)
    expect((await send('/$batch', { as: 'inviter' })).status).toBe(405)
    const nested = {
      id: '1',
      method: 'POST',
      url: '/$batch',
      body: { requests: [] },
      headers: { 'Content-Type': 'application/json' },
    }
    expect((await batch([nested])).json['responses']).toMatchObject([{ status: 400 }])
  })

  test('GRA-41: what is no JSON comes in base64', async () => {
    const answer = await batch([{ id: '1', method: 'GET', url: '/$metadata' }])
    const [first] = JSON.parse(JSON.stringify(answer.json['responses'])) as [{ body: string }]
    expect(Buffer.from(first.body, 'base64').toString()).toContain('<edmx:Edmx')
  })
})
