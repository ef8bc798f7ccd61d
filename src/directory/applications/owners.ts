import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { announce } from '../changes.ts'
import { findPrincipal } from './assignment-store.ts'
import { requireApplication, requireServicePrincipal } from './guards.ts'
import { deleteOwner, insertOwner, isOwner } from './owner-store.ts'

export type OwnedType = 'application' | 'servicePrincipal'

const ALREADY_OWNER =
  "One or more added object references already exist for the following modified properties: 'owners'."

/** Makes a user or service principal an owner (GRA-32): 404 when it does not exist, 400 when it is one or a group. */
export async function addOwner(
  ctx: Context,
  tx: Tx,
  ownedType: OwnedType,
  objectId: string,
  ownerId: string,
): Promise<void> {
  const owned = await requireOwned(tx, ownedType, objectId)
  const principal = isGuid(ownerId) ? await findPrincipal(tx, ownerId) : null
  if (principal === null) throw new NotFound(ownerId)
  if (principal.type === 'Group') throw new Invalid('A group cannot own an application; name its people.')
  const type = principal.type === 'User' ? 'user' : 'servicePrincipal'
  const added = await insertOwner(tx, ctx.tenantId, owned.id, { id: ownerId, type }, ctx.clock.now())
  if (!added) throw new Invalid(ALREADY_OWNER)
  await record(ctx, tx, ownedType, owned, 'Add owner to', 'Assign', ownerId, principal.displayName)
}

/** GRA-32: 404 when it is no owner. The last one may go: administrators can still manage the application. */
export async function removeOwner(
  ctx: Context,
  tx: Tx,
  ownedType: OwnedType,
  objectId: string,
  ownerId: string,
): Promise<void> {
  const owned = await requireOwned(tx, ownedType, objectId)
  const removed = isGuid(ownerId) && (await deleteOwner(tx, owned.id, ownerId))
  if (!removed) throw new NotFound(ownerId)
  await record(ctx, tx, ownedType, owned, 'Remove owner from', 'Unassign', ownerId, null)
}

/** Does this person or service principal own the application or service principal? */
export const ownsObject = async (tx: Tx, objectId: string, principalId: string): Promise<boolean> =>
  isGuid(objectId) && isGuid(principalId) && (await isOwner(tx, objectId, principalId))

const requireOwned = (
  tx: Tx,
  ownedType: OwnedType,
  id: string,
): Promise<{ readonly id: string; readonly displayName: string }> =>
  ownedType === 'application'
    ? requireApplication(tx, id, 'present')
    : requireServicePrincipal(tx, id, 'present')

async function record(
  ctx: Context,
  tx: Tx,
  ownedType: OwnedType,
  owned: { readonly id: string; readonly displayName: string },
  verb: 'Add owner to' | 'Remove owner from',
  operationType: 'Assign' | 'Unassign',
  ownerId: string,
  ownerName: string | null,
): Promise<void> {
  await recordAudit(ctx, tx, {
    activity: `${verb} ${ownedType === 'application' ? 'application' : 'service principal'}`,
    category: 'ApplicationManagement',
    operationType,
    targets: [
      {
        id: owned.id,
        type: ownedType === 'application' ? 'Application' : 'ServicePrincipal',
        displayName: owned.displayName,
      },
      { id: ownerId, type: 'Other', displayName: ownerName },
    ],
  })
  announce(ctx, tx, {
    objectType: ownedType,
    objectId: owned.id,
    change: 'updated',
    detail: { properties: ['owners'] },
  })
}
