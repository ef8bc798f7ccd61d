import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import type { CodeRecipient } from './facts.ts'

/** §6 of the specification. Codes for nobody are not made for anybody, and leave no record. */
export const auditCode = (
  ctx: Context,
  tx: Tx,
  activity: 'Generate one time password' | 'Verify one time password',
  { userId }: CodeRecipient,
  failure: string | null = null,
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'Other',
    operationType: 'Other',
    service: 'B2B Auth',
    targets: userId === null ? [] : [{ id: userId, type: 'User' }],
    ...(failure === null ? {} : { failure }),
  })
