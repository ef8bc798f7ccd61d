import type { Database } from '../database/index.ts'
import { parseTenantId, type TenantId } from '../ids.ts'

/** A job that nobody will try again by itself. */
export interface DeadLetter {
  readonly id: string
  readonly name: string
  /** `null` for recurring jobs, which are the deployment's. */
  readonly tenantId: TenantId | null
  readonly payload: unknown
  readonly attempts: number
  readonly lastError: string | null
  readonly enqueuedAt: Date
  readonly failedAt: Date
}

export interface DeadLetterFilter {
  readonly tenantId?: TenantId
  readonly name?: string
  /** The id after which the page begins: the last one of the page before. */
  readonly after?: string
  /** 100 unless given. */
  readonly limit?: number
}

// What was claimed and given back for the last time; a job that still runs its last try is not dead yet.
const DEAD = 'jobs.attempts >= jobs.max_attempts and jobs.locked_at is null'

/** For operators: all tenants unless filtered. Oldest first. */
export async function listDeadLetters(
  database: Database,
  filter: DeadLetterFilter = {},
): Promise<readonly DeadLetter[]> {
  const { rows } = await database.pool.query<
    Omit<DeadLetter, 'tenantId' | 'payload'> & { envelope: { tenantId?: string | null; payload?: unknown } }
  >(
    `select jobs.id::text as id, tasks.identifier as name, jobs.payload as envelope, jobs.attempts,
            jobs.last_error as "lastError", jobs.created_at as "enqueuedAt", jobs.updated_at as "failedAt"
       from graphile_worker._private_jobs as jobs
       join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
      where ${DEAD}
        and ($1::text is null or jobs.payload->>'tenantId' = $1)
        and ($2::text is null or tasks.identifier = $2)
        and ($3::bigint is null or jobs.id > $3)
      order by jobs.id limit $4`,
    [filter.tenantId ?? null, filter.name ?? null, filter.after ?? null, filter.limit ?? 100],
  )
  return rows.map(({ envelope, ...row }) => ({
    ...row,
    tenantId: envelope.tenantId == null ? null : parseTenantId(envelope.tenantId),
    payload: envelope.payload ?? null,
  }))
}

/** Gives a dead letter all its tries again, at once. False: there is no such dead letter (any more). */
export async function retryDeadLetter(database: Database, id: string): Promise<boolean> {
  if (!isJobId(id)) return false
  const { rowCount } = await database.pool.query(
    `with revived as (
       update graphile_worker._private_jobs as jobs set attempts = 0, run_at = now(), updated_at = now()
        where jobs.id = $1 and ${DEAD} returning jobs.id)
     select pg_notify('jobs:insert', json_build_object('r', id, 'count', 1)::text) from revived`,
    [id],
  )
  return rowCount === 1
}

/** Removes a dead letter for good. False: there is no such dead letter (any more). */
export async function discardDeadLetter(database: Database, id: string): Promise<boolean> {
  if (!isJobId(id)) return false
  const { rowCount } = await database.pool.query(
    `delete from graphile_worker._private_jobs as jobs where jobs.id = $1 and ${DEAD}`,
    [id],
  )
  return rowCount === 1
}

// The queue counts its jobs in bigint; a longer number would be an error of the database instead of "not found".
const isJobId = (id: string): boolean => /^[0-9]{1,18}$/.test(id)
