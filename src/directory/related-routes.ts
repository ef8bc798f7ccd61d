import {
  collectionOf,
  count,
  countEntities,
  countOf,
  type GraphCaller,
  inTransaction,
  list,
  listEntities,
  type Permissions,
  type Route,
  type RouteRequest,
  route,
} from '../graph/index.ts'
import { Forbidden } from '../platform/errors.ts'
import { directoryObject } from './directory-object-entity.ts'
import type { DirectoryObjectType } from './directory-objects.ts'
import { maySeeType, mixedTypes, objectEntities } from './object-types.ts'
import { castSource, countRelated, listRelated, type RelatedOptions } from './related.ts'
import type { Relation } from './relations.ts'
import { concealPage } from './visibility.ts'

type Request<Target> = RouteRequest<{ readonly id: string }, unknown, undefined, Target>

export interface RelatedRoutes<Target> {
  /** `/users/{id}`, with the owner's key as `{id}`. */
  readonly base: `/${string}/{id}`
  readonly name: string
  readonly relation: (id: string, options: RelatedOptions) => Relation
  readonly permissions: Permissions
  /** Finds the owner, or throws `NotFound`. */
  readonly load: (
    request: RouteRequest<{ readonly id: string }, unknown, undefined, undefined>,
  ) => Promise<Target>
  readonly idOf: (target: Target) => string
  /** Refuses callers who may not see this relation of this owner, and says what they may see of it. */
  readonly judge: (request: Request<Target>) => Promise<RelatedOptions>
}

/**
 * The read side of one relation: the collection of mixed types, its `$count`, and a cast with its `$count` for each
 * type that it can hold (GRA-9, 38, 39).
 */
export function relatedRoutes<Target>(facts: RelatedRoutes<Target>): readonly Route[] {
  const { base, name, permissions, load, idOf, judge } = facts
  const path = `${base}/${name}` as const
  const { types } = facts.relation('00000000-0000-0000-0000-000000000000', { hidden: false })
  // The types are registered by the time that routes are made.
  const derived = objectEntities()
  return [
    route({
      method: 'GET',
      path: `${base}/${name}` as `/${string}/{id}`,
      permissions,
      query: collectionOf(directoryObject, { derived }),
      load,
      handle: async (request) => {
        const { context, caller, query, target } = request
        const options = await judge(request)
        const id = idOf(target)
        const page = await inTransaction(context, (tx) =>
          listRelated(tx, query, caller, facts.relation(id, options), id, options),
        )
        return list(directoryObject, page, { context: 'directoryObjects', typed: true })
      },
    }),
    route({
      method: 'GET',
      path: `${path}/$count` as `/${string}/{id}`,
      permissions,
      query: countOf(directoryObject),
      load,
      handle: async (request) => {
        const { context, query, target } = request
        const options = await judge(request)
        const id = idOf(target)
        return count(
          await inTransaction(context, (tx) =>
            countRelated(tx, query, facts.relation(id, options), id, options),
          ),
        )
      },
    }),
    ...types.flatMap((type) => castRoutes(facts, type)),
  ]
}

function castRoutes<Target>(facts: RelatedRoutes<Target>, type: DirectoryObjectType): readonly Route[] {
  const { base, name, permissions, load, idOf, judge } = facts
  const registered = mixedTypes()[type]
  if (registered === undefined) return []
  const { entity, source } = registered
  const path = `${base}/${name}/microsoft.graph.${type}`
  return [
    route({
      method: 'GET',
      path: path as `/${string}/{id}`,
      permissions,
      query: collectionOf(entity),
      load,
      handle: async (request) => {
        const { context, caller, query, target } = request
        refuseUnseen(caller, type)
        const options = await judge(request)
        const id = idOf(target)
        const page = await inTransaction(context, (tx) =>
          listEntities(tx, query, castSource(facts.relation(id, options), id, type, source, options)),
        )
        return list(entity, concealPage(caller, page, type))
      },
    }),
    route({
      method: 'GET',
      path: `${path}/$count` as `/${string}/{id}`,
      permissions,
      query: countOf(entity),
      load,
      handle: async (request) => {
        const { context, caller, query, target } = request
        refuseUnseen(caller, type)
        const options = await judge(request)
        const id = idOf(target)
        return count(
          await inTransaction(context, (tx) =>
            countEntities(tx, query, castSource(facts.relation(id, options), id, type, source, options)),
          ),
        )
      },
    }),
  ]
}

// A cast can be filtered by every property of its type, so it needs the type's own permission.
function refuseUnseen(caller: GraphCaller, type: string): void {
  if (!maySeeType(caller, type)) throw new Forbidden('Insufficient privileges to complete the operation.')
}
