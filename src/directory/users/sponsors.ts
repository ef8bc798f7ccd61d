import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { modifiedProperties, userTarget } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import { type ObjectReference, resolveReferences } from '../directory-objects.ts'
import type { Sponsor, User } from './model.ts'
import { MOST_SPONSORS } from './rules.ts'
import * as sponsors from './sponsor-store.ts'
import * as store from './store.ts'

/** Adds a sponsor, a user or a group. 400 when it is one already or would be the sixth (SPO-1), 404 when absent. */
export async function addSponsor(ctx: Context, userId: string, reference: ObjectReference): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await lockUser(tx, userId)
    const added = await giveSponsors(ctx, tx, user, [reference])
    if (added.length === 0) {
      throw new Invalid(
        "One or more added object references already exist for the following modified properties: 'sponsors'.",
      )
    }
    await auditSponsors(ctx, tx, user, 'Add sponsor', added, [])
  })
}

/**
 * Adds sponsors to a user in the caller's transaction and returns the ids of those that are new. The caller audits.
 * 400 above five (SPO-1), 404 when one is not there; then the transaction must fail.
 */
export async function giveSponsors(
  ctx: Context,
  tx: Tx,
  user: Pick<User, 'id'>,
  references: readonly ObjectReference[],
): Promise<readonly string[]> {
  const objects = await resolveReferences(tx, references, ['user', 'group'])
  if (objects.some((object) => object.id === user.id)) {
    throw new Invalid('A user cannot be their own sponsor.', {
      details: [{ code: 'InvalidValue', message: 'Name somebody else.', target: 'sponsors' }],
    })
  }
  const added = await sponsors.insertSponsors(tx, ctx.tenantId, user.id, objects, ctx.clock.now())
  // Counted after the insert and under the user's row lock, so two that come at once cannot both be the fifth.
  if ((await sponsors.findSponsors(tx, user.id)).length > MOST_SPONSORS) {
    throw new Invalid(`A user has at most ${MOST_SPONSORS} sponsors.`, {
      details: [{ code: 'TooManyValues', message: 'Remove one first.', target: 'sponsors' }],
    })
  }
  if (added.length > 0) {
    announce(ctx, tx, {
      objectType: 'user',
      objectId: user.id,
      change: 'updated',
      detail: { properties: ['sponsors'] },
    })
  }
  return added
}

/** 404 when that object is no sponsor of the user. */
export async function removeSponsor(ctx: Context, userId: string, sponsorId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await lockUser(tx, userId)
    if (!isGuid(sponsorId) || !(await sponsors.deleteSponsor(tx, user.id, sponsorId))) {
      throw new NotFound(sponsorId)
    }
    announce(ctx, tx, {
      objectType: 'user',
      objectId: user.id,
      change: 'updated',
      detail: { properties: ['sponsors'] },
    })
    await auditSponsors(ctx, tx, user, 'Remove sponsor', [], [sponsorId])
  })
}

export const listSponsors = (tx: Tx, userId: string): Promise<readonly Sponsor[]> =>
  sponsors.findSponsors(tx, userId)

async function lockUser(tx: Tx, id: string): Promise<User> {
  const user = await store.findUser(tx, id, 'for update')
  if (user === null) throw new NotFound(id)
  return user
}

const auditSponsors = (
  ctx: Context,
  tx: Tx,
  user: User,
  activity: string,
  added: readonly string[],
  removed: readonly string[],
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'UserManagement',
    operationType: added.length > 0 ? 'Assign' : 'Unassign',
    targets: [
      userTarget(
        user,
        modifiedProperties(
          ['sponsors'],
          removed.length > 0 ? { sponsors: removed } : {},
          added.length > 0 ? { sponsors: added } : {},
        ),
      ),
      ...[...added, ...removed].map((id) => ({ id, type: 'Other' as const })),
    ],
  })
