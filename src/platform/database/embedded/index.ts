import { rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { adopt } from './adopt.ts'
import { findBinaryPackage, usableBinaries } from './binaries.ts'
import { ensureCluster, readPassword, superuser } from './cluster.ts'
import { launch, type Plan, type RunningServer } from './launch.ts'
import { watchLog } from './log.ts'
import { takeOwnership } from './ownership.ts'
import { endpointOf, isSocket, openPlace, type Place } from './place.ts'
import { endPostmaster, findPostmaster } from './postmaster.ts'
import { databaseName, probe } from './probe.ts'

export { EmbeddedPostgresError, type EmbeddedPostgresFailure } from './error.ts'

export interface EmbeddedPostgres {
  /** The superuser of the cluster, as `PoolConfig` of pg: only to create roles and run migrations. */
  readonly connection: {
    /** A socket directory, or loopback on Windows. */
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly database: string
  }
  /**
   * `adopted`: a server that a killed program left behind ran on this data directory and was taken over, with
   * the program's last committed transactions.
   */
  readonly origin: 'started' | 'adopted'
  /** Ends open connections, rolls back open transactions, and waits until the server is gone. Idempotent. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Created if missing. One program at a time. */
  readonly dataDirectory: string
  /** Told in a line each what an operator may want to know: first start, adoption, an unexpected end. */
  readonly log?: (line: string) => void
  /** PostgreSQL's settings by name; they come before ours. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A clean end writes all that is only in memory, which takes long on a slow disk. */
const stopPatienceMilliseconds = 60_000

/**
 * Starts PostgreSQL on the data directory, which the first start creates, or takes over the server that a killed
 * program left there. Returns when the database serves. Throws `EmbeddedPostgresError`.
 *
 * The server outlives this program when it is killed: committed work is safe either way, and the next start
 * is faster.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const installed = findBinaryPackage()
  const place = openPlace(options.dataDirectory)
  const log = options.log ?? (() => {})
  const ownership = await takeOwnership(place.directory, () => isServing(place))
  try {
    const native = usableBinaries(installed, place.account, placesForBinaries(place))
    if (native !== installed.native)
      log(`running PostgreSQL from a copy in ${native}, since its account may not enter ${installed.native}`)
    if ((await ensureCluster(place, { native, version: installed.version })) === 'created')
      log(`created the embedded database in ${place.directory}`)

    const found = await findPostmaster(place)
    const plan: Plan = {
      place,
      native,
      endpoint: await endpointOf(place, found?.port),
      password: readPassword(place),
      settings: options.settings ?? {},
      log,
    }
    const adopted = found && (await adopt(plan, found))
    const server = adopted ?? (await launch(plan))
    if (adopted)
      log(`took over the embedded PostgreSQL that an earlier run left behind (process ${adopted.pid})`)
    return handleOf(plan, server, adopted ? 'adopted' : 'started', () => ownership.release())
  } catch (error) {
    ownership.release()
    throw error
  }
}

/** Asked about an owner in another container, which shares our files but not our processes. */
async function isServing(place: Place): Promise<boolean> {
  // Any password does: a refusal is an answer, too.
  return (await probe({ ...(await endpointOf(place, undefined)), password: 'unknown' })) !== 'silent'
}

/** Where the binaries may be copied if their own place is closed. The last two only root can need and write. */
function placesForBinaries(place: Place): string[] {
  return [place.directory, '/var/cache/xenia', tmpdir()]
}

function handleOf(
  plan: Plan,
  server: RunningServer,
  origin: EmbeddedPostgres['origin'],
  release: () => void,
): EmbeddedPostgres {
  const endWatch = watchLog(plan.place)
  let stopping: Promise<void> | undefined
  const stop = async () => {
    endWatch()
    await endPostmaster(plan.native, server.pid, stopPatienceMilliseconds, server.isRunning)
    removeSocketDirectory(plan)
    release()
  }
  return {
    connection: { ...plan.endpoint, user: superuser, password: plan.password, database: databaseName },
    origin,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/** It may lie in the system's temporary directory. */
function removeSocketDirectory(plan: Plan): void {
  if (!isSocket(plan.endpoint)) return
  try {
    rmdirSync(plan.endpoint.host)
  } catch {
    // Not empty after a server that had to be ended by force; the next start clears it.
  }
}
