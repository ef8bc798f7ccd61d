import type {
  CollectionType,
  ComplexType,
  EntityType,
  EnumType,
  FilterRule,
  ItemType,
  Navigation,
  Order,
  Properties,
  Property,
  PropertyOptions,
  PropertyType,
} from './types.ts'

type Builder<T extends PropertyType> = <const O extends PropertyOptions>(options?: O) => Property<T, O>

// The cast adds nothing but the options' literal types, which only the declaration knows.
const of =
  <T extends PropertyType>(type: T): Builder<T> =>
  <const O extends PropertyOptions>(options?: O) =>
    ({ ...options, type }) as Property<T, O>

/**
 * One entry of an entity's table. Everything that Graph does with a property (`$select`, `$filter`, `$orderby`,
 * `$search`, SQL, body validation, answers, `$metadata`) is read from it and stated nowhere else.
 */
export const property = {
  string: of('Edm.String'),
  boolean: of('Edm.Boolean'),
  int32: of('Edm.Int32'),
  int64: of('Edm.Int64'),
  double: of('Edm.Double'),
  dateTimeOffset: of('Edm.DateTimeOffset'),
  date: of('Edm.Date'),
  guid: of('Edm.Guid'),
  duration: of('Edm.Duration'),
  binary: of('Edm.Binary'),
  enum: <Member extends string, const O extends PropertyOptions>(type: EnumType<Member>, options?: O) =>
    of(type)(options),
  complex: <P extends Properties, const O extends PropertyOptions>(type: ComplexType<P>, options?: O) =>
    of(type)(options),
  collection: <Item extends ItemType, const O extends PropertyOptions>(item: Item, options?: O) =>
    of<CollectionType<Item>>({ kind: 'collection', of: item })(options),
}

/** Filter rules that many properties share (GRA-21, 22). */
export const filters = {
  /** Every operator, no advanced query needed: for types that are not directory objects. */
  any: {
    default: [
      'eq',
      'ne',
      'not',
      'in',
      'lt',
      'le',
      'gt',
      'ge',
      'startsWith',
      'endsWith',
      'contains',
      'null',
      'has',
      'count',
    ],
  },
  /** Directory text: eq, in, startsWith by default; ne, not and null advanced. */
  directoryText: { default: ['eq', 'in', 'startsWith'], advanced: ['ne', 'not', 'null', 'ge', 'le'] },
  /** As `directoryText`, endsWith too: mail, otherMails, proxyAddresses, userPrincipalName. */
  directoryAddress: {
    default: ['eq', 'in', 'startsWith'],
    advanced: ['ne', 'not', 'null', 'endsWith', 'ge', 'le', 'count'],
  },
  /** Directory value without text operators: booleans, ids, enums. */
  directoryValue: { default: ['eq', 'in'], advanced: ['ne', 'not', 'null'] },
  directoryDate: { default: ['eq', 'in', 'ge', 'le'], advanced: ['ne', 'not', 'null', 'gt', 'lt'] },
  /** Everything needs an advanced query. */
  advancedText: { advanced: ['eq', 'in', 'startsWith', 'ne', 'not', 'null', 'ge', 'le'] },
  advancedDate: { advanced: ['eq', 'in', 'ge', 'le', 'gt', 'lt', 'ne', 'not', 'null'] },
} as const satisfies Record<string, FilterRule>

/** Declares an enum by its members; never a TypeScript enum. */
export function defineEnum<const Member extends string>(
  name: string,
  members: readonly Member[],
  options: { readonly flags?: boolean } = {},
): EnumType<Member> {
  return { kind: 'enum', name, members, flags: options.flags ?? false }
}

/** `create`, `update` and `default` mean nothing on members: they follow the property that holds the value. */
export function defineComplexType<const P extends Properties>(
  name: string,
  properties: P,
  options: { readonly open?: boolean } = {},
): ComplexType<P> {
  return { kind: 'complex', name, properties, open: options.open ?? false }
}

export interface EntityDefinition<P extends Properties, B extends Properties> {
  readonly name: string
  readonly set: string
  /** Properties, navigation and the choices below are inherited. */
  readonly base?: EntityType<B>
  readonly properties: P
  readonly navigation?: Readonly<Record<string, Navigation>>
  readonly abstract?: boolean
  readonly open?: boolean
  readonly singleton?: boolean
  /** The key property. Default `id`. */
  readonly key?: string
  readonly advancedQueries?: boolean
  readonly searchable?: boolean
  readonly ignoreCase?: boolean
  readonly paging?: EntityType['paging']
  readonly defaultOrder?: readonly Order[]
  readonly alternateKeys?: EntityType['alternateKeys']
}

/**
 * Declares an entity type. Throws when the table contradicts itself, at start rather than at a request.
 * Sources: GRA-15, 17, 20 to 28, 30, 31.
 */
export function defineEntity<const P extends Properties, B extends Properties = Record<never, never>>(
  definition: EntityDefinition<P, B>,
): EntityType<Omit<B, keyof P> & P> {
  const { base } = definition
  const properties: Properties = { ...base?.properties, ...definition.properties }
  const navigation = { ...base?.navigation, ...definition.navigation }
  const key = definition.key ?? base?.key ?? 'id'
  const defaultOrder = definition.defaultOrder ?? base?.defaultOrder ?? []

  const fail = (problem: string): never => {
    throw new TypeError(`Entity ${definition.name}: ${problem}`)
  }
  if (!(key in properties)) fail(`the key '${key}' is not among its properties`)
  for (const order of defaultOrder) {
    if (!(order.property in properties)) fail(`defaultOrder names '${order.property}', which is no property`)
  }
  for (const [name, property] of Object.entries(properties)) {
    const problem = contradiction(property)
    if (problem !== undefined) fail(`'${name}' ${problem}`)
  }
  const seen = new Set<string>()
  for (const name of [...Object.keys(properties), ...Object.keys(navigation)]) {
    // GRA-1: names in query options match without case, so two that differ only by case would be ambiguous.
    if (seen.has(name.toLowerCase())) fail(`'${name}' is declared twice`)
    seen.add(name.toLowerCase())
  }

  return {
    kind: 'entity',
    name: definition.name,
    set: definition.set,
    base,
    abstract: definition.abstract ?? false,
    open: definition.open ?? base?.open ?? false,
    singleton: definition.singleton ?? false,
    key,
    // The spread above holds exactly the base's and the own properties, which a plain spread type cannot say.
    properties: properties as Omit<B, keyof P> & P,
    navigation,
    own: new Set([...Object.keys(definition.properties), ...Object.keys(definition.navigation ?? {})]),
    advancedQueries: definition.advancedQueries ?? base?.advancedQueries ?? false,
    searchable: definition.searchable ?? base?.searchable ?? false,
    ignoreCase: definition.ignoreCase ?? base?.ignoreCase ?? false,
    paging: definition.paging ?? base?.paging ?? { default: 100, maximum: 999 },
    defaultOrder,
    alternateKeys: { ...base?.alternateKeys, ...definition.alternateKeys },
  }
}

function contradiction({ type, filter, sort, search, sql, writeOnly }: Property): string | undefined {
  const used =
    sort !== undefined || search !== undefined || (filter !== undefined && filter.rows === undefined)
  if (sql === null && used) return 'is filtered, sorted or searched, but has no SQL'
  if (writeOnly === true && used) return 'is write-only, and a filter would give it away'
  const item = isCollection(type) ? type.of : type
  for (const path of Object.keys(filter?.paths ?? {})) {
    if (!leadsToValue(item, path.split('/')))
      return `has a filter on '${path}', which is no member of its type`
  }
  const unknown = filter?.together?.find((member) => filter.paths?.[member] === undefined)
  return unknown === undefined ? undefined : `demands '${unknown}' in a filter, which has no rule`
}

function leadsToValue(type: PropertyType, path: readonly string[]): boolean {
  const [first, ...rest] = path
  if (first === undefined) return !isComplex(type) && !isCollection(type)
  if (!isComplex(type) || !Object.hasOwn(type.properties, first)) return false
  const member = type.properties[first]
  return member !== undefined && leadsToValue(member.type, rest)
}

/** The declared spelling of a property name written in any case, or undefined (GRA-1). */
export function findProperty(type: { readonly properties: Properties }, name: string): string | undefined {
  return findName(type.properties, name)
}

/** The declared spelling of a navigation name written in any case, or undefined (GRA-1). */
export function findNavigation(type: EntityType, name: string): string | undefined {
  return findName(type.navigation, name)
}

function findName(table: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (Object.hasOwn(table, name)) return name
  const lower = name.toLowerCase()
  return Object.keys(table).find((candidate) => candidate.toLowerCase() === lower)
}

/** Is `type` the type `ancestor` or derived from it? */
export function isKindOf(type: EntityType, ancestor: string): boolean {
  for (let at: EntityType | undefined = type; at !== undefined; at = at.base)
    if (at.name === ancestor) return true
  return false
}

export const isCollection = (type: PropertyType): type is CollectionType =>
  typeof type !== 'string' && type.kind === 'collection'

export const isComplex = (type: PropertyType): type is ComplexType =>
  typeof type !== 'string' && type.kind === 'complex'
