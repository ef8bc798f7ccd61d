import * as client from 'openid-client'

/** Where people of the organisation and its guests sign in, and who this application is there. */
export interface SignInSettings {
  /** E.g. `https://login.example.com/{tenant id}/v2.0`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Where this application is reached, without a slash at the end. */
  readonly origin: string
  /** For an issuer whose certificate this process does not trust by itself. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** What must be remembered in the browser's session while the person is away signing in. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Claims of the ID token as the issuer signed them. */
export type Claims = client.IDToken

export interface SignedIn {
  readonly claims: Claims
  readonly idToken: string
}

export interface SignIn {
  begin(loginHint: string | null): Promise<{ readonly url: URL; readonly pending: PendingSignIn }>
  /** Redeems the code that came back to `/callback`. Throws when it, or the ID token, is not what was asked for. */
  finish(currentUrl: URL, pending: PendingSignIn): Promise<SignedIn>
  /** Where signing out at the issuer begins; it returns to `/signed-out`. */
  endSessionUrl(idToken: string): Promise<URL>
}

/** Signs people in with the authorization code flow and PKCE, as openid-client's own documentation shows it. */
export function createSignIn(settings: SignInSettings): SignIn {
  const { issuer, clientId, clientSecret, origin, fetch: reach } = settings
  let known: Promise<client.Configuration> | undefined

  /** Looked up at the first sign-in: the issuer may start after this application. */
  const configuration = (): Promise<client.Configuration> => {
    known ??= client
      .discovery(new URL(issuer), clientId, clientSecret, undefined, {
        execute: [
          // Checks the signature too, which may be left out where TLS vouches for the sender (Core §3.1.3.7).
          client.enableNonRepudiationChecks,
          // OpenID Connect wants https. Only a development issuer on this computer may do without.
          ...(isLoopback(issuer) ? [client.allowInsecureRequests] : []),
        ],
        ...(reach === undefined ? {} : { [client.customFetch]: throughFetch(reach) }),
      })
      .catch((error: unknown) => {
        known = undefined
        throw error
      })
    return known
  }

  return {
    async begin(loginHint) {
      const pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      }
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: `${origin}/callback`,
        scope: 'openid profile email',
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        ...(loginHint === null ? {} : { login_hint: loginHint }),
      })
      return { url, pending }
    },

    async finish(currentUrl, pending) {
      const tokens = await client.authorizationCodeGrant(await configuration(), currentUrl, {
        pkceCodeVerifier: pending.codeVerifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined || tokens.id_token === undefined) throw new Error('There is no ID token.')
      return { claims, idToken: tokens.id_token }
    },

    async endSessionUrl(idToken) {
      return client.buildEndSessionUrl(await configuration(), {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${origin}/signed-out`,
      })
    },
  }
}

/** The library's options are those of `fetch`, typed a little more loosely. */
const throughFetch =
  (reach: NonNullable<SignInSettings['fetch']>): client.CustomFetch =>
  (url, options) =>
    reach(url, options as RequestInit)

const isLoopback = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/** The person, or the organisation in their place, said no (RFC 6749 §4.1.2.1), or the issuer found a fault. */
export const refusalOf = (error: unknown): { readonly code: string; readonly description: string } | null =>
  error instanceof client.AuthorizationResponseError
    ? { code: error.error, description: error.error_description ?? '' }
    : null
