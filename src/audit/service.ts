import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { AuditRecord, SignInRecord } from './model.ts'
import { insertAudit, insertSignIn, type Stamp } from './store.ts'

const stampOf = (ctx: Context): Stamp => ({
  tenantId: ctx.tenantId,
  id: ctx.ids.guid(),
  at: ctx.clock.now(),
  correlationId: ctx.correlationId,
})

/** Writes one audit record in the transaction of the write that it describes, so neither is ever without the other. */
export const recordAudit = (ctx: Context, tx: Tx, record: AuditRecord): Promise<void> =>
  insertAudit(tx, stampOf(ctx), ctx.actor, record)

/**
 * Writes the audit record of a refused write (GRA-67), in a transaction of its own: the refused one is rolled back.
 */
export const recordRefusal = (
  ctx: Context,
  record: AuditRecord & { readonly failure: string },
): Promise<void> => ctx.db.transaction((tx) => recordAudit(ctx, tx, record))

/** Writes one sign-in of this tenant. The other tenant of the pair writes its own, with the same correlation id. */
export const recordSignIn = (ctx: Context, tx: Tx, record: SignInRecord): Promise<void> =>
  insertSignIn(tx, stampOf(ctx), record)
