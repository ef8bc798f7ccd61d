import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runAs } from './cluster.ts'
import { EmbeddedPostgresError } from './error.ts'
import { logSince, logSize, openLog } from './log.ts'
import { type Endpoint, nameFor, type Place, prepareEndpoint } from './place.ts'
import { endPostmaster, forgetDeadPostmaster } from './postmaster.ts'
import { type Credentials, createDatabase, probe } from './probe.ts'
import { isAlive } from './processes.ts'
import { serverArguments } from './settings.ts'

/** All that decides how the server of a place is started. */
export interface Plan {
  readonly place: Place
  readonly native: string
  readonly endpoint: Endpoint
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
  readonly log: (line: string) => void
}

export interface RunningServer {
  readonly pid: number
  isRunning(): Promise<boolean>
}

export const programOf = (plan: Plan): string => join(plan.native, 'bin', 'postgres')

export const credentialsOf = (plan: Plan): Credentials => ({ ...plan.endpoint, password: plan.password })

/**
 * Waits until the server serves our database, which is created if missing.
 * @param silentMilliseconds how long it may not answer at all. One that answers that it is busy (recovering after
 *   a crash, say) is given ten minutes.
 */
export async function untilReady(
  plan: Plan,
  server: RunningServer,
  silentMilliseconds: number,
): Promise<'ready' | 'gone' | 'silent' | 'wrongPassword'> {
  const begun = performance.now()
  for (;;) {
    const answer = await probe(credentialsOf(plan))
    if (answer === 'ready' || answer === 'wrongPassword') return answer
    if (answer === 'databaseMissing') {
      await createDatabase(credentialsOf(plan))
      return 'ready'
    }
    if (!(await server.isRunning())) return 'gone'
    const patience = answer === 'busy' ? 600_000 : silentMilliseconds
    if (performance.now() - begun > patience) return 'silent'
    await pause(5)
  }
}

function spawnServer(plan: Plan): ChildProcess {
  const { place, endpoint, settings } = plan
  const named = nameFor(place.account, place.cluster)
  const log = openLog(place)
  const child = spawn(programOf(plan), serverArguments(place, named.path, endpoint, settings), {
    ...runAs(place.account),
    // A session of its own: Ctrl-C in the terminal reaches us alone, and we end the server after its clients.
    detached: true,
    stdio: ['ignore', log, log, named.descriptor ?? 'ignore'],
  })
  closeSync(log)
  if (named.descriptor !== undefined) closeSync(named.descriptor)
  // The program may end without us; the next start takes the server over.
  child.unref()
  return child
}

/** Children of a killed postmaster finish their statement first; until then PostgreSQL refuses to start. */
const childrenOfDeadServerAtWork = /pre-existing shared memory block/
const childrenMayTakeMilliseconds = 15_000

/** Starts the server and waits until it serves. Throws `EmbeddedPostgresError` with the end of its log. */
export async function launch(plan: Plan): Promise<RunningServer> {
  const begun = performance.now()
  for (;;) {
    const outcome = await tryLaunch(plan)
    if (typeof outcome !== 'string') return outcome
    const retry =
      childrenOfDeadServerAtWork.test(outcome) && performance.now() - begun < childrenMayTakeMilliseconds
    if (!retry) {
      throw new EmbeddedPostgresError(
        'startFailed',
        `The embedded database in ${plan.place.directory} does not start. ${outcome}`,
      )
    }
    await pause(100)
  }
}

/** The running server, or why there is none. */
async function tryLaunch(plan: Plan): Promise<RunningServer | string> {
  prepareEndpoint(plan.endpoint, plan.place)
  forgetDeadPostmaster(plan.place, plan.endpoint)
  const logStart = logSize(plan.place)
  const child = spawnServer(plan)
  const pid = await pidOf(child)
  if (typeof pid === 'string') return pid
  const server = { pid, isRunning: async () => child.exitCode === null && isAlive(pid) }

  const answer = await untilReady(plan, server, 60_000)
  if (answer === 'ready') {
    child.once('exit', (code, signal) => {
      if (code !== 0)
        plan.log(`the embedded PostgreSQL ended by itself (${code ?? signal}); see ${plan.place.logFile}`)
    })
    return server
  }
  await endPostmaster(plan.native, pid, 5_000, server.isRunning)
  if (answer === 'wrongPassword') {
    throw new EmbeddedPostgresError(
      'notOurs',
      `The password in ${plan.place.passwordFile} does not open the database beside it. Bring back the file ` +
        'that was made with it.',
    )
  }
  return `It said:\n${logSince(plan.place, logStart)}`
}

function pidOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('spawn', () => resolve(child.pid ?? 'It has no process id.'))
  })
}
