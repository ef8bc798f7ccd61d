import { findNavigation, findProperty } from './entity.ts'
import { checkFilter, checkSearch, type FilterLimits } from './filter-rules.ts'
import { ODataError } from './odata/errors.ts'
import { parseFilter } from './odata/filter.ts'
import { parseExpand, parseOrderBy, parseSelect } from './odata/options.ts'
import { parseSearch } from './odata/search.ts'
import type { PageKey } from './page.ts'
import type { Predicate, SearchPredicate } from './predicate.ts'
import type { QueryShape } from './query-shape.ts'
import { badProperty, badRequest, unsupportedQuery } from './refusals.ts'
import type { EntityType, Navigation, Order } from './types.ts'

export interface Expand {
  readonly name: string
  readonly navigation: Navigation
  readonly select: readonly string[] | undefined
  readonly levels: number
}

/** The options of one request after every check; names in their declared spelling. */
export interface Query {
  readonly entity: EntityType
  /** As asked, without the key that is added silently (GRA-15). Undefined: the default set. */
  readonly select: readonly string[] | undefined
  readonly filter: Predicate | undefined
  readonly search: SearchPredicate | undefined
  readonly orderBy: readonly Order[]
  /** Page size; undefined for unpaged collections. */
  readonly top: number | undefined
  /** Write `@odata.count`. */
  readonly count: boolean
  readonly expand: Expand | undefined
  readonly after: PageKey | undefined
  readonly advanced: boolean
}

/** What an installation may relax (GRA-20, GRA-25). */
export interface QuerySettings {
  /** `parity`: as Graph refuses. `always`: every query counts as advanced, since our index is always consistent. */
  readonly advancedQueries: 'parity' | 'always'
  readonly maxFilterTerms: number
}

export const defaultQuerySettings: QuerySettings = { advancedQueries: 'parity', maxFilterTerms: 15 }

export interface QueryInput {
  /** Lower-case option names with `$`, decoded values. Made by `parseQueryString`. */
  readonly options: ReadonlyMap<string, string>
  /** The request's `ConsistencyLevel` header. */
  readonly consistencyLevel: string | undefined
  readonly settings: QuerySettings
  readonly findEntity: (name: string) => EntityType | undefined
  /** Opens a `$skiptoken`; throws when it is not one of ours for this request (GRA-16). */
  readonly openToken: (token: string) => PageKey
}

const KNOWN: Readonly<Record<QueryShape['kind'], ReadonlySet<string>>> = {
  collection: new Set([
    '$select',
    '$filter',
    '$orderby',
    '$expand',
    '$top',
    '$count',
    '$search',
    '$skiptoken',
  ]),
  item: new Set(['$select', '$expand']),
  count: new Set(['$filter', '$search']),
}

/** Checks the options of a request against its entity (GRA-14 to 28). Throws `Invalid` with Graph's code. */
export function readQuery(shape: QueryShape, input: QueryInput): Query {
  const { entity } = shape
  const { options, settings } = input
  refuseUnknownOptions(options, shape)

  const eventual = input.consistencyLevel?.toLowerCase() === 'eventual'
  const countAsked = booleanOption(options.get('$count'))
  const relaxed = settings.advancedQueries === 'always'
  const advanced = entity.advancedQueries && (relaxed || (eventual && (countAsked || shape.kind === 'count')))
  if (shape.kind === 'count' && entity.advancedQueries && !advanced) {
    throw badProperty('$count is not currently supported.')
  }

  const limits: FilterLimits = {
    advanced: advanced || !entity.advancedQueries,
    maxTerms: settings.maxFilterTerms,
  }
  const filterText = options.get('$filter')
  const filter =
    filterText === undefined
      ? undefined
      : checkFilter(
          shape,
          parsed('Invalid filter clause', () => parseFilter(filterText)),
          limits,
        )

  const search = readSearch(shape, options.get('$search'), eventual || relaxed)
  const orderBy = readOrderBy(shape, options.get('$orderby'), limits.advanced, filter !== undefined, relaxed)
  const expand = readExpand(shape, input, advanced && !relaxed, search !== undefined)
  const selectText = options.get('$select')
  const token = options.get('$skiptoken')

  return {
    entity,
    select: selectText === undefined ? undefined : readSelect(selectText, [entity, ...shape.derived]),
    filter,
    search,
    orderBy,
    top: readTop(options.get('$top'), shape.paging),
    // GRA-25: on directory objects without the header it is silently ignored.
    count: countAsked && (!entity.advancedQueries || advanced),
    expand,
    after: token === undefined ? undefined : input.openToken(token),
    advanced,
  }
}

function refuseUnknownOptions(options: ReadonlyMap<string, string>, shape: QueryShape): void {
  for (const name of options.keys()) {
    if (KNOWN[shape.kind].has(name)) continue
    if (name === '$skip') throw unsupportedQuery("'$skip' is not supported by the service.")
    if (KNOWN.collection.has(name)) {
      throw badRequest(`The query option '${name}' cannot be applied to the requested resource.`)
    }
    throw badRequest(`The query parameter '${name}' is not supported.`)
  }
}

function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ODataError)) throw error
    throw error.unsupported
      ? unsupportedQuery(`${what}: ${error.message}`)
      : badRequest(`${what}: ${error.message}`)
  }
}

function booleanOption(text: string | undefined): boolean {
  if (text === undefined) return false
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false') {
    throw badRequest(
      `Invalid value '${text}' for $count query option found. Valid values are 'true' and 'false'.`,
    )
  }
  return lower === 'true'
}

function readTop(text: string | undefined, paging: EntityType['paging']): number | undefined {
  if (paging === 'none') {
    if (text !== undefined) throw unsupportedQuery("'$top' is not supported for this resource.")
    return undefined
  }
  if (text === undefined) return paging.default
  if (!/^\d{1,9}$/.test(text)) {
    throw badRequest(
      `Invalid value '${text}' for $top query option found. The $top query option requires a non-negative integer value.`,
    )
  }
  const top = Number(text)
  if (top < 1 || top > paging.maximum) {
    throw unsupportedQuery(
      `Invalid page size specified: '${top}'. Must be between 1 and ${paging.maximum} inclusive.`,
    )
  }
  return top
}

/** The properties that a `$select` names. Several types: a name need exist in one of them only. */
export function readSelect(text: string, types: readonly EntityType[]): readonly string[] {
  const names = new Set<string>()
  for (const asked of parsed('Parsing OData Select and Expand failed', () => parseSelect(text))) {
    if (asked === '*') {
      for (const type of types) for (const name of defaultProperties(type)) names.add(name)
      continue
    }
    const found = types
      .map((type) => findProperty(type, asked) ?? findNavigation(type, asked))
      .find((name) => name !== undefined)
    const openType = types.some((type) => type.open)
    if (found === undefined && !openType) {
      throw badRequest(
        `Parsing OData Select and Expand failed: Could not find a property named '${asked}' on type 'microsoft.graph.${types[0]?.name}'.`,
      )
    }
    names.add(found ?? asked)
  }
  return [...names]
}

/** What is returned without `$select`. */
export const defaultProperties = (type: EntityType): readonly string[] =>
  Object.keys(type.properties).filter((name) => type.properties[name]?.default === true)

function readOrderBy(
  shape: QueryShape,
  text: string | undefined,
  advanced: boolean,
  filtered: boolean,
  relaxed: boolean,
): readonly Order[] {
  if (text === undefined) return []
  const { entity } = shape
  const refused = () => unsupportedQuery('Sorting not supported for current query.')
  const terms = parsed('Invalid orderby clause', () => parseOrderBy(text))
  const orders = terms.map(({ path, descending }) => {
    const [first = ''] = path.segments
    const name = findProperty(entity, first)
    if (name === undefined) {
      throw badRequest(`Could not find a property named '${first}' on type 'microsoft.graph.${entity.name}'.`)
    }
    const sort = entity.properties[name]?.sort
    if (path.segments.length > 1 || sort === undefined || (sort === 'advanced' && !advanced)) throw refused()
    return { property: name, descending }
  })
  if (new Set(orders.map((order) => order.property)).size < orders.length) {
    throw badRequest('A property can be named only once in $orderby.')
  }
  // GRA-27: with $filter it is always an advanced query; two criteria never work on directory objects.
  if (entity.advancedQueries && ((filtered && !advanced) || (orders.length > 1 && !relaxed))) throw refused()
  return orders
}

function readSearch(
  shape: QueryShape,
  text: string | undefined,
  allowed: boolean,
): SearchPredicate | undefined {
  if (text === undefined) return undefined
  if (!shape.entity.searchable) throw unsupportedQuery("'$search' is not supported for this resource.")
  // GRA-24, 25: $search needs the header only.
  if (!allowed && shape.entity.advancedQueries) {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    )
  }
  return checkSearch(
    shape,
    parsed('Invalid search clause', () => parseSearch(text)),
  )
}

function readExpand(
  shape: QueryShape,
  input: QueryInput,
  advanced: boolean,
  searching: boolean,
): Expand | undefined {
  const text = input.options.get('$expand')
  if (text === undefined) return undefined
  const terms = parsed('Parsing OData Select and Expand failed', () => parseExpand(text))
  const [term] = terms
  if (term === undefined || terms.length > 1 || term.name === '*') {
    throw unsupportedQuery('Only one relationship can be expanded in a request.')
  }
  const { entity } = shape
  const name = findNavigation(entity, term.name)
  const navigation = name === undefined ? undefined : entity.navigation[name]
  if (name === undefined || navigation === undefined) {
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${term.name}' on type 'microsoft.graph.${entity.name}'.`,
    )
  }
  if (navigation.load === undefined) throw unsupportedQuery(`'${name}' cannot be expanded.`)
  if (advanced || searching) throw unsupportedQuery("'$expand' cannot be used in an advanced query.")

  for (const option of term.options.keys()) {
    if (option !== '$select' && option !== '$levels') {
      throw unsupportedQuery(`'${option}' is not supported inside $expand.`)
    }
  }
  const target = input.findEntity(navigation.target)
  const select = term.options.get('$select')
  return {
    name,
    navigation,
    select: select === undefined ? undefined : readExpandSelect(select, target),
    levels: readLevels(term.options.get('$levels'), navigation),
  }
}

function readExpandSelect(text: string, target: EntityType | undefined): readonly string[] {
  // Items of an abstract type (directoryObject) may have any property of the derived ones; what an item lacks is
  // left out of its answer, so only spelling is checked here.
  if (target === undefined || target.abstract) {
    return parsed('Parsing OData Select and Expand failed', () => parseSelect(text))
  }
  return readSelect(text, [target])
}

function readLevels(text: string | undefined, navigation: Navigation): number {
  if (text === undefined) return 1
  if (navigation.collection)
    throw unsupportedQuery("'$levels' is supported for single-valued relationships only.")
  // GRA-18: a chain of managers; 1000 is Graph's documented maximum.
  if (text.toLowerCase() === 'max') return 1000
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 1000) {
    throw badRequest(`Invalid value '${text}' for $levels query option found.`)
  }
  return Number(text)
}
