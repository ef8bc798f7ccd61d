import { type AdapterPayload, type KoaContextWithOIDC, Provider, type RefreshToken } from 'oidc-provider'
import { randomToken } from '../../platform/crypto/tokens.ts'
import type { PresentedCredential } from './client-metadata.ts'

const DAY = 24 * 3600
const REFRESH_SECONDS = 90 * DAY
/** A single-page application keeps its token where scripts can reach it; it does not live longer by rotating. */
const BROWSER_REFRESH_SECONDS = DAY

/** How the request of this moment authenticates its client. */
export function presentedCredential(ctx: KoaContextWithOIDC | undefined = Provider.ctx): PresentedCredential {
  const params = ctx?.oidc.params
  if (params?.['client_assertion'] !== undefined) return 'assertion'
  if (params?.['client_secret'] !== undefined || ctx?.headers.authorization?.startsWith('Basic ') === true) {
    return 'secret'
  }
  return 'none'
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/**
 * A code that went to a web redirect URI is worth nothing without client authentication, even where the same
 * application may be public on another platform.
 */
export function redeemableCode(code: AdapterPayload | undefined): AdapterPayload | undefined {
  const webOnly = listOf(Provider.ctx?.oidc.client?.['web_redirect_uris']).includes(code?.redirectUri)
  return webOnly && presentedCredential() === 'none' ? undefined : code
}

/**
 * A new code, refresh token or device code. It names its tenant, so that `common` can find it, and whether its
 * client had authenticated: `c`, then only a request that does so may use it again, or `p`. Opaque to clients.
 */
export function newTokenValue(tenantId: string): string {
  const proof = Provider.ctx?.oidc.route === 'token' && presentedCredential() !== 'none' ? 'c' : 'p'
  return `1.${tenantId.replaceAll('-', '')}.${proof}.${randomToken()}`
}

export const mayRefresh = (value: string): boolean =>
  value.split('.')[2] === 'p' || presentedCredential() !== 'none'

/** Seconds until a new refresh token ends. */
export function refreshTokenLifetime(ctx: KoaContextWithOIDC, _token: RefreshToken): number {
  const { AuthorizationCode: code, RotatedRefreshToken: rotated } = ctx.oidc.entities
  if (rotated !== undefined) {
    const lifetime = (rotated.exp ?? 0) - (rotated.iat ?? 0)
    return lifetime <= BROWSER_REFRESH_SECONDS ? Math.max(1, rotated.remainingTTL) : REFRESH_SECONDS
  }
  const inBrowser = listOf(ctx.oidc.client?.['spa_redirect_uris']).includes(code?.redirectUri)
  return inBrowser ? BROWSER_REFRESH_SECONDS : REFRESH_SECONDS
}
