import { directoryRoleTemplates } from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid } from '../../platform/errors.ts'
import { countHolders, findRolesOf, lockRole } from './store.ts'

const { globalAdministrator } = directoryRoleTemplates

/**
 * Makes a change that may take the role away from somebody (removal, deletion, disabling, leaving a group), and
 * undoes everything with 400 when no Global Administrator who can sign in would be left (GRA-64): nobody could
 * repair the tenant. Two such changes at once wait for each other, so they cannot each count on the other's person.
 *
 * Lock order: rows of users and groups first, then the role.
 */
export async function keepingAnAdministrator<T>(tx: Tx, change: () => Promise<T>): Promise<T> {
  await lockRole(tx, globalAdministrator)
  const before = await countHolders(tx, globalAdministrator)
  const result = await change()
  if (before > 0 && (await countHolders(tx, globalAdministrator)) === 0) {
    throw new Invalid(
      'The last Global Administrator of the tenant cannot be removed. Appoint another one first.',
    )
  }
  return result
}

/** `keepingAnAdministrator` when the principal is one, else just the change. Lock the principal's row before. */
export async function keepingAnAdministratorBeside<T>(
  tx: Tx,
  principalId: string,
  change: () => Promise<T>,
): Promise<T> {
  const held = await findRolesOf(tx, principalId)
  return held.has(globalAdministrator) ? keepingAnAdministrator(tx, change) : change()
}
