import { Logger, runMigrations } from 'graphile-worker'
import type { PoolConfig } from 'pg'
import { openWorkerPool } from './worker-pool.ts'

/** Any constant that no other lock of the product uses. */
const INSTALL_LOCK = 7_310_001

/**
 * Brings the job queue's own schema up to date. Call after `migrate` and with the same login, which must own both:
 * `enqueue_job` runs with its owner's rights. Program instances that start together wait for one another.
 */
export async function installJobs(connection: PoolConfig): Promise<void> {
  const pool = openWorkerPool(connection, 2)
  try {
    const holder = await pool.connect()
    try {
      // A lock of the transaction, not of the session: those get lost behind a pooler in transaction mode.
      await holder.query('begin')
      await holder.query('select pg_advisory_xact_lock($1)', [INSTALL_LOCK])
      await runMigrations({ pgPool: pool, schema: 'graphile_worker', logger: new Logger(() => () => {}) })
      await holder.query('commit')
      holder.release()
    } catch (error) {
      holder.release(true)
      throw error
    }
  } finally {
    await pool.end()
  }
}
