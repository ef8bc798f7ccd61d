import type { Context } from '../../platform/context.ts'
import { NotFound } from '../../platform/errors.ts'
import { purgeExpiredApplications } from '../applications/purge-expired.ts'
import { purgeGroup } from '../groups/service.ts'
import { findExpiredGroups } from '../groups/store.ts'
import { restorableSince } from '../retention.ts'
import { purgeUser } from '../users/deletion.ts'
import { findExpiredUsers } from '../users/store.ts'

const AT_ONCE = 100

/**
 * Removes for ever what was deleted more than 30 days ago (GRA-56), each object in a transaction of its own, at most
 * a hundred of each kind. Returns how many; a job calls it until that is 0.
 */
export async function purgeExpired(ctx: Context): Promise<number> {
  const before = restorableSince(ctx.clock.now())
  const [users, groups] = await ctx.db.transaction(
    async (tx) =>
      [await findExpiredUsers(tx, before, AT_ONCE), await findExpiredGroups(tx, before, AT_ONCE)] as const,
  )
  for (const id of users) await unlessGone(purgeUser(ctx, id))
  for (const id of groups) await unlessGone(purgeGroup(ctx, id))
  return users.length + groups.length + (await purgeExpiredApplications(ctx, AT_ONCE))
}

// An administrator, or the same job on another node, may have purged it meanwhile.
async function unlessGone(purge: Promise<void>): Promise<void> {
  await purge.catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error
  })
}
