import {
  type Client,
  clientPublicKeys,
  findById,
  findClient,
  grantsOfClient,
  homeAccountOf,
  isExternal,
  type OptionalClaim,
  PASSCODE_ISSUER,
  type Resource,
  resolveResource,
  scopesOf,
  type User,
} from '../directory/index.ts'
import { relyingPartyOf } from '../federation/index.ts'
import { graphAppId } from '../graph/index.ts'
import { inRealTime } from '../platform/clock.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { TenantPort } from '../tenants/index.ts'
import type { OptionalClaimRequest } from './engine/claims.ts'
import type { AccountFacts, ClientFacts, Consents, ResourceFacts } from './engine/facts.ts'
import { openIdScopes } from './engine/scopes.ts'
import { firstPartyClient } from './first-party.ts'

export async function findClientFacts(
  ctx: Context,
  port: TenantPort,
  baseUrl: string,
  clientId: string,
): Promise<ClientFacts | null> {
  const own = firstPartyClient(ctx.tenantId, baseUrl, clientId)
  if (own !== null) return own
  // Design, idea 3: another tenant's client id is an address under its own issuer.
  const tenant = await relyingPartyOf(ctx, port, baseUrl, clientId)
  if (tenant !== null) {
    return {
      ...nothingSpecial,
      clientId,
      displayName: tenant.displayName,
      kind: 'tenant',
      redirectUris: { web: [tenant.redirectUri], spa: [], native: [] },
      publicKeys: tenant.publicKeys,
    }
  }
  const now = ctx.clock.now()
  return ctx.db.transaction((tx) => findApplicationFacts(tx, clientId, now))
}

export async function findApplicationFacts(tx: Tx, clientId: string, now: Date): Promise<ClientFacts | null> {
  const client = await findClient(tx, clientId)
  if (client === null || client.servicePrincipal?.enabled !== true) return null
  const { keys } = await clientPublicKeys(tx, clientId, now)
  return applicationFacts(client, keys)
}

const nothingSpecial: Omit<ClientFacts, 'clientId' | 'displayName' | 'kind' | 'redirectUris'> = {
  browserOrigins: [],
  postLogoutRedirectUris: [],
  allowsPublicClient: false,
  hasSecret: false,
  publicKeys: [],
  implicitIdToken: false,
  declaredScopes: new Map(),
  optionalIdTokenClaims: [],
  servicePrincipalId: null,
  assignmentRequired: false,
}

function applicationFacts(client: Client, publicKeys: ClientFacts['publicKeys']): ClientFacts {
  const { web, spa, publicClient } = client.redirectUris
  return {
    clientId: client.appId,
    displayName: client.displayName,
    kind: 'application',
    redirectUris: { web, spa, native: publicClient },
    browserOrigins: spa.map((uri) => new URL(uri).origin),
    postLogoutRedirectUris: [...web, ...spa, ...publicClient],
    declaredScopes: new Map(
      client.requiredResourceAccess.map(({ resourceAppId, resourceAccess }) => [
        resourceAppId,
        resourceAccess.filter(({ type }) => type === 'Scope').map(({ id }) => id),
      ]),
    ),
    allowsPublicClient: client.isFallbackPublicClient || spa.length > 0 || publicClient.length > 0,
    hasSecret: client.credentials.secrets > 0,
    publicKeys,
    implicitIdToken: client.implicitGrant.enableIdTokenIssuance,
    optionalIdTokenClaims: (client.optionalClaims?.idToken ?? []).map(optionalClaim),
    servicePrincipalId: client.servicePrincipal?.id ?? null,
    assignmentRequired: client.servicePrincipal?.assignmentRequired ?? false,
  }
}

const optionalClaim = ({ name, additionalProperties }: OptionalClaim): OptionalClaimRequest => ({
  name,
  additionalProperties,
})

export async function findAccountFacts(
  ctx: Context,
  baseUrl: string,
  objectId: string,
): Promise<AccountFacts | null> {
  const user = await ctx.db.transaction((tx) => findById(tx, objectId))
  // A deleted, disabled or not yet redeemed account signs in nowhere.
  if (user === null || user.deletedDateTime !== null || !user.accountEnabled) return null
  if (user.externalUserState === 'PendingAcceptance' && isExternal(user)) return null
  const home = homeAccountOf(user.identities)
  return {
    subject: {
      tenantId: ctx.tenantId,
      objectId: user.id,
      displayName: user.displayName,
      userPrincipalName: user.userPrincipalName,
      mail: user.mail,
      userType: user.userType,
      identityProvider: identityProviderOf(user, baseUrl),
      homeUserPrincipalName: isExternal(user) ? user.mail : null,
    },
    homeObjectId: home?.homeObjectId ?? user.id,
    homeTenantId: home?.homeTenantId ?? ctx.tenantId,
    sessionsValidFrom: inRealTime(ctx.clock, user.signInSessionsValidFromDateTime),
  }
}

/** GTK-2: the home tenant in the shape of a v1 issuer, `mail` for passcodes, else the provider's own issuer. */
function identityProviderOf(user: User, baseUrl: string): string | null {
  const home = homeAccountOf(user.identities)
  if (home !== null) return `${baseUrl}/${home.homeTenantId}/`
  const elsewhere = user.identities.find(({ signInType }) => signInType === 'federated')
  if (elsewhere === undefined) return null
  return elsewhere.issuer === PASSCODE_ISSUER ? 'mail' : elsewhere.issuer
}

export async function findResourceFacts(
  tx: Tx,
  baseUrl: string,
  identifier: string | null,
): Promise<ResourceFacts | null> {
  const resource = await resolveResource(tx, identifier, { baseUrl })
  return resource === null || !resource.enabled ? null : resourceFacts(resource)
}

function resourceFacts(resource: Resource): ResourceFacts {
  const permissions = scopesOf(resource).filter(({ value }) => !openIdScopes.some((scope) => scope === value))
  return {
    appId: resource.appId,
    displayName: resource.displayName,
    servicePrincipalId: resource.servicePrincipalId,
    scopes: permissions.map(({ value }) => value),
    scopesById: new Map(permissions.map(({ id, value }) => [id, value])),
    optionalAccessTokenClaims: (resource.optionalClaims?.accessToken ?? []).map(optionalClaim),
  }
}

export async function readConsents(
  ctx: Context,
  client: ClientFacts | null,
  objectId: string,
): Promise<Consents> {
  // Another tenant, and our own pages, learn who signed in and nothing else; RED-12 is their consent.
  if (client === null || client.servicePrincipalId === null) {
    return { openId: client === null ? [] : openIdScopes, resources: new Map() }
  }
  const { servicePrincipalId } = client
  const granted = await ctx.db.transaction((tx) => grantsOfClient(tx, servicePrincipalId, objectId))
  const ofGraph = granted.get(graphAppId) ?? []
  const isOpenId = (scope: string) => openIdScopes.some((known) => known === scope)
  return {
    openId: ofGraph.filter(isOpenId),
    resources: new Map(
      [...granted].map(([appId, scopes]) => [appId, scopes.filter((scope) => !isOpenId(scope))]),
    ),
  }
}
