import { type AdapterPayload, Provider } from 'oidc-provider'
import type { EngineDirectory } from './facts.ts'

/**
 * What `offline_access` is called inside the engine: under its own name the engine would drop it unless the request
 * also prompts for consent, which Entra does not ask of anybody.
 */
export const OFFLINE = 'offline'

const internalOpenId = (scopes: readonly string[]): readonly string[] =>
  scopes.map((scope) => (scope === 'offline_access' ? OFFLINE : scope))

/** A resource's name inside the engine, which wants absolute URIs. */
export const resourceIndicator = (appId: string): string => `api://${appId}`

/**
 * A stored grant is only who and for whom; what it covers is read from the consents of this moment, so a consent
 * that is withdrawn ends with the next token and one that is given counts at once.
 */
export async function liveGrant(
  directory: EngineDirectory,
  grant: AdapterPayload | undefined,
): Promise<AdapterPayload | undefined> {
  if (grant?.clientId === undefined || grant.accountId === undefined) return grant
  // Of a refresh, which is frequent, the answer may be a few seconds old; who has just consented is not asked again.
  const isRefresh = Provider.ctx?.oidc.params?.['grant_type'] === 'refresh_token'
  const fresh = isRefresh ? undefined : 'fresh'
  const { openId, resources } = await directory.consentsOf(grant.clientId, grant.accountId, fresh)
  return {
    ...grant,
    openid: { scope: internalOpenId(openId).join(' ') },
    resources: Object.fromEntries(
      [...resources].map(([appId, scopes]) => [resourceIndicator(appId), scopes.join(' ')]),
    ),
  }
}

/**
 * A refresh token serves every resource that is consented to, as Entra's do: a client that signed in for one API
 * silently gets tokens for the next. Its first resource stays the one for requests that name none.
 */
export async function liveRefreshToken(
  directory: EngineDirectory,
  token: AdapterPayload | undefined,
): Promise<AdapterPayload | undefined> {
  if (token?.clientId === undefined || token.accountId === undefined) return token
  const { openId, resources } = await directory.consentsOf(token.clientId, token.accountId)
  const first = [token['resource'] ?? []].flat().slice(0, 1)
  const others = [...resources.keys()].map(resourceIndicator)
  const asked = token.scope?.split(' ') ?? []
  return {
    ...token,
    resource: [...new Set([...first, ...others])],
    scope: [...new Set([...asked, ...internalOpenId(openId), ...[...resources.values()].flat()])].join(' '),
  }
}
