import type { JSONColumnType, Selectable } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { Failure, OutboxMessage, Recipient } from './model.ts'

declare module '../database/schema.ts' {
  interface Schema {
    outbox_messages: OutboxTable
  }
}

interface OutboxTable {
  tenant_id: string
  id: string
  kind: string
  correlation_id: string
  message_id: string
  from_name: string | null
  reply_to: JSONColumnType<Recipient> | null
  to_recipients: JSONColumnType<readonly Recipient[]>
  cc_recipients: JSONColumnType<readonly Recipient[]>
  subject: string
  language: string | null
  headers: JSONColumnType<Readonly<Record<string, string>>>
  sealed_body: string | null
  queued_at: Date
  useful_until: Date | null
  state: 'pending' | 'sent' | 'failed'
  attempts: number
  claimed_until: Date | null
  last_attempt_at: Date | null
  last_error: string | null
  sent_at: Date | null
  refused_addresses: string[]
  failed_at: Date | null
  failure: Failure | null
}

export type NewMessage = Pick<
  Selectable<OutboxTable>,
  | 'tenant_id'
  | 'id'
  | 'kind'
  | 'correlation_id'
  | 'message_id'
  | 'from_name'
  | 'reply_to'
  | 'to_recipients'
  | 'cc_recipients'
  | 'subject'
  | 'language'
  | 'headers'
  | 'sealed_body'
  | 'queued_at'
  | 'useful_until'
>

export async function insert(tx: Tx, message: NewMessage): Promise<void> {
  await tx
    .insertInto('outbox_messages')
    .values({
      ...message,
      reply_to: message.reply_to === null ? null : JSON.stringify(message.reply_to),
      to_recipients: JSON.stringify(message.to_recipients),
      cc_recipients: JSON.stringify(message.cc_recipients),
      headers: JSON.stringify(message.headers),
      state: 'pending',
      attempts: 0,
      refused_addresses: [],
    })
    .execute()
}

export type ClaimedMessage = NewMessage & { readonly sealed_body: string }

/**
 * Begins a delivery: one conditional statement, so that of several only one goes on until `until`. A message that
 * had failed is pending again: an operator has retried it. `null`: sent, under way elsewhere, or its body is gone.
 */
export async function claim(tx: Tx, id: string, now: Date, until: Date): Promise<ClaimedMessage | null> {
  const row = await tx
    .updateTable('outbox_messages')
    .set((eb) => ({
      state: 'pending' as const,
      failed_at: null,
      failure: null,
      attempts: eb('attempts', '+', 1),
      claimed_until: until,
      last_attempt_at: now,
    }))
    .where('id', '=', id)
    .where('state', '<>', 'sent')
    .where('sealed_body', 'is not', null)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
    .returning([
      'tenant_id',
      'id',
      'kind',
      'correlation_id',
      'message_id',
      'from_name',
      'reply_to',
      'to_recipients',
      'cc_recipients',
      'subject',
      'language',
      'headers',
      'sealed_body',
      'queued_at',
      'useful_until',
    ])
    .executeTakeFirst()
  if (row === undefined || row.sealed_body === null) return null
  return { ...row, sealed_body: row.sealed_body }
}

/** Records the delivery and forgets the body. False: it was recorded before. */
export async function markSent(
  tx: Tx,
  id: string,
  now: Date,
  refusedAddresses: readonly string[],
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('outbox_messages')
    .set({
      state: 'sent',
      sent_at: now,
      sealed_body: null,
      claimed_until: null,
      last_error: null,
      failed_at: null,
      failure: null,
      refused_addresses: [...refusedAddresses],
    })
    .where('id', '=', id)
    .where('state', '<>', 'sent')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The body stays, sealed, so that an operator can retry; not of an outdated one, which nobody wants any more. */
export async function markFailed(
  tx: Tx,
  id: string,
  now: Date,
  failure: Failure,
  error: string | null,
): Promise<void> {
  await tx
    .updateTable('outbox_messages')
    .set({ state: 'failed', failed_at: now, failure, last_error: error, claimed_until: null })
    .$if(failure === 'outdated', (query) => query.set({ sealed_body: null }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/** Ends a delivery that will be tried again. */
export async function release(tx: Tx, id: string, error: string): Promise<void> {
  await tx
    .updateTable('outbox_messages')
    .set({ claimed_until: null, last_error: error })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

export async function find(tx: Tx, id: string): Promise<OutboxMessage | null> {
  const row = await select(tx).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : present(row)
}

/** Newest first. */
export async function list(tx: Tx, limit: number): Promise<readonly OutboxMessage[]> {
  const rows = await select(tx).orderBy('queued_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
  return rows.map(present)
}

/** Forgets bodies of what failed before `bodies`, and everything that was queued before `rows` and is over. */
export async function forget(tx: Tx, bodies: Date, rows: Date): Promise<void> {
  await tx
    .updateTable('outbox_messages')
    .set({ sealed_body: null })
    .where('state', '=', 'failed')
    .where('failed_at', '<', bodies)
    .where('sealed_body', 'is not', null)
    .execute()
  await tx
    .deleteFrom('outbox_messages')
    .where('state', '<>', 'pending')
    .where('queued_at', '<', rows)
    .execute()
}

const select = (tx: Tx) =>
  tx
    .selectFrom('outbox_messages')
    .select([
      'id',
      'kind',
      'to_recipients',
      'cc_recipients',
      'subject',
      'queued_at',
      'attempts',
      'state',
      'last_error',
      'sent_at',
      'refused_addresses',
      'failed_at',
      'failure',
    ])

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

function present(row: Row): OutboxMessage {
  const facts = {
    id: row.id,
    kind: row.kind,
    to: row.to_recipients,
    cc: row.cc_recipients,
    subject: row.subject,
    queuedAt: row.queued_at,
    attempts: row.attempts,
  }
  if (row.state === 'pending') return { ...facts, state: 'pending', lastError: row.last_error }
  if (row.state === 'sent' && row.sent_at !== null) {
    return { ...facts, state: 'sent', sentAt: row.sent_at, refusedAddresses: row.refused_addresses }
  }
  if (row.state === 'failed' && row.failed_at !== null && row.failure !== null) {
    return {
      ...facts,
      state: 'failed',
      failedAt: row.failed_at,
      failure: row.failure,
      lastError: row.last_error,
    }
  }
  throw new Error('The constraints of outbox_messages do not hold.')
}
