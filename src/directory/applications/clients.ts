import type { JWK } from 'jose'
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import { findPublicKeys, findSecrets } from './credential-store.ts'
import { checkSecret, type SecretVerdict } from './credentials.ts'
import type {
  ApiApplication,
  ForeignApplication,
  InformationalUrls,
  OptionalClaims,
  RedirectUris,
  RequiredResourceAccess,
  SignInAudience,
  WebApplication,
} from './model.ts'

/** Everything that the OpenID provider asks about a client, in one read. */
export interface Client {
  readonly appId: string
  readonly displayName: string
  /** The tenant whose application it is; null for the product's own. */
  readonly ownerTenantId: string | null
  /** Object id of the application; null when another tenant has it. */
  readonly applicationId: string | null
  /** Null while the application has no presence in this tenant: nobody here can be granted anything on it. */
  readonly servicePrincipal: {
    readonly id: string
    readonly enabled: boolean
    /** Only people and applications with an assignment get in. */
    readonly assignmentRequired: boolean
  } | null
  readonly signInAudience: SignInAudience
  readonly redirectUris: RedirectUris
  readonly homePageUrl: string | null
  readonly logoutUrl: string | null
  readonly implicitGrant: WebApplication['implicitGrantSettings']
  /** Treat as a public client where the platform does not say (device code, password flow). */
  readonly isFallbackPublicClient: boolean
  readonly nativeAuthenticationApisEnabled: string | null
  readonly optionalClaims: OptionalClaims | null
  readonly groupMembershipClaims: string | null
  readonly requiredResourceAccess: readonly RequiredResourceAccess[]
  readonly requestedAccessTokenVersion: number | null
  readonly info: InformationalUrls
  /** How many valid-looking credentials are stored, expired ones included; a foreign owner does not tell. */
  readonly credentials: { readonly secrets: number; readonly keys: number }
}

interface ClientRow {
  readonly app_id: string
  readonly tenant_id: string
  readonly application_id: string | null
  readonly display_name: string | null
  readonly sign_in_audience: SignInAudience | null
  readonly web: WebApplication | null
  readonly spa: { readonly redirectUris: readonly string[] } | null
  readonly public_client: { readonly redirectUris: readonly string[] } | null
  readonly api: ApiApplication | null
  readonly is_fallback_public_client: boolean | null
  readonly native_authentication_apis_enabled: string | null
  readonly optional_claims: OptionalClaims | null
  readonly group_membership_claims: string | null
  readonly required_resource_access: readonly RequiredResourceAccess[] | null
  readonly info: InformationalUrls | null
  readonly service_principal_id: string | null
  readonly account_enabled: boolean | null
  readonly app_role_assignment_required: boolean | null
  readonly foreign_application: ForeignApplication | null
  readonly secrets: number
  readonly keys: number
}

/** Exported for the test that looks at its plan: three look-ups by key. */
export const clientQuery = (appId: string): RawBuilder<ClientRow> => sql<ClientRow>`
  select wanted.app_id, current_setting('xenia.tenant_id') as tenant_id,
         application.id as application_id, application.display_name, application.sign_in_audience,
         application.web, application.spa, application.public_client, application.api,
         application.is_fallback_public_client, application.native_authentication_apis_enabled,
         application.optional_claims, application.group_membership_claims, application.required_resource_access,
         application.info, principal.id as service_principal_id, principal.account_enabled,
         principal.app_role_assignment_required, principal.foreign_application,
         coalesce(credential.secrets, 0) as secrets, coalesce(credential.keys, 0) as keys
    from (select ${appId}::uuid as app_id) as wanted
    left join applications as application
      on application.app_id = wanted.app_id and application.deleted_date_time is null
    left join service_principals as principal
      on principal.app_id = wanted.app_id and principal.deleted_date_time is null
    left join lateral (
      select count(*) filter (where kind = 'password') as secrets, count(*) filter (where kind = 'key') as keys
        from application_credentials as stored
       where stored.tenant_id = application.tenant_id and stored.application_id = application.id
    ) as credential on true`

/** The client that calls itself `appId`; null when this tenant knows none, or what is given is no application id. */
export async function findClient(tx: Tx, appId: string): Promise<Client | null> {
  if (!isGuid(appId)) return null
  const { rows } = await clientQuery(appId.toLowerCase()).execute(tx)
  const [row] = rows
  if (row === undefined) return null
  return row.application_id === null ? foreignClient(row) : ownClient(row)
}

const principalOf = (row: ClientRow): Client['servicePrincipal'] =>
  row.service_principal_id === null
    ? null
    : {
        id: row.service_principal_id,
        enabled: row.account_enabled === true,
        assignmentRequired: row.app_role_assignment_required === true,
      }

function ownClient(row: ClientRow): Client | null {
  const { web, spa, public_client: publicClient, info } = row
  // Columns that are never null where there is a row.
  if (web === null || spa === null || publicClient === null || info === null) return null
  return {
    appId: row.app_id,
    displayName: row.display_name ?? '',
    ownerTenantId: row.tenant_id,
    applicationId: row.application_id,
    servicePrincipal: principalOf(row),
    signInAudience: row.sign_in_audience ?? 'AzureADMyOrg',
    redirectUris: { web: web.redirectUris, spa: spa.redirectUris, publicClient: publicClient.redirectUris },
    homePageUrl: web.homePageUrl,
    logoutUrl: web.logoutUrl,
    implicitGrant: web.implicitGrantSettings,
    isFallbackPublicClient: row.is_fallback_public_client === true,
    nativeAuthenticationApisEnabled: row.native_authentication_apis_enabled,
    optionalClaims: row.optional_claims,
    groupMembershipClaims: row.group_membership_claims,
    requiredResourceAccess: row.required_resource_access ?? [],
    requestedAccessTokenVersion: row.api?.requestedAccessTokenVersion ?? null,
    info,
    credentials: { secrets: row.secrets, keys: row.keys },
  }
}

/** A service principal without an application here: another tenant's. The product's own API is no client. */
function foreignClient(row: ClientRow): Client | null {
  const { foreign_application: foreign } = row
  if (foreign === null) return null
  return {
    appId: row.app_id,
    displayName: foreign.displayName,
    ownerTenantId: foreign.ownerTenantId,
    applicationId: null,
    servicePrincipal: principalOf(row),
    signInAudience: foreign.signInAudience,
    redirectUris: foreign.redirectUris,
    homePageUrl: foreign.homePageUrl,
    logoutUrl: foreign.logoutUrl,
    implicitGrant: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    isFallbackPublicClient: foreign.isFallbackPublicClient === true,
    nativeAuthenticationApisEnabled: null,
    optionalClaims: foreign.optionalClaims,
    groupMembershipClaims: foreign.groupMembershipClaims,
    requiredResourceAccess: foreign.requiredResourceAccess,
    requestedAccessTokenVersion: null,
    info: foreign.info,
    credentials: { secrets: 0, keys: 0 },
  }
}

/**
 * Is `secret` a valid secret of this tenant's application? `wrong` also for an unknown or foreign application: the
 * secrets of a foreign one are its owner's to check.
 */
export async function verifyClientSecret(
  tx: Tx,
  appId: string,
  secret: string,
  now: Date,
): Promise<SecretVerdict> {
  const stored = isGuid(appId) ? await findSecrets(tx, appId) : []
  return checkSecret(stored, secret, now)
}

/**
 * The public keys that may prove the application's signatures now (`private_key_jwt`), as a JWKS. Those of
 * certificates carry `x5t` and `x5t#S256`, which is how MSAL's assertions name them; `kid` is the thumbprint in hex.
 */
export async function clientPublicKeys(
  tx: Tx,
  appId: string,
  now: Date,
): Promise<{ readonly keys: readonly JWK[] }> {
  return { keys: isGuid(appId) ? await findPublicKeys(tx, appId, now) : [] }
}

/** Which of the keys does the header of an assertion name? All of them when it names none. */
export function keysForHeader(
  keys: readonly JWK[],
  header: { readonly kid?: unknown; readonly x5t?: unknown; readonly 'x5t#S256'?: unknown },
): readonly JWK[] {
  const named = (['x5t#S256', 'x5t', 'kid'] as const).find((name) => typeof header[name] === 'string')
  if (named === undefined) return keys
  const wanted = header[named]
  return keys.filter((key) =>
    named === 'kid'
      ? // Entra takes the thumbprint in hex or base64url for `kid`.
        key.kid === wanted || key['x5t'] === wanted || key['x5t#S256'] === wanted
      : key[named] === wanted,
  )
}
