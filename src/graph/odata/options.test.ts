import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Search } from './ast.ts'
import { ODataError } from './errors.ts'
import { parseExpand, parseOrderBy, parseSelect } from './options.ts'
import { printSearch } from './print.fixture.ts'
import { parseSearch } from './search.ts'

describe('$select', () => {
  test('GRA-15: names are separated by commas, spaces do not matter', () => {
    expect(parseSelect('id, displayName')).toEqual(['id', 'displayName'])
    expect(parseSelect('*')).toEqual(['*'])
  })
  test.each(['', 'id,', ',id', 'a b', 'a/b', "id'"])('GRA-11: %j is refused', (text) => {
    expect(() => parseSelect(text)).toThrow(ODataError)
  })
})

describe('$orderby', () => {
  test('GRA-27: direction is ascending unless said otherwise', () => {
    expect(parseOrderBy('displayName,createdDateTime DESC')).toMatchObject([
      { path: { segments: ['displayName'] }, descending: false },
      { path: { segments: ['createdDateTime'] }, descending: true },
    ])
  })
  test.each(['', 'a up', 'a desc extra', 'a,,b'])('GRA-11: %j is refused', (text) => {
    expect(() => parseOrderBy(text)).toThrow(ODataError)
  })
})

describe('$expand', () => {
  test('GRA-18: options stand in parentheses and may hold quotes', () => {
    const [members, manager] = parseExpand(
      "members($select=id,displayName;$filter=a eq ';)'),manager($levels=max)",
    )
    expect(members).toMatchObject({ name: 'members' })
    expect([...(members?.options ?? [])]).toEqual([
      ['$select', 'id,displayName'],
      ['$filter', "a eq ';)'"],
    ])
    expect([...(manager?.options ?? [])]).toEqual([['$levels', 'max']])
  })
  test.each([
    '',
    'members(',
    'members)',
    'members($select=id',
    'members($select=id;$select=x)',
    'members(x)',
    "a('",
  ])('GRA-11: %j is refused', (text) => {
    expect(() => parseExpand(text)).toThrow(ODataError)
  })
})

describe('$search', () => {
  test('GRA-28: AND binds before OR, clauses side by side are and-ed', () => {
    expect(parseSearch('"displayName:One" OR "mail:a" AND ("description:b" "description:c")')).toMatchObject({
      kind: 'or',
      terms: [
        { property: 'displayName', text: 'One' },
        { kind: 'and', terms: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] },
      ],
    })
  })
  test('GRA-28: quotes and backslashes are escaped with a backslash', () => {
    expect(parseSearch('"displayName:a \\"b\\" \\\\ c"')).toMatchObject({ text: 'a "b" \\ c' })
  })
  test.each([
    '',
    'displayName:a',
    '"displayName"',
    '":a"',
    '"a:b',
    '"a:b" or "c:d"',
    '"a:b" AND',
    '("a:b"',
    '"a:\\x"',
  ])('GRA-28: %j is refused', (text) => {
    expect(() => parseSearch(text)).toThrow(ODataError)
  })

  const clause = fc.record({
    kind: fc.constant('clause' as const),
    property: fc.constantFrom('displayName', 'mail'),
    text: fc.string({ unit: 'binary' }),
    position: fc.constant(0),
  })
  const search: fc.Arbitrary<Search> = fc.letrec<{ search: Search }>((tie) => ({
    search: fc.oneof(
      { maxDepth: 3 },
      clause,
      fc
        .record({
          kind: fc.constantFrom('and', 'or'),
          terms: fc.array(tie('search'), { minLength: 2, maxLength: 3 }),
        })
        .filter((node) => node.terms.every((term) => term.kind !== node.kind)),
    ),
  })).search

  const withoutPositions = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, one: unknown) => (key === 'position' ? undefined : one)))

  test('GRA-28: every search that can be printed is read back as the same tree', () => {
    fc.assert(
      fc.property(search, (tree) => {
        expect(withoutPositions(parseSearch(printSearch(tree)))).toEqual(withoutPositions(tree))
      }),
    )
  })
})

test('GRA-11: no text makes these parsers fail with anything but their own error', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      '(',
      ')',
      ',',
      ';',
      '$select=',
      'members',
      ' AND ',
      ' OR ',
      'a:b',
      '\\',
      "'",
      ' desc',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      for (const parse of [parseSelect, parseOrderBy, parseExpand, parseSearch]) {
        try {
          parse(pieces.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(ODataError)
        }
      }
    }),
    { numRuns: 1000 },
  )
})
