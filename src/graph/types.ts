import type { RawBuilder } from 'kysely'
import type { Tx } from '../platform/database/index.ts'

/** A piece of SQL, parameters included. Made only with Kysely's `sql` tag, so that no input is ever concatenated. */
export type Sql<T = unknown> = RawBuilder<T>

export type PrimitiveType =
  | 'Edm.String'
  | 'Edm.Boolean'
  | 'Edm.Int32'
  | 'Edm.Int64'
  | 'Edm.Double'
  | 'Edm.DateTimeOffset'
  | 'Edm.Date'
  | 'Edm.Guid'
  | 'Edm.Duration'
  | 'Edm.Binary'

/** `flags` enums travel as comma-joined members (GRA-5). */
export interface EnumType<Member extends string = string> {
  readonly kind: 'enum'
  readonly name: string
  readonly members: readonly Member[]
  readonly flags: boolean
}

export interface ComplexType<P extends Properties = Properties> {
  readonly kind: 'complex'
  readonly name: string
  readonly properties: P
  /** Members that are not declared are kept as they came (Graph's open types). */
  readonly open: boolean
}

export type ItemType = PrimitiveType | EnumType | ComplexType

export interface CollectionType<Item extends ItemType = ItemType> {
  readonly kind: 'collection'
  readonly of: Item
}

export type PropertyType = ItemType | CollectionType

/**
 * What a filter may do with a property. `not`: may stand inside `not(...)`. `null`: may be compared with null.
 * `count`: `collection/$count`. On a collection the operators are those allowed inside `any(...)`.
 */
export type FilterOperator =
  | 'eq'
  | 'ne'
  | 'not'
  | 'in'
  | 'has'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'startsWith'
  | 'endsWith'
  | 'contains'
  | 'null'
  | 'count'

/** Operators that work by default and those that need an advanced query (GRA-21, 22, 24). Unlisted ones: 400. */
export interface OperatorRule {
  readonly default?: readonly FilterOperator[]
  readonly advanced?: readonly FilterOperator[]
}

/** A member of a complex value, or of the items of a collection, that a filter may name. */
export interface PathRule extends OperatorRule {
  /** `owner` is the table alias for a single complex value, the item's alias inside `any`. Default: JSON access. */
  readonly sql?: (owner: string) => Sql
}

export interface FilterRule extends OperatorRule {
  /** Key: the path below the property, `errorCode` or `user/id`. */
  readonly paths?: Readonly<Record<string, PathRule>>
  /** Inside `any` all of these members must be compared (GRA-23: issuer and issuerAssignedId). */
  readonly together?: readonly string[]
  /**
   * The rows of a collection that is not stored in its own column: what stands after `from`, naming the item
   * `item`, and the condition that ties it to the row `alias`.
   */
  readonly rows?: (alias: string, item: string) => { readonly from: Sql; readonly where: Sql<boolean> }
}

export interface PropertyOptions {
  /** May be null. Default: true, for collections false. */
  readonly nullable?: boolean
  /** Returned without `$select`. */
  readonly default?: boolean
  /** May be given on create; absent: read-only there. */
  readonly create?: 'required' | 'optional'
  /** May be given on update. */
  readonly update?: boolean
  /** Accepted, never returned (passwords). */
  readonly writeOnly?: boolean
  /** Characters of a string, or of each string of a collection. */
  readonly maxLength?: number
  /** Items of a collection. */
  readonly maxItems?: number
  /** The column, when its name is not the property's in snake case. */
  readonly column?: string
  /** The expression, when it is not a column. `null`: not in the database (input only, or filled in afterwards). */
  readonly sql?: ((alias: string) => Sql) | null
  /** How the column is stored. Defaults: strings `text`, Guid `uuid`, primitive collections `array`, complex `jsonb`. */
  readonly storage?: 'text' | 'uuid' | 'array' | 'jsonb'
  /**
   * The stored lower-case form of a text column, `collate "C"`; `true`: the column's name and `_key`. Under row-level
   * security PostgreSQL uses an index only for leakproof conditions, which `lower()` and `like` are not: with this
   * column equality, order, paging and startsWith (a range in "C" order) can use one. On a collection with
   * `filter.rows`: the items themselves are stored so.
   */
  readonly folded?: true | string
  /** Compared as it stands. Default: the entity's choice. */
  readonly caseSensitive?: boolean
  readonly filter?: FilterRule
  /** Sorting works by default, or only in advanced queries (GRA-27). */
  readonly sort?: 'default' | 'advanced'
  /** `tokens`: words (GRA-28, displayName and description); `prefix`: like startsWith. */
  readonly search?: 'tokens' | 'prefix'
  /** Usable in query options but not in `$metadata`, e.g. displayName on directoryObject. */
  readonly undeclared?: boolean
}

export type Property<T extends PropertyType = PropertyType, O extends PropertyOptions = PropertyOptions> = {
  readonly type: T
} & O

export type Properties = Readonly<Record<string, Property>>

/** One resource in Graph's names. Dates may be `Date`; the presenter writes them out. */
export type GraphRow = Readonly<Record<string, unknown>>

export interface ExpandOptions {
  /** At most this many items per object (GRA-18). */
  readonly limit: number
  /** Properties to return, `id` included; undefined: the default set of each item's type. */
  readonly select: readonly string[] | undefined
  /** `$levels`, for `manager`. 1 unless asked otherwise. */
  readonly levels: number
}

export interface Navigation {
  /** The entity type's name. By name, so that two types can point at each other. */
  readonly target: string
  readonly collection: boolean
  /** Its items live only inside this object. */
  readonly contained?: boolean
  /**
   * Loads the related objects of all `ids` in one go, for `$expand`. Items of mixed types carry `@odata.type`.
   * Absent: not expandable.
   */
  readonly load?: (
    tx: Tx,
    ids: readonly string[],
    options: ExpandOptions,
  ) => Promise<ReadonlyMap<string, readonly GraphRow[]>>
  /** `name@odata.bind` accepted in the body (GRA-31, 32), at most `bindLimit` (20) references. */
  readonly bind?: 'create' | 'update' | 'both'
  readonly bindLimit?: number
}

export interface Order {
  readonly property: string
  readonly descending: boolean
}

export interface EntityType<P extends Properties = Properties> {
  readonly kind: 'entity'
  /** Graph's type name without namespace: `user`. */
  readonly name: string
  /** Path of the collection in URLs and in `$metadata#…`: `users`, `auditLogs/signIns`. */
  readonly set: string
  readonly base: EntityType | undefined
  /** Cannot be created itself: the body must name a derived type (GRA-8). */
  readonly abstract: boolean
  readonly open: boolean
  /** A singleton (`/organization` style sets stay false): no collection of its own in the service document. */
  readonly singleton: boolean
  /** The key property. */
  readonly key: string
  /** Own and inherited properties. */
  readonly properties: P
  /** Own and inherited navigation. */
  readonly navigation: Readonly<Record<string, Navigation>>
  /** Names of properties and navigation declared here and not in the base, for `$metadata`. */
  readonly own: ReadonlySet<string>
  /** Knows the difference between default and advanced queries (directory objects, GRA-24). */
  readonly advancedQueries: boolean
  /** `$search` allowed. */
  readonly searchable: boolean
  /** Strings are compared without case (GRA-20). */
  readonly ignoreCase: boolean
  readonly paging: { readonly default: number; readonly maximum: number } | 'none'
  /** Order without `$orderby`; the key is always the last criterion. */
  readonly defaultOrder: readonly Order[]
  /** `/set(name='value')` → id, or undefined when there is none (GRA-1). */
  readonly alternateKeys: Readonly<Record<string, (tx: Tx, value: string) => Promise<string | undefined>>>
}

interface PrimitiveValues {
  'Edm.String': string
  'Edm.Boolean': boolean
  'Edm.Int32': number
  'Edm.Int64': number
  'Edm.Double': number
  'Edm.DateTimeOffset': Date
  'Edm.Date': string
  'Edm.Guid': string
  'Edm.Duration': string
  'Edm.Binary': string
}

/** The TypeScript value that body validation makes of a property type. */
export type ValueOf<T> = T extends keyof PrimitiveValues
  ? PrimitiveValues[T]
  : T extends EnumType<infer Member>
    ? Member
    : T extends ComplexType<infer P>
      ? ComplexValue<P>
      : T extends CollectionType<infer Item>
        ? readonly ValueOf<Item>[]
        : never

type Nullable<P extends Property> = P extends { readonly nullable: false }
  ? ValueOf<P['type']>
  : P extends { readonly type: CollectionType }
    ? P extends { readonly nullable: true }
      ? ValueOf<P['type']> | null
      : ValueOf<P['type']>
    : ValueOf<P['type']> | null

type Flatten<T> = { [K in keyof T]: T[K] }

/** A complex value in a body: members are optional, since PATCH merges them (GRA-30). */
export type ComplexValue<P extends Properties> = Flatten<{ readonly [K in keyof P]?: Nullable<P[K]> }>

/** What a valid create body holds. */
export type CreateValues<P extends Properties> = Flatten<
  {
    readonly [K in keyof P as P[K] extends { readonly create: 'required' } ? K : never]: NonNullable<
      Nullable<P[K]>
    >
  } & {
    readonly [K in keyof P as P[K] extends { readonly create: 'optional' } ? K : never]?: Nullable<P[K]>
  }
>

/** What a valid update body holds: only what was supplied. */
export type UpdateValues<P extends Properties> = Flatten<{
  readonly [K in keyof P as P[K] extends { readonly update: true } ? K : never]?: Nullable<P[K]>
}>
