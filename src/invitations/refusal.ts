import {
  Conflict,
  type ErrorFacts,
  Forbidden,
  Invalid,
  NotFound,
  PreconditionFailed,
  type Reason,
  type XeniaError,
} from '../platform/errors.ts'
import type { Refusal } from './model.ts'

/** Invitation errors carry `BadRequest` where the rest of the directory says `Request_BadRequest`. */
export const badRequest = (
  rule: string,
  message: string,
  target: string | null = null,
  behind: readonly Reason[] = [],
): Refusal => ({
  outcome: 'refused',
  kind: 'invalid',
  code: 'BadRequest',
  message,
  target,
  because: [{ rule, message }, ...behind],
})

export const denied = (rule: string, message: string, behind: readonly Reason[] = []): Refusal => ({
  outcome: 'refused',
  kind: 'forbidden',
  code: 'Authorization_RequestDenied',
  message,
  target: null,
  because: [{ rule, message }, ...behind],
})

export const preconditionFailed = (rule: string, message: string): Refusal => ({
  outcome: 'refused',
  kind: 'preconditionFailed',
  code: 'PreconditionFailed',
  message,
  target: null,
  because: [{ rule, message }],
})

/** An id in the body that leads nowhere in this tenant; another tenant's object looks just the same (GRA-12). */
export const absent = (rule: string, id: string, target: string): Refusal => {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`
  return {
    outcome: 'refused',
    kind: 'notFound',
    missingId: id,
    code: 'Request_ResourceNotFound',
    message,
    target,
    because: [{ rule, message }],
  }
}

/** 409: the invitation is not in a state for it (INV-18). */
export const wrongState = (rule: string, message: string): Refusal => ({
  outcome: 'refused',
  kind: 'conflict',
  code: 'Conflict',
  message,
  target: null,
  because: [{ rule, message }],
})

/** Hands through what a rule allowed; throws the typed error for what it refused. */
export function orThrow<Decision extends { readonly outcome: string }>(
  decision: Decision | Refusal,
): Exclude<Decision, Refusal> {
  if (isRefusal(decision)) throw refusalError(decision)
  // Narrowing a generic by a guard does not remove a member from it; the guard just did.
  return decision as Exclude<Decision, Refusal>
}

export const isRefusal = (decision: { readonly outcome: string }): decision is Refusal =>
  decision.outcome === 'refused'

export function refusalError(refusal: Refusal): XeniaError {
  const { code, message, target } = refusal
  const facts: ErrorFacts = { code, ...(target === null ? {} : { details: [{ code, message, target }] }) }
  switch (refusal.kind) {
    case 'invalid':
      return new Invalid(message, facts)
    case 'forbidden':
      return new Forbidden(message, facts)
    case 'preconditionFailed':
      return new PreconditionFailed(message, facts)
    case 'conflict':
      return new Conflict(message, facts)
    case 'notFound':
      return new NotFound(refusal.missingId, facts)
  }
}
