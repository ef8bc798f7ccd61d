import type { Dispatcher } from 'undici'
import { Agent, errors, request as send } from 'undici'
import type { ConnectorOptions, FetchFault } from './outgoing-guard.ts'
import { GuardedFetchError, guardedConnector, permittedUrl } from './outgoing-guard.ts'
import { parseAllowList } from './public-addresses.ts'

export { type FetchFault, GuardedFetchError, type Resolver } from './outgoing-guard.ts'

export interface FetchLimits {
  /** For everything together: resolving, connecting, redirects, the last byte. */
  readonly timeoutMilliseconds: number
  readonly maxBytes: number
  readonly maxRedirects: number
}

export interface GuardedFetcherOptions extends ConnectorOptions {
  /** Hosts, addresses, CIDRs that may be reached although they are not public; loopback ones also by plain http. */
  readonly allow?: readonly string[]
  readonly limits?: Partial<FetchLimits>
}

export interface GuardedRequest extends Partial<FetchLimits> {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  /** Media types that a successful answer may have, e.g. `application/json`; any when absent. */
  readonly contentTypes?: readonly string[]
}

export interface GuardedResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string
  /** Also 4xx and 5xx: only the absence of an answer is an error. */
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

export interface GuardedFetcher {
  /** Throws `GuardedFetchError`, or the reason of `request.signal`. Redirects are followed for GET and HEAD only. */
  fetch(url: string | URL, request?: GuardedRequest): Promise<GuardedResponse>
  /** Ends everything, requests under way included. */
  close(): Promise<void>
}

const DEFAULT_LIMITS: FetchLimits = { timeoutMilliseconds: 10_000, maxBytes: 1_000_000, maxRedirects: 0 }

/**
 * The one way out to addresses that a customer typed. https to public addresses only; what a name resolves to is
 * checked and exactly that address is connected to, so a name that answers differently the second time (DNS
 * rebinding) gains nothing.
 */
export function createGuardedFetcher(options: GuardedFetcherOptions = {}): GuardedFetcher {
  const allow = parseAllowList(options.allow ?? [])
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const agent = new Agent({
    connect: guardedConnector(allow, options, limits.timeoutMilliseconds),
    connections: 8,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 16_384,
  })

  async function fetch(from: string | URL, request: GuardedRequest = {}): Promise<GuardedResponse> {
    const { timeoutMilliseconds, maxBytes, maxRedirects } = { ...limits, ...request }
    const deadline = AbortSignal.timeout(timeoutMilliseconds)
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal])
    let url = permittedUrl(from, allow)
    try {
      for (let redirects = 0; ; redirects += 1) {
        const response = await send(url, { ...toUndici(request, url, from), dispatcher: agent, signal })
        const next = redirectTarget(response, url)
        if (next === null) return await readAnswer(response, url, maxBytes, request.contentTypes)
        discard(response)
        const followed = (request.method ?? 'GET') === 'GET' || request.method === 'HEAD'
        if (redirects >= maxRedirects || !followed) {
          throw new GuardedFetchError(
            'tooManyRedirects',
            url,
            'The address redirects elsewhere; use the final one.',
          )
        }
        url = permittedUrl(next, allow)
      }
    } catch (error) {
      request.signal?.throwIfAborted()
      throw asFault(error, url, deadline.aborted)
    }
  }

  return { fetch, close: () => agent.destroy() }
}

function toUndici(request: GuardedRequest, url: URL, from: string | URL) {
  const headers = new Headers(request.headers)
  headers.delete('host')
  if (url.origin !== new URL(String(from)).origin) {
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name)
  }
  // Nothing is unpacked here: a small answer must not become a large one.
  headers.set('accept-encoding', 'identity')
  if (!headers.has('user-agent')) headers.set('user-agent', 'xenia')
  return {
    method: request.method ?? 'GET',
    headers: Object.fromEntries(headers),
    ...(request.body === undefined ? {} : { body: request.body }),
  } as const
}

function redirectTarget(response: Dispatcher.ResponseData, url: URL): URL | null {
  const location = response.headers['location']
  if (![301, 302, 303, 307, 308].includes(response.statusCode) || typeof location !== 'string') return null
  if (URL.canParse(location, url)) return new URL(location, url)
  discard(response)
  throw new GuardedFetchError('blocked', url, 'The address redirects to something that is no address.')
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  url: URL,
  maxBytes: number,
  contentTypes: readonly string[] | undefined,
): Promise<GuardedResponse> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one)
  }
  const fail = (kind: FetchFault, message: string): never => {
    discard(response)
    throw new GuardedFetchError(kind, url, message)
  }
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const succeeded = response.statusCode >= 200 && response.statusCode < 300
  if (succeeded && contentTypes !== undefined && !contentTypes.includes(type)) {
    fail('unexpectedContent', `The answer is not ${contentTypes.join(' or ')}.`)
  }
  if (!['', 'identity'].includes(headers.get('content-encoding')?.toLowerCase() ?? '')) {
    fail('unexpectedContent', 'The answer is compressed although that was not asked for.')
  }
  const tooLarge = `The answer is larger than ${maxBytes} bytes.`
  if (Number(headers.get('content-length') ?? 0) > maxBytes) fail('tooLarge', tooLarge)

  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    // undici's stream yields only buffers as long as no encoding is set.
    const piece = chunk as Buffer
    bytes += piece.length
    if (bytes > maxBytes) fail('tooLarge', tooLarge)
    chunks.push(piece)
  }
  return { url: url.href, status: response.statusCode, headers, body: Buffer.concat(chunks) }
}

/** Closes the connection rather than reading on; the stream's own complaint about that is of no interest. */
function discard(response: Dispatcher.ResponseData): void {
  response.body.on('error', () => {})
  response.body.destroy()
}

function asFault(error: unknown, url: URL, late: boolean): GuardedFetchError {
  if (error instanceof GuardedFetchError) return error
  if (late) return new GuardedFetchError('timeout', url, 'The address did not answer in time.', error)
  if (error instanceof errors.HeadersOverflowError) {
    return new GuardedFetchError('tooLarge', url, 'The head of the answer is too large.', error)
  }
  return new GuardedFetchError('unreachable', url, 'The address cannot be reached.', error)
}

/**
 * The same as a `fetch` function, for libraries that take one (openid-client, oidc-provider, jose). Knows what
 * those use: text, form and byte bodies.
 */
export function fetchThrough(fetcher: GuardedFetcher, limits: Partial<FetchLimits> = {}): FetchFunction {
  return async (input, init = {}) => {
    const body = init.body instanceof URLSearchParams ? init.body.toString() : init.body
    if (typeof body !== 'string' && !(body instanceof Uint8Array) && body !== undefined && body !== null) {
      throw new TypeError('Only text, form and byte bodies can be sent.')
    }
    const headers = new Headers(init.headers)
    if (init.body instanceof URLSearchParams && !headers.has('content-type')) {
      headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
    }
    const answer = await fetcher.fetch(input, {
      ...limits,
      // Whoever passes another method than these is refused by the other side.
      method: (init.method ?? 'GET').toUpperCase() as NonNullable<GuardedRequest['method']>,
      headers: Object.fromEntries(headers),
      ...(body === undefined || body === null ? {} : { body }),
      ...(init.signal ? { signal: init.signal } : {}),
    })
    const empty = answer.body.length === 0
    return new Response(empty ? null : new Uint8Array(answer.body), answer)
  }
}

export type FetchFunction = (
  input: string | URL,
  init?: {
    readonly method?: string
    readonly headers?: ConstructorParameters<typeof Headers>[0]
    readonly body?: unknown
    readonly signal?: AbortSignal | null | undefined
  },
) => Promise<Response>
