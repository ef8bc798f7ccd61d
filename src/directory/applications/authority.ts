import {
  callerHas,
  type GraphCaller,
  inTransaction,
  type Permissions,
  directoryRoleTemplates as roles,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Forbidden } from '../../platform/errors.ts'
import { refuseLimitedGuest } from '../visibility.ts'
import { requireApplication, requireServicePrincipal } from './guards.ts'
import { isOwner } from './owner-store.ts'
import type { OwnedType } from './owners.ts'

/** Scopes and app roles of every route that reads or writes applications or service principals (GRA-61). */
export const readApplications: Permissions = {
  delegated: ['Application.Read.All'],
  application: ['Application.Read.All', 'Application.ReadWrite.OwnedBy'],
}
export const writeApplications: Permissions = {
  delegated: ['Application.ReadWrite.All'],
  application: ['Application.ReadWrite.OwnedBy'],
}

/** Manage every application of the tenant (GRA-62). */
export const applicationAdministrators: readonly string[] = [
  roles.applicationAdministrator,
  roles.cloudApplicationAdministrator,
]

/** Assign people and groups to applications; applications to the Graph API only the privileged one. */
export const assignmentAdministrators: readonly string[] = [
  ...applicationAdministrators,
  roles.privilegedRoleAdministrator,
  roles.userAdministrator,
]

export const consentAdministrators: readonly string[] = [
  ...applicationAdministrators,
  roles.privilegedRoleAdministrator,
]

/** Members may register applications, as by Entra's default; guests may not. */
export const mayRegister = (caller: GraphCaller): boolean =>
  caller.kind === 'delegated' && caller.userType === 'Member'

/** The object id by which a caller owns things. */
export const principalIdOf = (caller: GraphCaller): string =>
  caller.kind === 'delegated' ? caller.userId : caller.servicePrincipalId

/**
 * Does the caller own the application or service principal? Throws when that is all that would let him (the
 * permission Application.ReadWrite.OwnedBy) and he does not.
 */
export async function judgeOwnership(
  tx: Tx,
  caller: GraphCaller,
  objectId: string,
  permission: 'Application.Read.All' | 'Application.ReadWrite.All',
): Promise<boolean> {
  const owns = await isOwner(tx, objectId, principalIdOf(caller))
  if (!owns && caller.kind === 'application' && !callerHas(caller, permission)) throw refused()
  return owns
}

interface Asked {
  readonly context: Context
  readonly caller: GraphCaller
  readonly params: { readonly id: string }
}

/** What the path names, and whether the caller owns it: the `load` of routes below an application or service principal. */
export const loadOwned =
  (type: OwnedType, permission: 'Application.Read.All' | 'Application.ReadWrite.All') =>
  ({ context, caller, params }: Asked): Promise<{ readonly id: string; readonly owns: boolean }> =>
    inTransaction(context, async (tx) => {
      const { id } =
        type === 'application'
          ? await requireApplication(tx, params.id, 'present')
          : await requireServicePrincipal(tx, params.id, 'present')
      return { id, owns: await judgeOwnership(tx, caller, id, permission) }
    })

/** Administrators of applications, and whoever owns this one. */
export const managers = {
  anyOf: applicationAdministrators,
  unless: ({ target }: { readonly target: { readonly owns: boolean } }): boolean => target.owns,
}

/** GAR-4: guests see their own assignments and consents, nobody else's. */
export function refuseOthersList(caller: GraphCaller, id: string | null): void {
  if (principalIdOf(caller) !== id) refuseLimitedGuest(caller)
}

/** An application that may read only what it owns. */
export const readsOwnedOnly = (caller: GraphCaller): boolean =>
  caller.kind === 'application' && !callerHas(caller, 'Application.Read.All')

/** An application that may change only what it owns. */
export const changesOwnedOnly = (caller: GraphCaller): boolean =>
  caller.kind === 'application' && !callerHas(caller, 'Application.ReadWrite.All')

/** A person with one of these directory roles, or an application, whose app role counts in full (GRA-60). */
export const holdsRole = (caller: GraphCaller, anyOf: readonly string[]): boolean =>
  caller.kind === 'application' ||
  caller.directoryRoles.has(roles.globalAdministrator) ||
  anyOf.some((role) => caller.directoryRoles.has(role))

export const refused = (): Forbidden => new Forbidden('Insufficient privileges to complete the operation.')
