import type { PoolConfig } from 'pg'
import type { Deployment } from '../deployment.ts'
import type { TenantId } from '../ids.ts'
import { listenForJobs } from './announcements.ts'
import { runAttempt, type Workshop } from './attempt.ts'
import { createBell } from './bell.ts'
import { countJobs, type JobCounts } from './counts.ts'
import type { Job, JobMetrics, RecurringJob } from './model.ts'
import * as queue from './queue.ts'
import { startDueRecurring } from './recurring.ts'
import { openWorkerPool } from './worker-pool.ts'

export interface JobRunnerOptions {
  readonly deployment: Deployment
  /** The database of the deployment, as the login that ran the migrations. */
  readonly connection: PoolConfig
  readonly jobs: readonly Job[]
  readonly recurring?: readonly RecurringJob[]
  /** Jobs at the same time on this node. 4 unless given. */
  readonly concurrency?: number
  /**
   * How often to look for due jobs when nothing announces them: 2 unless given. New jobs are announced by NOTIFY;
   * where that is missing (some poolers and distributed engines) looking is enough.
   */
  readonly pollSeconds?: number
  /** How often this node gives its sign of life (10), and after how long a silent node loses its jobs (40). */
  readonly heartbeatSeconds?: number
  readonly deadAfterSeconds?: number
  readonly metrics?: JobMetrics
}

export interface JobRunner {
  /** Begins to take jobs. Throws when the database cannot be reached; later losses it survives. */
  start(): Promise<void>
  /**
   * Takes no more jobs, asks the running ones to end, waits for them up to `graceSeconds` (20) and gives the rest
   * back. Also closes a runner that was never started. May be called twice.
   */
  stop(graceSeconds?: number): Promise<void>
  /** Call after the development clock was moved: what has become due runs now, not at the next look. */
  clockMoved(): void
  /** Jobs of the whole deployment by state, as of the last sign of life: for `Metrics.watch`. */
  counts(): JobCounts
  /**
   * Without `start`: runs what is due by the clock, one after the other, until nothing is, and says what became of
   * it. For tests and scripts. With a tenant, only that tenant's jobs: tests share a database, and a test that runs
   * everything would take the jobs of others.
   */
  runPending(only?: { readonly tenantId: TenantId }): Promise<{ succeeded: number; failed: number }>
}

// More in a row is a job that enqueues itself for ever.
const MOST_PENDING = 100_000

export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { deployment, recurring = [], concurrency = 4, pollSeconds = 2 } = options
  const { heartbeatSeconds = 10, deadAfterSeconds = 40 } = options
  const log = deployment.log.child({ part: 'jobs' })
  const workshop: Workshop = {
    deployment,
    jobs: byName(options.jobs),
    recurring: byName(recurring),
    metrics: options.metrics ?? null,
  }
  const names = [...workshop.jobs.keys(), ...workshop.recurring.keys()]
  const worker = `node-${deployment.ids.guid()}`
  // Two more than the jobs at work: one listens, one looks after the queue.
  const pool = openWorkerPool(options.connection, concurrency + 2)
  const bell = createBell()
  const ending = new AbortController()
  let counts: JobCounts = { ready: 0, scheduled: 0, running: 0, dead: 0 }
  let background: Promise<unknown> | null = null
  let closing: Promise<void> | null = null

  const claim = (tenantId: TenantId | null) =>
    queue.claim(pool, { worker, names, tenantId, now: deployment.clock.now() })

  const workOn = async (job: queue.ClaimedJob): Promise<void> => {
    const outcome = await runAttempt(workshop, job, ending.signal)
    // The database may be away for a while: the result waits. Should another node take over meanwhile, it is dropped.
    for (;;) {
      const heard = bell.rings
      try {
        return await queue.settle(pool, worker, job.id, outcome)
      } catch (error) {
        log.error({ error, job: job.name, jobId: job.id }, 'The result of a job could not be written')
        if (ending.signal.aborted) return
        await bell.wait(heard, pollSeconds)
      }
    }
  }

  const work = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const heard = bell.rings
      const job = await claim(null).catch((error: unknown) => {
        log.error({ error }, 'No job could be taken')
        return null
      })
      if (job === null) await bell.wait(heard, pollSeconds)
      else await workOn(job)
    }
  }

  const lookAfterNodes = async (): Promise<void> => {
    await queue.heartbeat(pool, worker)
    counts = await countJobs(pool, deployment.clock.now())
    const dead = await queue.deadWorkers(pool, deadAfterSeconds)
    if (dead.length === 0) return
    log.warn({ workers: dead }, 'Jobs of silent nodes are free again')
    await queue.releaseJobsOf(pool, dead)
    bell.ring()
  }

  const lookAtTurns = () => startDueRecurring(pool, recurring, deployment.ids, deployment.clock.now())

  const every = async (seconds: number, task: () => Promise<void>): Promise<void> => {
    const own = createBell()
    ending.signal.addEventListener('abort', own.ring)
    while (!ending.signal.aborted) {
      await own.wait(0, seconds)
      if (ending.signal.aborted) return
      await task().catch((error: unknown) => log.error({ error }, 'The job queue could not be looked after'))
    }
  }

  const close = async (graceSeconds: number): Promise<void> => {
    ending.abort()
    bell.ring()
    if (background !== null) {
      await Promise.race([background, createBell().wait(0, graceSeconds)])
      // Should this fail, the missing sign of life frees them.
      await queue.releaseJobsOf(pool, [worker]).catch(() => {})
    }
    await pool.end()
  }

  return {
    async start() {
      await lookAfterNodes()
      await lookAtTurns()
      background = Promise.all([
        listenForJobs(pool, bell, pollSeconds, ending.signal),
        every(heartbeatSeconds, lookAfterNodes),
        every(pollSeconds, lookAtTurns),
        ...Array.from({ length: concurrency }, work),
      ])
    },
    stop(graceSeconds = 20) {
      closing ??= close(graceSeconds)
      return closing
    },
    clockMoved() {
      lookAtTurns().then(bell.ring, (error: unknown) =>
        log.error({ error }, 'The moved clock was not noticed'),
      )
    },
    counts: () => counts,
    async runPending(only) {
      if (only === undefined) await lookAtTurns()
      const done = { succeeded: 0, failed: 0 }
      for (let count = 0; count < MOST_PENDING; count++) {
        const job = await claim(only?.tenantId ?? null)
        if (job === null) return done
        const outcome = await runAttempt(workshop, job, ending.signal)
        await queue.settle(pool, worker, job.id, outcome)
        if (outcome.kind === 'done') done.succeeded++
        else done.failed++
      }
      throw new Error('Jobs keep making more jobs that are due at once.')
    },
  }
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map(items.map((item) => [item.name, item]))
  if (map.size !== items.length) throw new Error('Two jobs have the same name.')
  return map
}
