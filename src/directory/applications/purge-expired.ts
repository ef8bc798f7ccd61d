import type { Context } from '../../platform/context.ts'
import { restorableSince } from '../retention.ts'
import { purgeApplication } from './service.ts'
import { purgeServicePrincipal } from './service-principals.ts'

/**
 * Purges applications and service principals that were deleted more than thirty days ago (GRA-56), oldest first, at
 * most `limit` of each. Each in a transaction of its own, so that one that fails does not hold the others up.
 * Returns how many are gone; run it again while that is `limit` or more.
 */
export async function purgeExpiredApplications(ctx: Context, limit = 100): Promise<number> {
  const before = restorableSince(ctx.clock.now())
  const expired = (table: 'applications' | 'service_principals') =>
    ctx.db.transaction((tx) =>
      tx
        .selectFrom(table)
        .select('id')
        .where('deleted_date_time', '<', before)
        .orderBy('deleted_date_time')
        .limit(limit)
        .execute(),
    )
  let purged = 0
  for (const { id } of await expired('applications')) {
    await ctx.db.transaction((tx) => purgeApplication(ctx, tx, id))
    purged += 1
  }
  // Those of applications went with them; left are foreign ones and those deleted on their own.
  for (const { id } of await expired('service_principals')) {
    await ctx.db.transaction((tx) => purgeServicePrincipal(ctx, tx, id))
    purged += 1
  }
  return purged
}
