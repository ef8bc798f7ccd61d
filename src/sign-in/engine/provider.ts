import { type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Clock } from '../../platform/clock.ts'
import type { Keyring } from '../../platform/crypto/keyring.ts'
import { randomToken } from '../../platform/crypto/tokens.ts'
import type { TenantDatabase } from '../../platform/database/index.ts'
import type { SigningKeys } from '../../tenants/index.ts'
import { accessTokenClaims } from './access-token.ts'
import { artifactAdapter } from './adapter.ts'
import { emailClaims, pairwiseSubject, profileClaims, subjectClaims } from './claims.ts'
import { clientMetadata } from './client-metadata.ts'
import type { EngineDirectory } from './facts.ts'
import { liveGrant, liveRefreshToken, OFFLINE } from './live-grants.ts'
import { mayUse, signInPolicy } from './policy.ts'
import {
  mayRefresh,
  newTokenValue,
  presentedCredential,
  redeemableCode,
  refreshTokenLifetime,
} from './redemption.ts'
import { beganAfter } from './session-age.ts'
import { decorateTokenAnswer, noteDetail } from './token-answer.ts'

/** Where an interaction's pages live, and how the engine's own pages look: given by the sign-in pages. */
export interface EnginePages {
  /** Path of the page that continues this interaction. */
  interactionPath(tenantId: string, uid: string): string
  renderError(ctx: KoaContextWithOIDC, failure: errors.OIDCProviderError | Error): Promise<string>
  deviceCodeInput(
    ctx: KoaContextWithOIDC,
    facts: { readonly xsrf: string; readonly outcome: 'none' | 'empty' | 'unknown' | 'declined' },
  ): Promise<string>
  deviceCodeConfirm(
    ctx: KoaContextWithOIDC,
    facts: { readonly xsrf: string; readonly userCode: string; readonly clientName: string },
  ): Promise<string>
  deviceCodeDone(ctx: KoaContextWithOIDC): Promise<string>
  signOutConfirm(
    ctx: KoaContextWithOIDC,
    facts: { readonly xsrf: string; readonly action: string },
  ): Promise<string>
  signOutDone(ctx: KoaContextWithOIDC): Promise<string>
}

export interface EngineOptions {
  readonly baseUrl: string
  readonly db: TenantDatabase
  readonly clock: Clock
  readonly keyring: Keyring
  readonly keys: SigningKeys
  readonly directory: EngineDirectory
  readonly pages: EnginePages
}

/** `iss` of a tenant's tokens, as in Entra's v2 endpoints. */
export const issuerOf = (baseUrl: string, tenantId: string): string => `${baseUrl}/${tenantId}/v2.0`

export const enginePaths = {
  authorization: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  end_session: '/oauth2/v2.0/logout',
  device_authorization: '/oauth2/v2.0/devicecode',
  code_verification: '/oauth2/deviceauth',
  jwks: '/discovery/v2.0/keys',
  userinfo: '/oidc/userinfo',
} as const

const HOUR = 3600
const DAY = 24 * HOUR
const STAY_SIGNED_IN_SECONDS = 90 * DAY

/**
 * The OpenID provider of one tenant. Cheap to make (half a millisecond), so it is made when first needed and
 * dropped again; nothing in it outlives a request but caches.
 */
export function createTenantProvider(options: EngineOptions): Provider {
  const { db, clock, keyring, directory, pages, baseUrl, keys } = options
  const tenantId = db.tenantId
  const issuer = issuerOf(baseUrl, tenantId)
  const secure = baseUrl.startsWith('https:')
  const subjectKey = keyring.hmac('pairwise-subject', tenantId)
  const cookieSuffix = tenantId.slice(0, 8)
  const cookies = { httpOnly: true, overwrite: true, sameSite: 'lax', secure, signed: true } as const

  const configuration: Configuration = {
    adapter: (model: string) => {
      const stored = artifactAdapter(model, db, clock, keyring)
      if (model === 'Client') return { ...stored, find: (id: string) => findClient(directory, id) }
      if (model === 'Grant')
        return {
          ...stored,
          find: async (id: string) => liveGrant(directory, (await stored.find(id)) || undefined),
        }
      if (model === 'AuthorizationCode') {
        return { ...stored, find: async (id: string) => redeemableCode((await stored.find(id)) || undefined) }
      }
      if (model === 'RefreshToken') {
        return {
          ...stored,
          find: async (id: string) =>
            mayRefresh(id) ? liveRefreshToken(directory, (await stored.find(id)) || undefined) : undefined,
        }
      }
      return stored
    },
    jwks: {
      keys: [keys.current, ...keys.published.filter((key) => key !== keys.current)].map((key) => ({
        ...key.privateJwk,
      })),
    },
    routes: {
      ...enginePaths,
      pushed_authorization_request: '/oauth2/v2.0/par',
      revocation: '/oauth2/v2.0/revoke',
    },
    // OpenID scopes only: a resource's scope in this list would ask for consent for ever.
    scopes: ['openid', 'profile', 'email', OFFLINE],
    claims: {
      openid: ['sub', 'oid', 'tid', 'idp', 'acct', 'upn', 'roles', 'ver', 'uti', 'amr', 'auth_time'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
    },
    conformIdTokenClaims: false,
    responseTypes: ['code', 'id_token', 'code id_token', 'none'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    extraParams: ['redemption', 'domain_hint', 'client_info', 'client-request-id'],
    pkce: { required: (_ctx, client) => client.tokenEndpointAuthMethod === 'none' },
    allowOmittingSingleRegisteredRedirectUri: false,
    enableHttpPostMethods: false,
    clockTolerance: 60,
    cookies: {
      keys: [keyring.hmac('cookies', tenantId)],
      names: {
        session: `xenia_session_${cookieSuffix}`,
        interaction: `xenia_interaction_${cookieSuffix}`,
        resume: `xenia_resume_${cookieSuffix}`,
      },
      long: { ...cookies, path: '/' },
      // The engine ties each to the page that it is for, unless a path (even `undefined`) stands here.
      short: cookies,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: false },
      introspection: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.type = 'html'
          ctx.body = await pages.signOutConfirm(ctx, {
            xsrf: hiddenValue(form, 'xsrf'),
            action: formAction(form),
          })
        },
        postLogoutSuccessSource: async (ctx) => {
          ctx.type = 'html'
          ctx.body = await pages.signOutDone(ctx)
        },
      },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: async (ctx, form, _out, failure) => {
          ctx.type = 'html'
          ctx.body = await pages.deviceCodeInput(ctx, {
            xsrf: hiddenValue(form, 'xsrf'),
            outcome: deviceOutcomes[failure?.name ?? ''] ?? (failure === undefined ? 'none' : 'unknown'),
          })
        },
        userCodeConfirmSource: async (ctx, form, client, _info, userCode) => {
          ctx.type = 'html'
          const facts = {
            xsrf: hiddenValue(form, 'xsrf'),
            userCode,
            clientName: client.clientName ?? client.clientId,
          }
          ctx.body = await pages.deviceCodeConfirm(ctx, facts)
        },
        successSource: async (ctx) => {
          ctx.type = 'html'
          ctx.body = await pages.deviceCodeDone(ctx)
        },
      },
      resourceIndicators: {
        enabled: true,
        // The façade names the resource (`requests.ts`). A refresh that names none continues with its first.
        defaultResource: async (_ctx, _client, oneOf) => oneOf?.[0] ?? [],
        useGrantedResource: async () => true,
        getResourceServerInfo: (ctx, identifier) => resourceServer(ctx, directory, identifier),
      },
    },
    interactions: {
      policy: signInPolicy(directory, (accountId, clientId) =>
        pairwiseSubject(subjectKey, accountId, clientId),
      ),
      url: (_ctx, interaction) => pages.interactionPath(tenantId, interaction.uid),
    },
    findAccount: async (ctx, accountId, token?: object) => {
      const account = await directory.findAccount(accountId)
      if (account === null) return undefined
      // A code or refresh token from before the revocation is as dead as its session (RST-2).
      const begun = token !== undefined && 'authTime' in token ? token.authTime : undefined
      if (typeof begun === 'number' && !beganAfter(begun, account.sessionsValidFrom)) return undefined
      const clientId = ctx.oidc.client?.clientId
      if (begun !== undefined && clientId !== undefined && !(await mayUse(directory, accountId, clientId)))
        return undefined
      return {
        accountId,
        async claims() {
          const client = await directory.findClient(ctx.oidc.client?.clientId ?? '')
          const roles =
            client?.servicePrincipalId == null
              ? []
              : await directory.userRoles(accountId, client.servicePrincipalId)
          return {
            // The engine puts the account id in its place, and `pairwiseIdTokens` the pairwise subject.
            ...subjectClaims(account.subject, accountId, client?.optionalIdTokenClaims ?? []),
            ...profileClaims(account.subject),
            ...emailClaims(account.subject),
            ...(roles.length === 0 ? {} : { roles }),
            ver: '2.0',
            uti: randomToken().slice(0, 22),
          }
        },
      }
    },
    loadExistingGrant: currentGrant,
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has(OFFLINE),
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    extraClientMetadata: { properties: ['browser_origins', 'web_redirect_uris', 'spa_redirect_uris'] },
    clientBasedCORS: (_ctx, origin, client) => [client['browser_origins'] ?? []].flat().includes(origin),
    formats: {
      bitsOfOpaqueRandomness: 256,
      customizers: {
        jwt: (ctx, token, parts) => accessTokenClaims(ctx, token, parts, directory, tenantId, subjectKey),
      },
    },
    renderError: async (ctx, _out, failure) => {
      ctx.type = 'html'
      ctx.body = await pages.renderError(ctx, failure)
    },
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 300,
      ClientCredentials: HOUR,
      DeviceCode: 900,
      // A grant is only the handle of consents that are read live; it must outlive every refresh token.
      Grant: 3650 * DAY,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: refreshTokenLifetime,
      Session: (_ctx, session) => (session.transient === true ? DAY : STAY_SIGNED_IN_SECONDS),
    },
  }

  const provider = new Provider(issuer, configuration)
  // Scheme and host of every request are set by `handle`, from configuration.
  provider.proxy = true
  provider.Client.prototype.compareClientSecret = function compare(secret: string) {
    return directory.verifySecret(this.clientId, secret)
  }
  const exactMatch = provider.Client.prototype.redirectUriAllowed
  provider.Client.prototype.redirectUriAllowed = function allowed(uri: string) {
    return (
      exactMatch.call(this, uri) ||
      (this.redirectUris ?? []).some((registered) => sameLoopback(registered, uri))
    )
  }
  pairwiseIdTokens(provider, subjectKey)
  for (const model of [provider.AuthorizationCode, provider.RefreshToken, provider.DeviceCode]) {
    Object.assign(model.prototype, { generateTokenId: () => newTokenValue(tenantId) })
  }
  provider.on('grant.error', noteDetail)
  provider.on('device_authorization.error', noteDetail)
  provider.on('userinfo.error', noteDetail)
  provider.use(decorateTokenAnswer(directory, clock, subjectKey))
  return provider
}

/**
 * OpenID Connect Core §8.1. The engine's own pairwise subjects demand a sector document that it fetches, and cannot
 * be had by clients of the device flow; ours are derived from the application id alone.
 */
function pairwiseIdTokens(provider: Provider, subjectKey: string): void {
  const { prototype } = provider.IdToken
  // Not in the engine's types: the claims of an ID token just before it is signed.
  const original = Reflect.get(prototype, 'payload') as () => Promise<{ sub: string }>
  Object.assign(prototype, {
    async payload(this: { readonly client: { readonly clientId: string } }) {
      const claims = await original.call(this as never)
      return { ...claims, sub: pairwiseSubject(subjectKey, claims.sub, this.client.clientId) }
    },
  })
}

/** RFC 8252 §7.3: a native application's loopback redirect may use any port; everything else must be equal. */
function sameLoopback(registered: string, requested: string): boolean {
  if (!URL.canParse(registered) || !URL.canParse(requested)) return false
  const [one, other] = [new URL(registered), new URL(requested)]
  const loopback = ['127.0.0.1', '[::1]', 'localhost']
  if (one.protocol !== 'http:' || !loopback.includes(one.hostname) || one.port !== '') return false
  other.port = ''
  return one.href === other.href
}

async function findClient(directory: EngineDirectory, id: string) {
  const facts = await directory.findClient(id)
  return facts === null ? undefined : { ...clientMetadata(facts, presentedCredential()) }
}

/** The session's grant for this client, made when there is none: consents are read live whenever it is loaded. */
async function currentGrant(ctx: KoaContextWithOIDC) {
  const { session, client, account, provider } = ctx.oidc
  if (session === undefined || client === undefined || account === undefined) return undefined
  const known = session.grantIdFor(client.clientId)
  const found = known === undefined ? undefined : await provider.Grant.find(known)
  if (found !== undefined && found.accountId === account.accountId) return found
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  const id = await grant.save()
  return (await provider.Grant.find(id)) ?? grant
}

async function resourceServer(ctx: KoaContextWithOIDC, directory: EngineDirectory, identifier: string) {
  if (identifier.startsWith('xenia-refused:')) {
    const [, code, message] = decodeURIComponent(identifier).split('|')
    throw new errors.InvalidScope(`${code}: ${message}`, String(ctx.oidc.params?.['scope']))
  }
  const resource = await directory.findResource(identifier.replace(/^api:\/\//, ''))
  if (resource === null) throw new errors.InvalidTarget()
  const scopes = ctx.oidc.params?.['grant_type'] === 'client_credentials' ? [] : resource.scopes
  return {
    scope: scopes.join(' '),
    audience: resource.appId,
    accessTokenFormat: 'jwt' as const,
    accessTokenTTL: HOUR,
    jwt: { sign: { alg: 'RS256' as const } },
  }
}

/** By the names of the engine's errors, which it does not export. */
const deviceOutcomes: Readonly<Record<string, 'empty' | 'declined'>> = {
  NoCodeError: 'empty',
  AbortedError: 'declined',
}

// The engine hands its own HTML form to page renderers; only the values in it are of use.
const hiddenValue = (form: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? ''
const formAction = (form: string): string => /action="([^"]*)"/.exec(form)?.[1] ?? ''
