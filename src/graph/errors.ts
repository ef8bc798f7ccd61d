import { type ErrorDetail, type ErrorKind, Throttled, Unavailable, XeniaError } from '../platform/errors.ts'
import type { Logger } from '../platform/telemetry/log.ts'

/** Graph's error body (GRA-10). */
export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details?: readonly ErrorDetail[]
    readonly innerError: {
      readonly date: string
      readonly 'request-id': string
      readonly 'client-request-id': string
    }
  }
}

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
}

export interface ErrorScene {
  readonly requestId: string
  readonly clientRequestId: string
  readonly now: Date
  readonly log: Logger
}

// GRA-11: status and code of each kind, unless the error carries a code of its own.
const KINDS: Readonly<Record<ErrorKind, { readonly status: number; readonly code: string }>> = {
  unauthenticated: { status: 401, code: 'InvalidAuthenticationToken' },
  invalid: { status: 400, code: 'Request_BadRequest' },
  forbidden: { status: 403, code: 'Authorization_RequestDenied' },
  notFound: { status: 404, code: 'Request_ResourceNotFound' },
  conflict: { status: 409, code: 'Conflict' },
  preconditionFailed: { status: 412, code: 'PreconditionFailed' },
  accessBlocked: { status: 403, code: 'Authorization_RequestDenied' },
  tooLarge: { status: 413, code: 'RequestTooLarge' },
  unsupportedMediaType: { status: 415, code: 'UnsupportedMediaType' },
  methodNotAllowed: { status: 405, code: 'Request_BadRequest' },
  throttled: { status: 429, code: 'TooManyRequests' },
  unavailable: { status: 503, code: 'ServiceUnavailable' },
}

/** 406: the client accepts nothing that we can write. Not one of the services' errors. */
export class NotAcceptable extends Error {}

/** 501: the path is in the model, but has no operation yet. */
export class NotImplemented extends Error {}

/** 405 with the methods that would have worked. */
export class WrongMethod extends Error {
  readonly allow: readonly string[]
  constructor(allow: readonly string[]) {
    super('Specified HTTP method is not allowed for the request target.')
    this.allow = allow
  }
}

/**
 * The only place that turns what was thrown into Graph's answer. Anything unknown is a 500 that says nothing; its
 * cause goes to the log, under the request id that the caller is given.
 */
export function errorAnswer(thrown: unknown, scene: ErrorScene): ErrorAnswer {
  if (thrown instanceof XeniaError) {
    if (thrown.cause !== undefined) scene.log.warn({ error: thrown.cause }, 'A Graph request was refused')
    const { status, code } = KINDS[thrown.kind]
    return answer(status, thrown.code ?? code, thrown.message, scene, thrown.details, headersOf(thrown))
  }
  if (thrown instanceof WrongMethod) {
    return answer(405, 'Request_BadRequest', thrown.message, scene, [], { allow: thrown.allow.join(', ') })
  }
  if (thrown instanceof NotAcceptable) {
    return answer(406, 'NotAcceptable', 'None of the accepted media types is available.', scene)
  }
  if (thrown instanceof NotImplemented) {
    return answer(501, 'NotImplemented', 'This operation target is not yet supported.', scene)
  }
  scene.log.error({ error: thrown }, 'A Graph request failed')
  return answer(500, 'InternalServerError', 'An internal server error occurred.', scene)
}

function headersOf(error: XeniaError): Record<string, string> {
  if (error instanceof Throttled || error instanceof Unavailable) {
    return { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterSeconds))) }
  }
  // RFC 6750 §3: every 401 names the scheme. GRA-11.
  return error.kind === 'unauthenticated'
    ? { 'www-authenticate': 'Bearer realm="", error="invalid_token"' }
    : {}
}

function answer(
  status: number,
  code: string,
  message: string,
  scene: ErrorScene,
  details: readonly ErrorDetail[] = [],
  headers: Readonly<Record<string, string>> = {},
): ErrorAnswer {
  return {
    status,
    headers,
    body: {
      error: {
        code,
        message,
        ...(details.length > 0 && { details }),
        innerError: {
          date: scene.now.toISOString().slice(0, 19),
          'request-id': scene.requestId,
          'client-request-id': scene.clientRequestId,
        },
      },
    },
  }
}
