import { enginePaths } from '../engine/provider.ts'
import { signedInPath, XENIA_PAGES_APP_ID } from '../first-party.ts'

export interface OwnSignIn {
  /** Comes back in the address (`own-sign-in.tsx`). */
  readonly state: string
  readonly loginHint: string | null
  /** Sealed. */
  readonly redemption: string | null
}

/** A request to sign in to our own pages: one engine makes every session. */
export function ownSignInUrl(baseUrl: string, tenantId: string, request: OwnSignIn): string {
  const url = new URL(`${baseUrl}/${tenantId}${enginePaths.authorization}`)
  const parameters = {
    client_id: XENIA_PAGES_APP_ID,
    redirect_uri: `${baseUrl}${signedInPath(tenantId)}`,
    response_type: 'code',
    scope: 'openid',
    state: request.state,
    ...(request.loginHint === null ? {} : { login_hint: request.loginHint }),
    ...(request.redemption === null ? {} : { redemption: request.redemption }),
  }
  url.search = new URLSearchParams(parameters).toString()
  return url.href
}
