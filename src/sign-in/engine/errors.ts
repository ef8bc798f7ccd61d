/** An OAuth error as Entra words it: RFC 6749 §5.2 plus the AADSTS number that administrators search for. */
export interface EntraError {
  readonly error: string
  readonly error_description: string
  readonly error_codes: readonly number[]
  readonly timestamp: string
  readonly trace_id: string
  readonly correlation_id: string
  readonly suberror?: string
}

interface Mapping {
  readonly error: RegExp
  readonly detail: RegExp
  readonly code: number
  readonly message: string
}

/** What the engine says → what Entra would say. The first match counts; the order is from particular to general. */
const mappings: readonly Mapping[] = [
  {
    error: /invalid_client|invalid_request/,
    detail: /client not found|client is invalid/,
    code: 700016,
    message:
      'The application was not found in this directory. Check the client id and that it is registered or consented here.',
  },
  {
    error: /invalid_client/,
    detail: /invalid secret/,
    code: 7000215,
    message:
      'Invalid client secret provided. Send the secret’s value, not its id, and check that it has not expired.',
  },
  {
    error: /invalid_client|invalid_request/,
    detail: /mechanism does not match|grant type is not allowed/,
    code: 7000218,
    message: 'The request body must contain client_assertion or client_secret.',
  },
  {
    error: /invalid_client/,
    detail: /only be used once/,
    code: 700024,
    message:
      'The client assertion was used before. Make a new one, with a jti of its own, for every request.',
  },
  {
    error: /invalid_client/,
    detail: /audience/,
    code: 700023,
    message: 'The client assertion is for another audience. Use the token endpoint’s address.',
  },
  {
    error: /invalid_client/,
    detail: /./,
    code: 700027,
    message: 'The client assertion failed validation. Check its signature, its certificate and its times.',
  },
  {
    error: /invalid_grant/,
    detail: /code.*expired/,
    code: 70008,
    message: 'The authorization code has expired. Start the sign-in again.',
  },
  {
    error: /invalid_grant/,
    detail: /code.*consumed|already used/,
    code: 54005,
    message: 'The authorization code or refresh token was already redeemed. Sign in again.',
  },
  {
    error: /invalid_grant/,
    detail: /redirect_uri mismatch/,
    code: 50011,
    message: 'The redirect URI is not the one of the authorization request.',
  },
  {
    error: /invalid_grant/,
    detail: /PKCE|code_verifier/i,
    code: 501481,
    message: 'The code_verifier does not match the code_challenge of the authorization request.',
  },
  {
    error: /invalid_grant/,
    detail: /AADSTS65001/,
    code: 65001,
    message:
      'The user or administrator has not consented to use the application with this permission. Send an interactive authorization request.',
  },
  {
    error: /invalid_grant/,
    detail: /account not found/,
    code: 50173,
    message: 'The grant was revoked, or the account cannot sign in any more. Sign in again.',
  },
  {
    error: /invalid_grant/,
    detail: /./,
    code: 70000,
    message: 'The provided grant is invalid, expired or was revoked. Sign in again.',
  },
  {
    error: /invalid_redirect_uri|invalid_request/,
    detail: /redirect_uri/,
    code: 50011,
    message:
      'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
  },
  {
    error: /invalid_target/,
    detail: /AADSTS28000/,
    code: 28000,
    message: 'The scopes belong to several resources; ask for one resource at a time.',
  },
  {
    error: /invalid_target/,
    detail: /./,
    code: 500011,
    message: 'The resource named in the scopes was not found in this directory.',
  },
  {
    error: /invalid_scope/,
    detail: /./,
    code: 70011,
    message: 'The provided value for the scope parameter is not valid.',
  },
  { error: /unsupported_grant_type/, detail: /./, code: 70003, message: 'The grant type is not supported.' },
  {
    error: /unsupported_response_type|unauthorized_client/,
    detail: /response_type|response type/,
    code: 700054,
    message: 'The response type is not enabled for the application.',
  },
  {
    error: /login_required|interaction_required/,
    detail: /./,
    code: 50058,
    message: 'A silent sign-in was asked for, but nobody is signed in.',
  },
  {
    error: /consent_required/,
    detail: /./,
    code: 65001,
    message: 'The user or administrator has not consented to use the application with this permission.',
  },
  {
    error: /authorization_pending/,
    detail: /./,
    code: 70016,
    message: 'The user has not finished signing in yet. Ask again.',
  },
  { error: /slow_down/, detail: /./, code: 70016, message: 'Ask less often.' },
  {
    error: /expired_token/,
    detail: /./,
    code: 70020,
    message: 'The device code has expired. Ask for a new one.',
  },
  { error: /access_denied/, detail: /./, code: 65004, message: 'The user declined.' },
  {
    error: /invalid_request/,
    detail: /./,
    code: 900144,
    message: 'The request is malformed or lacks a required parameter.',
  },
  {
    error: /server_error/,
    detail: /./,
    code: 90033,
    message:
      'Something went wrong on our side. Try again; if it stays, tell the administrator the correlation id.',
  },
]

/** RFC 6749 names that replace the engine's own. */
const standardNames: Readonly<Record<string, string>> = {
  invalid_target: 'invalid_resource',
  invalid_redirect_uri: 'invalid_request',
}

/**
 * Words an engine error as Entra does. A description that already carries an AADSTS code is kept; the engine's own
 * detail is added only where it names a parameter, never where it could tell who exists.
 */
export function entraError(
  failure: {
    readonly error: string
    readonly error_description?: string | undefined
    readonly error_detail?: string | undefined
  },
  facts: { readonly now: Date; readonly traceId: string; readonly correlationId: string },
): EntraError {
  const detail = failure.error_detail ?? failure.error_description ?? '-'
  const own = /^AADSTS(\d+): /.exec(failure.error_description ?? '')
  const mapping = mappings.find(
    (candidate) => candidate.error.test(failure.error) && candidate.detail.test(detail),
  )
  const code = own?.[1] === undefined ? (mapping?.code ?? 90014) : Number(own[1])
  const message =
    own === null
      ? `AADSTS${code}: ${mapping?.message ?? 'The request failed.'}`
      : (failure.error_description ?? '')
  const parameter =
    code === 900144 && failure.error_description !== undefined ? ` (${failure.error_description})` : ''
  const timestamp = `${facts.now.toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    error: standardNames[failure.error] ?? failure.error,
    error_description: `${message}${parameter} Trace ID: ${facts.traceId} Correlation ID: ${facts.correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: facts.traceId,
    correlation_id: facts.correlationId,
  }
}
