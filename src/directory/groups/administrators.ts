import { directoryRoleTemplates } from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { keepingAnAdministrator } from '../roles/last-administrator.ts'
import { isAssigned } from '../roles/store.ts'
import type { Group } from './model.ts'

/** Runs a change that may take roles away from the members of `group` (GRA-64). */
export async function guardingAdministrators<T>(tx: Tx, group: Group, change: () => Promise<T>): Promise<T> {
  const { globalAdministrator } = directoryRoleTemplates
  return group.isAssignableToRole && (await isAssigned(tx, globalAdministrator, [group.id]))
    ? keepingAnAdministrator(tx, change)
    : change()
}
