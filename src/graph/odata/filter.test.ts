import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Filter, Literal, Path } from './ast.ts'
import { ODataError } from './errors.ts'
import { parseFilter } from './filter.ts'
import { printFilter } from './print.fixture.ts'

const canonical = (text: string) => printFilter(parseFilter(text))

/** The tree without positions, which printing does not keep. */
const shape = (filter: Filter): unknown =>
  JSON.parse(JSON.stringify(filter, (key, value: unknown) => (key === 'position' ? undefined : value)))

describe('what Graph’s documentation writes', () => {
  test.each([
    ["startsWith(displayName,'A')", "startsWith(displayName,'A')"],
    [
      "startswith(displayName, 'A') or endswith(mail,'@b.example')",
      "startsWith(displayName,'A') or endsWith(mail,'@b.example')",
    ],
    ["startswith(mail,'a') eq true", "startsWith(mail,'a')"],
    ["startswith(mail,'a') eq false", "not(startsWith(mail,'a'))"],
    ["NOT(imAddresses/any(i:i eq 'admin@contoso.com'))", "not(imAddresses/any(i:i eq 'admin@contoso.com'))"],
    ['assignedLicenses/$count ne 0', 'assignedLicenses/$count ne 0'],
    ["department in ('Retail', 'Sales')", "department in ('Retail','Sales')"],
    ['createdDateTime ge 2021-11-01T00:00:00Z', 'createdDateTime ge 2021-11-01T00:00:00Z'],
    ['createdDateTime ge 2021-11-01', 'createdDateTime ge 2021-11-01'],
    ['skuId eq 184EFA21-98c3-4e5d-95ab-d07053a96e67', 'skuId eq 184efa21-98c3-4e5d-95ab-d07053a96e67'],
    ['accountEnabled', 'accountEnabled eq true'],
    ["'Seattle' eq city", "city eq 'Seattle'"],
    ['3 lt rank', 'rank gt 3'],
    ['mail eq null', 'mail eq null'],
    ['status/errorCode ne 0', 'status/errorCode ne 0'],
    ["targetResources/any(t:t/id eq 'x')", "targetResources/any(t:t/id eq 'x')"],
    ['otherMails/any()', 'otherMails/any()'],
    ["a eq 'x' or b eq 'y' and c eq 'z'", "a eq 'x' or (b eq 'y' and c eq 'z')"],
    ["(a eq 'x' or b eq 'y') and c eq 'z'", "(a eq 'x' or b eq 'y') and c eq 'z'"],
    ["not a eq 'x' and b eq 'y'", "not(a eq 'x') and b eq 'y'"],
    ["keepFor eq duration'P90D'", "keepFor eq duration'P90D'"],
    ["kind has microsoft.graph.kinds'a,b'", "kind has microsoft.graph.kinds'a,b'"],
    ["displayName eq 'O''Neil %_\\'", "displayName eq 'O''Neil %_\\'"],
  ])('GRA-19, 20: %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
  })
})

describe('what is refused', () => {
  test.each([
    ["displayName eq 'A", 15],
    ['displayName eq', 14],
    ["displayName 'A'", 12],
    ["(displayName eq 'A'", 19],
    ["displayName eq 'A')", 18],
    ["displayName eq 'A' and", 22],
    ['', 0],
    ['a eq 1 ; b eq 2', 7],
    ['startswith(displayName)', 22],
    ['startswith(displayName,5)', 23],
    ["a/any(x:x eq 'b'", 16],
    ['a in ()', 6],
    ['a in (1,)', 8],
    ['a eq "b"', 5],
    ["startswith(a,'b') gt true", 21],
  ])('GRA-11: %s fails at the place where it is wrong', (text, position) => {
    try {
      parseFilter(text)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ODataError)
      expect(error).toMatchObject({ position, unsupported: false })
    }
  })

  test.each([
    "tags/all(t:t eq 'a')",
    "tolower(displayName) eq 'a'",
    "constructor(displayName,'a')",
    'rank add 1 eq 2',
    'a eq b',
    'length(displayName) gt 3',
  ])('GRA-20: %s is OData but not Graph', (text) => {
    try {
      parseFilter(text)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ name: 'ODataError', unsupported: true })
    }
  })

  test('GRA-20: nesting without end is refused, not a stack overflow', () => {
    for (const [open, close] of [
      ['(', ')'],
      ['not(', ')'],
      ['not ', ''],
    ] as const) {
      const deep = `${open.repeat(2000)}a eq 1${close.repeat(2000)}`
      expect(() => parseFilter(deep)).toThrow(ODataError)
    }
    expect(() => parseFilter(`a eq '${'x'.repeat(20_000)}'`)).toThrow('too long')
  })
})

// Names that are no keyword in any place.
const name = fc.constantFrom('displayName', 'mail', 'status', 'x1', 'größe', '_private')
const path = (count: fc.Arbitrary<boolean> = fc.constant(false)): fc.Arbitrary<Path> =>
  fc.record({ segments: fc.array(name, { minLength: 1, maxLength: 3 }), count, position: fc.constant(0) })
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('number' as const), text: fc.integer().map(String) }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.constant({ kind: 'null' } as const),
  fc.record({ kind: fc.constant('guid' as const), value: fc.uuid() }),
  fc.record({
    kind: fc.constant('dateTime' as const),
    value: fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.123+02:00'),
  }),
)
const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; leaf: Filter }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      path: path(fc.boolean()),
      operator: fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge', 'has'),
      value: literal,
    }),
    fc.record({
      kind: fc.constant('in' as const),
      path: path(),
      values: fc.array(literal, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('text' as const),
      function: fc.constantFrom('startsWith', 'endsWith', 'contains'),
      path: path(),
      value: fc.string({ unit: 'binary' }),
    }),
    fc.record({
      kind: fc.constant('any' as const),
      path: path(),
      variable: fc.constant(''),
      condition: fc.constant(undefined),
    }),
  ),
  filter: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc
      .record({
        kind: fc.constantFrom('and', 'or'),
        terms: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
      })
      // The parser joins lists of the same kind, so only joined trees come back as they were.
      .filter((node) => node.terms.every((term) => term.kind !== node.kind)),
    fc.record({ kind: fc.constant('not' as const), term: tie('filter') }),
    fc.record({
      kind: fc.constant('any' as const),
      path: path(),
      variable: fc.constant('v'),
      condition: tie('filter'),
    }),
  ),
})).filter

test('GRA-19: every filter that can be printed is read back as the same tree', () => {
  fc.assert(
    fc.property(filter, (tree) => {
      expect(shape(parseFilter(printFilter(tree)))).toEqual(shape(tree))
    }),
  )
})

test('GRA-20: no text makes the parser fail with anything but its own error', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'displayName',
      ' eq ',
      ' and ',
      ' or ',
      'not ',
      '(',
      ')',
      "'",
      "''",
      ',',
      '/',
      'any(',
      'x:x',
      '$count',
      'null',
      '1',
      ' in ',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      try {
        parseFilter(pieces.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(ODataError)
      }
    }),
    { numRuns: 2000 },
  )
})
