import { sql } from 'kysely'
import type { MovableClock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/index.ts'
import { Invalid } from '../platform/errors.ts'
import { CLOCK_OFFSET_SETTING, readSetting } from '../platform/settings.ts'

const DAY = 86_400_000
/** Further on, dates leave the range that some clients and certificates can hold. */
const FURTHEST_MILLISECONDS = 3_650 * DAY

export interface ClockHands {
  readonly database: Database
  readonly clock: MovableClock
  /** Wakes what waits for a moment that has come: the job runner. */
  clockMoved(): void
}

/**
 * Moves the product's clock forward for every node and every later start. `Invalid` unless `milliseconds` is positive
 * and the clock stays within ten years.
 */
export async function moveClock(hands: ClockHands, milliseconds: number): Promise<void> {
  if (!Number.isSafeInteger(milliseconds) || milliseconds <= 0) {
    throw new Invalid('The clock moves forward only, by whole milliseconds.')
  }
  // One statement: two people who move it at once move it by both. Nothing is written when it would go too far.
  const offset = await hands.database.platform.transaction((tx) => addToOffset(tx, milliseconds))
  if (offset === null)
    throw new Invalid('The clock moves at most ten years ahead. Start with a new database.')
  follow(hands, offset)
}

/** Takes over what another node moved; run now and then. */
export async function catchUp(hands: ClockHands): Promise<void> {
  const stored = await hands.database.platform.transaction((tx) => readSetting(tx, CLOCK_OFFSET_SETTING))
  if (typeof stored === 'number') follow(hands, stored)
}

function follow({ clock, clockMoved }: ClockHands, offset: number): void {
  const behind = offset - clock.offsetMilliseconds
  if (behind <= 0) return
  clock.advance(behind)
  clockMoved()
}

async function addToOffset(tx: Tx, milliseconds: number): Promise<number | null> {
  const { rows } = await sql<{ value: number }>`
    insert into deployment_settings as s (name, value)
    select ${CLOCK_OFFSET_SETTING}, to_jsonb(${milliseconds}::bigint)
     where ${milliseconds}::bigint <= ${FURTHEST_MILLISECONDS}
        on conflict (name) do update set value = to_jsonb(s.value::text::bigint + ${milliseconds}::bigint)
     where s.value::text::bigint + ${milliseconds}::bigint <= ${FURTHEST_MILLISECONDS}
    returning s.value`.execute(tx)
  return rows[0]?.value ?? null
}

/**
 * Keeps this node's clock with the others'. Asking each second is enough for people with two nodes before them, and
 * works behind any pooler. Returns what ends it.
 */
export function keepWithOtherNodes(hands: ClockHands, onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => void catchUp(hands).catch(onError), 1_000)
  timer.unref()
  return () => clearInterval(timer)
}
