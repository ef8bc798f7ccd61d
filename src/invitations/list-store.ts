import { sql } from 'kysely'
import type { Tx } from '../platform/database/index.ts'
import { isGuid } from '../platform/ids.ts'
import { findInvitation, listByIds, type StoredInvitation } from './store.ts'

export interface ListWishes {
  /** Null: all. */
  readonly state: 'pendingAcceptance' | 'completed' | 'expired' | 'revoked' | null
  /** Decides what has expired (INV-11). */
  readonly now: Date
  /** Id of the last one of the page before. */
  readonly olderThan: string | null
  readonly limit: number
}

/** Newest first. */
export async function listInvitations(tx: Tx, wishes: ListWishes): Promise<readonly StoredInvitation[]> {
  const { state, now, olderThan, limit } = wishes
  const last = olderThan === null || !isGuid(olderThan) ? null : await findInvitation(tx, olderThan)
  const isState = {
    pendingAcceptance: sql`state = 'pendingAcceptance' and (expires_at is null or expires_at > ${now})`,
    expired: sql`state = 'pendingAcceptance' and expires_at <= ${now}`,
    completed: sql`state = 'completed'`,
    revoked: sql`state = 'revoked'`,
  }
  const { rows } = await sql<{ id: string }>`
    select id from invitations
     where ${state === null ? sql`true` : isState[state]}
       and ${last === null ? sql`true` : sql`(invited_at, id) < (${last.invitedAt}, ${last.id}::uuid)`}
     order by invited_at desc, id desc limit ${limit}`.execute(tx)
  return listByIds(
    tx,
    rows.map(({ id }) => id),
  )
}
