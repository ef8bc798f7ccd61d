import { type GraphCaller, directoryRoleTemplates as roles } from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { Forbidden } from '../../platform/errors.ts'
import { purgeApplication, restoreApplication } from '../applications/service.ts'
import { purgeServicePrincipal, restoreServicePrincipal } from '../applications/service-principal-deletion.ts'
import { may } from '../authority.ts'
import { purgeGroup, restoreGroup } from '../groups/service.ts'
import { findDeletedGroup } from '../groups/store.ts'
import { requireUserActions } from '../users/access.ts'
import { purgeUser, type RestoreOptions, restoreUser } from '../users/deletion.ts'

export type DeletedType = 'user' | 'group' | 'application' | 'servicePrincipal'

type Act = 'restore' | 'purge'

interface DeletedKind {
  readonly table: 'users' | 'groups' | 'applications' | 'service_principals'
  /** Permission to see deleted objects of the type. */
  readonly read: string
  /** Permission to restore and to purge them. */
  readonly write: string
  /** Throws `Forbidden` unless the caller's directory roles allow it (GRA-62, 64). */
  readonly authorize: (context: Context, caller: GraphCaller, id: string, act: Act) => Promise<void>
  readonly restore: (context: Context, id: string, options: RestoreOptions) => Promise<unknown>
  readonly purge: (context: Context, id: string) => Promise<void>
}

const withRole =
  (anyOf: readonly string[]) =>
  async (_: Context, caller: GraphCaller): Promise<void> => {
    if (caller.kind === 'application') return
    const enough = [roles.globalAdministrator, ...anyOf]
    if (!enough.some((role) => caller.directoryRoles.has(role))) {
      throw new Forbidden('Insufficient privileges to complete the operation.')
    }
  }

/** What can lie in deletedItems, and what can be done with it. */
export const deletedTypes: Readonly<Record<DeletedType, DeletedKind>> = {
  user: {
    table: 'users',
    read: 'User.Read.All',
    write: 'User.DeleteRestore.All',
    authorize: (context, caller, id, act) =>
      requireUserActions(context, caller, { id }, [act === 'purge' ? 'delete' : 'restore']),
    restore: restoreUser,
    purge: purgeUser,
  },
  group: {
    table: 'groups',
    read: 'Group.Read.All',
    write: 'Group.ReadWrite.All',
    authorize: async (context, caller, id) => {
      const group = await context.db.transaction((tx) => findDeletedGroup(tx, id, new Date(0)))
      // A restored group gives its members their roles back.
      const anyOf = group?.isAssignableToRole === true ? may.changeGroupsThatHoldRoles : may.deleteGroups
      await withRole(anyOf)(context, caller)
    },
    restore: restoreGroup,
    purge: purgeGroup,
  },
  application: {
    table: 'applications',
    read: 'Application.Read.All',
    write: 'Application.ReadWrite.All',
    authorize: withRole(may.manageApplications),
    restore: (context, id) => context.db.transaction((tx) => restoreApplication(context, tx, id)),
    purge: (context, id) => context.db.transaction((tx) => purgeApplication(context, tx, id)),
  },
  servicePrincipal: {
    table: 'service_principals',
    read: 'Application.Read.All',
    write: 'Application.ReadWrite.All',
    authorize: withRole(may.manageApplications),
    restore: (context, id) => context.db.transaction((tx) => restoreServicePrincipal(context, tx, id)),
    purge: (context, id) => context.db.transaction((tx) => purgeServicePrincipal(context, tx, id)),
  },
}
