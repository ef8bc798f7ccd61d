import { describe, expect, test } from 'vitest'
import { answer } from './answer.ts'
import { boat } from './example.fixture.ts'
import { ANGSO, harbour, nextOf } from './harbour.fixture.ts'
import { created } from './responses.ts'

const { send, clock, graph } = harbour()

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
    expect(graph.metadata()).toContain('<EntityType Name="boat"')
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
    clock.advance(25 * 3_600_000)
    expect(await send(link)).toMatchObject(refused)
  })
})

describe('what handlers add to an answer', () => {
  const scene = { root: 'https://graph.example/v1.0', query: undefined, nextLink: () => '' }
  const preferences = { metadata: 'minimal', returnMinimal: false, unknownEnumMembers: false } as const

  test('related objects that come along are shown with the properties that they have', () => {
    const row = { id: ANGSO, displayName: 'Ängsö', crew: [{ id: 'x', displayName: 'Ada' }], berthPlace: null }
    const answered = answer(
      created(boat, row, { related: ['crew', 'berthPlace'], headers: { warning: 'w' } }),
      {
        ...scene,
        preferences,
        findEntity: () => boat,
      },
    )
    expect(answered.headers['warning']).toBe('w')
    expect(answered.body).toMatchObject({
      value: { displayName: 'Ängsö', crew: [{ id: 'x', displayName: 'Ada' }], berthPlace: null },
    })
    // Not those that a row happens to hold.
    const plain = answer(created(boat, row), { ...scene, preferences, findEntity: () => boat })
    expect(JSON.stringify(plain.body)).not.toContain('crew')
  })
})
