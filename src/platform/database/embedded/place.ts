import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, canReach, handOver, serverAccount } from './account.ts'
import { EmbeddedPostgresError } from './error.ts'

/** The data directory and what lies in it. */
export interface Place {
  readonly directory: string
  /** PostgreSQL's own directory. It exists only once initdb has finished. */
  readonly cluster: string
  readonly passwordFile: string
  readonly logFile: string
  /** Stands on the server's command line, so its process can be told from others. */
  readonly clusterName: string
  /** Undefined: the server runs under our own account. */
  readonly account: Account | undefined
}

/** Creates the directory if it is missing. */
export function openPlace(dataDirectory: string): Place {
  // As root another account must pass through; what needs hiding has modes of its own.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700
  mkdirSync(dataDirectory, { recursive: true, mode })
  const directory = realpathSync(dataDirectory)
  const cluster = join(directory, 'cluster')
  return {
    directory,
    cluster,
    passwordFile: join(directory, 'superuser-password'),
    logFile: join(directory, 'server.log'),
    clusterName: `xenia-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`,
    account: serverAccount(cluster),
  }
}

/** A directory as the server's account can name it, with what must be handed down for that. */
export interface NamedDirectory {
  readonly path: string
  /** To be passed as file descriptor 3 of the child and closed by us afterwards. */
  readonly descriptor: number | undefined
}

/**
 * Root keeps projects in /root, which no other account may enter. There the server gets the directory already
 * open and names it through its own descriptor: Linux checks the rights of the directory, not of its parents.
 */
export function nameFor(account: Account | undefined, directory: string): NamedDirectory {
  if (canReach(account, directory)) return { path: directory, descriptor: undefined }
  if (process.platform === 'linux') return { path: '/proc/self/fd/3', descriptor: openSync(directory, 'r') }
  throw new EmbeddedPostgresError(
    'notOurs',
    `As root the embedded database runs under an account without rights, which cannot enter ${directory}. ` +
      'Set XENIA_DATA_DIR to a directory that every account may enter, or run as an ordinary account.',
  )
}

/** Where the server listens: a socket directory, or loopback on Windows. As `host` and `port` of pg. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Part of the socket's file name only. */
const socketPort = 5432

/** `sun_path` holds 104 bytes on macOS, 108 on Linux, its end mark included. */
const longestSocketPath = 103

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, `.s.PGSQL.${socketPort}`)) <= longestSocketPath
}

function socketDirectory(place: Place): string {
  const inside = join(place.directory, 'socket')
  if (fits(inside) && canReach(place.account, place.directory)) return inside
  for (const base of [tmpdir(), '/tmp']) {
    const outside = join(base, place.clusterName)
    if (fits(outside) && canReach(place.account, base)) return outside
  }
  throw new EmbeddedPostgresError(
    'notOurs',
    `No directory for the database's socket: ${inside} and the one in ${tmpdir()} are too long or closed. ` +
      'Set XENIA_DATA_DIR to a shorter path.',
  )
}

/**
 * @param portInUse the port of a server left behind, so that its endpoint comes out again.
 */
export async function endpointOf(place: Place, portInUse: number | undefined): Promise<Endpoint> {
  return process.platform === 'win32'
    ? { host: '127.0.0.1', port: portInUse ?? (await freePort()) }
    : { host: socketDirectory(place), port: socketPort }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(address)))
    })
  })
}

export const isSocket = (endpoint: Endpoint): boolean => endpoint.host.startsWith('/')

/** Creates the socket directory for the server's account alone, or refuses one that somebody else made. */
export function prepareEndpoint(endpoint: Endpoint, place: Place): void {
  if (!isSocket(endpoint)) return
  mkdirSync(endpoint.host, { recursive: true, mode: 0o700 })
  const stats = lstatSync(endpoint.host)
  const owners = [process.getuid?.(), place.account?.uid]
  if (!stats.isDirectory() || !owners.includes(stats.uid)) {
    throw new EmbeddedPostgresError(
      'notOurs',
      `${endpoint.host} belongs to another account. Remove it, or set XENIA_DATA_DIR to a shorter path.`,
    )
  }
  chmodSync(endpoint.host, 0o700)
  handOver(endpoint.host, place.account)
}
