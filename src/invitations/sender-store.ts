import type { Tx } from '../platform/database/index.ts'

declare module '../platform/database/schema.ts' {
  interface Schema {
    invitation_mail_blocks: { tenant_id: string; address: string; blocked_at: Date }
  }
}

/** Since when the owner of this mailbox wants no invitations from this tenant; null: may be mailed (INV-16). */
export async function blockedSince(tx: Tx, addressKey: string): Promise<Date | null> {
  const row = await tx
    .selectFrom('invitation_mail_blocks')
    .select('blocked_at')
    .where('address', '=', addressKey)
    .executeTakeFirst()
  return row?.blocked_at ?? null
}

export const isBlocked = async (tx: Tx, addressKey: string): Promise<boolean> =>
  (await blockedSince(tx, addressKey)) !== null

/** Says whether it was not blocked before. */
export async function insertBlock(tx: Tx, tenantId: string, addressKey: string, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('invitation_mail_blocks')
    .values({ tenant_id: tenantId, address: addressKey, blocked_at: at })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'address']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Says whether it was blocked before. */
export async function deleteBlock(tx: Tx, addressKey: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('invitation_mail_blocks')
    .where('address', '=', addressKey)
    .executeTakeFirst()
  return numDeletedRows === 1n
}
