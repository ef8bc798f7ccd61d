import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import type { Tx } from '../database/index.ts'
import type { Job } from './model.ts'

export interface EnqueueOptions {
  /**
   * At most one waiting job of this tenant and name has this key: a later call replaces its payload and time. A job
   * that already runs is left to finish, and a second one follows it.
   */
  readonly key?: string
  /** Not before this moment of the product's clock; at once when left out. */
  readonly runAt?: Date
}

/**
 * Leaves a job behind in the caller's tenant transaction: it exists if and only if that commits. The tenant is the
 * transaction's own (the database function takes it from there), so `ctx` only carries the correlation id on.
 * Throws `ZodError` for a payload that the job would not accept.
 */
export async function enqueue<S extends z.ZodType>(
  tx: Tx,
  ctx: Pick<Context, 'correlationId'>,
  job: Job<S>,
  payload: z.input<S>,
  options: EnqueueOptions = {},
): Promise<void> {
  job.schema.parse(payload)
  await sql`
    select enqueue_job(
      ${job.name}, ${JSON.stringify(payload ?? null)}::jsonb, ${options.runAt ?? null}::timestamptz,
      ${job.maxAttempts}::int, ${options.key ?? null}::text, ${ctx.correlationId}::uuid
    )`.execute(tx)
}
