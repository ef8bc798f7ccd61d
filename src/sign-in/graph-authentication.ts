import { createPublicKey, type KeyObject } from 'node:crypto'
import { compactVerify, decodeJwt, errors, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { findById, isExternal, rolesOf } from '../directory/index.ts'
import { type GraphCaller, graphAppId, type RequestInfo } from '../graph/index.ts'
import { type Clock, inRealTime, systemClock } from '../platform/clock.ts'
import { digestToken } from '../platform/crypto/tokens.ts'
import { type Deployment, openContext } from '../platform/deployment.ts'
import { Unauthenticated } from '../platform/errors.ts'
import { parseTenantId, type TenantId } from '../platform/ids.ts'
import { loadSigningKeys } from '../tenants/index.ts'
import type { EngineHost } from './engine/host.ts'
import { issuerOf } from './engine/provider.ts'
import { beganAfter } from './engine/session-age.ts'

/** A token that proved itself is not verified again until it ends; what its holder may do is asked each time. */
const REMEMBERED_TOKENS = 10_000
/** A token says who; whether that account still may, and with which roles, is at most this old. */
const FRESH_MILLISECONDS = 5_000
const CLOCK_TOLERANCE_SECONDS = 60

interface VerifiedToken {
  readonly tenantId: TenantId
  readonly claims: JWTPayload
}

/**
 * Reads the bearer token of a Graph request. Every fault is the same 401: missing, malformed, expired, of another
 * audience, signed by somebody else, or of an account that may not sign in any more.
 */
export function createGraphAuthentication(deployment: Deployment, host: EngineHost) {
  const tokens = new LRUCache<string, VerifiedToken>({ max: REMEMBERED_TOKENS })
  const callers = new LRUCache<string, Promise<GraphCaller>>({
    max: REMEMBERED_TOKENS,
    ttl: FRESH_MILLISECONDS,
  })
  const keys = new LRUCache<TenantId, Promise<ReadonlyMap<string, KeyObject>>>({ max: 1_000, ttl: 60_000 })

  return async (authorization: string | undefined, info: RequestInfo): Promise<GraphCaller> => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw refused('Access token is empty or malformed.')
    const digest = digestToken(token)
    const verified = tokens.get(digest) ?? (await verify(token))
    assertInTime(verified.claims)
    tokens.set(digest, verified)
    const key = `${digest} ${info.ipAddress ?? ''}`
    const known = callers.get(key)
    if (known !== undefined) return known
    const caller = callerOf(verified, info)
    callers.set(key, caller)
    caller.catch(() => callers.delete(key))
    return caller
  }

  async function verify(token: string): Promise<VerifiedToken> {
    const claims = readClaims(token)
    const tenantId = typeof claims['tid'] === 'string' ? parseTenantId(claims['tid']) : null
    if (tenantId === null || claims.iss !== issuerOf(deployment.baseUrl, tenantId)) {
      throw refused('The token is not of a tenant of this service.')
    }
    if (claims.aud !== graphAppId) throw refused('Invalid audience.')
    try {
      const published = await keysOf(tenantId)
      await compactVerify(
        token,
        ({ kid }) => published.get(kid ?? '') ?? Promise.reject(new errors.JWKSNoMatchingKey()),
        {
          algorithms: ['RS256'],
        },
      )
    } catch (cause) {
      if (cause instanceof errors.JOSEError) throw refused('Signature is invalid.')
      throw cause
    }
    return { tenantId, claims }
  }

  function keysOf(tenantId: TenantId): Promise<ReadonlyMap<string, KeyObject>> {
    const known = keys.get(tenantId)
    if (known !== undefined) return known
    const loading = loadKeys(tenantId)
    keys.set(tenantId, loading)
    loading.catch(() => keys.delete(tenantId))
    return loading
  }

  async function loadKeys(tenantId: TenantId): Promise<ReadonlyMap<string, KeyObject>> {
    const ctx = openContext(
      deployment,
      tenantId,
      { kind: 'system', name: 'Token check' },
      deployment.ids.guid(),
    )
    const { published } = await loadSigningKeys(ctx, deployment.keyring).catch(() => ({ published: [] }))
    return new Map(
      published.map(({ keyId, privateJwk }) => [
        keyId,
        createPublicKey({ key: { ...privateJwk }, format: 'jwk' }),
      ]),
    )
  }

  async function callerOf({ tenantId, claims }: VerifiedToken, info: RequestInfo): Promise<GraphCaller> {
    const { directory } = await host.engineFor(tenantId)
    const appId = String(claims['azp'])
    const client = await directory.findClient(appId)
    if (client === null) throw refused('The application of the token is disabled or gone.')
    const objectId = String(claims['oid'])
    if (claims['idtyp'] === 'app') {
      return {
        kind: 'application',
        tenantId,
        appId,
        servicePrincipalId: objectId,
        displayName: client.displayName,
        roles: new Set(Array.isArray(claims['roles']) ? claims['roles'].map(String) : []),
      }
    }
    const facts = await deployment.database.tenant(tenantId).transaction(async (tx) => {
      const user = await findById(tx, objectId)
      return user === null ? null : { user, roles: await rolesOf(tx, objectId) }
    })
    if (facts === null || !maySignIn(deployment.clock, facts.user, claims))
      throw refused('The account cannot sign in any more.')
    return {
      kind: 'delegated',
      tenantId,
      userId: objectId,
      appId,
      scopes: new Set(String(claims['scp'] ?? '').split(' ')),
      directoryRoles: new Set(facts.roles),
      userType: facts.user.userType,
      displayName: facts.user.displayName,
      userPrincipalName: facts.user.userPrincipalName,
      ipAddress: info.ipAddress,
    }
  }
}

type FoundUser = NonNullable<Awaited<ReturnType<typeof findById>>>

/** EVAL-7: an access token lives on until it ends, but not for an account that is disabled, deleted or reset. */
function maySignIn(clock: Clock, user: FoundUser, claims: JWTPayload): boolean {
  if (user.deletedDateTime !== null || !user.accountEnabled) return false
  if (user.externalUserState === 'PendingAcceptance' && isExternal(user)) return false
  return beganAfter(claims.iat ?? 0, inRealTime(clock, user.signInSessionsValidFromDateTime))
}

function readClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    throw refused('Access token is malformed.')
  }
}

/** Times in tokens are real time: whoever checks them uses a clock of their own (decision 0007). */
function assertInTime(claims: JWTPayload): void {
  const now = Math.floor(systemClock.now().getTime() / 1000)
  if ((claims.exp ?? 0) <= now) throw refused('Lifetime validation failed, the token is expired.')
  if ((claims.nbf ?? 0) > now + CLOCK_TOLERANCE_SECONDS) throw refused('The token is not valid yet.')
}

const refused = (message: string): Unauthenticated => new Unauthenticated(message)
