import type { ClientFacts } from './engine/facts.ts'

/** Our own pages (redemption, account, administration) as an application of every tenant. */
export const XENIA_PAGES_APP_ID = '7e9d1f0a-5c3b-4e62-9a41-6d0c8b2f7e15'

/** Where the browser returns after signing in to our own pages; the session is all that they need of it. */
export const signedInPath = (tenantId: string): string => `/${tenantId}/signed-in`

export function firstPartyClient(tenantId: string, baseUrl: string, clientId: string): ClientFacts | null {
  if (clientId !== XENIA_PAGES_APP_ID) return null
  return {
    clientId,
    displayName: 'Xenia',
    kind: 'firstParty',
    redirectUris: { web: [`${baseUrl}${signedInPath(tenantId)}`], spa: [], native: [] },
    browserOrigins: [],
    postLogoutRedirectUris: [],
    allowsPublicClient: false,
    hasSecret: true,
    publicKeys: [],
    implicitIdToken: false,
    declaredScopes: new Map(),
    optionalIdTokenClaims: [],
    servicePrincipalId: null,
    assignmentRequired: false,
  }
}
