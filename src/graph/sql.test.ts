import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { makeTenant } from '../../test/kit/tenant.ts'
import type { TenantId } from '../platform/ids.ts'
import { addBoats, type BoatRow, createBoats } from './boats.fixture.ts'
import { boat, boatSource, voyage } from './example.fixture.ts'
import { keyset } from './keyset.ts'
import { countEntities, getEntities, getEntity, listEntities, type Source } from './list.ts'
import type { Page, PageKey } from './page.ts'
import { type Asking, ask } from './query.fixture.ts'
import { collectionOf, itemOf, type QueryShape } from './query-shape.ts'
import { predicateSql } from './sql.ts'
import type { Sql } from './types.ts'

const own = ownDatabase()
let tenantId: TenantId
let otherTenantId: TenantId

const fleet: readonly BoatRow[] = [
  {
    display_name: 'Ängsö',
    harbour: 'Kiel',
    berths: 4,
    length: 9.5,
    hull: 'mono',
    rights: 'sail,sell',
    owner_id: 'aaaaaaaa-0000-4000-8000-000000000001',
    launched_date_time: '2026-01-02T03:04:05.123456Z',
    mail: 'a@Boats.example',
    aliases: ['One', 'two'],
    marks: [
      { kind: 'flag', value: 'Red', rank: 3 },
      { kind: 'plate', value: 'K-1', rank: 9 },
    ],
    first_mark: { value: 'x', rank: 1 },
  },
  {
    display_name: 'beatrice',
    harbour: 'KIEL',
    berths: 2,
    in_service: false,
    marks: null,
    first_mark: { value: null },
  },
  {
    display_name: 'Charlotte 100% _',
    harbour: null,
    berths: null,
    aliases: ['TWO'],
    marks: [{ kind: 'flag', value: 'Blue' }],
  },
  {
    display_name: "d'Artagnan\\",
    harbour: 'Riga',
    launched_date_time: '2026-01-02T03:04:05.123457Z',
    length: 3,
  },
]

beforeAll(async () => {
  await createBoats(own.database)
  tenantId = (await makeTenant(own.database)).tenantId
  otherTenantId = (await makeTenant(own.database)).tenantId
  await addBoats(own.database, tenantId, fleet)
  await addBoats(own.database, otherTenantId, [{ display_name: 'Ängsö', harbour: 'Kiel', aliases: ['two'] }])
})

const inTenant = (
  shape: QueryShape,
  search: string,
  asking: Asking = {},
  id: TenantId = tenantId,
): Promise<Page> =>
  own.database.tenant(id).transaction((tx) => listEntities(tx, ask(shape, search, asking), boatSource(id)))

const boats = collectionOf(boat)
const names = (page: Page) => page.rows.map((row) => row['displayName'])

/** The names that a filter finds, as an advanced query so that every operator may be tried. */
const found = async (filter: string) =>
  names(await inTenant(boats, `$filter=${encodeURIComponent(filter)}&$count=true`, { eventual: true }))

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
    const third = await makeTenant(own.database)
    const text = fc.constantFrom('a', 'A', 'b', 'ab', '%', '')
    const row = fc.record({
      display_name: fc.constantFrom('a', 'B', 'ab', 'Ä', '_%'),
      harbour: fc.option(text, { nil: null }),
      berths: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
      in_service: fc.boolean(),
      aliases: fc.array(text, { maxLength: 2 }),
    })
    const rows = fc.sample(row, { numRuns: 60, seed: 7 })
    await addBoats(own.database, third.tenantId, rows)

    await fc.assert(
      fc.asyncProperty(predicate, async ({ filter, holds }) => {
        const page = await inTenant(
          boats,
          `$filter=${encodeURIComponent(filter)}&$count=true&$top=999&$select=id`,
          { eventual: true, settings: { maxFilterTerms: 50 } },
          third.tenantId,
        )
        const expected = rows.flatMap((one, index) => (holds(one) === true ? [index] : []))
        expect(page.rows.map((one) => Number(String(one['id']).slice(-6)))).toEqual(expected)
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

describe('what is returned', () => {
  test('GRA-15: the default set, or what was asked for and the key', async () => {
    const page = await inTenant(boats, '$top=1')
    expect(Object.keys(page.rows[0] ?? {}).sort()).toEqual([
      'displayName',
      'harbour',
      'hull',
      'id',
      'registryNumber',
    ])
    const selected = await inTenant(boats, '$top=1&$select=marks,passcode')
    expect(Object.keys(selected.rows[0] ?? {}).sort()).toEqual(['id', 'marks'])
  })
  test('another tenant’s rows are never found', async () => {
    expect(await found("startswith(displayName,'ä')")).toHaveLength(1)
    const other = await inTenant(boats, '', {}, otherTenantId)
    expect(other.rows).toHaveLength(1)
  })
  test('GRA-26: the count is of all matches, on the first page only', async () => {
    const first = await inTenant(boats, '$top=3&$count=true', { eventual: true })
    expect(first.count).toBe(4)
    const second = await inTenant(boats, '$top=3&$count=true', {
      eventual: true,
      ...(first.next && { after: first.next }),
    })
    expect(second.count).toBeUndefined()
    expect(second.rows).toHaveLength(1)
    expect(second.next).toBeUndefined()
  })
  test('one object by key, and none for text that is no GUID', async () => {
    const id = '00000000-0000-4000-8000-000000000001'
    const byId = (key: string, search = '') =>
      own.database
        .tenant(tenantId)
        .transaction((tx) => getEntity(tx, ask(itemOf(boat), search), boatSource(tenantId), key))
    expect(await byId(id, '$select=displayName')).toEqual({ id, displayName: 'beatrice' })
    expect(await byId('not-a-guid')).toBeUndefined()
    expect(await byId('00000000-0000-4000-8000-000000000099')).toBeUndefined()
    expect(await byId(id, '$expand=crew')).toMatchObject({ crew: [{ id }] })
  })
  test('many objects by key', async () => {
    const rows = await own.database
      .tenant(tenantId)
      .transaction((tx) =>
        getEntities(
          tx,
          boat,
          boatSource(tenantId),
          ['x', '00000000-0000-4000-8000-000000000001'],
          ['displayName'],
        ),
      )
    expect(rows).toEqual([{ id: '00000000-0000-4000-8000-000000000001', displayName: 'beatrice' }])
  })
})

describe('$search in PostgreSQL', () => {
  let harbourMaster: TenantId
  beforeAll(async () => {
    harbourMaster = (await makeTenant(own.database)).tenantId
    await addBoats(own.database, harbourMaster, [
      { display_name: 'HelloWorld', mail: 'ab@x.example' },
      { display_name: 'hello-world again' },
      { display_name: 'hello123world' },
      { display_name: '李四(David Li)' },
      { display_name: 'HELLOworld' },
      { display_name: "it's 100% 'quoted' & odd | ! <-> \\ :*" },
    ])
  })
  const matches = async (search: string) =>
    names(await inTenant(boats, `$search=${encodeURIComponent(search)}`, { eventual: true }, harbourMaster))

  test.each<[string, readonly string[]]>([
    ['"displayName:hello"', ['HelloWorld', 'hello-world again', 'hello123world', 'HELLOworld']],
    ['"displayName:WORLD hello"', ['HelloWorld', 'hello-world again', 'hello123world']],
    ['"displayName:helloworld"', ['hello-world again', 'HELLOworld']],
    ['"displayName:123"', ['hello123world']],
    ['"displayName:orld"', []],
    ['"displayName:Li 李"', ['李四(David Li)']],
    ['"displayName:(李四"', ['李四(David Li)']],
    ['"displayName:David)"', ['李四(David Li)']],
    ['"displayName:quoted odd"', ["it's 100% 'quoted' & odd | ! <-> \\ :*"]],
    ['"displayName:%"', []],
    ['"displayName:\'"', []],
    ['"mail:AB@"', ['HelloWorld']],
    ['"mail:b@"', []],
    ['"displayName:again" OR "mail:ab"', ['HelloWorld', 'hello-world again']],
    ['"displayName:hello" AND "mail:ab"', ['HelloWorld']],
  ])('GRA-28: %s', async (search, expected) => {
    expect(await matches(search)).toEqual(expected)
  })

  test('GRA-28: no text breaks the search', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 12 }), async (text) => {
        const clause = `"displayName:${text.replaceAll('\0', '').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
        await expect(matches(clause)).resolves.toBeInstanceOf(Array)
      }),
      { numRuns: 60 },
    )
  })

  test('GRA-28: together with $filter both must hold', async () => {
    const page = await inTenant(
      boats,
      `$search="displayName:hello"&$filter=mail ne null&$count=true`,
      { eventual: true },
      harbourMaster,
    )
    expect(names(page)).toEqual(['HelloWorld'])
    expect(page.count).toBe(1)
  })
})

describe('paging', () => {
  /** Follows pages to the end. */
  async function walk(shape: QueryShape, search: string, asking: Asking, id: TenantId, source: Source) {
    const seen: string[] = []
    let after: PageKey | undefined
    for (let pages = 0; pages < 200; pages += 1) {
      const page: Page = await own.database
        .tenant(id)
        .transaction((tx) =>
          listEntities(tx, ask(shape, search, { ...asking, ...(after && { after }) }), source),
        )
      seen.push(...page.rows.map((row) => String(row['id'])))
      if (page.next === undefined) return seen
      // As a token carries it.
      after = JSON.parse(JSON.stringify(page.next))
    }
    throw new Error('the pages never end')
  }

  test('GRA-16: every row once, whatever the order, page size, ties and nulls', {
    timeout: 120_000,
  }, async () => {
    const row = fc.record({
      display_name: fc.constantFrom('a', 'A', 'b', 'C'),
      harbour: fc.option(fc.constantFrom('x', 'X', 'y', ''), { nil: null }),
      launched_date_time: fc.constantFrom(
        '2026-01-01T00:00:00.000001Z',
        '2026-01-01T00:00:00.000002Z',
        '2026-01-01T00:00:00Z',
      ),
    })
    const orders = [
      '',
      '&$orderby=title',
      '&$orderby=title desc',
      '&$orderby=harbour',
      '&$orderby=harbour desc',
      '&$orderby=harbour,title desc,startedDateTime',
      '&$orderby=title desc,harbour',
      '&$orderby=startedDateTime,harbour desc',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.constantFrom(...orders),
        fc.integer({ min: 1, max: 5 }),
        async (rows, order, top) => {
          const { tenantId: id } = await makeTenant(own.database)
          await addBoats(own.database, id, rows)
          const shape = collectionOf(voyage)
          const whole = await walk(shape, `$top=1000${order}`, {}, id, boatSource(id))
          expect(new Set(whole).size).toBe(rows.length)
          expect(await walk(shape, `$top=${top}${order}`, {}, id, boatSource(id))).toEqual(whole)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('GRA-27: nulls come first when ascending, last when descending', async () => {
    const order = async (by: string) =>
      (await inTenant(boats, `$orderby=harbour${by}&$count=true`, { eventual: true })).rows.map(
        (row) => row['harbour'],
      )
    expect(await order('')).toEqual([null, 'Kiel', 'KIEL', 'Riga'])
    expect(await order(' desc')).toEqual(['Riga', 'KIEL', 'Kiel', null])
  })

  test('GRA-66: without $orderby a log is newest first', async () => {
    const page = await inTenant(collectionOf(voyage), '$filter=startedDateTime ge 2020-01-01')
    expect(page.rows.map((row) => row['title'])).toEqual(["d'Artagnan\\", 'Ängsö'])
  })

  describe('under row-level security an index serves', () => {
    let id: TenantId
    beforeAll(async () => {
      id = (await makeTenant(own.database)).tenantId
      const many = Array.from({ length: 3000 }, (_, index) => ({
        display_name: `Boat ${String(index).padStart(5, '0')}`,
        launched_date_time: '2026-01-01T00:00:00Z',
      }))
      await addBoats(own.database, id, many)
      await own.database.pool.query('analyze boats')
    })

    // The plan of a statement on this tenant's rows, as the tenant's own role sees it.
    const planOf = (where: Sql<boolean>, orderBy: Sql): Promise<string> =>
      own.database.tenant(id).transaction(async (tx) => {
        const { rows } = await sql<{ 'QUERY PLAN': unknown }>`
          explain (format json) select b.id from boats as b
          where b.tenant_id = ${id} and ${where} order by ${orderBy} limit 11`.execute(tx)
        return JSON.stringify(rows[0]?.['QUERY PLAN'])
      })

    test('GRA-16: a later page begins inside it instead of counting from the start', async () => {
      const after: PageKey = { values: ['boat 02900'], id: '00000000-0000-4000-8000-000000002900' }
      const [segment] = keyset(boat, [{ property: 'displayName', descending: false }], after, 'b').segments
      const plan = await planOf(segment?.where ?? sql`false`, segment?.orderBy ?? sql`1`)
      expect(plan).toContain('"Index Name":"boats_name"')
      expect(plan).toMatch(/"Index Cond":"[^"]*ROW\(display_name_key, id\) >/)
      expect(plan).not.toContain('"Node Type":"Sort"')
    })

    test('GRA-16: also for dates, newest first, where nulls come last', async () => {
      const after: PageKey = {
        values: ['2026-01-01 00:00:00+00'],
        id: '00000000-0000-4000-8000-000000002900',
      }
      const { segments } = keyset(boat, [{ property: 'launchedDateTime', descending: true }], after, 'b')
      expect(segments).toHaveLength(2)
      const [values] = await Promise.all(segments.map((one) => planOf(one.where, one.orderBy)))
      expect(values).toMatch(/"Index Cond":"[^"]*ROW\(launched_date_time, id\) </)
    })

    test.each(["displayName eq 'BOAT 00042'", "startswith(displayName,'BOAT 0004')"])(
      'GRA-21: %s',
      async (filter) => {
        const { filter: predicate } = ask(boats, `$filter=${filter}`)
        if (predicate === undefined) throw new Error('no filter')
        const plan = await planOf(predicateSql(predicate, boat, 'b'), sql`b.id`)
        expect(plan).toMatch(/"Index Cond":"[^"]*display_name_key/)
      },
    )
  })

  test('countEntities counts what the filter finds', async () => {
    const total = await own.database
      .tenant(tenantId)
      .transaction((tx) => countEntities(tx, ask(boats, "$filter=harbour eq 'kiel'"), boatSource(tenantId)))
    expect(total).toBe(2)
  })
})
