import {
  collectionOf,
  type EntityType,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  type Permissions,
  type Route,
  directoryRoleTemplates as roles,
  route,
  type Source,
} from '../graph/index.ts'
import { NotFound } from '../platform/errors.ts'
import { directoryAudit, directoryAuditSource, signIn, signInSource } from './entities.ts'

/** GRA-65. (P) Directory.Read.All is not needed besides. */
const permissions: Permissions = { delegated: ['AuditLog.Read.All'], application: ['AuditLog.Read.All'] }
const readers = {
  anyOf: [
    roles.reportsReader,
    roles.securityReader,
    roles.securityOperator,
    roles.securityAdministrator,
    roles.globalReader,
  ],
}

const logRoutes = (entity: EntityType, source: Source): readonly Route[] => [
  route({
    method: 'GET',
    path: `/${entity.set}`,
    permissions,
    roles: readers,
    query: collectionOf(entity),
    handle: async ({ context, query }) =>
      list(entity, await inTransaction(context, (tx) => listEntities(tx, query, source))),
  }),
  route({
    method: 'GET',
    path: `/${entity.set}/{id}` as '/{id}',
    permissions,
    roles: readers,
    query: itemOf(entity),
    handle: async ({ context, query, params }) => {
      const row = await inTransaction(context, (tx) => getEntity(tx, query, source, params.id))
      if (row === undefined) throw new NotFound(params.id)
      return item(entity, row)
    },
  }),
]

export const auditEntities: readonly EntityType[] = [directoryAudit, signIn]

/** GET /auditLogs/directoryAudits and /auditLogs/signIns, newest first (GRA-65, 66). Nothing writes here. */
export const auditRoutes: readonly Route[] = [
  ...logRoutes(directoryAudit, directoryAuditSource),
  ...logRoutes(signIn, signInSource),
]
