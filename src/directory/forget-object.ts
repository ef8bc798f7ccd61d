import type { Tx } from '../platform/database/index.ts'
import { forgetPrincipal } from './applications/forget.ts'

/**
 * Removes every relation to an object that is being purged. Relations can point at several types, so there are no
 * foreign keys that would do it. They stay while the object is only deleted, and count again after a restore.
 */
export async function forgetObject(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('group_members').where('member_id', '=', id).execute()
  await tx.deleteFrom('group_owners').where('owner_id', '=', id).execute()
  await tx.deleteFrom('directory_role_assignments').where('principal_id', '=', id).execute()
  await tx.deleteFrom('user_sponsors').where('sponsor_id', '=', id).execute()
  await forgetPrincipal(tx, id)
}
