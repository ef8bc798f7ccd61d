import { closeSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Plan, programOf, type RunningServer, untilReady } from './launch.ts'
import { nameFor } from './place.ts'
import { endPostmaster, type Postmaster } from './postmaster.ts'
import { isPostmasterOf } from './processes.ts'
import { serverArguments } from './settings.ts'

/**
 * Takes over the server that a killed program left, or ends it when it is not the one that we would start or does
 * not answer. Undefined: none runs any more. Only for the owner of the data directory.
 */
export async function adopt(plan: Plan, found: Postmaster): Promise<RunningServer | undefined> {
  const server: RunningServer = {
    pid: found.pid,
    isRunning: () => isPostmasterOf(plan.place.clusterName, found.pid),
  }
  const why = await reasonAgainst(plan, found, server)
  if (why === undefined) return server
  plan.log(`ending the PostgreSQL that an earlier run left behind (process ${found.pid}): ${why}`)
  await endPostmaster(plan.native, found.pid, 5_000, server.isRunning)
  return undefined
}

async function reasonAgainst(
  plan: Plan,
  found: Postmaster,
  server: RunningServer,
): Promise<string | undefined> {
  if (!isAsWeWouldStart(plan, found)) return 'it has other settings or another version'
  const answer = await untilReady(plan, server, found.status === 'starting' ? 10_000 : 1_000)
  switch (answer) {
    case 'ready':
      return undefined
    case 'gone':
      return 'it was ending'
    case 'silent':
      return 'it does not answer'
    case 'wrongPassword':
      // Started anew it refuses again, and then says what to do.
      return 'it refuses our password'
    default:
      return answer satisfies never
  }
}

/** PostgreSQL writes its command line into `postmaster.opts`, which holds all settings, so comparing texts is enough. */
function isAsWeWouldStart(plan: Plan, found: Postmaster): boolean {
  const program = realpathSync(programOf(plan))
  // Installed again meanwhile: the libraries that the old server loads only when needed are gone.
  if (statSync(program).ctimeMs / 1000 >= found.startedAtSeconds + 1) return false

  const { path, descriptor } = nameFor(plan.place.account, plan.place.cluster)
  if (descriptor !== undefined) closeSync(descriptor)
  const wanted = serverArguments(plan.place, path, plan.endpoint, plan.settings).map((part) => ` "${part}"`)
  const present = readFileSync(join(plan.place.cluster, 'postmaster.opts'), 'utf8').trim()
  // On Windows PostgreSQL turns the separators of its own path.
  return present.replaceAll('\\', '/') === (program + wanted.join('')).replaceAll('\\', '/')
}
