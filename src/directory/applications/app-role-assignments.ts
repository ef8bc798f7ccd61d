import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { announce } from '../changes.ts'
import {
  deleteAssignment,
  findAssignment,
  findPrincipal,
  insertAssignment,
  type Principal,
} from './assignment-store.ts'
import { presentServicePrincipal } from './guards.ts'
import {
  type AppRole,
  type AppRoleAssignment,
  DEFAULT_ACCESS,
  type PrincipalType,
  type ServicePrincipal,
} from './model.ts'
import { findServicePrincipal } from './service-principal-store.ts'

export interface NewAppRoleAssignment {
  readonly principalId: string
  readonly resourceId: string
  /** The zero GUID gives access without a role. */
  readonly appRoleId: string
}

/** An assignment with the names that Graph shows beside the ids. */
export interface NamedAppRoleAssignment extends AppRoleAssignment {
  readonly principalDisplayName: string
  readonly resourceDisplayName: string
}

/**
 * Assigns a user, group or service principal to an application, in one of its roles or with default access. 404 for
 * an unknown principal or resource; 400 when the role does not exist, is disabled, is not for that kind of
 * principal, or is held already.
 */
export async function assignAppRole(
  ctx: Context,
  tx: Tx,
  request: NewAppRoleAssignment,
): Promise<NamedAppRoleAssignment> {
  const appRoleId = request.appRoleId.toLowerCase()
  const resource = await presentServicePrincipal(tx, request.resourceId)
  const principal = isGuid(request.principalId) ? await findPrincipal(tx, request.principalId) : null
  if (principal === null) throw new NotFound(request.principalId)
  const problem = roleProblem(resource.appRoles, appRoleId, principal.type)
  if (problem !== null) throw refused('appRoleId', problem)
  const assignment: AppRoleAssignment = {
    id: ctx.ids.guid(),
    appRoleId,
    principalId: request.principalId.toLowerCase(),
    principalType: principal.type,
    resourceId: resource.id,
    createdDateTime: ctx.clock.now(),
  }
  const added = await insertAssignment(tx, ctx.tenantId, assignment)
  if (!added) throw refused('appRoleId', 'Permission being assigned already exists on the object.')
  await record(ctx, tx, 'Add', assignment, principal, resource)
  announce(ctx, tx, { objectType: 'appRoleAssignment', objectId: assignment.id, change: 'created' })
  return {
    ...assignment,
    principalDisplayName: principal.displayName,
    resourceDisplayName: resource.displayName,
  }
}

/**
 * Ends an assignment. `side` names whose list the caller took it from; 404 when it is not in that list, so that an
 * id alone opens nothing.
 */
export async function removeAppRoleAssignment(
  ctx: Context,
  tx: Tx,
  id: string,
  side: { readonly principalId: string } | { readonly resourceId: string },
): Promise<void> {
  const assignment = isGuid(id) ? await findAssignment(tx, id) : null
  const listed =
    'principalId' in side
      ? assignment?.principalId === side.principalId.toLowerCase()
      : assignment?.resourceId === side.resourceId.toLowerCase()
  if (assignment === null || !listed) throw new NotFound(id)
  await deleteAssignment(tx, id)
  const principal = await findPrincipal(tx, assignment.principalId)
  const resource = await findServicePrincipal(tx, assignment.resourceId)
  await record(ctx, tx, 'Remove', assignment, principal, resource)
  announce(ctx, tx, { objectType: 'appRoleAssignment', objectId: id, change: 'deleted' })
}

/** Why a principal of this type cannot get the role, or null. */
export function roleProblem(
  roles: readonly AppRole[],
  appRoleId: string,
  principalType: PrincipalType,
): string | null {
  if (appRoleId === DEFAULT_ACCESS) return null
  const role = roles.find((candidate) => candidate.id === appRoleId && candidate.isEnabled)
  if (role === undefined) return 'Permission being assigned was not found on application.'
  const memberType = principalType === 'ServicePrincipal' ? 'Application' : 'User'
  return role.allowedMemberTypes.includes(memberType)
    ? null
    : `The role '${role.value ?? role.displayName}' cannot be given to a ${principalType}; it allows ${role.allowedMemberTypes.join(' and ')}.`
}

const refused = (target: string, message: string): Invalid =>
  new Invalid(message, { details: [{ code: 'InvalidValue', target, message }] })

const ACTIVITY: Readonly<Record<PrincipalType, string>> = {
  User: 'user',
  Group: 'group',
  ServicePrincipal: 'service principal',
}

function record(
  ctx: Context,
  tx: Tx,
  verb: 'Add' | 'Remove',
  assignment: AppRoleAssignment,
  principal: Principal | null,
  resource: ServicePrincipal | null,
): Promise<void> {
  const { principalType } = assignment
  const role = resource?.appRoles.find((candidate) => candidate.id === assignment.appRoleId)
  const name = JSON.stringify(role?.value ?? assignment.appRoleId)
  return recordAudit(ctx, tx, {
    activity: `${verb} app role assignment ${verb === 'Add' ? 'to' : 'from'} ${ACTIVITY[principalType]}`,
    category: 'ApplicationManagement',
    operationType: verb === 'Add' ? 'Assign' : 'Unassign',
    targets: [
      {
        id: assignment.resourceId,
        type: 'ServicePrincipal',
        displayName: resource?.displayName ?? null,
        modifiedProperties: [
          {
            displayName: 'AppRole.Value',
            oldValue: verb === 'Add' ? null : name,
            newValue: verb === 'Add' ? name : null,
          },
        ],
      },
      { id: assignment.principalId, type: principalType, displayName: principal?.displayName ?? null },
    ],
  })
}
