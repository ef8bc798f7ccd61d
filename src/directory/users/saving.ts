import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { type ErrorDetail, Invalid } from '../../platform/errors.ts'
import { findDomains } from '../../tenants/index.ts'
import { announce } from '../changes.ts'
import { orDuplicate } from '../duplicates.ts'
import type { NewPassword, User } from './model.ts'
import { addressesOf } from './rules.ts'
import * as store from './store.ts'

/** Writes changed properties with the look-up rows that follow from them, and announces them. */
export async function saveUser(ctx: Context, tx: Tx, user: User, changed: Partial<User>): Promise<void> {
  const properties = Object.keys(changed)
  if (properties.length === 0) return
  await orDuplicate(store.updateUser(tx, user.id, changed))
  const next = { ...user, ...changed }
  if (
    changed.userPrincipalName !== undefined ||
    changed.mail !== undefined ||
    changed.otherMails !== undefined ||
    changed.proxyAddresses !== undefined
  ) {
    await orDuplicate(store.replaceAddresses(tx, ctx.tenantId, user.id, addressesOf(next)))
  }
  if (changed.identities !== undefined) {
    await orDuplicate(store.replaceIdentities(tx, ctx.tenantId, user.id, next.identities))
  }
  announce(ctx, tx, { objectType: 'user', objectId: user.id, change: 'updated', detail: { properties } })
}

/** Writes the look-up rows of a user who has none: a new one, or one who lay in deletedItems. */
export async function saveLookups(ctx: Context, tx: Tx, user: User): Promise<void> {
  await orDuplicate(store.insertAddresses(tx, ctx.tenantId, user.id, addressesOf(user)))
  await orDuplicate(store.insertIdentities(tx, ctx.tenantId, user.id, user.identities))
}

export const savePassword = (ctx: Context, tx: Tx, userId: string, password: NewPassword): Promise<void> =>
  store.savePassword(tx, ctx.tenantId, userId, {
    hash: password.hash,
    forceChange: password.forceChange,
    forceChangeWithMfa: password.forceChangeWithMfa ?? false,
    changedAt: ctx.clock.now(),
  })

/** The tenant's verified domains and its initial one, lower case. */
export async function tenantNames(
  ctx: Context,
  tx: Tx,
): Promise<{ readonly verified: ReadonlySet<string>; readonly initial: string }> {
  const domains = await findDomains(tx, ctx.tenantId)
  const verified = domains.filter((domain) => domain.verification.state === 'verified')
  const initial = verified.find((domain) => domain.isInitial)
  if (initial === undefined) throw new Error('Every tenant has a verified initial domain.')
  return { verified: new Set(verified.map((domain) => domain.name)), initial: initial.name }
}

/** Throws `Invalid` with every problem found; does nothing when there is none. */
export function refuse(problems: readonly ErrorDetail[]): void {
  const [first] = problems
  if (first !== undefined) throw new Invalid(first.message, { details: problems })
}
