import type { FastifyInstance } from 'fastify'

/** `fetch`, as far as protocol libraries use it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/**
 * Calls to this deployment's own address go straight to its routes, without a socket: what one tenant asks of
 * another of the same deployment (design, idea 2). Everything else goes to `elsewhere`, the guarded fetcher. The
 * server is asked for late: what uses this is part of what the server is made of.
 */
export function inProcessFetch(app: () => FastifyInstance, baseUrl: string, elsewhere: Fetch): Fetch {
  return async (url, init = {}) => {
    const target = new URL(url)
    if (target.origin !== baseUrl) return elsewhere(url, init)
    const answer = await app().inject({
      method: methodOf(init.method),
      url: `${target.pathname}${target.search}`,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body == null ? {} : { payload: await new Response(init.body).text() }),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const one of [value ?? []].flat()) headers.append(name, String(one))
    }
    const bodiless = answer.statusCode === 204 || answer.statusCode === 304
    return new Response(bodiless ? null : new Uint8Array(answer.rawPayload), {
      status: answer.statusCode,
      headers,
    })
  }
}

const methodOf = (text: string | undefined): 'GET' | 'POST' => {
  if (text === undefined || text === 'GET') return 'GET'
  if (text === 'POST') return 'POST'
  throw new TypeError(`Tenants do not ask each other by ${text}.`)
}
