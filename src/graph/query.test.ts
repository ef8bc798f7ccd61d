import { describe, expect, test } from 'vitest'
import { Invalid } from '../platform/errors.ts'
import { defineEntity, property } from './entity.ts'
import { boat, mark, voyage } from './example.fixture.ts'
import { type Asking, ask } from './query.fixture.ts'
import { collectionOf, countOf, itemOf, type QueryShape } from './query-shape.ts'
import type { Property } from './types.ts'

const boats = collectionOf(boat)
const advanced = '&$count=true'

function refusal(shape: QueryShape, search: string, asking: Asking = {}): Invalid {
  try {
    ask(shape, search, asking)
  } catch (error) {
    if (error instanceof Invalid) return error
    throw error
  }
  throw new Error(`accepted: ${search}`)
}

describe('which options there are', () => {
  test('GRA-14: an unknown option, or one given twice, is refused; parameters without $ are ignored', () => {
    expect(refusal(boats, '$sort=a').code).toBe('BadRequest')
    expect(refusal(boats, '$top=1&$TOP=2').code).toBe('BadRequest')
    expect(ask(boats, 'filter=nonsense&top=7')).toMatchObject({ filter: undefined, top: 100 })
  })
  test('GRA-14: $skip is refused', () => {
    expect(refusal(boats, '$skip=10')).toMatchObject({ code: 'Request_UnsupportedQuery' })
  })
  test('GRA-14: one object knows $select and $expand only, a count $filter and $search', () => {
    expect(refusal(itemOf(boat), '$top=1').code).toBe('BadRequest')
    expect(refusal(itemOf(boat), "$filter=harbour eq 'a'").code).toBe('BadRequest')
    expect(refusal(countOf(boat), '$select=id', { eventual: true }).code).toBe('BadRequest')
  })
  test('GRA-1: option and property names match without case', () => {
    expect(ask(boats, '$Select=DISPLAYNAME').select).toEqual(['displayName'])
  })
})

describe('$select', () => {
  test('GRA-15: an unknown property is refused', () => {
    expect(refusal(boats, '$select=id,sails')).toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining(
        "Could not find a property named 'sails' on type 'microsoft.graph.boat'",
      ),
    })
  })
  test('GRA-15: properties outside the default set can be asked for, twice is once', () => {
    expect(ask(boats, '$select=notes,id,notes').select).toEqual(['notes', 'id'])
  })
})

describe('page size', () => {
  test('GRA-17: 100 by default, 1 to 999', () => {
    expect(ask(boats, '').top).toBe(100)
    expect(ask(boats, '$top=999').top).toBe(999)
    expect(refusal(boats, '$top=1000')).toMatchObject({
      code: 'Request_UnsupportedQuery',
      message: "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.",
    })
    expect(refusal(boats, '$top=0').code).toBe('Request_UnsupportedQuery')
  })
  test.each(['-1', '1.5', 'ten', '', '99999999999'])('GRA-17: $top=%s is no number', (top) => {
    expect(refusal(boats, `$top=${top}`).code).toBe('BadRequest')
  })
  test('GRA-17: logs have 1,000 by default and at most', () => {
    expect(ask(collectionOf(voyage), '').top).toBe(1000)
    expect(refusal(collectionOf(voyage), '$top=1001').code).toBe('Request_UnsupportedQuery')
  })
  test('GRA-17: unpaged collections have no $top', () => {
    const roles = collectionOf(boat, { paging: 'none' })
    expect(ask(roles, '').top).toBeUndefined()
    expect(refusal(roles, '$top=5').code).toBe('Request_UnsupportedQuery')
  })
})

describe('$filter', () => {
  test.each([
    "displayName eq 'a'",
    "startswith(displayName,'a')",
    "displayName in ('a','b')",
    'inService eq true',
    'launchedDateTime ge 2026-01-01T00:00:00Z',
    "aliases/any(a:a eq 'x')",
    "marks/any(m:m/kind eq 'x' and m/value eq 'y')",
    "firstMark/value eq 'x'",
    "id eq '00000000-0000-4000-8000-000000000000'",
    'ownerId eq 00000000-0000-4000-8000-000000000000',
    "hull eq 'mono'",
    "not(rights has microsoft.graph.boatRights'sail')",
  ])('GRA-21: %s works by default', (filter) => {
    expect(() => ask(boats, `$filter=${encodeURIComponent(filter)}`)).not.toThrow()
  })

  test.each([
    "displayName ne 'a'",
    "not(displayName eq 'a')",
    "not(startswith(displayName,'a'))",
    'displayName eq null',
    "endswith(mail,'a')",
    "callSign eq 'a'",
    'aliases/$count eq 0',
    "not(aliases/any(a:a eq 'x'))",
    'launchedDateTime gt 2026-01-01T00:00:00Z',
  ])('GRA-22, 24, 25: %s needs the header and $count=true', (filter) => {
    const search = `$filter=${encodeURIComponent(filter)}`
    for (const asking of [{}, { eventual: true }]) {
      expect(refusal(boats, search, asking)).toMatchObject({
        code: 'Request_UnsupportedQuery',
        message: expect.stringContaining('ConsistencyLevel: eventual'),
      })
    }
    expect(refusal(boats, search + advanced).code).toBe('Request_UnsupportedQuery')
    expect(ask(boats, search + advanced, { eventual: true })).toMatchObject({ advanced: true, count: true })
  })

  test.each([
    "contains(displayName,'a')",
    "endswith(displayName,'a')",
    "notes eq 'a'",
    'inService gt true',
    "firstMark/kind eq 'a'",
    'marks/any(m:m/since eq 2026-01-01T00:00:00Z)',
    "aliases/any(a:a ne 'x')",
    "marks/any(m:m/kind eq 'x')",
    "marks/any(m:m/kind eq 'x' or m/value eq 'y')",
    "marks/any(m:displayName eq 'x')",
    "aliases/all(a:a eq 'x')",
    "aliases/any(a:aliases/any(b:b eq 'x'))",
    'length ge 5',
  ])('GRA-22, 23: %s is not supported, advanced or not', (filter) => {
    const search = `$filter=${encodeURIComponent(filter)}${advanced}`
    expect(refusal(boats, search, { eventual: true }).code).toBe('Request_UnsupportedQuery')
  })

  test.each([
    "sails eq 'a'",
    'displayName eq 5',
    'displayName eq 00000000-0000-4000-8000-000000000000',
    "inService eq 'true'",
    'berths eq 1.5',
    'berths eq 99999999999999999999',
    "launchedDateTime ge '2026-01-01T00:00:00Z'",
    'launchedDateTime ge 2026-02-30T00:00:00Z',
    "hull eq 'submarine'",
    "aliases eq 'x'",
    "displayName/any(d:d eq 'x')",
    'displayName ge null',
    'aliases/$count eq -1',
    "aliases/$count eq 'x'",
    "firstMark/sails eq 'x'",
    "displayName eq 'a",
  ])('GRA-11, 19: %s cannot be understood', (filter) => {
    const search = `$filter=${encodeURIComponent(filter)}${advanced}`
    expect(refusal(boats, search, { eventual: true }).code).toBe('BadRequest')
  })

  test('GRA-11: the character NUL, which no value can hold, is refused', () => {
    expect(refusal(boats, "$filter=displayName eq '%00'").code).toBe('BadRequest')
    expect(refusal(boats, '$filter=%zz').code).toBe('BadRequest')
  })

  test('GRA-20: at most 15 or-ed terms, each value of an in counts; more by setting', () => {
    const ors = (count: number) =>
      Array.from({ length: count }, (_, i) => `displayName eq '${i}'`).join(' or ')
    const ins = (count: number) =>
      `displayName in (${Array.from({ length: count }, (_, i) => `'${i}'`).join(',')})`
    expect(() => ask(boats, `$filter=${ors(15)}`)).not.toThrow()
    expect(() => ask(boats, `$filter=${ins(15)}`)).not.toThrow()
    expect(() =>
      ask(boats, `$filter=${Array.from({ length: 40 }, () => "harbour eq 'a'").join(' and ')}`),
    ).not.toThrow()
    for (const filter of [ors(16), ins(16), `${ors(10)} or ${ins(6)}`]) {
      expect(refusal(boats, `$filter=${filter}`)).toMatchObject({
        code: 'Request_UnsupportedQuery',
        message: expect.stringContaining('16. Max allowed: 15'),
      })
      expect(() => ask(boats, `$filter=${filter}`, { settings: { maxFilterTerms: 50 } })).not.toThrow()
    }
  })

  test('GRA-25: an installation may treat every query as advanced', () => {
    const relaxed = { settings: { advancedQueries: 'always' as const } }
    expect(() => ask(boats, "$filter=displayName ne 'a'&$orderby=displayName", relaxed)).not.toThrow()
    expect(() => ask(boats, '$search="displayName:a"', relaxed)).not.toThrow()
    expect(ask(boats, '$count=true', relaxed).count).toBe(true)
  })

  test('GRA-19: text functions and order fit some types only', () => {
    expect(refusal(collectionOf(voyage), "$filter=startswith(startedDateTime,'1')").code).toBe('BadRequest')
    expect(refusal(collectionOf(voyage), '$filter=title has 1').code).toBe('BadRequest')
  })

  test('GRA-24: types outside the directory know no advanced queries', () => {
    expect(() => ask(collectionOf(voyage), "$filter=title ne 'a' and contains(title,'b')")).not.toThrow()
  })
})

describe('$count', () => {
  test('GRA-25: without the header it is silently ignored', () => {
    expect(ask(boats, '$count=true').count).toBe(false)
    expect(ask(boats, '$count=true', { eventual: true }).count).toBe(true)
    expect(ask(collectionOf(voyage), '$count=true').count).toBe(true)
    expect(refusal(boats, '$count=yes').code).toBe('BadRequest')
  })
  test('GRA-25: /$count without the header is refused', () => {
    expect(refusal(countOf(boat), '')).toMatchObject({
      code: 'Request_BadRequest',
      message: '$count is not currently supported.',
    })
    expect(() => ask(countOf(boat), "$filter=displayName ne 'a'", { eventual: true })).not.toThrow()
  })
})

describe('$orderby', () => {
  test('GRA-27: by default, only where the property says so', () => {
    expect(ask(boats, '$orderby=displayname desc').orderBy).toEqual([
      { property: 'displayName', descending: true },
    ])
    for (const search of [
      '$orderby=harbour',
      '$orderby=notes',
      "$orderby=displayName&$filter=harbour eq 'a'",
    ]) {
      expect(refusal(boats, search)).toMatchObject({
        code: 'Request_UnsupportedQuery',
        message: 'Sorting not supported for current query.',
      })
    }
    expect(() => ask(boats, `$orderby=harbour${advanced}`, { eventual: true })).not.toThrow()
    expect(() =>
      ask(boats, `$orderby=displayName&$filter=harbour eq 'a'${advanced}`, { eventual: true }),
    ).not.toThrow()
  })
  test('GRA-27: two criteria never work on directory objects, but elsewhere', () => {
    expect(refusal(boats, `$orderby=displayName,harbour${advanced}`, { eventual: true }).code).toBe(
      'Request_UnsupportedQuery',
    )
    expect(ask(collectionOf(voyage), '$orderby=harbour,title desc').orderBy).toHaveLength(2)
  })
  test('GRA-27: an unknown property, or one named twice, is refused', () => {
    expect(refusal(boats, '$orderby=sails').code).toBe('BadRequest')
    expect(refusal(collectionOf(voyage), '$orderby=title,title desc').code).toBe('BadRequest')
  })
})

describe('$search', () => {
  const search = '$search="displayName:a"'
  test('GRA-25: needs the header, and only the header', () => {
    expect(refusal(boats, search)).toMatchObject({
      code: 'Request_UnsupportedQuery',
      message:
        "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    })
    expect(ask(boats, search, { eventual: true }).search).toMatchObject({
      name: 'displayName',
      mode: 'tokens',
    })
  })
  test('GRA-28: other strings that can be filtered by their beginning act as startsWith', () => {
    expect(ask(boats, '$search="mail:a"', { eventual: true }).search).toMatchObject({ mode: 'prefix' })
    expect(refusal(boats, '$search="notes:a"', { eventual: true }).code).toBe('Request_UnsupportedQuery')
    expect(refusal(boats, '$search="sails:a"', { eventual: true }).code).toBe('BadRequest')
    expect(refusal(boats, '$search=displayName', { eventual: true }).code).toBe('BadRequest')
  })
  test('GRA-28: types that cannot be searched say so', () => {
    expect(refusal(collectionOf(voyage), search).code).toBe('Request_UnsupportedQuery')
  })
})

describe('$expand', () => {
  test('GRA-18: one relationship, $select inside', () => {
    expect(ask(boats, '$expand=Crew($select=displayName)').expand).toMatchObject({
      name: 'crew',
      select: ['displayName'],
      levels: 1,
    })
  })
  test.each([
    ['$expand=crew,berthPlace', 'Request_UnsupportedQuery'],
    ['$expand=*', 'Request_UnsupportedQuery'],
    ['$expand=berthPlace', 'Request_UnsupportedQuery'],
    ['$expand=crew($top=5)', 'Request_UnsupportedQuery'],
    ['$expand=crew($levels=2)', 'Request_UnsupportedQuery'],
    ['$expand=sails', 'BadRequest'],
    ['$expand=crew($select=sails)', 'BadRequest'],
    ['$expand=crew(', 'BadRequest'],
  ])('GRA-18: %s is refused', (search, code) => {
    expect(refusal(boats, search).code).toBe(code)
  })
  test('GRA-24: not in an advanced query', () => {
    expect(refusal(boats, `$expand=crew${advanced}`, { eventual: true }).code).toBe(
      'Request_UnsupportedQuery',
    )
    expect(refusal(boats, '$expand=crew&$search="displayName:a"', { eventual: true }).code).toBe(
      'Request_UnsupportedQuery',
    )
  })
})

describe('a table that contradicts itself is found at start', () => {
  test('GRA-1: two names that differ by case only', () => {
    expect(() =>
      defineEntity({ name: 'x', set: 'xs', properties: { id: property.string(), ID: property.string() } }),
    ).toThrow("'ID' is declared twice")
  })
  test('a key that is no property', () => {
    expect(() => defineEntity({ name: 'x', set: 'xs', properties: {} })).toThrow("the key 'id'")
  })
  test('rules that cannot hold', () => {
    const declare = (one: Property) => () =>
      defineEntity({ name: 'x', set: 'xs', properties: { id: property.string(), one } })
    const filter = { default: ['eq'] } as const
    expect(declare(property.string({ sql: null, filter }))).toThrow('has no SQL')
    expect(declare(property.string({ sql: null, sort: 'default' }))).toThrow('has no SQL')
    expect(declare(property.string({ writeOnly: true, filter }))).toThrow('give it away')
    expect(declare(property.complex(mark, { filter: { paths: { sails: filter } } }))).toThrow("on 'sails'")
    expect(
      declare(property.collection(mark, { filter: { paths: { kind: filter }, together: ['value'] } })),
    ).toThrow("demands 'value'")
  })
})
