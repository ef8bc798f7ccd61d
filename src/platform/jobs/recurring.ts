import type { Ids } from '../ids.ts'
import type { RecurringJob } from './model.ts'
import type { Queryable } from './queue.ts'

/** Tries of one start. What still fails then waits for its next turn, which removes the dead letter. */
const RECURRING_ATTEMPTS = 5

/** Starts the recurring jobs whose turn has come. Every node may call it at any time; one of them wins. */
export async function startDueRecurring(
  queue: Queryable,
  jobs: readonly RecurringJob[],
  ids: Ids,
  now: Date,
): Promise<void> {
  if (jobs.length === 0) return
  const { rows } = await queue.query<{ name: string; next: Date }>(
    'select name, next_run_at as next from recurring_jobs where name = any($1)',
    [jobs.map((job) => job.name)],
  )
  const turns = new Map(rows.map((row) => [row.name, row.next]))
  for (const job of jobs) {
    const turn = turns.get(job.name)
    if (turn === undefined) await addFirstTurn(queue, job, now)
    if (turn === undefined || turn <= now || turn > latestTurn(job, now)) {
      await startIfDue(queue, job, ids.guid(), now)
    }
  }
}

async function addFirstTurn(queue: Queryable, job: RecurringJob, now: Date): Promise<void> {
  await queue.query(
    'insert into recurring_jobs (name, next_run_at) values ($1, $2) on conflict (name) do nothing',
    [job.name, now],
  )
}

/** One statement decides that the turn has come, that the last run is over and that no other node was quicker. */
async function startIfDue(
  queue: Queryable,
  job: RecurringJob,
  correlationId: string,
  now: Date,
): Promise<void> {
  const key = `recurring:${job.name}`
  await queue.query(
    'delete from graphile_worker._private_jobs where key = $1 and attempts >= max_attempts and locked_at is null',
    [key],
  )
  await queue.query(
    `with turn as (
       update recurring_jobs set next_run_at = $3
        where name = $1 and (next_run_at <= $2 or next_run_at > $7)
          and not exists (select from graphile_worker._private_jobs where key = $4)
        returning name)
     select graphile_worker.add_job(
              identifier => turn.name, max_attempts => $5, job_key => $4,
              payload => json_build_object('tenantId', null, 'correlationId', $6::uuid, 'payload', null))
       from turn`,
    [job.name, now, oneTurnAfter(job, now), key, RECURRING_ATTEMPTS, correlationId, latestTurn(job, now)],
  )
}

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000)

const oneTurnAfter = (job: RecurringJob, now: Date): Date => later(now, job.everySeconds)

/**
 * A turn after this was written under a clock that has since been set back, and would block the job until then. The
 * hour is for nodes whose clocks differ: without it, the one behind would start the job a second time.
 */
const latestTurn = (job: RecurringJob, now: Date): Date => later(now, job.everySeconds + 3600)
