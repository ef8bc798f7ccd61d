import type { Tx } from '../../platform/database/index.ts'
import type { OwnerType } from './model.ts'

export interface Owner {
  readonly id: string
  readonly type: OwnerType
}

/** Adds an owner of an application or service principal; false when it was one already. */
export async function insertOwner(
  tx: Tx,
  tenantId: string,
  objectId: string,
  owner: Owner,
  now: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('application_owners')
    .values({
      tenant_id: tenantId,
      object_id: objectId,
      owner_id: owner.id,
      owner_type: owner.type,
      added_date_time: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'object_id', 'owner_id']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deleteOwner(tx: Tx, objectId: string, ownerId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('application_owners')
    .where('object_id', '=', objectId)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function isOwner(tx: Tx, objectId: string, ownerId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('application_owners')
    .select('owner_id')
    .where('object_id', '=', objectId)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst()
  return row !== undefined
}

/** Forgets the owners of a purged object. */
export async function deleteOwnersOf(tx: Tx, objectId: string): Promise<void> {
  await tx.deleteFrom('application_owners').where('object_id', '=', objectId).execute()
}

/** Forgets everything that a purged owner owned. */
export async function deleteOwnedBy(tx: Tx, ownerId: string): Promise<void> {
  await tx.deleteFrom('application_owners').where('owner_id', '=', ownerId).execute()
}
