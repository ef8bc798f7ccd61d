import {
  collectionOf,
  created,
  forCreate,
  getEntities,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Permissions,
  type Route,
  reference,
  route,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { NotFound } from '../../platform/errors.ts'
import { may } from '../authority.ts'
import { relatedRoutes } from '../related-routes.ts'
import { roleMembers } from '../relations.ts'
import { concealExpanded, refuseLimitedGuest } from '../visibility.ts'
import type { BuiltInRole } from './built-in.ts'
import { directoryRole, directoryRoles, directoryRoleTemplate, directoryRoleTemplates } from './entity.ts'
import { activateRole, addRoleMember, getRole, removeRoleMember } from './service.ts'

const read = {
  delegated: ['RoleManagement.Read.Directory'],
  application: ['RoleManagement.Read.Directory'],
} as const satisfies Permissions
const write = {
  delegated: ['RoleManagement.ReadWrite.Directory'],
  application: ['RoleManagement.ReadWrite.Directory'],
} as const satisfies Permissions

const loadRole = (request: {
  readonly context: Context
  readonly params: { readonly id: string }
}): Promise<BuiltInRole> => request.context.db.transaction((tx) => getRole(tx, request.params.id))

/** `/directoryRoles` and `/directoryRoleTemplates` (GRA-62). */
export const roleRoutes = (): readonly Route[] => [
  route({
    method: 'GET',
    path: '/directoryRoles',
    permissions: read,
    query: collectionOf(directoryRole),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      const page = await inTransaction(context, (tx) => listEntities(tx, query, directoryRoles))
      return list(directoryRole, {
        ...page,
        rows: page.rows.map((row) => concealExpanded(caller, query, row)),
      })
    },
  }),
  route({
    method: 'GET',
    path: '/directoryRoles/{id}',
    permissions: read,
    query: itemOf(directoryRole),
    load: loadRole,
    handle: async ({ context, caller, query, target }) => {
      refuseLimitedGuest(caller)
      const row = await inTransaction(context, (tx) => getEntity(tx, query, directoryRoles, target.id))
      if (row === undefined) throw new NotFound(target.id)
      return item(directoryRole, concealExpanded(caller, query, row))
    },
  }),
  route({
    method: 'POST',
    path: '/directoryRoles',
    permissions: write,
    body: forCreate(directoryRole),
    roles: { anyOf: may.manageRoles },
    handle: async ({ context, body }) => {
      const role = await activateRole(context, body.values.roleTemplateId)
      const [row] = await inTransaction(context, (tx) =>
        getEntities(tx, directoryRole, directoryRoles, [role.id]),
      )
      if (row === undefined) throw new Error('A role that was activated can be read.')
      return created(directoryRole, row)
    },
  }),
  ...relatedRoutes({
    base: '/directoryRoles/{id}',
    name: 'members',
    relation: () => roleMembers,
    permissions: read,
    load: loadRole,
    idOf: (role) => role.id,
    judge: async ({ caller }) => {
      refuseLimitedGuest(caller)
      return { hidden: true }
    },
  }),
  route({
    method: 'POST',
    path: '/directoryRoles/{id}/members/$ref',
    permissions: write,
    body: reference(['directoryObjects', 'users', 'groups', 'servicePrincipals']),
    load: loadRole,
    roles: { anyOf: may.manageRoles },
    handle: async ({ context, body, target }) => {
      await addRoleMember(context, target.id, body)
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/directoryRoles/{id}/members/{memberId}/$ref',
    permissions: write,
    load: loadRole,
    // Anyone may give up a role of their own.
    roles: {
      anyOf: may.manageRoles,
      unless: ({ caller, params }) =>
        caller.kind === 'delegated' && caller.userId.toLowerCase() === params.memberId.toLowerCase(),
    },
    handle: async ({ context, params, target }) => {
      await removeRoleMember(context, target.id, params.memberId)
      return noContent()
    },
  }),
  route({
    method: 'GET',
    path: '/directoryRoleTemplates',
    permissions: read,
    query: collectionOf(directoryRoleTemplate),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      const page = await inTransaction(context, (tx) => listEntities(tx, query, directoryRoleTemplates))
      return list(directoryRoleTemplate, page)
    },
  }),
  route({
    method: 'GET',
    path: '/directoryRoleTemplates/{id}',
    permissions: read,
    query: itemOf(directoryRoleTemplate),
    handle: async ({ context, caller, query, params }) => {
      refuseLimitedGuest(caller)
      const row = await inTransaction(context, (tx) =>
        getEntity(tx, query, directoryRoleTemplates, params.id),
      )
      if (row === undefined) throw new NotFound(params.id)
      return item(directoryRoleTemplate, row)
    },
  }),
]
