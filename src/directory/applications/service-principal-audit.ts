import { type ModifiedProperty, recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import type { ServicePrincipal } from './model.ts'

/** Writes what happened to a service principal, under Entra's names for it (graph-conventions.md, section 6). */
export const recordServicePrincipal = (
  ctx: Context,
  tx: Tx,
  activity: string,
  operationType: 'Add' | 'Update' | 'Delete' | 'Other',
  { id, displayName }: ServicePrincipal,
  modified: readonly ModifiedProperty[] = [],
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'ApplicationManagement',
    operationType,
    targets: [{ id, type: 'ServicePrincipal', displayName, modifiedProperties: modified }],
  })
