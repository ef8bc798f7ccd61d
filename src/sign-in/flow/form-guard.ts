import type { FastifyRequest } from 'fastify'
import type { Keyring } from '../../platform/crypto/keyring.ts'

/** A form's proof that it is of a page that we showed in this very context: an interaction, or a session. */
export const formToken = (keyring: Keyring, tenantId: string, context: string): string =>
  keyring.hmac('sign-in-form', JSON.stringify([tenantId, context]))

export type FormVerdict = 'ours' | 'foreign'

/**
 * Did one of our own pages post this? Two fences: the token, which another site cannot know, and what the browser
 * itself says of where the form stood. A browser that says nothing is judged by the token alone.
 */
export function judgeForm(
  keyring: Keyring,
  baseUrl: string,
  tenantId: string,
  context: string,
  request: FastifyRequest,
): FormVerdict {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined && origin !== new URL(baseUrl).origin) return 'foreign'
  if (site !== undefined && site !== 'same-origin') return 'foreign'
  const token = formOf(request).get('csrf') ?? ''
  return keyring.verifyHmac('sign-in-form', JSON.stringify([tenantId, context]), token) ? 'ours' : 'foreign'
}

/** The HTTP layer parses forms into `URLSearchParams`. */
export const formOf = (request: FastifyRequest): URLSearchParams =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
