import {
  collectionOf,
  count,
  countEntities,
  countOf,
  type EntityType,
  inTransaction,
  list,
  listEntities,
  type Route,
  route,
  type Source,
} from '../../graph/index.ts'
import { restorableSince } from '../retention.ts'
import { refuseLimitedGuest } from '../visibility.ts'
import { application, deletedApplicationSource } from './application-entity.ts'
import { deletedServicePrincipalSource, servicePrincipal } from './service-principal-entity.ts'

const read = { delegated: ['Application.Read.All'], application: ['Application.Read.All'] }

/** GRA-57: deletedItems narrowed to one of our types. */
const deletedOf = (entity: EntityType, source: (since: Date) => Source): readonly Route[] => {
  const path = `/directory/deletedItems/microsoft.graph.${entity.name}`
  return [
    route({
      method: 'GET',
      path,
      permissions: read,
      query: collectionOf(entity),
      handle: async ({ context, caller, query }) => {
        refuseLimitedGuest(caller)
        const since = restorableSince(context.clock.now())
        return list(entity, await inTransaction(context, (tx) => listEntities(tx, query, source(since))))
      },
    }),
    route({
      method: 'GET',
      path: `${path}/$count`,
      permissions: read,
      query: countOf(entity),
      handle: async ({ context, caller, query }) => {
        refuseLimitedGuest(caller)
        const since = restorableSince(context.clock.now())
        return count(await inTransaction(context, (tx) => countEntities(tx, query, source(since))))
      },
    }),
  ]
}

export const deletedApplicationRoutes: readonly Route[] = [
  ...deletedOf(application, deletedApplicationSource),
  ...deletedOf(servicePrincipal, deletedServicePrincipalSource),
]
