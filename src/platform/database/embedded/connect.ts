import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readPassword, superuser } from './cluster.ts'
import type { EmbeddedPostgres } from './index.ts'
import { endpointOf, openPlace } from './place.ts'
import { findPostmaster } from './postmaster.ts'
import { databaseName, probe } from './probe.ts'

/** A server that is starting or recovering from a crash answers that it is busy; longer than this is its owner's trouble. */
const BUSY_TRIES = 150
const BUSY_PAUSE_MILLISECONDS = 100

/**
 * How to reach the database that another program (a running Xenia) has started on this data directory, beside that
 * program: for commands. Starts and stops nothing, and creates nothing. `undefined`: none runs there. Throws
 * `EmbeddedPostgresError` ('notOurs') when its password cannot be read by this account.
 */
export async function connectEmbeddedPostgres(
  dataDirectory: string,
): Promise<EmbeddedPostgres['connection'] | undefined> {
  if (!existsSync(join(dataDirectory, 'cluster'))) return undefined
  const place = openPlace(dataDirectory)
  // In another container its process cannot be seen, but it answers all the same.
  const endpoint = await endpointOf(place, (await findPostmaster(place))?.port)
  const password = readPassword(place)
  for (let tries = 1; ; tries += 1) {
    const answer = await probe({ ...endpoint, password })
    if (answer === 'ready') return { ...endpoint, user: superuser, password, database: databaseName }
    if (answer !== 'busy' || tries === BUSY_TRIES) return undefined
    await pause(BUSY_PAUSE_MILLISECONDS)
  }
}
