import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { buildConnector } from 'undici'
import type { AllowList } from './public-addresses.ts'
import { bareHostname, isLoopbackAddress, isPublicAddress } from './public-addresses.ts'
import { safeUrl } from './telemetry/redaction.ts'

export type FetchFault =
  | 'blocked'
  | 'timeout'
  | 'tooLarge'
  | 'tooManyRedirects'
  | 'unexpectedContent'
  | 'unreachable'

/**
 * Why there is no answer. The message may be shown to whoever typed the address: it never tells what our network
 * looks like inside. `cause` is for the log.
 */
export class GuardedFetchError extends Error {
  override readonly name = 'GuardedFetchError'
  readonly kind: FetchFault
  readonly url: string
  constructor(kind: FetchFault, url: URL | string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.url = safeUrl(String(url))
  }
}

/** Addresses of a host name, likeliest first; rejects when there are none. */
export type Resolver = (hostname: string) => Promise<readonly string[]>

/** What can be said from the address alone. IP literals are checked here too: no resolver is asked about them. */
export function permittedUrl(from: string | URL, allow: AllowList): URL {
  const blocked = (message: string) => new GuardedFetchError('blocked', from, message)
  if (!URL.canParse(String(from))) throw blocked('This is not an absolute address.')
  const url = new URL(String(from))
  const host = bareHostname(url)
  const port = portOf(url.protocol, url.port)
  const listed = allow.permitsHost(host, port) || allow.permitsAddress(host, port)

  if (url.username !== '' || url.password !== '') {
    throw blocked('The address must not hold a user or password.')
  }
  // Whether a listed name is loopback shows only when it is resolved; the connector insists on it.
  const plainAllowed = url.protocol === 'http:' && listed && (isIP(host) === 0 || isLoopbackAddress(host))
  if (url.protocol !== 'https:' && !plainAllowed) throw blocked('The address must begin with https.')
  if (isIP(host) !== 0 && !listed && !isPublicAddress(host)) throw blocked(NOT_PUBLIC)
  return url
}

const NOT_PUBLIC =
  'The address is not on the public internet. An administrator of this installation can allow it.'

const portOf = (protocol: string, port: string): number => Number(port || (protocol === 'http:' ? 80 : 443))

export interface ConnectorOptions {
  readonly resolve?: Resolver
  /** Certificate authorities trusted beside the usual ones, PEM. */
  readonly ca?: readonly string[]
}

/** How connections are made: resolve, check every address, connect to exactly one of those. */
export function guardedConnector(
  allow: AllowList,
  options: ConnectorOptions,
  timeoutMilliseconds: number,
): buildConnector.connector {
  const resolve = options.resolve ?? systemResolver
  const ca = options.ca === undefined ? {} : { ca: [...getCACertificates('default'), ...options.ca] }
  // A third, so that a name's second address is still tried when the first swallows everything.
  const timeout = Math.ceil(timeoutMilliseconds / 3)
  const open = buildConnector({ timeout, maxCachedSessions: 0, allowH2: false, ...ca })

  async function connect(target: buildConnector.Options): Promise<Socket> {
    const url = new URL(`${target.protocol}//${target.hostname}${target.port ? `:${target.port}` : ''}`)
    const host = bareHostname(url)
    // Without a limit of its own, one name that never resolves would block its pool for all later requests.
    const addresses = isIP(host) === 0 ? await withTimeout(resolve(host), timeoutMilliseconds) : [host]
    const port = portOf(target.protocol, target.port)
    const hostListed = allow.permitsHost(host, port)
    for (const address of addresses) {
      const permitted =
        (hostListed && isIP(address) !== 0) || allow.permitsAddress(address, port) || isPublicAddress(address)
      // One bad address among good ones is an attack or a mistake: none is taken.
      if (!permitted || (target.protocol === 'http:' && !isLoopbackAddress(address))) {
        throw new GuardedFetchError('blocked', url, NOT_PUBLIC, new Error(`${host} resolves to ${address}`))
      }
    }
    // The certificate is still checked against the name that was asked for.
    const name = target.protocol === 'https:' && isIP(host) === 0 ? { servername: host } : {}
    return firstReachable(addresses, (address) => openSocket(open, { ...target, hostname: address, ...name }))
  }

  return (target, callback) => {
    connect(target).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    )
  }
}

type Socket = NonNullable<Parameters<buildConnector.Callback>[1]>

const openSocket = (open: buildConnector.connector, target: buildConnector.Options): Promise<Socket> =>
  new Promise((resolve, reject) => {
    // On failure undici leaves the socket out, although its types say `null`.
    open(target, (error, socket) => (socket ? resolve(socket) : reject(error)))
  })

async function firstReachable(
  addresses: readonly string[],
  open: (address: string) => Promise<Socket>,
): Promise<Socket> {
  let failure: unknown = new Error('The name has no address.')
  for (const address of addresses) {
    try {
      return await open(address)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

const systemResolver: Resolver = async (hostname) =>
  (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address)

function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The name was not resolved in time.')), milliseconds)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
