import { once } from 'node:events'
import type { Pool } from 'pg'
import type { Bell } from './bell.ts'

/**
 * Rings the bell when a new job is announced, until `ending` fires. A lost connection is made again after
 * `pauseSeconds`. Without it (no LISTEN behind some poolers) jobs are found by polling, only later.
 */
export async function listenForJobs(
  pool: Pool,
  bell: Bell,
  pauseSeconds: number,
  ending: AbortSignal,
): Promise<void> {
  while (!ending.aborted) {
    const heard = bell.rings
    try {
      const client = await pool.connect()
      try {
        client.on('notification', bell.ring)
        // The channel of graphile_worker.add_job.
        await client.query('listen "jobs:insert"')
        await once(client, 'end', { signal: ending })
      } finally {
        client.release(true)
      }
    } catch {
      // Ended, or no connection: the loop tells which.
    }
    if (!ending.aborted) await bell.wait(heard, pauseSeconds)
  }
}
