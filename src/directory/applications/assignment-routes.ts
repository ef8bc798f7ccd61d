import {
  collectionOf,
  created,
  directoryRoleTemplates,
  forCreate,
  type GraphCaller,
  getEntity,
  graphAppId,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Permissions,
  type Route,
  route,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { findUserByPrincipalName } from '../users/store.ts'
import { assignAppRole, removeAppRoleAssignment } from './app-role-assignments.ts'
import { appRoleAssignment, assignmentSource } from './assignment-entity.ts'
import { findAssignment, findPrincipal } from './assignment-store.ts'
import {
  assignmentAdministrators,
  consentAdministrators,
  holdsRole,
  principalIdOf,
  refused,
  refuseOthersList,
} from './authority.ts'
import { presentServicePrincipal } from './guards.ts'
import type { PrincipalType } from './model.ts'
import { isOwner } from './owner-store.ts'

const write: Permissions = {
  delegated: ['AppRoleAssignment.ReadWrite.All'],
  application: ['AppRoleAssignment.ReadWrite.All'],
}

/** A list of assignments: those of a principal, or those to a resource. */
interface Side {
  readonly base: `/${string}/{id}/${'appRoleAssignments' | 'appRoleAssignedTo'}`
  readonly side: 'principal' | 'resource'
  readonly principalType: PrincipalType
  readonly read: Permissions
}

const readers = ['AppRoleAssignment.ReadWrite.All', 'Directory.Read.All'] as const
const sides: readonly Side[] = [
  {
    base: '/users/{id}/appRoleAssignments',
    side: 'principal',
    principalType: 'User',
    read: { delegated: readers, application: readers, self: { param: 'id', delegated: ['User.Read'] } },
  },
  {
    base: '/groups/{id}/appRoleAssignments',
    side: 'principal',
    principalType: 'Group',
    read: { delegated: readers, application: readers },
  },
  {
    base: '/servicePrincipals/{id}/appRoleAssignments',
    side: 'principal',
    principalType: 'ServicePrincipal',
    read: {
      delegated: ['Application.Read.All', ...readers],
      application: ['Application.Read.All', ...readers],
    },
  },
  {
    base: '/servicePrincipals/{id}/appRoleAssignedTo',
    side: 'resource',
    principalType: 'ServicePrincipal',
    read: {
      delegated: ['Application.Read.All', ...readers],
      application: ['Application.Read.All', ...readers],
    },
  },
]

interface Asked {
  readonly context: Context
  readonly params: { readonly id: string }
}

/** The id of the object whose list it is; 404 for one of another type or tenant. */
const loadOf =
  ({ principalType }: Side) =>
  ({ context, params }: Asked) =>
    inTransaction(context, async (tx) => {
      const id = isGuid(params.id) ? params.id.toLowerCase() : await idByName(tx, principalType, params.id)
      const principal = id === null ? null : await findPrincipal(tx, id)
      if (id === null || principal?.type !== principalType) throw new NotFound(params.id)
      return { id }
    })

// GRA-1: users are also named by their principal name.
const idByName = async (tx: Tx, type: PrincipalType, name: string): Promise<string | null> =>
  type === 'User' ? ((await findUserByPrincipalName(tx, name))?.id ?? null) : null

const routesOf = (facts: Side): readonly Route[] => {
  const { base, side, read } = facts
  const load = loadOf(facts)
  return [
    route({
      method: 'GET',
      path: base as '/{id}',
      permissions: read,
      query: collectionOf(appRoleAssignment),
      load,
      handle: async ({ context, caller, query, target }) => {
        refuseOthersList(caller, target.id)
        const page = await inTransaction(context, (tx) =>
          listEntities(tx, query, assignmentSource(side, target.id)),
        )
        return list(appRoleAssignment, page)
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{assignmentId}` as '/{id}/{assignmentId}',
      permissions: read,
      query: itemOf(appRoleAssignment),
      load,
      handle: async ({ context, caller, query, params, target }) => {
        refuseOthersList(caller, target.id)
        const row = await inTransaction(context, (tx) =>
          getEntity(tx, query, assignmentSource(side, target.id), params.assignmentId),
        )
        if (row === undefined) throw new NotFound(params.assignmentId)
        return item(appRoleAssignment, row)
      },
    }),
    route({
      method: 'POST',
      path: base as '/{id}',
      permissions: write,
      body: forCreate(appRoleAssignment),
      load,
      handle: async ({ context, caller, body, target }) => {
        const { principalId, resourceId, appRoleId } = body.values
        const here = side === 'principal' ? principalId : resourceId
        if (here !== target.id) {
          throw new Invalid(`The ${side}Id of the body must be the id in the address.`)
        }
        const assigned = await inTransaction(context, async (tx) => {
          await requireAuthority(tx, caller, principalId, resourceId)
          return assignAppRole(context, tx, { principalId, resourceId, appRoleId })
        })
        const location = `${base.replace('{id}', target.id)}/${assigned.id}`
        return created(appRoleAssignment, { ...assigned, deletedDateTime: null }, { location })
      },
    }),
    route({
      method: 'DELETE',
      path: `${base}/{assignmentId}` as '/{id}/{assignmentId}',
      permissions: write,
      load,
      handle: async ({ context, caller, params, target }) => {
        const listed = side === 'principal' ? { principalId: target.id } : { resourceId: target.id }
        await inTransaction(context, async (tx) => {
          const assignment = isGuid(params.assignmentId)
            ? await findAssignment(tx, params.assignmentId)
            : null
          if (assignment === null) throw new NotFound(params.assignmentId)
          await requireAuthority(tx, caller, assignment.principalId, assignment.resourceId)
          await removeAppRoleAssignment(context, tx, params.assignmentId, listed)
        })
        return noContent()
      },
    }),
  ]
}

/** Assignments in every place where Graph shows them. */
export const assignmentRoutes: readonly Route[] = sides.flatMap(routesOf)

/**
 * Who may assign depends on what is assigned to what. The roles of the Graph API are power over the whole tenant:
 * privileged role administrators only. Other applications get their roles from administrators of applications; people
 * and groups are assigned by those who manage them too, or by who owns the resource.
 */
async function requireAuthority(
  tx: Tx,
  caller: GraphCaller,
  principalId: string,
  resourceId: string,
): Promise<void> {
  const resource = await presentServicePrincipal(tx, resourceId)
  if (resource.appId === graphAppId) {
    if (!holdsRole(caller, [directoryRoleTemplates.privilegedRoleAdministrator])) throw refused()
    return
  }
  const principal = isGuid(principalId) ? await findPrincipal(tx, principalId) : null
  const enough = principal?.type === 'ServicePrincipal' ? consentAdministrators : assignmentAdministrators
  if (holdsRole(caller, enough)) return
  if (!(await isOwner(tx, resource.id, principalIdOf(caller)))) throw refused()
}
