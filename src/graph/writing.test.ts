import { describe, expect, test } from 'vitest'
import { ANGSO, harbour } from './harbour.fixture.ts'

const { send } = harbour()

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
