import { sql } from 'kysely'
import type { Tx } from '../platform/database/index.ts'
import { isGuid } from '../platform/ids.ts'
import { keyset } from './keyset.ts'
import type { Page } from './page.ts'
import { defaultProperties, type Expand, type Query } from './query.ts'
import { predicateSql, propertySql, searchSql } from './sql.ts'
import type { EntityType, GraphRow, Sql } from './types.ts'

/** Where the rows of an entity come from. */
export interface Source {
  /** What follows `from`: ``sql`users as u` ``, joins included. */
  readonly from: Sql
  /** The alias that property expressions are built on. */
  readonly alias: string
  /** Always holds: the tenant (indexes lead with it), not deleted, member of the group asked for. */
  readonly where?: Sql<boolean>
}

// `$expand` shows at most this many related objects (GRA-18).
const EXPAND_LIMIT = 20

type RawRow = Record<string, unknown>

/**
 * One page of a collection, in Graph's names: filter, search, order, `$top`, `$count`, `$expand` as the query says.
 * Costs the same on page 1 and page 1,000, given an index on (tenant, order expression, key).
 */
export async function listEntities(tx: Tx, query: Query, source: Source): Promise<Page> {
  const { entity } = query
  const [found, count] = await Promise.all([
    pageOf(tx, query, source, columnsOf(entity, query.select, source.alias)),
    firstPageCount(tx, query, source),
  ])
  const rows = await expanded(tx, query.expand, found.rows)
  return { rows, ...(found.next && { next: found.next }), ...(count !== undefined && { count }) }
}

/** How many objects match: `/$count` (GRA-26). */
export async function countEntities(tx: Tx, query: Query, source: Source): Promise<number> {
  const result = await sql<{ total: number }>`
    select count(*) as total from ${source.from} where ${conditionOf(query, source)}`.execute(tx)
  return Number(result.rows[0]?.total ?? 0)
}

/** One object by its key, with `$select` and `$expand`; undefined when there is none. */
export async function getEntity(
  tx: Tx,
  query: Query,
  source: Source,
  id: string,
): Promise<GraphRow | undefined> {
  const [row] = await getEntities(tx, query.entity, source, [id], query.select)
  if (row === undefined) return undefined
  // The key as stored: the caller may have spelt a GUID in upper case.
  const key = String(row[query.entity.key])
  const [complete] = await expanded(tx, query.expand, [{ key, row }])
  return complete
}

/** Objects by their keys, in no particular order; keys without an object are left out. */
export async function getEntities(
  tx: Tx,
  entity: EntityType,
  source: Source,
  ids: readonly string[],
  select?: readonly string[],
): Promise<readonly GraphRow[]> {
  const key = entity.properties[entity.key]
  if (key === undefined) return []
  const uuid = key.storage === 'uuid' || key.type === 'Edm.Guid'
  // Text that is no GUID names no object; PostgreSQL would call it an error.
  const known = uuid ? ids.filter(isGuid) : ids
  if (known.length === 0) return []
  const type = sql.raw(uuid ? 'uuid[]' : 'text[]')
  const keySql = propertySql(entity.key, key, source.alias)
  const result = await sql<RawRow>`
    select ${sql.join([...columnsOf(entity, select, source.alias), keyColumn(entity, source.alias)])}
    from ${source.from} where ${source.where ?? sql`true`} and ${keySql} = any(${known}::${type})`.execute(tx)
  return result.rows.map((row) => keyed(entity, row).row)
}

export interface MixedTypes {
  /** The type name (`user`) of a row of the source. */
  readonly typeOf: (alias: string) => Sql<string>
  /** Where the objects of each type come from. */
  readonly types: Readonly<Record<string, { readonly entity: EntityType; readonly source: Source }>>
  /** May the caller see objects of this type? If not, only type and id are returned (GRA-39). */
  readonly visible?: (type: string) => boolean
}

/**
 * One page of a collection of mixed types: members, memberOf, directoryObjects. `query.entity` is the common type and
 * `source` its rows; filter and order use the common type's properties. Every row carries `@odata.type` (GRA-8).
 */
export async function listMixed(tx: Tx, query: Query, source: Source, mixed: MixedTypes): Promise<Page> {
  const typeColumn = sql`${mixed.typeOf(source.alias)} as ${sql.ref(TYPE)}`
  const [found, count] = await Promise.all([
    pageOf(tx, query, source, [typeColumn]),
    firstPageCount(tx, query, source),
  ])
  const rows = await completed(
    tx,
    found.rows.map(({ key, row }) => ({ id: key, type: String(row[TYPE]) })),
    query.select,
    mixed,
  )
  return { rows, ...(found.next && { next: found.next }), ...(count !== undefined && { count }) }
}

/** The objects named, each with the properties of its own type, in the given order; missing ones are left out. */
export async function completed(
  tx: Tx,
  named: readonly { readonly id: string; readonly type: string }[],
  select: readonly string[] | undefined,
  mixed: Pick<MixedTypes, 'types' | 'visible'>,
): Promise<readonly GraphRow[]> {
  const byId = new Map<string, GraphRow>()
  await Promise.all(
    Object.entries(mixed.types).map(async ([type, { entity, source }]) => {
      const ids = named.filter((one) => one.type === type).map((one) => one.id)
      if (ids.length === 0 || mixed.visible?.(type) === false) return
      const wanted = select && [
        ...select.filter((name) => Object.hasOwn(entity.properties, name)),
        entity.key,
      ]
      for (const row of await getEntities(
        tx,
        entity,
        source,
        ids,
        wanted ?? [...defaultProperties(entity), entity.key],
      )) {
        byId.set(String(row[entity.key]), row)
      }
    }),
  )
  return named.flatMap(({ id, type }) => {
    const marked = { '@odata.type': `#microsoft.graph.${type}` }
    if (mixed.visible?.(type) === false) return [{ ...marked, id }]
    const row = byId.get(id)
    return row === undefined ? [] : [{ ...marked, ...row }]
  })
}

const KEY = '_key'
const TYPE = '_type'

interface KeyedRow {
  readonly key: string
  readonly row: GraphRow
}

async function pageOf(
  tx: Tx,
  query: Query,
  source: Source,
  columns: readonly Sql[],
): Promise<{ rows: readonly KeyedRow[]; next: Page['next'] }> {
  const { entity, top } = query
  const orders = query.orderBy.length > 0 ? query.orderBy : entity.defaultOrder
  const plan = keyset(entity, orders, query.after, source.alias)
  const cursorColumns = plan.columns.map((column, index) => sql`${column} as ${sql.ref(`_k${index}`)}`)
  const condition = conditionOf(query, source)
  // One more than asked tells whether there is a next page.
  const limit = top === undefined ? sql`` : sql`limit ${top + 1}`
  // Sent together, answered in one flight; the second matters only when the first does not fill the page.
  const parts = await Promise.all(
    plan.segments.map((segment) =>
      sql<RawRow>`
        select ${sql.join([...columns, ...cursorColumns])} from ${source.from}
        where ${condition} and ${segment.where} order by ${segment.orderBy} ${limit}`.execute(tx),
    ),
  )
  const all = parts.flatMap((part) => part.rows)
  const shown = top === undefined ? all : all.slice(0, top)
  const last = shown.at(-1)
  const width = plan.columns.length
  const next = last !== undefined && all.length > shown.length ? cursorOf(last, width) : undefined
  return { rows: shown.map((row) => withoutCursor(row, width)), next }
}

function cursorOf(row: RawRow, width: number): Page['next'] {
  const values = Array.from({ length: width }, (_, index) => {
    const value = row[`_k${index}`]
    return value === null || value === undefined ? null : String(value)
  })
  return { values: values.slice(0, -1), id: values.at(-1) ?? '' }
}

function withoutCursor(row: RawRow, width: number): KeyedRow {
  const kept: RawRow = {}
  for (const name of Object.keys(row)) if (!name.startsWith('_k')) kept[name] = row[name]
  return { key: String(row[`_k${width - 1}`]), row: kept }
}

function keyed(entity: EntityType, row: RawRow): KeyedRow {
  const { [KEY]: key, ...rest } = row
  return { key: String(key ?? rest[entity.key]), row: rest }
}

const keyColumn = (entity: EntityType, alias: string): Sql => {
  const property = entity.properties[entity.key]
  if (property === undefined) throw new TypeError(`Entity ${entity.name} has no key`)
  return sql`(${propertySql(entity.key, property, alias)})::text as ${sql.ref(KEY)}`
}

function columnsOf(entity: EntityType, select: readonly string[] | undefined, alias: string): readonly Sql[] {
  const names = new Set([...(select ?? defaultProperties(entity)), entity.key])
  const columns: Sql[] = []
  for (const name of names) {
    const property = Object.hasOwn(entity.properties, name) ? entity.properties[name] : undefined
    // Navigation named in $select, write-only values and what is filled in afterwards have no column.
    if (property === undefined || property.writeOnly === true || property.sql === null) continue
    const expression = propertySql(name, property, alias)
    // The driver would turn a date into local midnight.
    const typed = property.type === 'Edm.Date' ? sql`(${expression})::text` : expression
    columns.push(sql`${typed} as ${sql.id(name)}`)
  }
  return columns
}

function conditionOf(query: Query, { where, alias }: Source): Sql<boolean> {
  const parts = [
    where,
    query.filter && predicateSql(query.filter, query.entity, alias),
    query.search && searchSql(query.search, query.entity, alias),
  ].filter((part) => part !== undefined)
  return parts.length === 0
    ? sql`true`
    : sql`${sql.join(
        parts.map((part) => sql`(${part})`),
        sql` and `,
      )}`
}

async function firstPageCount(tx: Tx, query: Query, source: Source): Promise<number | undefined> {
  // GRA-26: on the first page only.
  return query.count && query.after === undefined ? countEntities(tx, query, source) : undefined
}

async function expanded(
  tx: Tx,
  expand: Expand | undefined,
  rows: readonly KeyedRow[],
): Promise<readonly GraphRow[]> {
  const load = expand?.navigation.load
  if (expand === undefined || load === undefined || rows.length === 0) return rows.map(({ row }) => row)
  const related = await load(
    tx,
    rows.map(({ key }) => key),
    { limit: EXPAND_LIMIT, select: expand.select, levels: expand.levels },
  )
  return rows.map(({ key, row }) => {
    const items = related.get(key) ?? []
    return {
      ...row,
      [expand.name]: expand.navigation.collection ? items.slice(0, EXPAND_LIMIT) : (items[0] ?? null),
    }
  })
}
