import { sql } from 'kysely'
import type { Context } from '../platform/context.ts'
import { beforeCommit, type Tx } from '../platform/database/index.ts'

declare module '../platform/database/schema.ts' {
  interface Schema {
    change_feed_heads: { tenant_id: string; position: number }
    changes: {
      tenant_id: string
      position: number
      occurred_at: Date
      object_type: ObjectType
      object_id: string
      change: ChangeKind
      detail: ChangeDetail
    }
  }
}

export type ObjectType =
  | 'user'
  | 'group'
  | 'application'
  | 'servicePrincipal'
  | 'directoryRole'
  | 'appRoleAssignment'
  | 'oAuth2PermissionGrant'
  | 'invitation'
  | 'organization'

export type ChangeKind =
  | 'created'
  | 'updated'
  | 'deleted'
  | 'restored'
  | 'purged'
  | 'memberAdded'
  | 'memberRemoved'

export interface ChangeDetail {
  /** Graph names of the properties that an update changed. */
  readonly properties?: readonly string[]
  /** The member of `memberAdded` and `memberRemoved`. */
  readonly memberId?: string
}

export interface Change {
  readonly objectType: ObjectType
  readonly objectId: string
  readonly change: ChangeKind
  readonly detail?: ChangeDetail
}

export interface FeedEntry extends Change {
  /** Counts up by one without gaps within a tenant. */
  readonly position: number
  readonly occurredAt: Date
  readonly detail: ChangeDetail
}

const unannounced = new WeakMap<Tx, { readonly ctx: Context; readonly changes: Change[] }>()
const FLUSH = Symbol('change feed')

/**
 * Puts a change into the tenant's feed, in the transaction that makes it. The entries of a transaction are written
 * together just before it commits, under the lock of the tenant's feed head: positions are handed out in commit
 * order, so a reader that follows them never skips a late commit (decision 0005).
 */
export function announce(ctx: Context, tx: Tx, change: Change): void {
  const open = unannounced.get(tx)
  if (open !== undefined) {
    open.changes.push(change)
    return
  }
  unannounced.set(tx, { ctx, changes: [change] })
  beforeCommit(tx, FLUSH, () => flush(tx))
}

async function flush(tx: Tx): Promise<void> {
  const open = unannounced.get(tx)
  if (open === undefined) return
  unannounced.delete(tx)
  const { ctx, changes } = open
  const entries = changes.map(({ objectType, objectId, change, detail }) => ({
    objectType,
    objectId,
    change,
    detail: detail ?? {},
  }))
  await sql`
    with head as (
      insert into change_feed_heads as head (tenant_id, position) values (${ctx.tenantId}, ${entries.length})
      on conflict (tenant_id) do update set position = head.position + excluded.position
      returning position
    )
    insert into changes (tenant_id, position, occurred_at, object_type, object_id, change, detail)
    select ${ctx.tenantId}, head.position - ${entries.length} + entry.number, ${ctx.clock.now()},
           entry.value->>'objectType', entry.value->>'objectId', entry.value->>'change', entry.value->'detail'
      from head, jsonb_array_elements(${JSON.stringify(entries)}::jsonb) with ordinality as entry (value, number)
  `.execute(tx)
}

/** The next entries after `position` (0 reads from the start), oldest first, at most `limit`. */
export async function readChanges(tx: Tx, after: number, limit: number): Promise<readonly FeedEntry[]> {
  const rows = await tx
    .selectFrom('changes')
    .select(['position', 'occurred_at', 'object_type', 'object_id', 'change', 'detail'])
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    position: row.position,
    occurredAt: row.occurred_at,
    objectType: row.object_type,
    objectId: row.object_id,
    change: row.change,
    detail: row.detail,
  }))
}

/** The position of the newest committed change; 0 in a new tenant. */
export async function latestPosition(tx: Tx): Promise<number> {
  const head = await tx.selectFrom('change_feed_heads').select('position').executeTakeFirst()
  return head?.position ?? 0
}
