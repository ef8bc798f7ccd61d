import type { ClientMetadata } from 'oidc-provider'
import type { ClientFacts } from './facts.ts'

/** How this request authenticates the client; the engine knows one method per client, Entra's applications have several. */
export type PresentedCredential = 'secret' | 'assertion' | 'none'

/**
 * A client in the engine's words, for one request. A request that brings a secret is judged as a client with a
 * secret, one that brings an assertion as one with keys, and one that brings nothing is accepted only from an
 * application that may be public.
 */
export function clientMetadata(facts: ClientFacts, presented: PresentedCredential): ClientMetadata {
  const { web, spa, native } = facts.redirectUris
  const redirectUris = [...web, ...spa, ...native]
  const codeFlow = redirectUris.length > 0
  // An application acts for itself only when it has proved itself.
  const confidential = presented !== 'none' && (facts.hasSecret || facts.publicKeys.length > 0)
  return {
    client_id: facts.clientId,
    client_name: facts.displayName,
    // `native` would prompt on every request; loopback ports are handled in `provider.ts`.
    application_type: 'web',
    redirect_uris: redirectUris,
    post_logout_redirect_uris: [...facts.postLogoutRedirectUris],
    response_types: codeFlow
      ? ['code', ...(facts.implicitIdToken ? (['id_token', 'code id_token'] as const) : [])]
      : [],
    grant_types: [
      ...(codeFlow ? ['authorization_code', 'refresh_token'] : []),
      ...(codeFlow && facts.implicitIdToken ? ['implicit'] : []),
      ...(facts.allowsPublicClient ? ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'] : []),
      ...(confidential ? ['client_credentials'] : []),
    ].filter((grant, index, all) => all.indexOf(grant) === index),
    id_token_signed_response_alg: 'RS256',
    // Read by `clientBasedCORS`.
    browser_origins: [...facts.browserOrigins],
    // Read where codes and refresh tokens are redeemed (`redemption.ts`).
    web_redirect_uris: [...web],
    spa_redirect_uris: [...spa],
    ...authentication(facts, presented),
  }
}

function authentication(facts: ClientFacts, presented: PresentedCredential): Partial<ClientMetadata> {
  // Assertions by certificate are RS256 or PS256 (RFC 7518 §3.1); which one, the client decides.
  if (presented === 'assertion') {
    return {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: facts.publicKeys.map((key) => ({ ...key })) },
    }
  }
  if (presented === 'secret' || !facts.allowsPublicClient) {
    // The engine demands a secret in the metadata; the real comparison is with digests (`provider.ts`).
    return { token_endpoint_auth_method: 'client_secret_post', client_secret: 'compared-by-digest' }
  }
  return { token_endpoint_auth_method: 'none' }
}
