import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import type { Attempt, SettledStage, Stage } from './model.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    sign_in_attempts: {
      tenant_id: string
      id: string
      version: number
      /** jsonb, written as text and read back parsed. */
      stage: unknown
      correlation_id: string
      created_at: Date
      expires_at: Date
    }
    sign_in_throttles: {
      tenant_id: string
      subject: string
      failures: number
      last_failure_at: Date
      locked_until: Date | null
      forgotten_at: Date
    }
  }
}

export interface NewAttempt {
  readonly id: string
  readonly correlationId: string
  readonly now: Date
  readonly expiresAt: Date
}

/** Begins an attempt unless it has begun: two requests for the first page at once make one. */
export async function beginAttempt(tx: Tx, tenantId: string, attempt: NewAttempt): Promise<void> {
  await tx
    .insertInto('sign_in_attempts')
    .values({
      tenant_id: tenantId,
      id: attempt.id,
      version: 0,
      stage: JSON.stringify({ kind: 'begun' } satisfies Stage),
      correlation_id: attempt.correlationId,
      created_at: attempt.now,
      expires_at: attempt.expiresAt,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .execute()
}

export async function findAttempt(tx: Tx, id: string, now: Date): Promise<Attempt | null> {
  const row = await tx
    .selectFrom('sign_in_attempts')
    .select(['version', 'stage', 'correlation_id'])
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row === undefined
    ? null
    : // What `moveAttempt` wrote.
      { id, version: row.version, correlationId: row.correlation_id, stage: withDates(row.stage) as Stage }
}

/** Moves to the next stage, once: `false` when another request has moved it since it was read. */
export async function moveAttempt(
  tx: Tx,
  attempt: Pick<Attempt, 'id' | 'version'>,
  stage: SettledStage | Extract<Stage, { kind: 'proven' | 'turnedAway' }>,
): Promise<boolean> {
  const result = await tx
    .updateTable('sign_in_attempts')
    .set({ stage: JSON.stringify(stage), version: attempt.version + 1 })
    .where('id', '=', attempt.id)
    .where('version', '=', attempt.version)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** JSON has no dates; these members are the only ones in a stage. */
const dates: ReadonlySet<string> = new Set(['until', 'notBefore', 'signedInAt'])

function withDates(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return dates.has(name) ? new Date(value) : value
  if (Array.isArray(value)) return value.map((element) => withDates(element))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withDates(member, key)]))
}

/** Rows that say nothing any more. Returns how many went. */
export async function purgeSignIns(tx: Tx, now: Date): Promise<number> {
  const attempts = await tx.deleteFrom('sign_in_attempts').where('expires_at', '<=', now).executeTakeFirst()
  const throttles = await tx
    .deleteFrom('sign_in_throttles')
    .where('forgotten_at', '<=', now)
    .executeTakeFirst()
  return Number(attempts.numDeletedRows + throttles.numDeletedRows)
}

export interface ThrottleRule {
  /** Failures that pass before the first pause. */
  readonly allowed: number
  readonly firstPauseSeconds: number
  readonly longestPauseSeconds: number
  /** Failures this long ago do not count. */
  readonly forgetAfterSeconds: number
}

/**
 * Counts a try as failed before it is made, so that many at once cannot slip through; `forgive` takes it back.
 * `null`: go ahead. Otherwise the moment until which nothing is tried. One statement decides.
 */
export async function countTry(
  tx: Tx,
  tenantId: string,
  subject: string,
  rule: ThrottleRule,
  now: Date,
): Promise<Date | null> {
  const { allowed, firstPauseSeconds, longestPauseSeconds } = rule
  const forgottenAt = new Date(now.getTime() + rule.forgetAfterSeconds * 1000)
  // Twice as long with every failure; the exponent is bounded before the power is taken.
  const pause = sql`least(${longestPauseSeconds}::float8,
    ${firstPauseSeconds}::float8 * power(2, least(20, known.failures + 1 - ${allowed}::int))) * interval '1 second'`
  const { rows } = await sql<{ readonly failures: number }>`
    insert into sign_in_throttles as known (tenant_id, subject, failures, last_failure_at, locked_until, forgotten_at)
    values (${tenantId}, ${subject}, 1, ${now}, null, ${forgottenAt})
    on conflict (tenant_id, subject) do update
      set failures = case when known.forgotten_at <= ${now} then 1 else known.failures + 1 end,
          last_failure_at = excluded.last_failure_at,
          locked_until = case when known.forgotten_at > ${now} and known.failures + 1 >= ${allowed}::int
                              then ${now}::timestamptz + ${pause} end,
          forgotten_at = excluded.forgotten_at
      where known.locked_until is null or known.locked_until <= ${now}
    returning failures`.execute(tx)
  if (rows.length === 1) return null
  const row = await tx
    .selectFrom('sign_in_throttles')
    .select('locked_until')
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row?.locked_until ?? now
}

/** The try was a success: the owner's own counter begins again. */
export async function clearTries(tx: Tx, subject: string): Promise<void> {
  await tx.deleteFrom('sign_in_throttles').where('subject', '=', subject).execute()
}

/** The try was no failure, but says nothing of the others from the same place. */
export async function forgiveTry(tx: Tx, subject: string, rule: ThrottleRule): Promise<void> {
  await sql`
    update sign_in_throttles
       set failures = failures - 1,
           locked_until = case when failures - 1 >= ${rule.allowed}::int then locked_until end
     where subject = ${subject} and failures > 0`.execute(tx)
}
