import type { Queryable } from './queue.ts'

export interface JobCounts {
  /** Due and waiting for a free worker. Growing: the workers do not keep up, or none runs. */
  readonly ready: number
  /** Waiting for their time, or for the pause after a failure to end. */
  readonly scheduled: number
  readonly running: number
  readonly dead: number
}

/** Jobs by state. Reads the whole queue, which is short unless something is wrong. */
export async function countJobs(queue: Queryable, now: Date): Promise<JobCounts> {
  const { rows } = await queue.query<JobCounts>(
    `select (count(*) filter (where jobs.is_available and jobs.run_at <= greatest($1::timestamptz, now())))::int as ready,
            (count(*) filter (where jobs.is_available and jobs.run_at > greatest($1::timestamptz, now())))::int as scheduled,
            (count(*) filter (where jobs.locked_at is not null))::int as running,
            (count(*) filter (where jobs.attempts >= jobs.max_attempts and jobs.locked_at is null))::int as dead
       from graphile_worker._private_jobs as jobs`,
    [now],
  )
  return rows[0] ?? { ready: 0, scheduled: 0, running: 0, dead: 0 }
}
