import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TenantId } from '../platform/ids.ts'
import { boat, boatSource, voyage } from './example.fixture.ts'
import { fleetDatabase } from './fleet.fixture.ts'
import { keyset } from './keyset.ts'
import { listEntities, type Source } from './list.ts'
import type { Page, PageKey } from './page.ts'
import { type Asking, ask } from './query.fixture.ts'
import { collectionOf, type QueryShape } from './query-shape.ts'
import { predicateSql } from './sql.ts'
import type { Sql } from './types.ts'

const { own, page, tenant } = fleetDatabase()
const boats = collectionOf(boat)

describe('paging', () => {
  /** Follows pages to the end. */
  async function walk(shape: QueryShape, search: string, asking: Asking, id: TenantId, source: Source) {
    const seen: string[] = []
    let after: PageKey | undefined
    for (let pages = 0; pages < 200; pages += 1) {
      const found: Page = await own.database
        .tenant(id)
        .transaction((tx) =>
          listEntities(tx, ask(shape, search, { ...asking, ...(after && { after }) }), source),
        )
      seen.push(...found.rows.map((row) => String(row['id'])))
      if (found.next === undefined) return seen
      // As a token carries it.
      after = JSON.parse(JSON.stringify(found.next))
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
          const id = await tenant(rows)
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
      (await page(boats, `$orderby=harbour${by}&$count=true`, { eventual: true })).rows.map(
        (row) => row['harbour'],
      )
    expect(await order('')).toEqual([null, 'Kiel', 'KIEL', 'Riga'])
    expect(await order(' desc')).toEqual(['Riga', 'KIEL', 'Kiel', null])
  })

  test('GRA-66: without $orderby a log is newest first', async () => {
    const answer = await page(collectionOf(voyage), '$filter=startedDateTime ge 2020-01-01')
    expect(answer.rows.map((row) => row['title'])).toEqual(["d'Artagnan\\", 'Ängsö'])
  })

  describe('under row-level security an index serves', () => {
    let id: TenantId
    beforeAll(async () => {
      const many = Array.from({ length: 3000 }, (_, index) => ({
        display_name: `Boat ${String(index).padStart(5, '0')}`,
        launched_date_time: '2026-01-01T00:00:00Z',
      }))
      id = await tenant(many)
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
})
