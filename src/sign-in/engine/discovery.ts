import { enginePaths, issuerOf } from './provider.ts'

/**
 * OpenID Provider metadata (OpenID Connect Discovery §3) as Entra's v2 endpoint has it. `segment` is how the tenant
 * was addressed; for `common` and `organizations` the issuer holds Entra's placeholder, since it differs per token.
 */
export function discoveryDocument(
  baseUrl: string,
  segment: string,
  tenantId: string | null,
): Record<string, unknown> {
  const at = (path: string) => `${baseUrl}/${segment}${path}`
  return {
    issuer: issuerOf(baseUrl, tenantId ?? '{tenantid}'),
    authorization_endpoint: at(enginePaths.authorization),
    token_endpoint: at(enginePaths.token),
    device_authorization_endpoint: at(enginePaths.device_authorization),
    end_session_endpoint: at(enginePaths.end_session),
    jwks_uri: at(enginePaths.jwks),
    userinfo_endpoint: at(enginePaths.userinfo),
    response_modes_supported: ['query', 'fragment', 'form_post'],
    response_types_supported: ['code', 'id_token', 'code id_token'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
      'implicit',
    ],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
      'oid',
      'idp',
      'acct',
      'roles',
      'uti',
      'email',
    ],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    http_logout_supported: false,
    authorization_response_iss_parameter_supported: true,
  }
}
