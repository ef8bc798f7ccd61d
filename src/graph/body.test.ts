import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Invalid } from '../platform/errors.ts'
import { forCreate, forUpdate, parameters, readReference, reference } from './body.ts'
import { defineComplexType, defineEntity, property } from './entity.ts'
import { boat, directoryObject } from './example.fixture.ts'

const create = forCreate(boat)
const update = forUpdate(boat)
const enough = { displayName: 'Ada', inService: true }

function refusal(work: () => unknown): Invalid {
  try {
    work()
  } catch (error) {
    if (error instanceof Invalid) return error
    throw error
  }
  throw new Error('accepted')
}
const targets = (work: () => unknown) => refusal(work).details.map(({ code, target }) => `${code} ${target}`)

describe('creating', () => {
  test('GRA-31: what is required must be there, and every missing one is named', () => {
    const error = refusal(() => create.parse({ harbour: 'Kiel' }))
    expect(error.code).toBe('Request_BadRequest')
    expect(error.details).toMatchObject([
      { code: 'Required', target: 'displayName' },
      { code: 'Required', target: 'inService' },
    ])
    expect(targets(() => create.parse({ displayName: '', inService: null }))).toEqual([
      'Invalid inService',
      'Required displayName',
    ])
  })

  test('GRA-30: values are read by type', () => {
    const { values } = create.parse({
      ...enough,
      launchedDateTime: '2026-01-02T05:04:05+02:00',
      ownerId: 'AAAAAAAA-0000-4000-8000-000000000001',
      hull: 'mono',
      rights: 'sell, sail',
      aliases: ['a'],
      marks: [{ kind: 'flag', value: 'red', since: '2026-01-01T00:00:00Z', 'x@odata.type': '#Edm.String' }],
      firstMark: { value: 'x' },
      length: 9.5,
      berths: 4,
      harbour: null,
      passcode: 'secret',
    })
    expect(values).toEqual({
      ...enough,
      launchedDateTime: new Date('2026-01-02T03:04:05Z'),
      ownerId: 'aaaaaaaa-0000-4000-8000-000000000001',
      hull: 'mono',
      rights: 'sail,sell',
      aliases: ['a'],
      marks: [{ kind: 'flag', value: 'red', since: new Date('2026-01-01T00:00:00Z') }],
      firstMark: { value: 'x' },
      length: 9.5,
      berths: 4,
      harbour: null,
      passcode: 'secret',
    })
  })

  test('GRA-11: unknown and read-only properties are refused, each by name', () => {
    expect(
      targets(() => create.parse({ ...enough, sails: 3, registryNumber: 'x', id: 'y', DisplayName: 'z' })),
    ).toEqual([
      'UnknownProperty sails',
      'ReadOnly registryNumber',
      'ReadOnly id',
      'UnknownProperty DisplayName',
    ])
    expect(targets(() => create.parse({ ...enough, __proto__: 1, constructor: 2, crew: [] }))).toEqual([
      'UnknownProperty constructor',
      'ReadOnly crew',
    ])
  })

  test.each([
    ['displayName', 5],
    ['displayName', null],
    ['displayName', 'x'.repeat(65)],
    ['inService', 'true'],
    ['inService', null],
    ['hull', 'submarine'],
    ['rights', 'sail,fly'],
    ['length', '9'],
    ['berths', 1.5],
    ['berths', 2_147_483_648],
    ['ownerId', 'x'],
    ['launchedDateTime', '2026-02-30T00:00:00Z'],
    ['launchedDateTime', '2026-01-01'],
    ['launchedDateTime', 5],
    ['aliases', 'a'],
    ['aliases', null],
    ['aliases', ['a', 'b', 'c', 'd']],
    ['firstMark', []],
    ['firstMark', 'x'],
  ])('GRA-11: %s = %j is refused and named', (name, value) => {
    expect(
      refusal(() => create.parse({ ...enough, [name]: value })).details.map((one) => one.target),
    ).toEqual([name])
  })

  test('GRA-11: inside collections and complex values the path is named', () => {
    expect(
      targets(() =>
        create.parse({
          ...enough,
          aliases: ['a', 5, null],
          marks: [{ kind: 'flag' }, { value: 'x', sails: 1 }],
          firstMark: { value: 'x', kind: 'far too long' },
        }),
      ),
    ).toEqual([
      'Invalid aliases[1]',
      'Invalid aliases[2]',
      'Required marks[0]/value',
      'UnknownProperty marks[1]/sails',
      'Invalid firstMark/kind',
    ])
  })

  test('a length counts characters, not UTF-16 units', () => {
    expect(() => create.parse({ ...enough, displayName: '😀'.repeat(64) })).not.toThrow()
    expect(targets(() => create.parse({ ...enough, displayName: '😀'.repeat(65) }))).toEqual([
      'Invalid displayName',
    ])
  })

  test.each([null, [], 'x', 5, undefined])('GRA-11: %j is no object', (body) => {
    expect(refusal(() => create.parse(body)).code).toBe('BadRequest')
  })

  test('GRA-8: @odata.type is accepted, and must fit', () => {
    expect(create.parse({ ...enough, '@odata.type': '#microsoft.graph.boat' }).type).toBe('boat')
    expect(targets(() => create.parse({ ...enough, '@odata.type': '#microsoft.graph.user' }))).toEqual([
      'Invalid @odata.type',
    ])
  })

  test('GRA-8: creating a derived type needs its name', () => {
    const raft = defineEntity({
      name: 'raft',
      set: 'rafts',
      base: directoryObject,
      properties: { logs: property.int32({ create: 'required' }) },
    })
    const any = forCreate(directoryObject, { derived: [raft] })
    expect(targets(() => any.parse({ logs: 5 }))).toEqual(['Required @odata.type'])
    expect(any.parse({ logs: 5, '@odata.type': '#microsoft.graph.raft' })).toMatchObject({
      type: 'raft',
      values: { logs: 5 },
    })
    expect(targets(() => any.parse({ '@odata.type': '#microsoft.graph.directoryObject' }))).toEqual([
      'Invalid @odata.type',
    ])
  })

  test('GRA-31: references may be bound, twenty at once', () => {
    const url = (index: number) =>
      `https://any.example/v1.0/directoryObjects/00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const many = (count: number) => Array.from({ length: count }, (_, index) => url(index))
    expect(create.parse({ ...enough, 'crew@odata.bind': many(20) }).bindings.get('crew')).toHaveLength(20)
    expect(targets(() => create.parse({ ...enough, 'crew@odata.bind': many(21) }))).toEqual([
      'Invalid crew@odata.bind',
    ])
    expect(targets(() => create.parse({ ...enough, 'crew@odata.bind': url(1) }))).toEqual([
      'Invalid crew@odata.bind',
    ])
    expect(targets(() => create.parse({ ...enough, 'crew@odata.bind': ['x'] }))).toEqual([
      'Invalid crew@odata.bind',
    ])
    expect(targets(() => create.parse({ ...enough, 'berthPlace@odata.bind': url(1) }))).toEqual([
      'ReadOnly berthPlace',
    ])
    expect(targets(() => create.parse({ ...enough, 'sails@odata.bind': [] }))).toEqual([
      'UnknownProperty sails',
    ])
  })

  test('no JSON makes the check fail with anything but a 400', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.constantFrom(...Object.keys(boat.properties)), fc.jsonValue()),
        ),
        (body) => {
          for (const schema of [create, update]) {
            try {
              schema.parse(body)
            } catch (error) {
              expect(error).toBeInstanceOf(Invalid)
            }
          }
        },
      ),
    )
  })
})

describe('updating', () => {
  test('GRA-30: only what is supplied, null clears, nothing is nothing', () => {
    expect(update.parse({ harbour: null }).values).toEqual({ harbour: null })
    expect(update.parse({}).values).toEqual({})
    expect(update.required).toBe(false)
  })
  test('GRA-30: what can be given only when creating is read-only afterwards', () => {
    expect(targets(() => update.parse({ mail: 'a@b.example', sails: 1 }))).toEqual([
      'ReadOnly mail',
      'UnknownProperty sails',
    ])
  })
})

describe('parameters of an action', () => {
  const move = parameters(
    defineComplexType('moveParameters', {
      to: property.string({ create: 'required' }),
      at: property.dateTimeOffset(),
    }),
  )
  test('GRA-11: required ones, types and unknown ones are checked', () => {
    expect(move.parse({ to: 'Kiel' })).toEqual({ to: 'Kiel' })
    expect(targets(() => move.parse({ at: 'noon', sails: 1 }))).toEqual([
      'Invalid at',
      'UnknownProperty sails',
      'Required to',
    ])
  })
})

describe('references', () => {
  const id = '00000000-0000-4000-8000-0000000000aA'
  test.each([
    `https://any.example/v1.0/directoryObjects/${id}`,
    `https://graph.microsoft.com/v1.0/directoryObjects('${id}')`,
    `directoryObjects/${id}`,
    `/v1.0/directoryObjects/${id}/`,
    `https://graph.microsoft.com/v2/tenant/directoryObjects/${id}/Microsoft.DirectoryServices.User`,
  ])('GRA-32: %s names an object', (url) => {
    expect(reference(['directoryObjects']).parse({ '@odata.id': url })).toEqual({
      set: 'directoryobjects',
      id: id.toLowerCase(),
    })
  })
  test.each([
    {},
    { '@odata.id': 5 },
    { '@odata.id': `https://x.example/v1.0/groups/${id}` },
    { '@odata.id': 'https://x.example/v1.0/directoryObjects/abc' },
    { '@odata.id': `https://x.example/v1.0/directoryObjects/${id}/members` },
    { '@odata.id': `directoryObjects/${id}`, more: 1 },
  ])('GRA-32: %j is refused', (body) => {
    expect(refusal(() => reference(['directoryObjects']).parse(body)).code).toBe('Request_BadRequest')
  })
  test('GRA-32: no URL is too strange', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (url) => void readReference(url)))
    expect(readReference(`${'/a'.repeat(5000)}/directoryObjects/${id}`)).toBeUndefined()
  })
})
