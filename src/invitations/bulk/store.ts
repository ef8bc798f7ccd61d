import { type JSONColumnType, sql } from 'kysely'
import type { Actor } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import type { BulkInvitations, NewRow, RowCounts, RowState, Submitter, WaitingRow } from './model.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    bulk_invitations: {
      tenant_id: string
      id: string
      file_name: string | null
      submitted_at: Date
      caller: JSONColumnType<Submitter>
      actor: JSONColumnType<Actor>
      row_count: number
      finished_at: Date | null
    }
    bulk_invitation_rows: BulkRowTable
  }
}

interface BulkRowTable {
  tenant_id: string
  bulk_id: string
  row_number: number
  line_number: number
  address: string
  redirect_url: string | null
  sends_mail: boolean | null
  custom_message: string | null
  state: RowState
  tries: number
  invitation_id: string | null
  invited_user_id: string | null
  reason: string | null
  done_at: Date | null
}

export async function insertBulk(
  tx: Tx,
  tenantId: string,
  bulk: BulkInvitations,
  rows: readonly NewRow[],
): Promise<void> {
  await tx
    .insertInto('bulk_invitations')
    .values({
      tenant_id: tenantId,
      id: bulk.id,
      file_name: bulk.fileName,
      submitted_at: bulk.submittedAt,
      caller: JSON.stringify(bulk.submitter),
      actor: JSON.stringify(bulk.actor),
      row_count: rows.length,
    })
    .execute()
  // One statement for ten thousand rows; a parameter per value would pass PostgreSQL's 65,535.
  await sql`
    insert into bulk_invitation_rows (tenant_id, bulk_id, row_number, line_number, address, redirect_url,
                                      sends_mail, custom_message, state, reason, done_at)
    select ${tenantId}, ${bulk.id}, "row", line, address, "redirectUrl", "sendsMail", "customMessage",
           case when reason is null then 'waiting' else 'failed' end, reason,
           case when reason is null then null else ${bulk.submittedAt}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as list
           ("row" int, line int, address text, "redirectUrl" text, "sendsMail" boolean, "customMessage" text,
            reason text)`.execute(tx)
}

export async function findBulk(tx: Tx, id: string): Promise<BulkInvitations | null> {
  const row = await tx
    .selectFrom('bulk_invitations')
    .select(['id', 'file_name', 'submitted_at', 'caller', 'actor', 'row_count', 'finished_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    id: row.id,
    fileName: row.file_name,
    submittedAt: row.submitted_at,
    submitter: row.caller,
    actor: row.actor,
    rowCount: row.row_count,
    finishedAt: row.finished_at,
  }
}

/** Rows that wait, in the file's order. Looking locks nothing. */
export async function listWaitingRows(tx: Tx, bulkId: string, limit: number): Promise<readonly WaitingRow[]> {
  const rows = await tx
    .selectFrom('bulk_invitation_rows')
    .select(['row_number', 'address', 'redirect_url', 'sends_mail', 'custom_message'])
    .where('bulk_id', '=', bulkId)
    .where('state', '=', 'waiting')
    .orderBy('row_number')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    row: row.row_number,
    address: row.address,
    redirectUrl: row.redirect_url,
    sendsMail: row.sends_mail ?? false,
    customMessage: row.custom_message,
  }))
}

/** Takes a row until the transaction ends. False: it is done, or somebody else works on it. */
export async function lockWaitingRow(tx: Tx, bulkId: string, row: number): Promise<boolean> {
  const found = await tx
    .selectFrom('bulk_invitation_rows')
    .select('row_number')
    .where('bulk_id', '=', bulkId)
    .where('row_number', '=', row)
    .where('state', '=', 'waiting')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return found !== undefined
}

export type RowEnd =
  | {
      readonly state: 'invited' | 'alreadyAccepted'
      readonly invitationId: string
      readonly invitedUserId: string
    }
  | { readonly state: 'failed'; readonly reason: string }

/** One conditional statement: a row ends once. */
export async function endRow(tx: Tx, bulkId: string, row: number, end: RowEnd, at: Date): Promise<void> {
  await tx
    .updateTable('bulk_invitation_rows')
    .set({
      state: end.state,
      done_at: at,
      ...(end.state === 'failed'
        ? { reason: end.reason }
        : { invitation_id: end.invitationId, invited_user_id: end.invitedUserId }),
    })
    .where('bulk_id', '=', bulkId)
    .where('row_number', '=', row)
    .where('state', '=', 'waiting')
    .execute()
}

/** Counts a try that ended in a fault of ours; the number of them so far. */
export async function countFault(tx: Tx, bulkId: string, row: number): Promise<number> {
  const counted = await tx
    .updateTable('bulk_invitation_rows')
    .set((set) => ({ tries: set('tries', '+', 1) }))
    .where('bulk_id', '=', bulkId)
    .where('row_number', '=', row)
    .where('state', '=', 'waiting')
    .returning('tries')
    .executeTakeFirst()
  return counted?.tries ?? 0
}

/** True for exactly one caller: the one that finds every row done first. */
export async function finish(tx: Tx, bulkId: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('bulk_invitations')
    .set({ finished_at: at })
    .where('id', '=', bulkId)
    .where('finished_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('bulk_invitation_rows')
            .select('row_number')
            .where('bulk_id', '=', bulkId)
            .where('state', '=', 'waiting'),
        ),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function countRows(tx: Tx, bulkId: string): Promise<RowCounts> {
  const counts = { waiting: 0, invited: 0, alreadyAccepted: 0, failed: 0 }
  const rows = await tx
    .selectFrom('bulk_invitation_rows')
    .select(({ fn }) => ['state', fn.countAll<number>().as('total')])
    .where('bulk_id', '=', bulkId)
    .groupBy('state')
    .execute()
  for (const { state, total } of rows) counts[state] = Number(total)
  return counts
}

export interface RowResult {
  readonly row: number
  readonly line: number
  readonly address: string
  readonly state: RowState
  readonly invitedUserId: string | null
  readonly reason: string | null
}

/** Rows in the file's order, after row `after`. */
export async function listRows(
  tx: Tx,
  bulkId: string,
  after: number,
  limit: number,
): Promise<readonly RowResult[]> {
  const rows = await tx
    .selectFrom('bulk_invitation_rows')
    .select(['row_number', 'line_number', 'address', 'state', 'invited_user_id', 'reason'])
    .where('bulk_id', '=', bulkId)
    .where('row_number', '>', after)
    .orderBy('row_number')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    row: row.row_number,
    line: row.line_number,
    address: row.address,
    state: row.state,
    invitedUserId: row.invited_user_id,
    reason: row.reason,
  }))
}

/** What this person uploaded, newest first. */
export async function listBulksOf(
  tx: Tx,
  userId: string,
  limit: number,
): Promise<readonly Pick<BulkInvitations, 'id' | 'fileName' | 'rowCount' | 'submittedAt'>[]> {
  const rows = await tx
    .selectFrom('bulk_invitations')
    .select(['id', 'file_name', 'row_count', 'submitted_at'])
    .where(sql<boolean>`caller->>'userId' = ${userId}`)
    .orderBy('submitted_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    fileName: row.file_name,
    rowCount: row.row_count,
    submittedAt: row.submitted_at,
  }))
}
