import { createHmac } from 'node:crypto'

/** What tokens say about a person: facts of the resource tenant's user object and of how they signed in. */
export interface TokenSubject {
  readonly tenantId: string
  /** `oid`: the user object in the tenant that issues the token, for a guest the guest object (GTK-1). */
  readonly objectId: string
  readonly displayName: string | null
  readonly userPrincipalName: string
  readonly mail: string | null
  readonly userType: 'Member' | 'Guest'
  /** Who authenticated the person (GTK-2). `null`: this tenant itself. */
  readonly identityProvider: string | null
  /** The sign-in name at home; what `preferred_username` shows of a guest. */
  readonly homeUserPrincipalName: string | null
}

export interface OptionalClaimRequest {
  readonly name: string
  readonly additionalProperties: readonly string[]
}

/**
 * `sub`: stable per person and application, different for every application, and derived with a key of the tenant
 * so that applications cannot compare notes (OpenID Connect Core §8.1).
 */
export const pairwiseSubject = (key: string, objectId: string, appId: string): string =>
  createHmac('sha256', key).update(`${objectId}\n${appId}`).digest('base64url')

/** The claims that an ID token and an access token share. Absent facts are absent claims. */
export function subjectClaims(
  subject: TokenSubject,
  sub: string,
  optional: readonly OptionalClaimRequest[],
): { sub: string } & Record<string, unknown> {
  return {
    sub,
    oid: subject.objectId,
    tid: subject.tenantId,
    ...(subject.identityProvider === null ? {} : { idp: subject.identityProvider }),
    ...optionalClaims(subject, optional),
  }
}

export const profileClaims = (subject: TokenSubject): Record<string, unknown> => ({
  ...(subject.displayName === null ? {} : { name: subject.displayName }),
  preferred_username: subject.homeUserPrincipalName ?? subject.mail ?? subject.userPrincipalName,
})

export const emailClaims = (subject: TokenSubject): Record<string, unknown> =>
  subject.mail === null ? {} : { email: subject.mail }

/** GTK-4: `acct` and `upn` only where the application asks; a guest's `upn` only in the form it names. */
function optionalClaims(
  subject: TokenSubject,
  optional: readonly OptionalClaimRequest[],
): Record<string, unknown> {
  const claims: Record<string, unknown> = {}
  for (const { name, additionalProperties } of optional) {
    if (name === 'acct') claims['acct'] = subject.userType === 'Guest' ? 1 : 0
    if (name === 'upn') {
      const upn = upnClaim(subject, additionalProperties)
      if (upn !== null) claims['upn'] = upn
    }
    if (name === 'email' && subject.mail !== null) claims['email'] = subject.mail
  }
  return claims
}

function upnClaim(subject: TokenSubject, properties: readonly string[]): string | null {
  if (subject.userType === 'Member') return subject.userPrincipalName
  if (properties.includes('include_externally_authenticated_upn')) return subject.userPrincipalName
  if (properties.includes('include_externally_authenticated_upn_without_hash')) {
    return subject.userPrincipalName.replaceAll('#', '_')
  }
  return null
}

/** How the client proved itself, `azpacr`: 0 public, 1 secret, 2 certificate. */
export const clientAuthenticationClass = (method: string | undefined): '0' | '1' | '2' => {
  if (method === 'private_key_jwt') return '2'
  return method === undefined || method === 'none' ? '0' : '1'
}

/** `client_info` for Microsoft's client libraries: base64url of `{ uid, utid }`; their cache is keyed by it. */
export const clientInfo = (objectId: string, homeTenantId: string): string =>
  Buffer.from(JSON.stringify({ uid: objectId, utid: homeTenantId })).toString('base64url')
