import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './error.ts'
import { type Endpoint, isSocket, type Place } from './place.ts'
import { isAlive, isInUse, isPostmasterOf } from './processes.ts'

/** What a running server wrote into `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number
  /** Seconds since 1970, by the clock of the machine. */
  readonly startedAtSeconds: number
  readonly port: number
  /** `starting`, `ready` or `stopping`; anything while the file is being written. */
  readonly status: string
}

function readPidFile(place: Place): Postmaster | undefined {
  try {
    const lines = readFileSync(join(place.cluster, 'postmaster.pid'), 'utf8').split('\n')
    return {
      pid: Number.parseInt(lines[0] ?? '', 10),
      startedAtSeconds: Number(lines[2]),
      port: Number(lines[3]),
      status: (lines[7] ?? '').trim(),
    }
  } catch {
    return undefined
  }
}

/** The server that runs on this place's cluster, if one does; a file left by a dead one is not enough. */
export async function findPostmaster(place: Place): Promise<Postmaster | undefined> {
  const recorded = readPidFile(place)
  return recorded && (await isPostmasterOf(place.clusterName, recorded.pid)) ? recorded : undefined
}

/**
 * Call only when no server runs here. PostgreSQL believes in a recorded process as soon as anything has its id:
 * another program after a reboot or in a container, or the dead server itself where nobody collects the dead.
 */
export function forgetDeadPostmaster(place: Place, endpoint: Endpoint): void {
  const recorded = readPidFile(place)
  // Otherwise the file stays: PostgreSQL learns from it which shared memory the dead server's children may still
  // use. Without it that is found out as well, by the memory's key.
  if (recorded && isInUse(recorded.pid)) rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
  if (!isSocket(endpoint)) return
  const socket = join(endpoint.host, `.s.PGSQL.${endpoint.port}`)
  rmSync(`${socket}.lock`, { force: true })
  rmSync(socket, { force: true })
}

type ShutdownSignal = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

async function signal(native: string, pid: number, name: ShutdownSignal): Promise<void> {
  // Windows has no signals; PostgreSQL brings its own there, except for the last one.
  if (process.platform === 'win32' && name !== 'SIGKILL')
    await promisify(execFile)(join(native, 'bin', 'pg_ctl'), ['kill', name.slice(3), String(pid)])
  else process.kill(pid, name)
}

/**
 * Ends the server: at once but in order (open transactions are rolled back, all is written); after `patience`
 * without writing, which the next start repairs; at last by force.
 * @param isRunning must tell this server from a later process with its id.
 */
export async function endPostmaster(
  native: string,
  pid: number,
  patienceMilliseconds: number,
  isRunning: () => Promise<boolean>,
): Promise<void> {
  const steps: readonly [ShutdownSignal, number][] = [
    ['SIGINT', patienceMilliseconds],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ]
  for (const [name, patience] of steps) {
    if (!(await isRunning())) return
    try {
      await signal(native, pid, name)
    } catch (error) {
      if (await isRunning()) throw error
      return
    }
    const deadline = performance.now() + patience
    while (isAlive(pid) && performance.now() < deadline) await pause(5)
  }
  if (await isRunning())
    throw new EmbeddedPostgresError('startFailed', `PostgreSQL (process ${pid}) does not end.`)
}
