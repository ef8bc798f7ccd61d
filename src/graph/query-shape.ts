import type { EntityType } from './types.ts'

/** Which options a route knows, and for which type. Made with `collectionOf`, `itemOf`, `countOf`. */
export interface QueryShape {
  readonly kind: 'collection' | 'item' | 'count'
  readonly entity: EntityType
  /** Types besides the entity whose properties may be named, in a collection of mixed types. */
  readonly derived: readonly EntityType[]
  readonly paging: EntityType['paging']
}

/** GET of a collection: every option that the entity allows. */
export const collectionOf = (
  entity: EntityType,
  options: { readonly derived?: readonly EntityType[]; readonly paging?: EntityType['paging'] } = {},
): QueryShape => ({
  kind: 'collection',
  entity,
  derived: options.derived ?? [],
  paging: options.paging ?? entity.paging,
})

/** GET of one object: `$select` and `$expand`. */
export const itemOf = (entity: EntityType, derived: readonly EntityType[] = []): QueryShape => ({
  kind: 'item',
  entity,
  derived,
  paging: 'none',
})

/** GET of `/…/$count`: `$filter` and `$search`. */
export const countOf = (entity: EntityType, derived: readonly EntityType[] = []): QueryShape => ({
  kind: 'count',
  entity,
  derived,
  paging: 'none',
})
