/**
 * The typed errors that services throw. They carry facts, not HTTP: `graph/errors.ts` turns them into Graph's
 * error body, `sign-in/errors.ts` into RFC 6749 §5.2 answers and pages. Messages are for developers and say
 * what to do next; `cause` reaches the log and never the caller.
 */
export interface ErrorDetail {
  readonly code: string
  readonly message: string
  readonly target?: string
}

export interface ErrorFacts {
  /** A stable code that replaces the kind's usual one, e.g. `BadRequest` on invitation errors. */
  readonly code?: string
  readonly details?: readonly ErrorDetail[]
  readonly cause?: unknown
}

export abstract class XeniaError extends Error {
  abstract readonly kind: ErrorKind
  readonly code: string | undefined
  readonly details: readonly ErrorDetail[]

  constructor(message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.code = facts.code
    this.details = facts.details ?? []
  }
}

export type ErrorKind =
  | 'unauthenticated'
  | 'invalid'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'preconditionFailed'
  | 'accessBlocked'
  | 'tooLarge'
  | 'unsupportedMediaType'
  | 'methodNotAllowed'
  | 'throttled'
  | 'unavailable'

/** No token, or not one for this audience and tenant: 401. */
export class Unauthenticated extends XeniaError {
  readonly kind = 'unauthenticated'
}

/** The request itself is wrong: 400. */
export class Invalid extends XeniaError {
  readonly kind = 'invalid'
}

/** Known caller, insufficient scope or role: 403. */
export class Forbidden extends XeniaError {
  readonly kind = 'forbidden'
}

/** Absent, or not visible to the caller, which must look the same: 404 (GRA-12). */
export class NotFound extends XeniaError {
  readonly kind = 'notFound'
  readonly id: string
  constructor(id: string, facts: ErrorFacts = {}) {
    super(
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
      facts,
    )
    this.id = id
  }
}

/** The state of the object does not allow it: 409. */
export class Conflict extends XeniaError {
  readonly kind = 'conflict'
}

export class PreconditionFailed extends XeniaError {
  readonly kind = 'preconditionFailed'
}

export class TooLarge extends XeniaError {
  readonly kind = 'tooLarge'
}

export class UnsupportedMediaType extends XeniaError {
  readonly kind = 'unsupportedMediaType'
}

export class MethodNotAllowed extends XeniaError {
  readonly kind = 'methodNotAllowed'
}

/** Too many tries or a full queue of this caller: 429 with `Retry-After`. */
export class Throttled extends XeniaError {
  readonly kind = 'throttled'
  readonly retryAfterSeconds: number
  constructor(message: string, retryAfterSeconds: number, facts: ErrorFacts = {}) {
    super(message, facts)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A bounded queue is full or a part is down: 503 with `Retry-After`. */
export class Unavailable extends XeniaError {
  readonly kind = 'unavailable'
  readonly retryAfterSeconds: number
  constructor(message: string, retryAfterSeconds: number, facts: ErrorFacts = {}) {
    super(message, facts)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** One finding of a pure decision: which rule said what, and why. */
export interface Reason {
  /** Rule id of `docs/spec`, e.g. `INV-9`. */
  readonly rule: string
  readonly message: string
}

/** A policy refused; the reasons are for the log and the explain page. */
export class AccessBlocked extends XeniaError {
  readonly kind = 'accessBlocked'
  readonly because: readonly Reason[]
  constructor(message: string, because: readonly Reason[], facts: ErrorFacts = {}) {
    super(message, facts)
    this.because = because
  }
}
