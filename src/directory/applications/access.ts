import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import { findDirectRoleIds, findEffectiveRoleIds } from './assignment-store.ts'
import { findAllGrantedScopes, findGrantedScopes } from './grant-store.ts'
import type { AppRole } from './model.ts'
import { findServicePrincipal } from './service-principal-store.ts'

/**
 * The roles that a person holds in an application, directly or through groups at any depth: the `roles` claim.
 * Default access is no role. Roles that were disabled since do not count.
 */
export async function effectiveAppRoles(
  tx: Tx,
  userId: string,
  resourceServicePrincipalId: string,
): Promise<readonly AppRole[]> {
  if (!isGuid(userId)) return []
  const resource = await findServicePrincipal(tx, resourceServicePrincipalId)
  if (resource === null) return []
  const held = new Set(await findEffectiveRoleIds(tx, userId, resource.id))
  return resource.appRoles.filter(
    (role) => held.has(role.id) && role.isEnabled && role.allowedMemberTypes.includes('User'),
  )
}

/** The roles that an application was granted in another (or in the Graph API). Groups give applications none. */
export async function applicationRoles(
  tx: Tx,
  clientServicePrincipalId: string,
  resourceServicePrincipalId: string,
): Promise<readonly AppRole[]> {
  const resource = await findServicePrincipal(tx, resourceServicePrincipalId)
  if (resource === null) return []
  const held = new Set(await findDirectRoleIds(tx, clientServicePrincipalId, resource.id))
  return resource.appRoles.filter(
    (role) => held.has(role.id) && role.isEnabled && role.allowedMemberTypes.includes('Application'),
  )
}

/** Is the person (or application) assigned to the application at all, with a role or by default access? */
export async function isAssigned(tx: Tx, principalId: string, servicePrincipalId: string): Promise<boolean> {
  if (!isGuid(principalId) || !isGuid(servicePrincipalId)) return false
  return (await findEffectiveRoleIds(tx, principalId, servicePrincipalId)).length > 0
}

/** The scope values that the client may use on the resource for this person: granted for everybody or by himself. */
export const grantsFor = (
  tx: Tx,
  clientServicePrincipalId: string,
  resourceServicePrincipalId: string,
  userId: string,
): Promise<readonly string[]> =>
  findGrantedScopes(tx, clientServicePrincipalId, resourceServicePrincipalId, userId)

/** What `grantsFor` says for every resource at once, by the application id of the resource. */
export const grantsOfClient = (
  tx: Tx,
  clientServicePrincipalId: string,
  userId: string,
): Promise<ReadonlyMap<string, readonly string[]>> =>
  findAllGrantedScopes(tx, clientServicePrincipalId, userId)
