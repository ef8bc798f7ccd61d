import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { graphAppId, permissionCatalogue } from '../../src/graph/index.ts'
import type { Deployment } from '../../src/platform/deployment.ts'
import { loadSigningKeys } from '../../src/tenants/index.ts'
import type { Organisation } from './organisation.fixture.ts'

/**
 * An access token for Graph without the way through the sign-in pages: by default of a person with every delegated
 * permission. `claims` overrides what it says, `signer` whose key signs it.
 */
export async function makeGraphToken(
  deployment: Deployment,
  organisation: Organisation,
  claims: JWTPayload,
  signer: Organisation = organisation,
): Promise<string> {
  const { current } = await loadSigningKeys(signer.ctx, deployment.keyring)
  const scopes = permissionCatalogue.filter(({ delegatedId }) => delegatedId !== null)
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({
    iss: `${deployment.baseUrl}/${organisation.id}/v2.0`,
    tid: organisation.id,
    aud: graphAppId,
    iat: now,
    nbf: now,
    exp: now + 3600,
    ver: '2.0',
    scp: scopes.map(({ name }) => name).join(' '),
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: current.keyId })
    .sign(await importJWK(current.privateJwk, 'RS256'))
}
