import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Keyring } from '../platform/crypto/keyring.ts'
import { randomToken } from '../platform/crypto/tokens.ts'

const COOKIE = 'xenia-demo'
const PURPOSE = 'demo-form'

/** Makes sure that what a form of these pages does was wished on these pages. */
export interface OwnForms {
  /** For the hidden field of a form. Gives the browser the cookie that belongs to it. */
  token(request: FastifyRequest, reply: FastifyReply): string
  /**
   * Both the browser's word for where the form stood, which other sites cannot forge, and the token, for browsers
   * that keep silent about it.
   */
  sentByUs(request: FastifyRequest, csrf: string): boolean
}

export function ownForms(baseUrl: string, keyring: Keyring): OwnForms {
  const secure = baseUrl.startsWith('https:') ? '; Secure' : ''
  return {
    token(request, reply) {
      const known = cookieOf(request)
      const value = known ?? randomToken()
      if (known === null) {
        reply.header('set-cookie', `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}`)
      }
      return keyring.hmac(PURPOSE, value)
    },
    sentByUs(request, csrf) {
      const cookie = cookieOf(request)
      return comesFrom(request, baseUrl) && cookie !== null && keyring.verifyHmac(PURPOSE, cookie, csrf)
    },
  }
}

/** Also against DNS rebinding: a foreign name that leads to this computer is still a foreign origin. */
export const comesFrom = (request: FastifyRequest, baseUrl: string): boolean =>
  (request.headers.origin ?? baseUrl) === baseUrl

function cookieOf(request: FastifyRequest): string | null {
  const match = /(?:^|;\s*)xenia-demo=([A-Za-z0-9_-]{43})(?:;|$)/.exec(request.headers.cookie ?? '')
  return match?.[1] ?? null
}
