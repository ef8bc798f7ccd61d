import { sql } from 'kysely'
import {
  collectionOf,
  count,
  countEntities,
  countOf,
  created,
  forCreate,
  forUpdate,
  type GraphCaller,
  type GraphRow,
  getEntities,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Query,
  type Route,
  route,
  type Source,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { relatedRoutes } from '../related-routes.ts'
import { memberOf } from '../relations.ts'
import { concealExpanded, refuseLimitedGuest } from '../visibility.ts'
import {
  applicationAdministrators,
  changesOwnedOnly,
  judgeOwnership,
  loadOwned,
  managers,
  principalIdOf,
  readApplications,
  readsOwnedOnly,
  refused,
  writeApplications,
} from './authority.ts'
import type { DescribeForeignApplication } from './model.ts'
import { isOwner } from './owner-store.ts'
import { deleteServicePrincipal } from './service-principal-deletion.ts'
import { servicePrincipal, servicePrincipalSource } from './service-principal-entity.ts'
import { createServicePrincipal, updateServicePrincipal } from './service-principals.ts'
import { findApplicationByAppId } from './store.ts'

const loadToChange = loadOwned('servicePrincipal', 'Application.ReadWrite.All')

/** Does the caller own the own application that a new service principal would be for? */
const ownsApplication = (context: Context, caller: GraphCaller, appId: string): Promise<boolean> =>
  inTransaction(context, async (tx) => {
    const application = isGuid(appId) ? await findApplicationByAppId(tx, appId.toLowerCase()) : null
    return application !== null && isOwner(tx, application.id, principalIdOf(caller))
  })

export const servicePrincipalRoutes = (describe: DescribeForeignApplication): readonly Route[] => [
  route({
    method: 'GET',
    path: '/servicePrincipals',
    permissions: readApplications,
    query: collectionOf(servicePrincipal),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      const page = await inTransaction(context, (tx) => listEntities(tx, query, visibleTo(caller)))
      return list(servicePrincipal, {
        ...page,
        rows: page.rows.map((row) => shown(caller, query, row)),
      })
    },
  }),
  route({
    method: 'GET',
    path: '/servicePrincipals/$count',
    permissions: readApplications,
    query: countOf(servicePrincipal),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      return count(await inTransaction(context, (tx) => countEntities(tx, query, visibleTo(caller))))
    },
  }),
  route({
    method: 'POST',
    path: '/servicePrincipals',
    permissions: writeApplications,
    body: forCreate(servicePrincipal),
    roles: {
      anyOf: applicationAdministrators,
      unless: ({ context, caller, body }) => ownsApplication(context, caller, body.values.appId),
    },
    handle: async ({ context, caller, body }) => {
      const { appId } = body.values
      // With OwnedBy alone an application brings in what it registered itself.
      if (changesOwnedOnly(caller) && !(await ownsApplication(context, caller, appId))) throw refused()
      const { id } = await createServicePrincipal(context, body.values, describe)
      const rows = await inTransaction(context, (tx) =>
        getEntities(tx, servicePrincipal, servicePrincipalSource, [id]),
      )
      const [row] = rows
      if (row === undefined) throw new NotFound(id)
      return created(servicePrincipal, row)
    },
  }),
  route({
    method: 'GET',
    path: '/servicePrincipals/{id}',
    permissions: readApplications,
    query: itemOf(servicePrincipal),
    handle: async ({ context, caller, query, params }) => {
      const row = await inTransaction(context, async (tx) => {
        const found = await getEntity(tx, query, servicePrincipalSource, params.id)
        if (found === undefined) throw new NotFound(params.id)
        await judgeOwnership(tx, caller, String(found['id']), 'Application.Read.All')
        return found
      })
      return item(servicePrincipal, shown(caller, query, row))
    },
  }),
  route({
    method: 'PATCH',
    path: '/servicePrincipals/{id}',
    permissions: writeApplications,
    body: forUpdate(servicePrincipal),
    load: loadToChange,
    roles: managers,
    handle: async ({ context, body, target }) => {
      await inTransaction(context, (tx) => updateServicePrincipal(context, tx, target.id, body.values))
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/servicePrincipals/{id}',
    permissions: writeApplications,
    load: loadToChange,
    roles: managers,
    handle: async ({ context, target }) => {
      await inTransaction(context, (tx) => deleteServicePrincipal(context, tx, target.id))
      return noContent()
    },
  }),
  ...relatedRoutes({
    base: '/servicePrincipals/{id}',
    name: 'memberOf',
    relation: () => memberOf,
    permissions: { delegated: ['Application.Read.All'], application: ['Application.Read.All'] },
    load: loadOwned('servicePrincipal', 'Application.Read.All'),
    idOf: ({ id }) => id,
    judge: async ({ caller }) => {
      refuseLimitedGuest(caller)
      return { hidden: false }
    },
  }),
]

/** Assignments may be read by who reads the service principal; only related objects have types of their own. */
const shown = (caller: GraphCaller, query: Query, row: GraphRow): GraphRow =>
  query.expand?.navigation.target === 'appRoleAssignment' ? row : concealExpanded(caller, query, row)

const visibleTo = (caller: GraphCaller): Source =>
  readsOwnedOnly(caller)
    ? {
        ...servicePrincipalSource,
        where: sql`${servicePrincipalSource.where} and principal.id in (
          select object_id from application_owners where owner_id = ${principalIdOf(caller)}::uuid)`,
      }
    : servicePrincipalSource
