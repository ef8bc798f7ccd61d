import type { z } from 'zod'
import type { Context } from '../context.ts'
import type { Deployment } from '../deployment.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/**
 * Work of one tenant that outlives its request: written in the transaction that causes it, run at least once after
 * the commit, and tried again until it succeeds or `maxAttempts` is used up.
 *
 * At least once, not exactly once: a program may be killed between the work and the note that it is done. Let `run`
 * begin with a conditional statement that finds out whether there is still something to do.
 */
export interface Job<S extends z.ZodType = z.ZodType> {
  /** `module.what`, e.g. `mail.deliver`. Stored with waiting jobs, so renaming it leaves them behind. */
  readonly name: string
  /** Must survive JSON. Ids, never secrets: operators see payloads, and backups hold them. */
  readonly schema: S
  /** Tries before the job becomes a dead letter. The pause grows from 3 seconds to 6 hours: 25 tries are 4 days. */
  readonly maxAttempts: number
  run(ctx: Context, attempt: Attempt<z.output<S>>): Promise<void>
}

export interface Attempt<Payload> {
  readonly payload: Payload
  /** Counts from 1. */
  readonly number: number
  /** No try follows this one. */
  readonly isLast: boolean
  /** Fires when the program wants to end: stop at the next safe place and throw, the job is tried again. */
  readonly signal: AbortSignal
}

/** Work of the whole deployment, started again and again: by one node at a time, never beside itself. */
export interface RecurringJob {
  readonly name: string
  /** From start to start. Slots that nobody could serve (everything was down) are not made up for. */
  readonly everySeconds: number
  run(deployment: Deployment, signal: AbortSignal): Promise<void>
}

/** Checks nothing; it ties the payload's type to `run`. */
export const defineJob = <S extends z.ZodType>(job: Job<S>): Job<S> => job

export const defineRecurring = (job: RecurringJob): RecurringJob => job

/** Thrown by a job that no further try can help: it becomes a dead letter at once. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure'
}

/** The part of the program's metrics that jobs count into. */
export type JobMetrics = Pick<Metrics, 'countJob'>
