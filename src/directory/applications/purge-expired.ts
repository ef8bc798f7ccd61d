import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { NotFound } from '../../platform/errors.ts'
import { restorableSince } from '../retention.ts'
import { purgeApplication } from './service.ts'
import { purgeServicePrincipal } from './service-principal-deletion.ts'

/**
 * Purges applications and service principals that were deleted more than thirty days ago (GRA-56), oldest first, at
 * most `limit` of each. Each in a transaction of its own, so that one that fails does not hold the others up.
 * Returns how many are gone; run it again until that is 0.
 */
export async function purgeExpiredApplications(ctx: Context, limit = 100): Promise<number> {
  const applications = await purgeAll(ctx, 'applications', limit, purgeApplication)
  // Those of applications went with them; left are foreign ones and those deleted on their own.
  return applications + (await purgeAll(ctx, 'service_principals', limit, purgeServicePrincipal))
}

async function purgeAll(
  ctx: Context,
  table: 'applications' | 'service_principals',
  limit: number,
  purge: (ctx: Context, tx: Tx, id: string) => Promise<void>,
): Promise<number> {
  const expired = await ctx.db.transaction((tx) =>
    tx
      .selectFrom(table)
      .select('id')
      .where('deleted_date_time', '<', restorableSince(ctx.clock.now()))
      .orderBy('deleted_date_time')
      .limit(limit)
      .execute(),
  )
  for (const { id } of expired) {
    await ctx.db
      .transaction((tx) => purge(ctx, tx, id))
      .catch((error: unknown) => {
        // An administrator, or the same job on another node, was quicker.
        if (!(error instanceof NotFound)) throw error
      })
  }
  return expired.length
}
