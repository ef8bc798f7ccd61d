import { importJWK } from 'jose'
import * as oidc from 'openid-client'
import type { Context } from '../../platform/context.ts'
import type { Deployment } from '../../platform/deployment.ts'
import type { Fetch } from '../../platform/http/in-process-fetch.ts'
import type { HomeTenantId } from '../../platform/ids.ts'
import { loadSigningKeys } from '../../tenants/index.ts'
import type { ProvenPerson } from '../model.ts'
import { callbackAddress, relyingPartyId } from './addresses.ts'

export interface LegDependencies {
  readonly deployment: Deployment
  /** Reaches tenants of this deployment in process and others through the guarded fetcher. */
  readonly fetch: Fetch
}

/** What must be kept, in the attempt, while the person is at the home tenant. Plain data. */
export interface LegState {
  readonly homeTenantId: HomeTenantId
  /** Comes back in the address; leads to the attempt, and is good for this one return. */
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export interface LegRequest {
  readonly homeTenantId: HomeTenantId
  readonly loginHint: string | null
  /** Ask the person again even if the home tenant has a session: for "use another account". */
  readonly prompt: 'login' | 'select_account' | null
}

/**
 * Sends the person to the home tenant: an OpenID authorization request of this, the resource tenant (design,
 * idea 3). Keep `leg` and bind it to the browser.
 */
export async function beginOrganizationalSignIn(
  ctx: Context,
  dependencies: LegDependencies,
  request: LegRequest,
): Promise<{ readonly url: string; readonly leg: LegState }> {
  const leg: LegState = {
    homeTenantId: request.homeTenantId,
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    codeVerifier: oidc.randomPKCECodeVerifier(),
  }
  const configuration = await relyingParty(ctx, dependencies, request.homeTenantId)
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: callbackAddress(dependencies.deployment.baseUrl, ctx.tenantId),
    scope: 'openid profile email',
    state: leg.state,
    nonce: leg.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(leg.codeVerifier),
    code_challenge_method: 'S256',
    // Both tenants log the sign-in under one id.
    'client-request-id': ctx.correlationId,
    ...(request.loginHint === null ? {} : { login_hint: request.loginHint }),
    ...(request.prompt === null ? {} : { prompt: request.prompt }),
  })
  return { url: url.href, leg }
}

export type LegOutcome =
  | { readonly outcome: 'proven'; readonly person: Extract<ProvenPerson, { kind: 'organization' }> }
  /** The home tenant said no, or the person cancelled there: its OAuth error. */
  | { readonly outcome: 'declined'; readonly error: string; readonly description: string | null }
  /** What came back does not prove anything: forged, replayed, or the home tenant is not to be believed. */
  | { readonly outcome: 'invalid'; readonly reason: string }

/**
 * Redeems what the home tenant sent back, once: state, PKCE, nonce, signature, issuer, audience and times are
 * checked, then that the person's home is the tenant that speaks (TRU-7). Never throws for what the other side did.
 */
export async function completeOrganizationalSignIn(
  ctx: Context,
  dependencies: LegDependencies,
  leg: LegState,
  callbackUrl: string,
): Promise<LegOutcome> {
  const configuration = await relyingParty(ctx, dependencies, leg.homeTenantId)
  try {
    const answer = await oidc.authorizationCodeGrant(configuration, new URL(callbackUrl), {
      expectedState: leg.state,
      expectedNonce: leg.nonce,
      pkceCodeVerifier: leg.codeVerifier,
      idTokenExpected: true,
    })
    return judge(leg.homeTenantId, answer.claims() ?? {})
  } catch (cause) {
    if (cause instanceof oidc.AuthorizationResponseError) {
      return { outcome: 'declined', error: cause.error, description: cause.error_description ?? null }
    }
    ctx.log.warn({ home: leg.homeTenantId, cause }, 'a home tenant’s answer was not accepted')
    return { outcome: 'invalid', reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

function judge(homeTenantId: HomeTenantId, claims: Readonly<Record<string, unknown>>): LegOutcome {
  const text = (name: string): string | null => (typeof claims[name] === 'string' ? claims[name] : null)
  const homeObjectId = text('oid')
  const userPrincipalName = text('preferred_username')
  // TRU-7: a tenant speaks for its own people only; `idp` would name another authenticator (GTK-2).
  if (
    text('tid') !== homeTenantId ||
    claims['idp'] !== undefined ||
    homeObjectId === null ||
    userPrincipalName === null
  ) {
    return { outcome: 'invalid', reason: 'The person’s home is not the tenant that spoke.' }
  }
  const methods = Array.isArray(claims['amr'])
    ? claims['amr'].filter((method) => typeof method === 'string')
    : []
  const authTime = claims['auth_time'] ?? claims['iat']
  return {
    outcome: 'proven',
    person: {
      kind: 'organization',
      homeTenantId,
      homeObjectId,
      userPrincipalName,
      mail: text('email'),
      displayName: text('name'),
      methods,
      signedInAt: new Date((typeof authTime === 'number' ? authTime : 0) * 1000),
    },
  }
}

/** This tenant as client of the home tenant; authenticates with its token signing key (RFC 7523). */
async function relyingParty(
  ctx: Context,
  { deployment, fetch }: LegDependencies,
  homeTenantId: HomeTenantId,
): Promise<oidc.Configuration> {
  const { baseUrl, keyring } = deployment
  const { current } = await loadSigningKeys(ctx, keyring)
  const key = await importJWK({ ...current.privateJwk, alg: 'RS256' })
  if (key instanceof Uint8Array) throw new TypeError('An RSA key was expected.')
  const home = `${baseUrl}/${homeTenantId}`
  const configuration = new oidc.Configuration(
    {
      issuer: `${home}/v2.0`,
      authorization_endpoint: `${home}/oauth2/v2.0/authorize`,
      token_endpoint: `${home}/oauth2/v2.0/token`,
      jwks_uri: `${home}/discovery/v2.0/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    },
    relyingPartyId(baseUrl, ctx.tenantId),
    { id_token_signed_response_alg: 'RS256' },
    oidc.PrivateKeyJwt({ key, kid: current.keyId }),
  )
  configuration[oidc.customFetch] = (url, init) => fetch(url, init as RequestInit)
  // The ID token's signature is checked although it comes straight from the token endpoint.
  oidc.enableNonRepudiationChecks(configuration)
  // Development runs without TLS; the requests do not leave this process.
  if (baseUrl.startsWith('http:')) oidc.allowInsecureRequests(configuration)
  return configuration
}
