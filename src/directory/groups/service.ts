import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { type ErrorDetail, Invalid, NotFound } from '../../platform/errors.ts'
import { findTenant } from '../../tenants/index.ts'
import { groupTarget, modifiedProperties } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import type { ObjectReference } from '../directory-objects.ts'
import { orDuplicate } from '../duplicates.ts'
import { forgetObject } from '../forget-object.ts'
import { restorableSince } from '../retention.ts'
import { guardingAdministrators } from './administrators.ts'
import { relate } from './membership.ts'
import type { Group, GroupChanges, GroupRelation, NewGroup } from './model.ts'
import { judgeGroup, judgeGroupChange, newGroup } from './rules.ts'
import * as store from './store.ts'

/** Objects to relate to a group together with another write (GRA-31, 32): all or nothing. */
export type Bindings = Readonly<Partial<Record<GroupRelation, readonly ObjectReference[]>>>

/** Creates a group with its first members and owners. 400 names every property that is wrong. */
export function createGroup(ctx: Context, request: NewGroup, bindings: Bindings = {}): Promise<Group> {
  return ctx.db.transaction((tx) => addGroup(ctx, tx, request, bindings))
}

/** `createGroup` inside the caller's transaction. */
export async function addGroup(
  ctx: Context,
  tx: Tx,
  request: NewGroup,
  bindings: Bindings = {},
): Promise<Group> {
  const tenant = await findTenant(tx, ctx.tenantId)
  if (tenant === null) throw new Error('The tenant of a request exists.')
  const group = newGroup(request, {
    id: ctx.ids.guid(),
    now: ctx.clock.now(),
    initialDomain: tenant.initialDomain,
  })
  refuse(judgeGroup(group))
  await orDuplicate(store.insertGroup(tx, ctx.tenantId, group))
  announce(ctx, tx, { objectType: 'group', objectId: group.id, change: 'created' })
  const bound = await bind(ctx, tx, group, bindings)
  await recordAudit(ctx, tx, {
    activity: 'Add group',
    category: 'GroupManagement',
    operationType: 'Add',
    targets: [
      groupTarget(
        group,
        modifiedProperties([...Object.keys(request), ...Object.keys(bound)], {}, { ...request, ...bound }),
      ),
    ],
  })
  return group
}

async function bind(
  ctx: Context,
  tx: Tx,
  group: Group,
  bindings: Bindings,
): Promise<Partial<Record<GroupRelation, readonly string[]>>> {
  const bound: Partial<Record<GroupRelation, readonly string[]>> = {}
  for (const relation of ['owners', 'members'] as const) {
    const references = bindings[relation] ?? []
    if (references.length === 0) continue
    const objects = await relate(ctx, tx, group, relation, references)
    bound[relation] = objects.map((object) => object.id)
  }
  return bound
}

/** Changes what was supplied and adds the bound objects (GRA-32: at most 20, all or nothing). */
export async function updateGroup(
  ctx: Context,
  id: string,
  changes: GroupChanges,
  bindings: Bindings = {},
): Promise<Group> {
  return ctx.db.transaction(async (tx) => {
    const group = await store.findGroup(tx, id, 'for update')
    if (group === null) throw new NotFound(id)
    const next = { ...group, ...changes }
    refuse([...judgeGroupChange(group, changes), ...judgeGroup(next)])
    const before: Readonly<Record<string, unknown>> = { ...group }
    const properties = Object.entries(changes)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]))
      .map(([name]) => name)
    if (properties.length > 0) {
      await orDuplicate(store.saveGroup(tx, next))
      announce(ctx, tx, { objectType: 'group', objectId: id, change: 'updated', detail: { properties } })
    }
    const bound = await bind(ctx, tx, next, bindings)
    const names = [...properties, ...Object.keys(bound)]
    if (names.length > 0) {
      await recordAudit(ctx, tx, {
        activity: 'Update group',
        category: 'GroupManagement',
        operationType: 'Update',
        targets: [groupTarget(next, modifiedProperties(names, before, { ...changes, ...bound }))],
      })
    }
    return next
  })
}

/** Moves the group to deletedItems; its members stay and count again after a restore (GRA-56, 58). */
export async function deleteGroup(ctx: Context, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const group = await store.findGroup(tx, id, 'for update')
    if (group === null) throw new NotFound(id)
    await guardingAdministrators(tx, group, () =>
      store.saveGroup(tx, { ...group, deletedDateTime: ctx.clock.now() }),
    )
    announce(ctx, tx, { objectType: 'group', objectId: group.id, change: 'deleted' })
    await auditGroup(ctx, tx, 'Delete group', 'Delete', group)
  })
}

/** Takes the group out of deletedItems as it was. 404 after 30 days (GRA-58). */
export async function restoreGroup(ctx: Context, id: string): Promise<Group> {
  return ctx.db.transaction(async (tx) => {
    const deleted = await store.findDeletedGroup(tx, id, restorableSince(ctx.clock.now()))
    if (deleted === null) throw new NotFound(id)
    const group = { ...deleted, deletedDateTime: null }
    await store.saveGroup(tx, group)
    announce(ctx, tx, { objectType: 'group', objectId: group.id, change: 'restored' })
    await auditGroup(ctx, tx, 'Restore group', 'Add', group)
    return group
  })
}

/** Removes a deleted group for ever. 404 unless it lies in deletedItems. */
export async function purgeGroup(ctx: Context, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const group = await store.findDeletedGroup(tx, id, new Date(0))
    if (group === null) throw new NotFound(id)
    await forgetObject(tx, group.id)
    await store.purgeGroup(tx, group.id)
    announce(ctx, tx, { objectType: 'group', objectId: group.id, change: 'purged' })
    await auditGroup(ctx, tx, 'Hard Delete group', 'Delete', group)
  })
}

const auditGroup = (
  ctx: Context,
  tx: Tx,
  activity: string,
  operationType: 'Add' | 'Delete',
  group: Group,
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'GroupManagement',
    operationType,
    targets: [groupTarget(group)],
  })

function refuse(problems: readonly ErrorDetail[]): void {
  const [first] = problems
  if (first !== undefined) throw new Invalid(first.message, { details: problems })
}
