import { recordAudit } from '../../audit/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { objectTarget } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import {
  type DirectoryObject,
  findObjects,
  type ObjectReference,
  resolveReferences,
} from '../directory-objects.ts'
import { type BuiltInRole, builtInRoles, findBuiltInRole } from './built-in.ts'
import { keepingAnAdministrator } from './last-administrator.ts'
import * as store from './store.ts'

/** The activated roles, in the catalogue's order. */
export async function listRoles(tx: Tx): Promise<readonly BuiltInRole[]> {
  const activated = await store.findActivated(tx)
  return builtInRoles.filter((role) => activated.has(role.id))
}

/** An activated role; 404 otherwise, also for a role that exists but is not activated. */
export async function getRole(tx: Tx, id: string): Promise<BuiltInRole> {
  const role = (await listRoles(tx)).find((candidate) => candidate.id === id.toLowerCase())
  if (role === undefined) throw new NotFound(id)
  return role
}

/** Makes a built-in role assignable and listed in this tenant. 400 when it is already, or there is no such role. */
export async function activateRole(ctx: Context, roleTemplateId: string): Promise<BuiltInRole> {
  const role = findBuiltInRole(roleTemplateId)
  if (role === undefined) {
    throw new Invalid(`There is no directory role template '${roleTemplateId}'.`, {
      details: [{ code: 'InvalidValue', message: 'Unknown template.', target: 'roleTemplateId' }],
    })
  }
  return ctx.db.transaction(async (tx) => {
    const added = await store.activate(tx, ctx.tenantId, role.id, ctx.clock.now())
    if (!added)
      throw new Invalid(
        'A conflicting object with one or more of the specified property values is present in the directory.',
      )
    announce(ctx, tx, { objectType: 'directoryRole', objectId: role.id, change: 'created' })
    await recordAudit(ctx, tx, {
      activity: 'Activate role',
      category: 'RoleManagement',
      operationType: 'Add',
      targets: [{ id: role.id, type: 'Role', displayName: role.displayName }],
    })
    return role
  })
}

/**
 * Gives a role to a user, to a service principal, or to a group that was made for holding roles. 404 when the role
 * is not activated or the object is not there, 400 when it has the role.
 */
export async function addRoleMember(ctx: Context, roleId: string, reference: ObjectReference): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const role = await getRole(tx, roleId)
    await assign(ctx, tx, role, reference)
  })
}

/** As `addRoleMember`, inside the caller's transaction, activating the role if need be: first run, invitations, command line. */
export async function assignRole(ctx: Context, tx: Tx, roleId: string, principalId: string): Promise<void> {
  const role = findBuiltInRole(roleId)
  if (role === undefined) throw new NotFound(roleId)
  await store.activate(tx, ctx.tenantId, role.id, ctx.clock.now())
  await assign(ctx, tx, role, { set: 'directoryObjects', id: principalId })
}

async function assign(ctx: Context, tx: Tx, role: BuiltInRole, reference: ObjectReference): Promise<void> {
  const [principal] = await resolveReferences(tx, [reference], ['user', 'group', 'servicePrincipal'])
  if (principal === undefined) throw new NotFound(reference.id)
  if (!(await lockPrincipal(tx, principal))) throw new NotFound(reference.id)
  const added = await store.insertAssignment(tx, ctx.tenantId, role.id, principal, ctx.clock.now())
  if (!added) {
    throw new Invalid(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
  }
  announce(ctx, tx, {
    objectType: 'directoryRole',
    objectId: role.id,
    change: 'memberAdded',
    detail: { memberId: principal.id },
  })
  await auditMember(ctx, tx, 'Add member to role', 'Assign', role, principal)
}

/** Waits for a deletion under way, so that a role is never given to what is being deleted. */
async function lockPrincipal(
  tx: Tx,
  principal: { readonly id: string; readonly type: store.PrincipalType },
): Promise<boolean> {
  if (principal.type === 'servicePrincipal') return true
  if (principal.type === 'user') {
    const user = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', principal.id)
      .where('deleted_date_time', 'is', null)
      .forShare()
      .executeTakeFirst()
    return user !== undefined
  }
  const group = await tx
    .selectFrom('groups')
    .select('is_assignable_to_role as mayHoldRoles')
    .where('id', '=', principal.id)
    .where('deleted_date_time', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (group?.mayHoldRoles === false) {
    throw new Invalid('Only a group created with isAssignableToRole can hold a directory role.')
  }
  return group !== undefined
}

/** Takes a role away. 404 when the object does not have it, 400 for the last Global Administrator (GRA-64). */
export async function removeRoleMember(ctx: Context, roleId: string, principalId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const role = await getRole(tx, roleId)
    const [principal] = await findObjects(tx, [principalId])
    if (principal === undefined) throw new NotFound(principalId)
    const remove = () => store.deleteAssignment(tx, role.id, principal.id)
    const removed =
      role.id === directoryRoleTemplates.globalAdministrator
        ? await keepingAnAdministrator(tx, remove)
        : await remove()
    if (!removed) throw new NotFound(principalId)
    announce(ctx, tx, {
      objectType: 'directoryRole',
      objectId: role.id,
      change: 'memberRemoved',
      detail: { memberId: principal.id },
    })
    await auditMember(ctx, tx, 'Remove member from role', 'Unassign', role, principal)
  })
}

const auditMember = (
  ctx: Context,
  tx: Tx,
  activity: string,
  operationType: 'Assign' | 'Unassign',
  role: BuiltInRole,
  principal: DirectoryObject,
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'RoleManagement',
    operationType,
    targets: [objectTarget(principal), { id: role.id, type: 'Role', displayName: role.displayName }],
  })

/** Role template ids that a user, service principal or group holds now, directly or through groups that hold roles. */
export const rolesOf = (tx: Tx, principalId: string): Promise<ReadonlySet<string>> =>
  store.findRolesOf(tx, principalId)
