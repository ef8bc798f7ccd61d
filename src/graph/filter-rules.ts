import { findProperty, isCollection, isComplex } from './entity.ts'
import type { Filter, Literal, Path, Search } from './odata/ast.ts'
import type { Field, FieldValue, Predicate, SearchPredicate } from './predicate.ts'
import type { QueryShape } from './query-shape.ts'
import { badRequest, unsupportedQuery } from './refusals.ts'
import type { EntityType, FilterOperator, FilterRule, ItemType, OperatorRule, Property } from './types.ts'
import { readLiteral } from './values.ts'

export interface FilterLimits {
  /** The request is an advanced query, or its entity knows no difference. */
  readonly advanced: boolean
  /** Or-ed terms and `in` values (GRA-20). */
  readonly maxTerms: number
}

interface Scope {
  readonly shape: QueryShape
  readonly limits: FilterLimits
  /** Inside `any`: the collection, and the name that its items go by. */
  readonly item: { readonly name: string; readonly property: Property; readonly variable: string } | undefined
  readonly negated: boolean
}

/**
 * Checks a parsed filter against the entity's table and resolves names and literals (GRA-19 to 25). Throws
 * `Invalid`: `BadRequest` for names and types, `Request_UnsupportedQuery` for what the property does not allow.
 */
export function checkFilter(shape: QueryShape, filter: Filter, limits: FilterLimits): Predicate {
  refuseTooManyTerms(filter, limits.maxTerms)
  return check(filter, { shape, limits, item: undefined, negated: false })
}

function refuseTooManyTerms(filter: Filter, most: number): void {
  const terms = countAlternatives(filter, false)
  if (terms > most) {
    throw unsupportedQuery(
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${terms}. Max allowed: ${most}.`,
    )
  }
}

// Comparisons below an `or`, each value of an `in` counting as one.
function countAlternatives(filter: Filter, insideOr: boolean): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.reduce(
        (sum, term) => sum + countAlternatives(term, insideOr || filter.kind === 'or'),
        0,
      )
    case 'not':
      return countAlternatives(filter.term, insideOr)
    case 'any':
      return filter.condition === undefined ? Number(insideOr) : countAlternatives(filter.condition, insideOr)
    case 'in':
      return filter.values.length
    case 'compare':
    case 'text':
      return Number(insideOr)
  }
}

function check(filter: Filter, scope: Scope): Predicate {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, terms: filter.terms.map((term) => check(term, scope)) }
    case 'not':
      return { kind: 'not', term: check(filter.term, { ...scope, negated: true }) }
    case 'any':
      return checkAny(filter, scope)
    case 'text': {
      const field = resolve(filter.path, scope)
      allow(field, filter.function, scope)
      if (field.type !== 'Edm.String' && typeof field.type === 'string') {
        throw badRequest(
          `Invalid filter clause: '${filter.function}' cannot be applied to '${shown(filter.path)}'.`,
        )
      }
      return { kind: 'text', field, function: filter.function, value: filter.value }
    }
    case 'in': {
      const field = resolve(filter.path, scope)
      allow(field, 'in', scope)
      return {
        kind: 'in',
        field,
        values: filter.values.map((value) => literalFor(field, value, filter.path, scope)),
      }
    }
    case 'compare':
      return filter.path.count ? checkCount(filter, scope) : checkComparison(filter, scope)
  }
}

function checkComparison(filter: Filter & { kind: 'compare' }, scope: Scope): Predicate {
  const field = resolve(filter.path, scope)
  const { operator } = filter
  // GRA-23: negate with not(…any(…)), never with ne inside.
  if (operator === 'ne' && scope.item !== undefined) {
    throw unsupportedQuery("'ne' is not supported inside 'any'; negate with not(…any(…)).")
  }
  // `eq null` needs the rule's `null`; the operator itself is judged only when there is a value.
  if (filter.value.kind !== 'null' || operator !== 'eq') allow(field, operator, scope)
  const value = literalFor(field, filter.value, filter.path, scope)
  if (value === null && operator !== 'eq' && operator !== 'ne') {
    throw badRequest(`Invalid filter clause: null can be compared with 'eq' and 'ne' only.`)
  }
  const orderable =
    typeof field.type === 'string' && field.type !== 'Edm.Boolean' && field.type !== 'Edm.Binary'
  if (operator !== 'eq' && operator !== 'ne' && operator !== 'has' && !orderable) {
    throw badRequest(`Invalid filter clause: '${operator}' cannot be applied to '${shown(filter.path)}'.`)
  }
  if (operator === 'has' && (typeof field.type === 'string' || !field.type.flags)) {
    throw badRequest(`Invalid filter clause: 'has' cannot be applied to '${shown(filter.path)}'.`)
  }
  return { kind: 'compare', field, operator, value }
}

function checkCount(filter: Filter & { kind: 'compare' }, scope: Scope): Predicate {
  const { name, property, rule } = collectionAt(filter.path, scope)
  allowRule(rule, 'count', shown(filter.path), scope)
  if (filter.value.kind !== 'number' || !/^\d{1,9}$/.test(filter.value.text) || filter.operator === 'has') {
    throw badRequest('Invalid filter clause: $count can be compared with a whole number only.')
  }
  return { kind: 'count', name, property, operator: filter.operator, value: filter.value.text }
}

function checkAny(filter: Filter & { kind: 'any' }, scope: Scope): Predicate {
  if (scope.item !== undefined) throw unsupportedQuery("'any' inside 'any' is not supported.")
  const { name, property, rule } = collectionAt(filter.path, scope)
  if (filter.condition === undefined) {
    allowRule(rule, 'count', shown(filter.path), scope)
    return { kind: 'any', name, property, condition: undefined }
  }
  if (scope.negated) allowNegation(rule, shown(filter.path), scope)
  const inner: Scope = { ...scope, item: { name, property, variable: filter.variable }, negated: false }
  const condition = check(filter.condition, inner)
  const missing = (rule.together ?? []).filter((member) => !namesMember(condition, member))
  if (missing.length > 0) {
    throw unsupportedQuery(
      `A filter on '${name}' must compare ${(rule.together ?? []).map((one) => `'${one}'`).join(' and ')} together.`,
    )
  }
  return { kind: 'any', name, property, condition }
}

// A member counts only when every item that matches must match it: below `and`, not below `or` or `not`.
function namesMember(condition: Predicate, member: string): boolean {
  if (condition.kind === 'and') return condition.terms.some((term) => namesMember(term, member))
  if (condition.kind === 'or') return condition.terms.every((term) => namesMember(term, member))
  return 'field' in condition && condition.field.members.join('/') === member
}

function collectionAt(path: Path, scope: Scope): { name: string; property: Property; rule: FilterRule } {
  const [first = ''] = path.segments
  const { name, property } = propertyNamed(first, scope)
  if (!isCollection(property.type) || path.segments.length > 1) {
    throw badRequest(`Invalid filter clause: '${path.segments.join('/')}' is not a collection.`)
  }
  if (property.filter === undefined) throw notFilterable(name, scope.shape.entity)
  return { name, property, rule: property.filter }
}

function resolve(path: Path, scope: Scope): Field {
  if (path.count) throw badRequest('Invalid filter clause: $count can be compared with a whole number only.')
  if (scope.item !== undefined) return resolveItem(path, scope.item, scope)
  const [first = '', ...rest] = path.segments
  const { name, property } = propertyNamed(first, scope)
  if (isCollection(property.type)) {
    throw badRequest(`Invalid filter clause: '${name}' is a collection; use '${name}/any(x:x …)'.`)
  }
  return fieldBelow(name, property, property.type, rest, path, scope, 'row')
}

function resolveItem(path: Path, item: NonNullable<Scope['item']>, scope: Scope): Field {
  const [variable, ...rest] = path.segments
  if (variable !== item.variable) {
    throw unsupportedQuery(`Inside 'any' only '${item.variable}' can be compared, not '${shown(path)}'.`)
  }
  const { type } = item.property
  if (typeof type === 'string' || type.kind !== 'collection')
    throw notFilterable(item.name, scope.shape.entity)
  return fieldBelow(item.name, item.property, type.of, rest, path, scope, 'item')
}

function fieldBelow(
  name: string,
  property: Property,
  type: ItemType,
  below: readonly string[],
  path: Path,
  scope: Scope,
  where: Field['scope'],
): Field {
  if (property.filter === undefined) throw notFilterable(name, scope.shape.entity)
  if (below.length === 0) {
    if (isComplex(type)) throw notFilterable(name, scope.shape.entity)
    return { name, property, members: [], type, rule: property.filter, scope: where }
  }
  let at: ItemType = type
  const members: string[] = []
  for (const segment of below) {
    const member: string | undefined = isComplex(at) ? findProperty(at, segment) : undefined
    const declared: Property | undefined =
      isComplex(at) && member !== undefined ? at.properties[member] : undefined
    if (member === undefined || declared === undefined) {
      throw badRequest(
        `Invalid filter clause: Could not find a property named '${segment}' in '${shown(path)}'.`,
      )
    }
    const memberType = declared.type
    if (isCollection(memberType)) throw notFilterable(name, scope.shape.entity)
    members.push(member)
    at = memberType
  }
  const rule = property.filter.paths?.[members.join('/')]
  if (rule === undefined || isComplex(at))
    throw notFilterable(`${name}/${members.join('/')}`, scope.shape.entity)
  return { name, property, members, type: at, rule, scope: where }
}

function propertyNamed(asked: string, { shape }: Scope): { name: string; property: Property } {
  for (const type of [shape.entity, ...shape.derived]) {
    const name = findProperty(type, asked)
    const property = name === undefined ? undefined : type.properties[name]
    if (name !== undefined && property !== undefined) {
      // In a mixed collection only the common type's properties have SQL (GRA-9: cast first).
      if (type !== shape.entity) throw notFilterable(name, shape.entity)
      return { name, property }
    }
  }
  throw badRequest(
    `Invalid filter clause: Could not find a property named '${asked}' on type 'microsoft.graph.${shape.entity.name}'.`,
  )
}

const notFilterable = (name: string, entity: EntityType) =>
  unsupportedQuery(
    `Unsupported or invalid query filter clause specified for property '${name}' of resource '${entity.name}'.`,
  )

function allow(field: Field, operator: FilterOperator, scope: Scope): void {
  const where = [field.name, ...field.members].join('/')
  allowRule(field.rule, operator, where, scope)
  if (scope.negated) allowNegation(field.rule, where, scope)
}

const allowNegation = (rule: OperatorRule, where: string, scope: Scope) =>
  allowRule(rule, 'not', where, scope)

function allowRule(rule: OperatorRule, operator: FilterOperator, where: string, scope: Scope): void {
  if (rule.default?.includes(operator) === true) return
  if (rule.advanced?.includes(operator) !== true) {
    throw unsupportedQuery(
      `Operator '${operator}' is not supported in a filter on property '${where}' of resource '${scope.shape.entity.name}'.`,
    )
  }
  if (!scope.limits.advanced) {
    throw unsupportedQuery(
      `The filter on '${where}' with '${operator}' needs an advanced query: send the header 'ConsistencyLevel: eventual' and the query parameter '$count=true'.`,
    )
  }
}

function literalFor(field: Field, literal: Literal, path: Path, scope: Scope): FieldValue | null {
  if (literal.kind === 'null') {
    allow(field, 'null', scope)
    return null
  }
  const value = readLiteral(field.type, literal)
  if (value === undefined) {
    const wanted = typeof field.type === 'string' ? field.type : `microsoft.graph.${field.type.name}`
    throw badRequest(
      `Invalid filter clause: A binary operator with incompatible types was detected: '${shown(path)}' is of type '${wanted}', the value given is not.`,
    )
  }
  return value
}

const shown = (path: Path): string => path.segments.join('/') + (path.count ? '/$count' : '')

/** Resolves the properties of a search (GRA-28): searchable ones, or any filterable string, which acts as startsWith. */
export function checkSearch(shape: QueryShape, search: Search): SearchPredicate {
  if (search.kind !== 'clause') {
    return { kind: search.kind, terms: search.terms.map((term) => checkSearch(shape, term)) }
  }
  const name = findProperty(shape.entity, search.property)
  const property = name === undefined ? undefined : shape.entity.properties[name]
  if (name === undefined || property === undefined) {
    throw badRequest(
      `Invalid search clause: Could not find a property named '${search.property}' on type 'microsoft.graph.${shape.entity.name}'.`,
    )
  }
  const mode = property.search ?? (isFilterableText(property) ? 'prefix' : undefined)
  if (mode === undefined) {
    throw unsupportedQuery(`Property '${name}' of resource '${shape.entity.name}' cannot be searched.`)
  }
  return { kind: 'clause', name, property, mode, text: search.text }
}

const isFilterableText = ({ type, filter }: Property): boolean =>
  type === 'Edm.String' && [...(filter?.default ?? []), ...(filter?.advanced ?? [])].includes('startsWith')
