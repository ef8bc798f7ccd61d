import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { clientAuthenticationClass, pairwiseSubject, profileClaims, subjectClaims } from './claims.ts'
import type { EngineDirectory } from './facts.ts'

/** The engine's access token or client-credentials token. */
export interface IssuedToken {
  readonly accountId?: string | undefined
  readonly clientId?: string | undefined
  readonly scope?: string | undefined
}

/** What the engine lets us change before it signs. */
export interface TokenParts {
  header?: Record<string, unknown> | undefined
  payload: Record<string, unknown>
}

/** An access token as Entra's v2 endpoint shapes it (GTK-1…4), for a person or for an application itself. */
export async function accessTokenClaims(
  ctx: KoaContextWithOIDC,
  token: IssuedToken,
  parts: TokenParts,
  directory: EngineDirectory,
  tenantId: string,
  subjectKey: string,
): Promise<void> {
  const { payload } = parts
  const { iss, aud, iat, exp, jti } = payload
  const clientId = token.clientId ?? ''
  const [client, resource] = await Promise.all([
    directory.findClient(clientId),
    directory.findResource(String(aud)),
  ])
  if (client === null || resource === null) throw new errors.InvalidGrant('client or resource is gone')
  const common = {
    aud,
    iss,
    iat,
    nbf: iat,
    exp,
    azp: clientId,
    azpacr: clientAuthenticationClass(ctx.oidc.client?.tokenEndpointAuthMethod),
    tid: tenantId,
    uti: jti,
    ver: '2.0',
  }
  // RFC 9068 says `at+jwt`; Entra, and validators written for it, say JWT.
  parts.header = { typ: 'JWT' }
  if (token.accountId === undefined) {
    const roles = await directory.applicationRoles(clientId, resource)
    const id = client.servicePrincipalId ?? clientId
    parts.payload = { ...common, sub: id, oid: id, idtyp: 'app', ...(roles.length === 0 ? {} : { roles }) }
    return
  }
  const account = await directory.findAccount(token.accountId)
  if (account === null) throw new errors.InvalidGrant('account not found')
  if ((token.scope ?? '') === '') throw new errors.InvalidGrant('AADSTS65001')
  const roles = await directory.userRoles(token.accountId, resource.servicePrincipalId)
  parts.payload = {
    ...common,
    ...subjectClaims(
      account.subject,
      pairwiseSubject(subjectKey, token.accountId, resource.appId),
      resource.optionalAccessTokenClaims,
    ),
    ...profileClaims(account.subject),
    scp: token.scope,
    ...(roles.length === 0 ? {} : { roles }),
  }
}
