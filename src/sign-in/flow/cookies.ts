import type { FastifyReply, FastifyRequest } from 'fastify'

export interface CookieFacts {
  readonly name: string
  readonly value: string
  /** Sent only below this path. */
  readonly path: string
  /** `null`: until the browser is closed. 0: gone at once. */
  readonly lifetimeSeconds: number | null
}

/** The first cookie of this name; of several the most specific path comes first (RFC 6265 §5.4). */
export function readCookie(request: FastifyRequest, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return null
}

/**
 * Sets a cookie that no script reads. `Lax`: it must come along when another site sends the person here, as a home
 * tenant does, and never with a form that another site posts.
 */
export function setCookie(reply: FastifyReply, baseUrl: string, cookie: CookieFacts): void {
  if (!/^[A-Za-z0-9_.-]*$/.test(cookie.value)) throw new RangeError('A cookie value of other characters.')
  reply.header(
    'set-cookie',
    [
      `${cookie.name}=${cookie.value}`,
      `Path=${cookie.path}`,
      ...(cookie.lifetimeSeconds === null ? [] : [`Max-Age=${cookie.lifetimeSeconds}`]),
      'HttpOnly',
      'SameSite=Lax',
      ...(baseUrl.startsWith('https:') ? ['Secure'] : []),
    ].join('; '),
  )
}
