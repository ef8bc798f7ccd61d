import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TenantId } from '../platform/ids.ts'
import { defineEntity, property } from './entity.ts'
import { boat, boatSource, directoryObject } from './example.fixture.ts'
import { fleetDatabase, names } from './fleet.fixture.ts'
import { countEntities, getEntities, getEntity, listMixed, type MixedTypes } from './list.ts'
import { type Asking, ask } from './query.fixture.ts'
import { collectionOf, itemOf } from './query-shape.ts'

const { own, page, tenant, fleetTenant } = fleetDatabase()
const boats = collectionOf(boat)

describe('what is returned', () => {
  test('GRA-15: the default set, or what was asked for and the key', async () => {
    const answer = await page(boats, '$top=1')
    expect(Object.keys(answer.rows[0] ?? {}).sort()).toEqual([
      'displayName',
      'harbour',
      'hull',
      'id',
      'registryNumber',
    ])
    const selected = await page(boats, '$top=1&$select=marks,passcode')
    expect(Object.keys(selected.rows[0] ?? {}).sort()).toEqual(['id', 'marks'])
  })
  test('another tenant’s rows are never found', async () => {
    const filter = `$filter=${encodeURIComponent("startswith(displayName,'ä')")}`
    expect((await page(boats, filter)).rows).toHaveLength(1)
    const elsewhere = await tenant([{ display_name: 'Älva' }])
    expect(names(await page(boats, filter, {}, elsewhere))).toEqual(['Älva'])
  })
  test('GRA-26: the count is of all matches, on the first page only', async () => {
    const first = await page(boats, '$top=3&$count=true', { eventual: true })
    expect(first.count).toBe(4)
    const second = await page(boats, '$top=3&$count=true', {
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
        .tenant(fleetTenant())
        .transaction((tx) => getEntity(tx, ask(itemOf(boat), search), boatSource(fleetTenant()), key))
    expect(await byId(id, '$select=displayName')).toEqual({ id, displayName: 'beatrice' })
    expect(await byId('not-a-guid')).toBeUndefined()
    expect(await byId('00000000-0000-4000-8000-000000000099')).toBeUndefined()
  })
  test('GRA-18: $expand finds its objects however the key was spelt', async () => {
    const id = 'abcdefab-0000-4000-8000-000000000001'
    const owner = await tenant([{ id, display_name: 'Lower' }])
    const row = await own.database
      .tenant(owner)
      .transaction((tx) =>
        getEntity(tx, ask(itemOf(boat), '$expand=crew'), boatSource(owner), id.toUpperCase()),
      )
    expect(row).toMatchObject({ id, crew: [{ id }] })
  })
  test('many objects by key', async () => {
    const rows = await own.database
      .tenant(fleetTenant())
      .transaction((tx) =>
        getEntities(
          tx,
          boat,
          boatSource(fleetTenant()),
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
    harbourMaster = await tenant([
      { display_name: 'HelloWorld', mail: 'ab@x.example' },
      { display_name: 'hello-world again' },
      { display_name: 'hello123world' },
      { display_name: '李四(David Li)' },
      { display_name: 'HELLOworld' },
      { display_name: "it's 100% 'quoted' & odd | ! <-> \\ :*" },
    ])
  })
  const matches = async (search: string) =>
    names(await page(boats, `$search=${encodeURIComponent(search)}`, { eventual: true }, harbourMaster))

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
    const answer = await page(
      boats,
      `$search="displayName:hello"&$filter=mail ne null&$count=true`,
      { eventual: true },
      harbourMaster,
    )
    expect(names(answer)).toEqual(['HelloWorld'])
    expect(answer.count).toBe(1)
  })
})

describe('collections of mixed types', () => {
  // Boats with a hull are boats, those without are rafts.
  const raft = defineEntity({
    name: 'raft',
    set: 'rafts',
    base: directoryObject,
    properties: {
      displayName: property.string({ default: true }),
      logs: property.int32({ default: true, column: 'berths' }),
    },
  })
  const common = collectionOf(directoryObject, { derived: [boat, raft] })
  const mixedOf = (id: TenantId): MixedTypes => ({
    typeOf: (alias) => sql<string>`case when ${sql.ref(`${alias}.hull`)} is null then 'raft' else 'boat' end`,
    types: { boat: { entity: boat, source: boatSource(id) }, raft: { entity: raft, source: boatSource(id) } },
  })
  const mixed = (search: string, asking: Asking = {}, options: Partial<MixedTypes> = {}) => {
    const id = fleetTenant()
    return own.database
      .tenant(id)
      .transaction((tx) =>
        listMixed(tx, ask(common, search, asking), boatSource(id), { ...mixedOf(id), ...options }),
      )
  }

  test('GRA-8: each item has its type and the default set of that type, in the order of the page', async () => {
    const { rows, next } = await mixed('$top=3')
    expect(rows).toMatchObject([
      { '@odata.type': '#microsoft.graph.boat', displayName: 'Ängsö', harbour: 'Kiel' },
      { '@odata.type': '#microsoft.graph.raft', displayName: 'beatrice', logs: 2 },
      { '@odata.type': '#microsoft.graph.raft', displayName: 'Charlotte 100% _', logs: null },
    ])
    expect(rows[1]).not.toHaveProperty('harbour')
    expect(next?.id).toMatch(/2$/)
  })

  test('GRA-15: $select names properties of any of the types', async () => {
    const { rows } = await mixed('$select=harbour,logs&$top=2')
    expect(rows).toMatchObject([{ harbour: 'Kiel' }, { logs: 2 }])
    expect(rows[0]).not.toHaveProperty('logs')
    await expect(mixed('$select=sails')).rejects.toThrow("named 'sails'")
  })

  test('GRA-39: of a type that the caller may not see only type and id are shown', async () => {
    const { rows } = await mixed('$top=2', {}, { visible: (type) => type === 'boat' })
    expect(rows[0]).toHaveProperty('displayName')
    expect(rows[1]).toEqual({
      '@odata.type': '#microsoft.graph.raft',
      id: '00000000-0000-4000-8000-000000000001',
    })
  })

  test('GRA-26: counted as any other collection', async () => {
    expect((await mixed('$top=1&$count=true', { eventual: true })).count).toBe(4)
  })

  test('GRA-9: properties of one type can be filtered by after a cast only', async () => {
    await expect(mixed("$filter=displayName eq 'a'")).rejects.toThrow(
      'Unsupported or invalid query filter clause',
    )
  })
})

test('countEntities counts what the filter finds', async () => {
  const total = await own.database
    .tenant(fleetTenant())
    .transaction((tx) =>
      countEntities(tx, ask(boats, "$filter=harbour eq 'kiel'"), boatSource(fleetTenant())),
    )
  expect(total).toBe(2)
})
