import { sql } from 'kysely'
import { isGuid } from '../platform/ids.ts'
import { isCollection } from './entity.ts'
import type { ComparisonOperator } from './odata/ast.ts'
import type { Field, FieldValue, Predicate, SearchPredicate } from './predicate.ts'
import { searchQuery, searchVector } from './search-vector.ts'
import type { EntityType, Property, Sql } from './types.ts'

// The alias of a collection's items inside `any`. There is no `any` in `any`, so one name is enough.
const ITEM = 'odata_item'

const TRUE = sql<boolean>`true`
const FALSE = sql<boolean>`false`

/** `displayName` → `display_name`: how columns are named unless the table says otherwise. */
export const columnOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The expression of a property on the table `alias`. Throws when the property has none (`sql: null`). */
export function propertySql(name: string, property: Property, alias: string): Sql {
  if (property.sql === null) throw new TypeError(`The property '${name}' has no SQL`)
  return property.sql?.(alias) ?? sql.ref(`${alias}.${property.column ?? columnOf(name)}`)
}

/** The stored lower-case form of a property, when there is one. */
export function foldedSql(name: string, { folded, column }: Property, alias: string): Sql | undefined {
  if (folded === undefined) return undefined
  return sql.ref(`${alias}.${folded === true ? `${column ?? columnOf(name)}_key` : folded}`)
}

/**
 * Compiles a checked filter into a condition on the table `alias` (GRA-20). Every value is a parameter.
 *
 * OData's logic for null, which is not quite SQL's: `eq` and `ne` are never unknown (`null ne 'a'` is true), an
 * order comparison with null is false, a text function of null is unknown. So negation is pushed down to the
 * comparisons, where each form has its own SQL; `col = $1` then stays bare and fit for an index.
 */
export function predicateSql(predicate: Predicate, entity: EntityType, alias: string): Sql<boolean> {
  return compile(predicate, false)

  function compile(node: Predicate, negated: boolean): Sql<boolean> {
    switch (node.kind) {
      case 'and':
      case 'or': {
        const parts = node.terms.map((term) => compile(term, negated))
        const and = (node.kind === 'and') !== negated
        return sql`(${sql.join(parts, and ? sql` and ` : sql` or `)})`
      }
      case 'not':
        return compile(node.term, !negated)
      case 'compare':
        return compare(node.field, node.operator, node.value, negated)
      case 'in':
        return oneOf(node.field, node.values, negated)
      case 'text': {
        const condition = textFunction(node)
        return negated ? sql`(not ${condition})` : condition
      }
      case 'count': {
        const condition = sql<boolean>`${size(node.name, node.property)} ${operatorSql(node.operator)} ${node.value}::bigint`
        return negated ? sql`((${condition}) is not true)` : sql`(${condition})`
      }
      case 'any':
        return exists(node, negated)
    }
  }

  function compare(
    field: Field,
    operator: ComparisonOperator,
    value: FieldValue | null,
    negated: boolean,
  ): Sql<boolean> {
    const left = expression(field)
    if (value === null) {
      return (operator === 'eq') !== negated ? sql`(${left} is null)` : sql`(${left} is not null)`
    }
    if (operator === 'has') {
      const condition = sql`string_to_array(${left}, ',') @> string_to_array(${value}::text, ',')`
      return negated ? sql`((${condition}) is not true)` : sql`(${condition})`
    }
    const equality = operator === 'eq' || operator === 'ne'
    // Compared as uuid when that is how it is stored; text that is no GUID is equal to none of them.
    if (equality && storedAsUuid(field) && !isGuid(String(value)))
      return (operator === 'ne') !== negated ? TRUE : FALSE
    const side = sides(field, equality)
    if (equality) {
      return (operator === 'eq') !== negated
        ? sql`(${side.left} = ${side.right(value)})`
        : sql`(${side.left} is distinct from ${side.right(value)})`
    }
    const condition = sql`${side.left} ${operatorSql(operator)} ${side.right(value)}`
    return negated ? sql`((${condition}) is not true)` : sql`(${condition})`
  }

  function textFunction({ field, function: kind, value }: Predicate & { kind: 'text' }): Sql<boolean> {
    const stored = foldedField(field)
    if (stored !== undefined && kind === 'startsWith') return prefixRange(stored, value)
    const pattern = likePattern(kind, value)
    if (stored !== undefined) return sql`(${stored} like lower(${pattern}::text))`
    const left = sql`${expression(field)}::text`
    return folds(field)
      ? sql`(lower(${left}) like lower(${pattern}::text))`
      : sql`(${left} like ${pattern}::text)`
  }

  function oneOf(field: Field, values: readonly (FieldValue | null)[], negated: boolean): Sql<boolean> {
    const given = values.filter((value) => value !== null)
    const possible = storedAsUuid(field) ? given.filter((value) => isGuid(String(value))) : given
    const side = sides(field, true)
    const among =
      possible.length === 0 ? FALSE : sql<boolean>`${side.left} in (${sql.join(possible.map(side.right))})`
    const either =
      given.length < values.length ? sql<boolean>`(${among} or ${expression(field)} is null)` : among
    return negated ? sql`((${either}) is not true)` : sql`(${either})`
  }

  function exists(node: Predicate & { kind: 'any' }, negated: boolean): Sql<boolean> {
    const { from, where } = items(node.name, node.property)
    const condition =
      node.condition === undefined ? where : sql`${where} and ${compile(node.condition, false)}`
    const found = sql<boolean>`exists (select 1 from ${from} where ${condition})`
    return negated ? sql`(not ${found})` : found
  }

  function items(name: string, property: Property): { from: Sql; where: Sql<boolean> } {
    const rows = property.filter?.rows?.(alias, ITEM)
    if (rows !== undefined) return rows
    const column = propertySql(name, property, alias)
    const item = sql.ref(ITEM)
    if (storedAsArray(property)) return { from: sql`unnest(${column}) as ${item}(v)`, where: TRUE }
    // A missing value and JSON's null are empty; `jsonb_array_elements` would raise an error on the latter.
    const array = sql`case jsonb_typeof(${column}) when 'array' then ${column} else '[]'::jsonb end`
    return { from: sql`jsonb_array_elements(${array}) as ${item}(v)`, where: TRUE }
  }

  function size(name: string, property: Property): Sql {
    if (property.filter?.rows === undefined && storedAsArray(property)) {
      return sql`coalesce(cardinality(${propertySql(name, property, alias)}), 0)`
    }
    const { from, where } = items(name, property)
    return sql`(select count(*) from ${from} where ${where})`
  }

  function expression(field: Field): Sql {
    const owner = field.scope === 'item' ? ITEM : alias
    if (field.members.length > 0) {
      return field.rule.sql?.(owner) ?? jsonMember(jsonOf(field), field.members, field.type)
    }
    if (field.scope === 'row') return propertySql(field.name, field.property, alias)
    const item = sql.ref(`${ITEM}.v`)
    const json = field.property.filter?.rows === undefined && !storedAsArray(field.property)
    return json ? sql`(${item} #>> '{}')` : item
  }

  function jsonOf(field: Field): Sql {
    return field.scope === 'item' ? sql.ref(`${ITEM}.v`) : propertySql(field.name, field.property, alias)
  }

  // Both sides of a comparison in the type and case that they are compared in.
  function sides(field: Field, equality: boolean): { left: Sql; right: (value: FieldValue) => Sql } {
    const stored = foldedField(field)
    if (stored !== undefined) return { left: stored, right: (value) => sql`lower(${value}::text)` }
    const left = expression(field)
    if (storedAsUuid(field)) {
      return equality
        ? { left, right: (value) => sql`${value}::uuid` }
        : { left: sql`${left}::text`, right: (value) => sql`lower(${value}::text)` }
    }
    const type = sqlType(field)
    if (type === 'text' && folds(field)) {
      return { left: sql`lower(${left})`, right: (value) => sql`lower(${value}::text)` }
    }
    if (field.type === 'Edm.Duration') {
      return { left: sql`${left}::interval`, right: (value) => sql`${value}::interval` }
    }
    return { left, right: (value) => sql`${value}::${sql.raw(type)}` }
  }

  // GRA-20: directory objects compare without case. Enums and GUIDs have one spelling only.
  function folds(field: Field): boolean {
    if (field.type !== 'Edm.String') return false
    return field.property.caseSensitive === undefined ? entity.ignoreCase : !field.property.caseSensitive
  }

  function foldedField(field: Field): Sql | undefined {
    if (field.members.length > 0 || !folds(field)) return undefined
    if (field.scope === 'row') return foldedSql(field.name, field.property, alias)
    // Items in a table of their own can be stored in lower case themselves.
    const { folded, filter } = field.property
    return folded === true && filter?.rows !== undefined ? sql.ref(`${ITEM}.v`) : undefined
  }
}

// Every text that begins with `value`: a range, since the column is in "C" order. U+10FFFF is the last code point and
// no character, so nothing real lies beyond it.
const prefixRange = (stored: Sql, value: string): Sql<boolean> =>
  sql`(${stored} >= lower(${value}::text) and ${stored} < lower(${value}::text) || ${'\u{10FFFF}'}::text)`

const storedAsArray = (property: Property): boolean =>
  property.storage === undefined
    ? isCollection(property.type) &&
      (typeof property.type.of === 'string' || property.type.of.kind === 'enum')
    : property.storage === 'array'

function storedAsUuid(field: Field): boolean {
  if (field.members.length > 0) return false
  // Items of an array of GUIDs are uuid too; in JSON they are text.
  if (field.type === 'Edm.Guid') return field.scope === 'row' || storedAsArray(field.property)
  return field.property.storage === 'uuid'
}

/** The PostgreSQL type that a value of the property is compared as. */
function sqlType(field: Field): 'text' | 'boolean' | 'bigint' | 'float8' | 'timestamptz' | 'date' {
  switch (field.type) {
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
    default:
      return 'text'
  }
}

function jsonMember(json: Sql, members: readonly string[], type: Field['type']): Sql {
  const found = sql`(${json} #>> ${members}::text[])`
  switch (type) {
    case 'Edm.Boolean':
      return sql`${found}::boolean`
    case 'Edm.Int32':
    case 'Edm.Int64':
      return sql`${found}::bigint`
    case 'Edm.Double':
      return sql`${found}::float8`
    case 'Edm.DateTimeOffset':
      return sql`${found}::timestamptz`
    case 'Edm.Date':
      return sql`${found}::date`
    default:
      return found
  }
}

function operatorSql(operator: ComparisonOperator): Sql {
  switch (operator) {
    case 'eq':
      return sql`=`
    case 'ne':
      return sql`<>`
    case 'lt':
      return sql`<`
    case 'le':
      return sql`<=`
    case 'gt':
      return sql`>`
    case 'ge':
      return sql`>=`
    case 'has':
      return sql`@>`
  }
}

function likePattern(kind: 'startsWith' | 'endsWith' | 'contains', value: string): string {
  const literal = value.replace(/[\\%_]/g, (char) => `\\${char}`)
  return `${kind === 'startsWith' ? '' : '%'}${literal}${kind === 'endsWith' ? '' : '%'}`
}

/** Compiles a checked search (GRA-28). */
export function searchSql(search: SearchPredicate, entity: EntityType, alias: string): Sql<boolean> {
  if (search.kind !== 'clause') {
    const parts = search.terms.map((term) => searchSql(term, entity, alias))
    return sql`(${sql.join(parts, search.kind === 'and' ? sql` and ` : sql` or `)})`
  }
  const { name, property } = search
  if (search.mode === 'prefix') {
    const prefix = search.text.trim()
    const stored = foldedSql(name, property, alias)
    if (stored !== undefined) return prefixRange(stored, prefix)
    const pattern = likePattern('startsWith', prefix)
    return sql`(lower(${propertySql(name, property, alias)}::text) like lower(${pattern}::text))`
  }
  const query = searchQuery(search.text)
  if (query === undefined) return FALSE
  return sql`(${searchVector(propertySql(name, property, alias))} @@ lower(${query}::text)::tsquery)`
}
