import { sql } from 'kysely'
import type { PageKey } from './page.ts'
import { badRequest } from './refusals.ts'
import { foldedSql, propertySql } from './sql.ts'
import type { EntityType, Order, Property, Sql } from './types.ts'

/** One criterion of an order, ready for SQL. */
interface Criterion {
  readonly expression: Sql
  readonly type: string
  readonly descending: boolean
  readonly nullable: boolean
}

/**
 * A stretch of the ordered rows in which the first criterion is null, or is not. Asking for each apart lets an
 * ordinary index serve both, and OData's place for nulls (first when ascending) needs no index of its own.
 */
export interface Segment {
  readonly where: Sql<boolean>
  readonly orderBy: Sql
}

export interface Keyset {
  /** Criteria as text, to be selected beside the row: dates keep the microseconds that a `Date` would lose. */
  readonly columns: readonly Sql<string | null>[]
  /** The remaining stretches, in order, beginning after `after`. */
  readonly segments: readonly Segment[]
}

/** Plans one page: where it starts and in which order, at a cost that does not depend on how far in it is (GRA-16). */
export function keyset(
  entity: EntityType,
  orders: readonly Order[],
  after: PageKey | undefined,
  alias: string,
): Keyset {
  // What comes after the key decides nothing: no two rows share it.
  const keyAt = orders.findIndex((order) => order.property === entity.key)
  const criteria = (keyAt < 0 ? orders : orders.slice(0, keyAt)).map((order) =>
    criterion(entity, order, alias),
  )
  const leading = criteria[0]
  const keyOrder = orders[keyAt]
  // The key follows the first criterion's direction, so that one index can be walked backwards for both.
  const key = criterion(
    entity,
    { property: entity.key, descending: keyOrder?.descending ?? leading?.descending ?? false },
    alias,
  )
  if (after !== undefined && after.values.length !== criteria.length)
    throw badRequest('The page token does not fit.')

  const columns = [...criteria, key].map((one) => sql<string | null>`(${one.expression})::text`)
  if (leading === undefined) {
    const where = after === undefined ? sql<boolean>`true` : beyond(key, after.id)
    return { columns, segments: [{ where, orderBy: direction(key) }] }
  }

  const rest = criteria.slice(1)
  const nulls: Segment = {
    where: sql`${leading.expression} is null`,
    orderBy: sql.join([...rest.map(direction), direction(key)]),
  }
  const values: Segment = {
    where: leading.nullable ? sql`${leading.expression} is not null` : sql`true`,
    orderBy: sql.join([plain(leading), ...rest.map(direction), direction(key)]),
  }
  const all = !leading.nullable ? [values] : leading.descending ? [values, nulls] : [nulls, values]
  if (after === undefined) return { columns, segments: all }

  const [first = null, ...others] = after.values
  const start = first === null ? nulls : values
  const from = all.indexOf(start)
  if (from < 0) throw badRequest('The page token does not fit.')
  const behind = later(rest, others, key, after.id)
  const resumed: Segment = {
    ...start,
    where:
      first === null
        ? sql`${start.where} and ${behind}`
        : sql`${start.where} and ${afterValue(leading, first, rest, behind, key, after.id)}`,
  }
  return { columns, segments: [resumed, ...all.slice(from + 1)] }
}

function afterValue(
  leading: Criterion,
  value: string,
  rest: readonly Criterion[],
  behind: Sql<boolean>,
  key: Criterion,
  id: string,
): Sql<boolean> {
  const at = sql`${value}::${sql.raw(leading.type)}`
  const beyondIt = leading.descending ? sql`<` : sql`>`
  if (rest.length === 0 && key.descending === leading.descending) {
    // A row comparison is one range of an index on both columns, ties included.
    return sql`(${leading.expression}, ${key.expression}) ${beyondIt} (${at}, ${id}::${sql.raw(key.type)})`
  }
  // The first condition alone gives the index its range; the second sorts out the ties.
  return sql`${leading.expression} ${beyondIt}= ${at} and (${leading.expression} ${beyondIt} ${at} or ${behind})`
}

// Rows after the given values in the order of the remaining criteria, then of the key.
function later(
  criteria: readonly Criterion[],
  values: readonly (string | null)[],
  key: Criterion,
  id: string,
): Sql<boolean> {
  const [first, ...rest] = criteria
  if (first === undefined) return beyond(key, id)
  const [value = null, ...others] = values
  const next = later(rest, others, key, id)
  const { expression } = first
  if (value === null) {
    return first.descending
      ? sql`(${expression} is null and ${next})`
      : sql`(${expression} is not null or ${next})`
  }
  const at = sql`${value}::${sql.raw(first.type)}`
  return first.descending
    ? sql`(${expression} < ${at} or ${expression} is null or (${expression} = ${at} and ${next}))`
    : sql`(${expression} > ${at} or (${expression} = ${at} and ${next}))`
}

const beyond = (key: Criterion, id: string): Sql<boolean> =>
  key.descending
    ? sql`${key.expression} < ${id}::${sql.raw(key.type)}`
    : sql`${key.expression} > ${id}::${sql.raw(key.type)}`

const plain = (one: Criterion): Sql => (one.descending ? sql`${one.expression} desc` : sql`${one.expression}`)

const direction = (one: Criterion): Sql => {
  if (!one.nullable) return plain(one)
  return one.descending ? sql`${one.expression} desc nulls last` : sql`${one.expression} nulls first`
}

function criterion(entity: EntityType, order: Order, alias: string): Criterion {
  const property = entity.properties[order.property]
  if (property === undefined) throw new TypeError(`No property '${order.property}' on ${entity.name}`)
  const type = orderType(property)
  const expression = propertySql(order.property, property, alias)
  const folded =
    type === 'text' && (property.caseSensitive === undefined ? entity.ignoreCase : !property.caseSensitive)
  const isKey = order.property === entity.key
  const stored = foldedSql(order.property, property, alias)
  return {
    expression: folded && !isKey ? (stored ?? sql`lower(${expression})`) : expression,
    type,
    descending: order.descending,
    nullable: !isKey && property.nullable !== false,
  }
}

function orderType({ type, storage }: Property): string {
  if (storage === 'uuid' || type === 'Edm.Guid') return 'uuid'
  switch (type) {
    case 'Edm.Boolean':
      return 'boolean'
    case 'Edm.Int32':
    case 'Edm.Int64':
      return 'bigint'
    case 'Edm.Double':
      return 'float8'
    case 'Edm.DateTimeOffset':
      return 'timestamptz'
    case 'Edm.Date':
      return 'date'
    case 'Edm.Duration':
      return 'interval'
    default:
      return 'text'
  }
}
