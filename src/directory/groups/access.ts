import type { GraphCaller } from '../../graph/index.ts'
import { callerHas, directoryRoleTemplates } from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { Forbidden, NotFound } from '../../platform/errors.ts'
import { may } from '../authority.ts'
import { isLimitedGuest, seesHidden } from '../visibility.ts'
import { isRelated } from './member-store.ts'
import type { Group } from './model.ts'
import { findGroup } from './store.ts'

/** The group that a path names. 404 when there is none. */
export async function loadGroup(request: {
  readonly context: Context
  readonly params: { readonly id: string }
}): Promise<Group> {
  const { id } = request.params
  const group = await request.context.db.transaction((tx) => findGroup(tx, id))
  if (group === null) throw new NotFound(id)
  return group
}

const insufficient = () => new Forbidden('Insufficient privileges to complete the operation.')

/**
 * May the caller change this group, its members or owners (GRA-60, 62)? Owners may, except what only changes who can
 * own or delete it. A group that holds roles decides over administrators, so it takes the right to manage roles, of
 * applications too.
 */
export async function requireGroupAction(
  context: Context,
  caller: GraphCaller,
  group: Group,
  action: 'change' | 'delete',
): Promise<void> {
  if (caller.kind === 'application') {
    if (group.isAssignableToRole && !callerHas(caller, 'RoleManagement.ReadWrite.Directory'))
      throw insufficient()
    return
  }
  const usual = action === 'delete' ? may.deleteGroups : may.changeGroups
  const roles = [
    directoryRoleTemplates.globalAdministrator,
    ...(group.isAssignableToRole ? may.changeGroupsThatHoldRoles : usual),
  ]
  if (roles.some((role) => caller.directoryRoles.has(role))) return
  const owns = await context.db.transaction((tx) => isRelated(tx, 'owners', group.id, caller.userId))
  if (!owns) throw insufficient()
}

/** Creating one needs no role of members (allowedToCreateSecurityGroups is on), but of guests, and for role groups. */
export function requireGroupCreation(caller: GraphCaller, holdsRoles: boolean): void {
  if (caller.kind === 'application') {
    if (holdsRoles && !callerHas(caller, 'RoleManagement.ReadWrite.Directory')) throw insufficient()
    return
  }
  const roles = [
    directoryRoleTemplates.globalAdministrator,
    ...(holdsRoles ? may.changeGroupsThatHoldRoles : may.createGroups),
  ]
  if (roles.some((role) => caller.directoryRoles.has(role))) return
  if (holdsRoles || caller.userType === 'Guest') throw insufficient()
}

/** GRA-38: who is in a group with hidden membership is seen by its members, its owners and administrators. */
export async function requireVisibleMembers(
  context: Context,
  caller: GraphCaller,
  group: Group,
): Promise<void> {
  if (group.visibility !== 'HiddenMembership' || seesHidden(caller)) return
  if (caller.kind === 'delegated') {
    const { userId } = caller
    const inside = await context.db.transaction(
      async (tx) =>
        (await isRelated(tx, 'members', group.id, userId)) ||
        (await isRelated(tx, 'owners', group.id, userId)),
    )
    if (inside) return
  }
  throw insufficient()
}

/** Does the caller become the first owner of a group that it creates? Who administers groups needs not own them. */
export const ownerOfNew = (caller: GraphCaller): string | null =>
  caller.kind === 'delegated' &&
  !isLimitedGuest(caller) &&
  ![directoryRoleTemplates.globalAdministrator, ...may.createGroups].some((role) =>
    caller.directoryRoles.has(role),
  )
    ? caller.userId
    : null
