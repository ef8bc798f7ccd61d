import {
  applicationRoles,
  type Client,
  clientPublicKeys,
  effectiveAppRoles,
  findById,
  findClient,
  grantsOfClient,
  homeAccountOf,
  isAssigned,
  isExternal,
  type OptionalClaim,
  PASSCODE_ISSUER,
  type Resource,
  resolveResource,
  scopesOf,
  type User,
  verifyClientSecret,
} from '../directory/index.ts'
import { relyingPartyOf } from '../federation/index.ts'
import { graphAppId } from '../graph/index.ts'
import { inRealTime } from '../platform/clock.ts'
import type { Context } from '../platform/context.ts'
import { digestToken } from '../platform/crypto/tokens.ts'
import type { Tx } from '../platform/database/index.ts'
import { isGuid } from '../platform/ids.ts'
import type { TenantPort } from '../tenants/index.ts'
import type { OptionalClaimRequest } from './engine/claims.ts'
import type { AccountFacts, ClientFacts, Consents, EngineDirectory, ResourceFacts } from './engine/facts.ts'
import { openIdScopes } from './engine/scopes.ts'
import { firstPartyClient } from './first-party.ts'
import { remembered, shortMemory } from './remembered.ts'

/** Answers the protocol engine of one tenant from the directory, remembering answers for five seconds. */
export function openEngineDirectory(ctx: Context, port: TenantPort, baseUrl: string): EngineDirectory {
  const client = remembered((id) => findClientFacts(ctx, port, baseUrl, id))
  const account = remembered((id) => findAccountFacts(ctx, baseUrl, id))
  const loadResource = (tx: Tx, identifier: string) =>
    findResourceFacts(tx, baseUrl, identifier === '' ? null : identifier)
  const resource = remembered(async (identifier) => {
    const found = await ctx.db.transaction((tx) => loadResource(tx, identifier))
    // The client's request names it by any of its names, the engine then by its id.
    if (found !== null && found.appId !== identifier) resource.learn(found.appId, Promise.resolve(found))
    return found
  })
  // Only acceptances are remembered, under a digest: no secret waits in memory, no correction has to wait.
  const acceptedSecrets = shortMemory<true>()
  const secretKey = (clientId: string, secret: string) => digestToken(JSON.stringify([clientId, secret]))
  const loadRoles = async (tx: Tx, key: string) => {
    const [principal = '', of = ''] = key.split(' ')
    return valuesOf(await applicationRoles(tx, principal, of))
  }
  const rolesOfApplication = remembered((key) => ctx.db.transaction((tx) => loadRoles(tx, key)))
  const rolesOfUser = remembered(async (key) => {
    const [user = '', of = ''] = key.split(' ')
    return valuesOf(await ctx.db.transaction((tx) => effectiveAppRoles(tx, user, of)))
  })
  const assigned = remembered(async (key) => {
    const [user = '', to = ''] = key.split(' ')
    return (await ctx.db.transaction((tx) => isAssigned(tx, user, to))) ? { user } : null
  })
  const consents = remembered(async (key): Promise<Consents> => {
    const [clientId = '', user = ''] = key.split(' ')
    return consentsOf(ctx, await client.find(clientId), user)
  })

  return {
    findClient: (clientId) => client.find(clientId),
    findAccount: (objectId) => account.find(objectId),
    findResource: (identifier) => resource.find(identifier ?? ''),
    async prepareForApplication(clientId, secret, identifier) {
      const name = identifier ?? ''
      const isOurs = firstPartyClient(ctx.tenantId, baseUrl, clientId) !== null
      if (!isGuid(clientId) || isOurs || client.knows(clientId) || resource.knows(name)) return
      const now = ctx.clock.now()
      const facts = ctx.db.transaction(async (tx) => {
        const [asking, asked] = [await findApplicationFacts(tx, clientId, now), await loadResource(tx, name)]
        const principal = asking?.servicePrincipalId ?? null
        if (principal === null || asked === null) return { asking, asked, roles: null, accepted: false }
        const rolesKey = `${principal} ${asked.servicePrincipalId}`
        const roles = { key: rolesKey, values: await loadRoles(tx, rolesKey) }
        const verdict = secret === null ? null : await verifyClientSecret(tx, clientId, secret, now)
        return { asking, asked, roles, accepted: verdict?.outcome === 'accepted' }
      })
      const part = <K extends 'asking' | 'asked'>(which: K) => facts.then((found) => found[which])
      client.learn(clientId, part('asking'))
      resource.learn(name, part('asked'))
      const { asked, roles, accepted } = await facts
      if (asked !== null) resource.learn(asked.appId, Promise.resolve(asked))
      if (roles !== null) rolesOfApplication.learn(roles.key, Promise.resolve(roles.values))
      if (accepted && secret !== null) acceptedSecrets.set(secretKey(clientId, secret), true)
    },
    async verifySecret(clientId, secret) {
      const key = secretKey(clientId, secret)
      if (acceptedSecrets.get(key) === true) return true
      const now = ctx.clock.now()
      const verdict = await ctx.db.transaction((tx) => verifyClientSecret(tx, clientId, secret, now))
      if (verdict.outcome === 'accepted') acceptedSecrets.set(key, true)
      return verdict.outcome === 'accepted'
    },
    async consentsOf(clientId, objectId, fresh) {
      return (await consents.find(`${clientId} ${objectId}`, fresh)) ?? { openId: [], resources: new Map() }
    },
    async applicationRoles(clientId, of) {
      const principal = (await client.find(clientId))?.servicePrincipalId
      return principal == null
        ? []
        : ((await rolesOfApplication.find(`${principal} ${of.servicePrincipalId}`)) ?? [])
    },
    async userRoles(objectId, servicePrincipalId) {
      return (await rolesOfUser.find(`${objectId} ${servicePrincipalId}`)) ?? []
    },
    async isAssigned(objectId, servicePrincipalId) {
      return (await assigned.find(`${objectId} ${servicePrincipalId}`)) !== null
    },
  }
}

const valuesOf = (roles: readonly { readonly value: string | null }[]): readonly string[] =>
  roles.flatMap(({ value }) => (value === null ? [] : [value]))

async function findClientFacts(
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

async function findApplicationFacts(tx: Tx, clientId: string, now: Date): Promise<ClientFacts | null> {
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

async function findAccountFacts(
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

async function findResourceFacts(
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

async function consentsOf(ctx: Context, client: ClientFacts | null, objectId: string): Promise<Consents> {
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
