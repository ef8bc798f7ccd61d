import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { groupTarget, objectTarget } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import {
  type DirectoryObject,
  findObjects,
  type ObjectReference,
  resolveReferences,
} from '../directory-objects.ts'
import { guardingAdministrators } from './administrators.ts'
import * as related from './member-store.ts'
import type { Group, GroupRelation, MemberType } from './model.ts'
import { judgeMasteredElsewhere, judgeMembership, MOST_BOUND } from './rules.ts'
import { findGroup } from './store.ts'

const allowed: Readonly<Record<GroupRelation, readonly MemberType[]>> = {
  members: ['user', 'group', 'servicePrincipal'],
  owners: ['user', 'servicePrincipal'],
}

/**
 * Relates objects to a group whose row the caller has locked, all or nothing (GRA-32). 404 when one is not there,
 * 400 when one is related already or may not be. The caller audits.
 */
export async function relate(
  ctx: Context,
  tx: Tx,
  group: Group,
  relation: GroupRelation,
  references: readonly ObjectReference[],
): Promise<readonly DirectoryObject[]> {
  if (references.length > MOST_BOUND) {
    throw new Invalid(`At most ${MOST_BOUND} objects can be added in one request.`)
  }
  const objects = await resolveReferences(tx, references, allowed[relation])
  for (const object of objects) {
    const problem = judgeMembership(group, relation, object)
    if (problem !== null) throw new Invalid(problem)
  }
  const added = await related.insertRelated(tx, ctx.tenantId, relation, group.id, objects, ctx.clock.now())
  if (added.length < objects.length) {
    throw new Invalid(
      `One or more added object references already exist for the following modified properties: '${relation}'.`,
    )
  }
  for (const { id } of objects) {
    // Readers of the feed follow members; a new owner is a change of the group.
    announce(
      ctx,
      tx,
      relation === 'members'
        ? { objectType: 'group', objectId: group.id, change: 'memberAdded', detail: { memberId: id } }
        : { objectType: 'group', objectId: group.id, change: 'updated', detail: { properties: ['owners'] } },
    )
  }
  return objects
}

/** Adds one member or owner (POST of GRA-32). */
export async function addToGroup(
  ctx: Context,
  relation: GroupRelation,
  groupId: string,
  reference: ObjectReference,
): Promise<void> {
  await ctx.db.transaction((tx) => addToGroupIn(ctx, tx, relation, groupId, reference))
}

/** `addToGroup` inside the caller's transaction. */
export async function addToGroupIn(
  ctx: Context,
  tx: Tx,
  relation: GroupRelation,
  groupId: string,
  reference: ObjectReference,
): Promise<void> {
  const group = await findGroup(tx, groupId, 'for update')
  if (group === null) throw new NotFound(groupId)
  const [object] = await relate(ctx, tx, group, relation, [reference])
  if (object !== undefined) await auditRelation(ctx, tx, 'Add', relation, group, object)
}

/**
 * Removes one member or owner. 404 when it is none; 400 for the last owner, and when the last Global Administrator
 * would lose the role that the group gives (GRA-64).
 */
export async function removeFromGroup(
  ctx: Context,
  relation: GroupRelation,
  groupId: string,
  objectId: string,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const group = await findGroup(tx, groupId, 'for update')
    if (group === null) throw new NotFound(groupId)
    const [object] = await findObjects(tx, [objectId])
    if (object === undefined || !isGuid(objectId)) throw new NotFound(objectId)
    const remove = () => related.deleteRelated(tx, relation, group.id, object.id)
    const problem = judgeMasteredElsewhere(group)
    if (problem !== null) throw new Invalid(problem)
    const removed = relation === 'members' ? await guardingAdministrators(tx, group, remove) : await remove()
    if (!removed) throw new NotFound(objectId)
    if (relation === 'owners' && (await related.countOwners(tx, group.id)) === 0) {
      throw new Invalid('The group must have at least one owner, hence this owner cannot be removed.')
    }
    announce(
      ctx,
      tx,
      relation === 'members'
        ? {
            objectType: 'group',
            objectId: group.id,
            change: 'memberRemoved',
            detail: { memberId: object.id },
          }
        : { objectType: 'group', objectId: group.id, change: 'updated', detail: { properties: ['owners'] } },
    )
    await auditRelation(ctx, tx, 'Remove', relation, group, object)
  })
}

const auditRelation = (
  ctx: Context,
  tx: Tx,
  what: 'Add' | 'Remove',
  relation: GroupRelation,
  group: Group,
  object: DirectoryObject,
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity: `${what} ${relation === 'members' ? 'member' : 'owner'} ${what === 'Add' ? 'to' : 'from'} group`,
    category: 'GroupManagement',
    operationType: what === 'Add' ? 'Assign' : 'Unassign',
    targets: [objectTarget(object), groupTarget(group)],
  })
