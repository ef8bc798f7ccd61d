import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoatRow } from './boats.fixture.ts'
import { boat } from './example.fixture.ts'
import { fleet, fleetDatabase, names } from './fleet.fixture.ts'
import { collectionOf } from './query-shape.ts'

const { page, tenant } = fleetDatabase()
const boats = collectionOf(boat)

/** The names that a filter finds, as an advanced query so that every operator may be tried. */
const found = async (filter: string) =>
  names(await page(boats, `$filter=${encodeURIComponent(filter)}&$count=true`, { eventual: true }))

describe('$filter in PostgreSQL', () => {
  test.each<[string, readonly number[]]>([
    ["displayName eq 'ÄNGSÖ'", [0]],
    ["displayName eq 'd''artagnan\\'", [3]],
    ["displayName in ('BEATRICE','ängsö')", [0, 1]],
    ["startswith(displayName,'CHARLOTTE 100% _')", [2]],
    ["startswith(displayName,'%')", []],
    ["startswith(displayName,'')", [0, 1, 2, 3]],
    ["startswith(harbour,'ki')", [0, 1]],
    ["endswith(mail,'@boats.EXAMPLE')", [0]],
    ["displayName ge 'b' and displayName le 'C'", [1]],
    ["harbour eq 'kiel'", [0, 1]],
    ['inService eq false', [1]],
    ['inService ne false', [0, 2, 3]],
    ['berths le 2', [1]],
    ['berths in (2,4)', [0, 1]],
    ['length gt 3.5', [0]],
    ["hull eq 'mono'", [0]],
    ["rights has microsoft.graph.boatRights'sell'", [0]],
    ["rights has microsoft.graph.boatRights'sail,sell'", [0]],
    ["rights has microsoft.graph.boatRights'repair'", []],
    ['ownerId eq AAAAAAAA-0000-4000-8000-000000000001', [0]],
    ["id eq '00000000-0000-4000-8000-000000000002'", [2]],
    ["id eq 'not-a-guid'", []],
    ["id ne 'not-a-guid'", [0, 1, 2, 3]],
    ["id in ('not-a-guid','00000000-0000-4000-8000-000000000001')", [1]],
    ['launchedDateTime ge 2026-01-02T03:04:05.123457Z', [3]],
    ['launchedDateTime eq 2026-01-02T05:04:05.123456+02:00', [0]],
    ['launchedDateTime gt 2026-01-01', [0, 3]],
    ["aliases/any(a:a eq 'TWO')", [0, 2]],
    ["not(aliases/any(a:a eq 'two'))", [1, 3]],
    ["aliases/any(a:startswith(a,'o'))", [0]],
    ['aliases/$count eq 0', [1, 3]],
    ['not(aliases/$count eq 0)', [0, 2]],
    ["marks/any(m:m/kind eq 'FLAG' and m/value eq 'red')", [0]],
    ["marks/any(m:m/kind eq 'flag' and startswith(m/value,'k'))", []],
    ["marks/any(m:m/kind eq 'plate' and m/value eq 'K-1' and m/rank gt 5)", [0]],
    ['marks/$count eq 0', [1, 3]],
    ["firstMark/value eq 'X'", [0]],
    ['firstMark/rank ge 1', [0]],
    ["firstMark/value ne 'x'", [1, 2, 3]],
    ['firstMark/value eq null', [1, 2, 3]],
  ])('GRA-20, 23: %s', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected.map((index) => fleet[index]?.display_name))
  })

  test.each<[string, readonly number[]]>([
    // OData: eq and ne are never unknown, order comparisons with null are false, text functions of null unknown.
    ['harbour eq null', [2]],
    ['harbour ne null', [0, 1, 3]],
    ["harbour ne 'kiel'", [2, 3]],
    ["not(harbour eq 'kiel')", [2, 3]],
    ["not(harbour ne 'kiel')", [0, 1]],
    ["harbour in ('kiel',null)", [0, 1, 2]],
    ["not(harbour in ('kiel',null))", [3]],
    ["not(harbour in ('kiel'))", [2, 3]],
    ["not(startswith(harbour,'k'))", [3]],
    ["not(harbour ge 'l')", [0, 1, 2]],
    ["not(harbour eq 'kiel' or displayName eq 'x')", [2, 3]],
    ["not(harbour eq 'kiel' and inService eq true)", [1, 2, 3]],
    ['length ne 3', [0, 1, 2]],
  ])('GRA-20: null in %s', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected.map((index) => fleet[index]?.display_name))
  })

  test('every row and filter: what SQL finds is what OData’s rules say', { timeout: 120_000 }, async () => {
    const text = fc.constantFrom('a', 'A', 'b', 'ab', '%', '')
    const row = fc.record({
      display_name: fc.constantFrom('a', 'B', 'ab', 'Ä', '_%'),
      harbour: fc.option(text, { nil: null }),
      berths: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
      in_service: fc.boolean(),
      aliases: fc.array(text, { maxLength: 2 }),
    })
    const rows = fc.sample(row, { numRuns: 60, seed: 7 })
    const third = await tenant(rows)

    await fc.assert(
      fc.asyncProperty(predicate, async ({ filter, holds }) => {
        const answer = await page(
          boats,
          `$filter=${encodeURIComponent(filter)}&$count=true&$top=999&$select=id`,
          { eventual: true, settings: { maxFilterTerms: 50 } },
          third,
        )
        const expected = rows.flatMap((one, index) => (holds(one) === true ? [index] : []))
        expect(answer.rows.map((one) => Number(String(one['id']).slice(-6)))).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })
})

// A filter together with its meaning by OData's rules: true, false or (null) unknown.
interface Meaning {
  readonly filter: string
  readonly holds: (row: BoatRow) => boolean | null
}
const same = (a: string | null | undefined, b: string) => a?.toLowerCase() === b.toLowerCase()
const quoted = fc.constantFrom('a', 'B', 'AB', '%', 'z')
const predicate: fc.Arbitrary<Meaning> = fc.letrec<{ node: Meaning; leaf: Meaning }>((tie) => ({
  leaf: fc.oneof(
    quoted.map((v): Meaning => ({ filter: `harbour eq '${v}'`, holds: (r) => same(r.harbour, v) })),
    quoted.map((v): Meaning => ({ filter: `harbour ne '${v}'`, holds: (r) => !same(r.harbour, v) })),
    fc.constant<Meaning>({ filter: 'harbour eq null', holds: (r) => r.harbour === null }),
    quoted.map(
      (v): Meaning => ({
        filter: `startswith(harbour,'${v}')`,
        holds: (r) =>
          typeof r.harbour === 'string' ? r.harbour.toLowerCase().startsWith(v.toLowerCase()) : null,
      }),
    ),
    quoted.map(
      (v): Meaning => ({
        filter: `startswith(displayName,'${v}')`,
        holds: (r) => r.display_name.toLowerCase().startsWith(v.toLowerCase()),
      }),
    ),
    fc.array(quoted, { minLength: 1, maxLength: 3 }).map(
      (vs): Meaning => ({
        filter: `displayName in (${vs.map((v) => `'${v}'`).join(',')})`,
        holds: (r) => vs.some((v) => same(r.display_name, v)),
      }),
    ),
    fc.boolean().map((v): Meaning => ({ filter: `inService eq ${v}`, holds: (r) => r.in_service === v })),
    quoted.map(
      (v): Meaning => ({
        filter: `aliases/any(x:x eq '${v}')`,
        holds: (r) => (r.aliases ?? []).some((alias) => same(alias, v)),
      }),
    ),
    fc.integer({ min: 0, max: 2 }).map(
      (v): Meaning => ({
        filter: `aliases/$count eq ${v}`,
        holds: (r) => (r.aliases ?? []).length === v,
      }),
    ),
  ),
  node: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.tuple(tie('node'), tie('node')).map(
      ([a, b]): Meaning => ({
        filter: `(${a.filter}) and (${b.filter})`,
        holds: (r) => and(a.holds(r), b.holds(r)),
      }),
    ),
    fc.tuple(tie('node'), tie('node')).map(
      ([a, b]): Meaning => ({
        filter: `(${a.filter}) or (${b.filter})`,
        holds: (r) => not(and(not(a.holds(r)), not(b.holds(r)))),
      }),
    ),
    tie('node').map((a): Meaning => ({ filter: `not(${a.filter})`, holds: (r) => not(a.holds(r)) })),
  ),
})).node
const not = (value: boolean | null) => (value === null ? null : !value)
const and = (a: boolean | null, b: boolean | null) =>
  a === false || b === false ? false : a === null || b === null ? null : true
