import { z } from 'zod'
import { type Deployment, openContext } from '../deployment.ts'
import { parseTenantId, type TenantId } from '../ids.ts'
import { safeText } from '../telemetry/redaction.ts'
import { type Job, type JobMetrics, PermanentFailure, type RecurringJob } from './model.ts'
import { type ClaimedJob, envelope, type Outcome, type Verdict } from './queue.ts'

/** Everything that a try needs beside the job that was taken. */
export interface Workshop {
  readonly deployment: Deployment
  readonly jobs: ReadonlyMap<string, Job>
  readonly recurring: ReadonlyMap<string, RecurringJob>
  readonly metrics: JobMetrics | null
}

/** One try of one taken job, with its log line and its count. Never throws: what the job threw is the outcome. */
export async function runAttempt(workshop: Workshop, job: ClaimedJob, signal: AbortSignal): Promise<Outcome> {
  const { deployment, metrics } = workshop
  const startedAt = performance.now()
  const elapsed = () => (performance.now() - startedAt) / 1000
  const log = deployment.log.child({ job: job.name, jobId: job.id, attempt: job.attempts })
  try {
    // Taken while the program already ends: a job that only listens for the signal would miss it.
    signal.throwIfAborted()
    await perform(workshop, job, signal)
    const seconds = elapsed()
    metrics?.countJob(job.name, 'done')
    log.info({ seconds }, 'Job done')
    return { kind: 'done' }
  } catch (error) {
    const seconds = elapsed()
    const verdict = judge(error, job, signal)
    metrics?.countJob(job.name, verdict === 'never' ? 'dead' : 'retried')
    if (verdict === 'never') log.error({ error, seconds }, 'Job failed for good')
    else if (verdict === 'again') log.warn({ error, seconds }, 'Job failed and will be tried again')
    else log.info({ error, seconds }, 'Job interrupted')
    // Operators read it in the list of dead letters, and backups hold it.
    const message = safeText(error instanceof Error ? error.message : String(error))
    return { kind: 'failed', verdict, message, at: deployment.clock.now() }
  }
}

async function perform(workshop: Workshop, taken: ClaimedJob, signal: AbortSignal): Promise<void> {
  const { tenantId, correlationId, payload } = parse(envelope, taken.payload)
  const recurring = workshop.recurring.get(taken.name)
  if (recurring !== undefined) return recurring.run(workshop.deployment, signal)

  const job = workshop.jobs.get(taken.name)
  if (job === undefined) throw new Error(`No job is called ${taken.name}.`)
  const ctx = openContext(
    workshop.deployment,
    tenantOf(tenantId),
    { kind: 'system', name: job.name },
    correlationId,
  )
  await job.run(ctx, {
    payload: parse(job.schema, payload),
    number: taken.attempts,
    isLast: taken.attempts >= taken.maxAttempts,
    signal,
  })
}

function judge(error: unknown, job: ClaimedJob, signal: AbortSignal): Verdict {
  if (error instanceof PermanentFailure) return 'never'
  if (signal.aborted) return 'interrupted'
  return job.attempts >= job.maxAttempts ? 'never' : 'again'
}

/** A stored payload that does not parse will not parse next time either. */
function parse<S extends z.ZodType>(schema: S, stored: unknown): z.output<S> {
  const parsed = schema.safeParse(stored)
  if (parsed.success) return parsed.data
  throw new PermanentFailure(`The stored payload is not this job's: ${z.prettifyError(parsed.error)}`)
}

function tenantOf(id: string | null): TenantId {
  const tenantId = id === null ? null : parseTenantId(id)
  if (tenantId === null) throw new PermanentFailure('A job of a tenant was stored without one.')
  return tenantId
}
