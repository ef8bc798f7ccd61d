import type { Pool } from 'pg'
import { z } from 'zod'

/**
 * SQL on graphile-worker's tables. They are called private there: its version is pinned, and the tests of this
 * folder notice a change.
 *
 * `run_at` is a moment of the product's clock, which in development runs ahead of the server's. Locks and signs of
 * life are about real programs, so they follow the server's.
 */
export type Queryable = Pick<Pool, 'query'>

/** What `enqueue_job` and the recurring starter write into a job's payload. */
export const envelope = z.object({
  tenantId: z.guid().nullable(),
  correlationId: z.guid(),
  payload: z.unknown(),
})

export interface ClaimedJob {
  readonly id: string
  readonly name: string
  readonly payload: unknown
  /** This one included. */
  readonly attempts: number
  readonly maxAttempts: number
}

export interface Claim {
  readonly worker: string
  readonly names: readonly string[]
  /** `null`: any tenant's, and the deployment's. */
  readonly tenantId: string | null
  readonly now: Date
}

/**
 * Takes one due job; others never get the same one. A node whose clock is a little behind the server's must not
 * leave new jobs lying, hence `greatest`; the `case` keeps retries and wanted times exact where a test's clock
 * stands far behind.
 */
export async function claim(queue: Queryable, { worker, names, tenantId, now }: Claim) {
  const { rows } = await queue.query<ClaimedJob>({
    name: 'xenia-claim-job',
    text: `
      update graphile_worker._private_jobs as jobs
         set attempts = jobs.attempts + 1, locked_by = $1, locked_at = now()
        from (select id, task_id from graphile_worker._private_jobs
               where is_available and run_at <= greatest($4::timestamptz, now())
                 and task_id in (select id from graphile_worker._private_tasks where identifier = any($2))
                 and ($3::text is null or payload->>'tenantId' = $3)
                 and case when attempts = 0 and payload->>'runAt' is null then true else run_at <= $4 end
               order by priority, run_at limit 1 for update skip locked) as due
        join graphile_worker._private_tasks as tasks on tasks.id = due.task_id
       where jobs.id = due.id
       returning jobs.id::text as id, tasks.identifier as name, jobs.payload,
                 jobs.attempts::int as attempts, jobs.max_attempts::int as "maxAttempts"`,
    values: [worker, names, tenantId, now],
  })
  return rows[0] ?? null
}

/**
 * `again`: after a pause. `never`: no try can help or none is left. `interrupted`: the program ended under the job,
 * which is not its fault and costs no try.
 */
export type Verdict = 'again' | 'never' | 'interrupted'

export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly verdict: Verdict; readonly message: string; readonly at: Date }

/** Ends a try. Does nothing when the job is no longer this worker's: it was silent, and another has taken over. */
export async function settle(queue: Queryable, worker: string, id: string, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'done') {
    await queue.query({
      name: 'xenia-complete-job',
      text: 'delete from graphile_worker._private_jobs where id = $1 and locked_by = $2',
      values: [id, worker],
    })
    return
  }
  const { verdict, message, at } = outcome
  // The pauses are graphile-worker's own: e, e², … e¹⁰ seconds.
  await queue.query(
    `update graphile_worker._private_jobs
        set locked_by = null, locked_at = null, last_error = $4, updated_at = $5::timestamptz,
            run_at = case $3::text when 'again' then $5::timestamptz + exp(least(attempts, 10)) * interval '1 second' else run_at end,
            attempts = case $3::text when 'never' then max_attempts
                               when 'interrupted' then attempts - 1 else attempts end
      where id = $1 and locked_by = $2`,
    [id, worker, verdict, message, at],
  )
}

/** A node's sign of life; also sweeps out nodes that ended long ago and held no job then. */
export async function heartbeat(queue: Queryable, worker: string): Promise<void> {
  await queue.query(
    `with swept as (delete from job_nodes where seen_at < now() - interval '1 day' and worker_id <> $1)
     insert into job_nodes (worker_id, seen_at) values ($1, now())
     on conflict (worker_id) do update set seen_at = excluded.seen_at`,
    [worker],
  )
}

/**
 * Workers that hold jobs and have given no sign of life for `seconds`. A node that was only paused that long shares
 * its job with another for a while: at least once.
 */
export async function deadWorkers(queue: Queryable, seconds: number): Promise<readonly string[]> {
  const { rows } = await queue.query<{ worker: string }>(
    `select distinct locked_by as worker from graphile_worker._private_jobs
      where locked_at < now() - $1 * interval '1 second'
        and not exists (select from job_nodes
                         where worker_id = locked_by and seen_at > now() - $1 * interval '1 second')`,
    [seconds],
  )
  return rows.map((row) => row.worker)
}

/** Frees the jobs that these workers hold; each may be taken again at once, and the lost try counts. */
export async function releaseJobsOf(queue: Queryable, workers: readonly string[]): Promise<void> {
  await queue.query(
    `update graphile_worker._private_jobs
        set locked_by = null, locked_at = null, updated_at = now(),
            last_error = 'The program stopped while it ran this job.'
      where locked_by = any($1)`,
    [workers],
  )
  await queue.query('delete from job_nodes where worker_id = any($1)', [workers])
}
