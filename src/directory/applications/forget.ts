import type { Tx } from '../../platform/database/index.ts'
import { deleteAssignmentsOf } from './assignment-store.ts'
import { deleteGrantsOf } from './grant-store.ts'
import { deleteOwnedBy } from './owner-store.ts'

/**
 * Removes what a purged user, group or service principal held here: its app role assignments, its consents and its
 * ownership of applications. To be called in the transaction that purges it.
 */
export async function forgetPrincipal(tx: Tx, id: string): Promise<void> {
  await deleteAssignmentsOf(tx, id)
  await deleteGrantsOf(tx, id)
  await deleteOwnedBy(tx, id)
}
