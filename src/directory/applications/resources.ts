import { graphAppId } from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import { GRAPH_NAMES } from './declared-by.ts'
import type { AppRole, OptionalClaims, PermissionScope, ServicePrincipal } from './model.ts'
import { findByAppId, findOptionalClaims } from './service-principal-store.ts'

/** An API that tokens can be asked for. */
export interface Resource {
  readonly servicePrincipalId: string
  readonly appId: string
  readonly displayName: string
  /** Null for the product's own. */
  readonly ownerTenantId: string | null
  readonly isGraph: boolean
  readonly enabled: boolean
  readonly assignmentRequired: boolean
  readonly servicePrincipalNames: readonly string[]
  readonly scopes: readonly PermissionScope[]
  readonly appRoles: readonly AppRole[]
  /** Claims that its access tokens carry on its own wish. */
  readonly optionalClaims: OptionalClaims | null
}

/** Scopes that steer the sign-in itself (OpenID Connect Core §5.4, §11); they belong to no API. */
export const SIGN_IN_SCOPES: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

/** One scope of a request. `resource` null: none was named, which means the Graph API. */
export interface RequestedScope {
  readonly resource: string | null
  /** The scope's value, `.default` for all that was granted before. */
  readonly value: string
}

/**
 * Splits `api://…/read`, `{appId}/.default` or `User.Read` at the last slash. A resource whose own name ends in a
 * slash keeps it (`https://graph.microsoft.com//.default`), which MSAL sends for such names.
 */
export function splitScope(scope: string): RequestedScope {
  const at = scope.lastIndexOf('/')
  return at < 0
    ? { resource: null, value: scope }
    : { resource: scope.slice(0, at), value: scope.slice(at + 1) }
}

/**
 * Finds the API that `identifier` names in this tenant: an application id, an identifier URI in any case, with or
 * without a slash at the end, or the Graph API by null, its GUID, `https://graph.microsoft.com` or the deployment's
 * own `baseUrl`. Null when there is none or it was deleted; a disabled one is returned as such.
 */
export async function resolveResource(
  tx: Tx,
  identifier: string | null,
  deployment: { readonly baseUrl: string },
): Promise<Resource | null> {
  const name = identifier?.toLowerCase().replace(/\/$/, '') ?? null
  const graphNames = [...GRAPH_NAMES, deployment.baseUrl.toLowerCase()]
  // Before the table: nothing that a tenant registers can take the Graph API's names.
  const appId = name === null || graphNames.includes(name) ? graphAppId : await appIdOf(tx, name)
  const servicePrincipal = appId === null ? null : await findByAppId(tx, appId)
  if (servicePrincipal === null || servicePrincipal.deletedDateTime !== null) return null
  return toResource(servicePrincipal, await findOptionalClaims(tx, servicePrincipal.appId))
}

/** The scopes of an API that can be granted now. */
export const scopesOf = (resource: Pick<Resource, 'scopes'>): readonly PermissionScope[] =>
  resource.scopes.filter((scope) => scope.isEnabled)

async function appIdOf(tx: Tx, name: string): Promise<string | null> {
  if (isGuid(name)) return name
  const row = await tx
    .selectFrom('resource_identifiers')
    .select('app_id')
    .where('identifier', '=', name)
    .executeTakeFirst()
  return row?.app_id ?? null
}

const toResource = (servicePrincipal: ServicePrincipal, optionalClaims: OptionalClaims | null): Resource => ({
  servicePrincipalId: servicePrincipal.id,
  appId: servicePrincipal.appId,
  displayName: servicePrincipal.displayName,
  ownerTenantId: servicePrincipal.appOwnerTenantId,
  isGraph: servicePrincipal.appId === graphAppId,
  enabled: servicePrincipal.accountEnabled,
  assignmentRequired: servicePrincipal.appRoleAssignmentRequired,
  servicePrincipalNames: servicePrincipal.servicePrincipalNames,
  scopes: servicePrincipal.oauth2PermissionScopes,
  appRoles: servicePrincipal.appRoles,
  optionalClaims,
})
