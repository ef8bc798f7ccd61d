import { IncomingMessage } from 'node:http'

/** One request for the engine: nothing of the caller's scheme, host or forwarding headers reaches it. */
export interface EngineRequest {
  readonly method: string
  /** Path below the tenant with its query, e.g. `/oauth2/v2.0/authorize?…`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** A form body, already rewritten; `null` when there is none. */
  readonly body: string | null
  readonly source: IncomingMessage
}

const passedHeaders = [
  'accept',
  'accept-language',
  'authorization',
  'cookie',
  'origin',
  'user-agent',
  'access-control-request-method',
  'access-control-request-headers',
] as const

/** The request as the engine gets to see it: made anew, so what is not copied does not exist. */
export function engineMessage(request: EngineRequest, baseUrl: string, tenantId: string): IncomingMessage {
  const { host, protocol } = new URL(baseUrl)
  const message = new IncomingMessage(request.source.socket)
  message.method = request.method
  message.url = request.url
  message.httpVersion = '1.1'
  message.httpVersionMajor = 1
  message.httpVersionMinor = 1
  for (const name of passedHeaders) {
    const value = request.headers[name]
    if (typeof value === 'string') message.headers[name] = value
  }
  message.headers.host = host
  message.headers['x-forwarded-proto'] = protocol.slice(0, -1)
  if (request.body !== null) {
    const body = Buffer.from(request.body)
    message.headers['content-type'] = 'application/x-www-form-urlencoded'
    message.headers['content-length'] = String(body.length)
    message.push(body)
  }
  message.push(null)
  message.complete = true
  // The engine builds its addresses from what stands before `url` in `originalUrl`.
  return Object.assign(message, { originalUrl: `/${tenantId}${request.url}` })
}
