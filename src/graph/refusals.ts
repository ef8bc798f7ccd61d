import { type ErrorDetail, Invalid } from '../platform/errors.ts'

// The 400s of GRA-11, by code.

/** A property value is wrong, missing or not yours to set. */
export const badProperty = (message: string, details: readonly ErrorDetail[] = []): Invalid =>
  new Invalid(message, { code: 'Request_BadRequest', details })

/** The option or operator exists, but not for this property, or not without an advanced query. */
export const unsupportedQuery = (message: string): Invalid =>
  new Invalid(message, { code: 'Request_UnsupportedQuery' })

/** It cannot be understood: JSON, OData syntax, a name that does not exist. */
export const badRequest = (message: string): Invalid => new Invalid(message, { code: 'BadRequest' })
