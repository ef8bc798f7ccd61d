import { recordAudit } from '../../audit/index.ts'
import { endOfSecond } from '../../platform/clock.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { NotFound } from '../../platform/errors.ts'
import { userTarget } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import { DuplicateValue, orDuplicate } from '../duplicates.ts'
import { forgetObject } from '../forget-object.ts'
import { restorableSince } from '../retention.ts'
import { keepingAnAdministratorBeside } from '../roles/last-administrator.ts'
import { judgeUserPrincipalName } from './judge-facts.ts'
import type { User } from './model.ts'
import { addressesOf, deletedPrincipalName, originalPrincipalName, withOwnIdentity } from './rules.ts'
import { refuse, saveLookups, tenantNames } from './saving.ts'
import * as store from './store.ts'

/**
 * Moves the user to deletedItems (GRA-56, 58): no sign-in, no look-up, the name free for others; memberships stay.
 * 400 for the last Global Administrator (GRA-64).
 */
export async function deleteUser(ctx: Context, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await store.findUser(tx, id, 'for update')
    if (user === null) throw new NotFound(id)
    const now = ctx.clock.now()
    await keepingAnAdministratorBeside(tx, user.id, () =>
      store.updateUser(tx, user.id, {
        userPrincipalName: deletedPrincipalName(user.id, user.userPrincipalName),
        deletedDateTime: now,
        signInSessionsValidFromDateTime: endOfSecond(now),
      }),
    )
    await store.replaceAddresses(tx, ctx.tenantId, user.id, [])
    await store.replaceIdentities(tx, ctx.tenantId, user.id, [])
    announce(ctx, tx, { objectType: 'user', objectId: user.id, change: 'deleted' })
    await recordAudit(ctx, tx, {
      activity: 'Delete user',
      category: 'UserManagement',
      operationType: 'Delete',
      targets: [userTarget(user)],
    })
  })
}

/** How a restore gets past values that somebody else has taken meanwhile (GRA-58). */
export interface RestoreOptions {
  readonly newUserPrincipalName?: string
  /** Drop the proxy addresses that are taken instead of refusing. */
  readonly autoReconcileProxyConflict?: boolean
}

/**
 * Takes the user out of deletedItems as it was, memberships and password included. 404 after 30 days (GRA-58), 400
 * when its name, an address or an identity belongs to somebody else by now.
 */
export async function restoreUser(ctx: Context, id: string, options: RestoreOptions = {}): Promise<User> {
  return ctx.db.transaction(async (tx) => {
    const deleted = await store.findDeletedUser(tx, id, restorableSince(ctx.clock.now()))
    if (deleted === null) throw new NotFound(id)
    const names = await tenantNames(ctx, tx)
    const { newUserPrincipalName: newName } = options
    if (newName !== undefined) refuse(judgeUserPrincipalName(newName, names.verified))
    const userPrincipalName = newName ?? originalPrincipalName(deleted.id, deleted.userPrincipalName)
    if ((await store.findUserByPrincipalName(tx, userPrincipalName)) !== null) {
      throw new DuplicateValue('userPrincipalName')
    }
    const restored = {
      userPrincipalName,
      deletedDateTime: null,
      identities: withOwnIdentity(deleted.identities, names.initial, userPrincipalName),
      ...(options.autoReconcileProxyConflict === true && {
        proxyAddresses: await freeProxyAddresses(tx, deleted),
      }),
    }
    // The look-up above is for the usual case; two restores at once meet at the unique index.
    await orDuplicate(store.updateUser(tx, deleted.id, restored))
    const user = { ...deleted, ...restored }
    await saveLookups(ctx, tx, user)
    announce(ctx, tx, { objectType: 'user', objectId: user.id, change: 'restored' })
    await recordAudit(ctx, tx, {
      activity: 'Restore user',
      category: 'UserManagement',
      operationType: 'Add',
      targets: [userTarget(user)],
    })
    return user
  })
}

async function freeProxyAddresses(tx: Tx, user: User): Promise<readonly string[]> {
  const taken = await store.findTakenProxyAddresses(
    tx,
    addressesOf(user).flatMap(({ address, kind }) => (kind === 'proxy' ? [address] : [])),
  )
  return user.proxyAddresses.filter((address) => !taken.has(address.replace(/^smtp:/i, '').toLowerCase()))
}

/** Removes a deleted user for ever. 404 unless it lies in deletedItems. */
export async function purgeUser(ctx: Context, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await store.findDeletedUser(tx, id, new Date(0))
    if (user === null) throw new NotFound(id)
    await forgetObject(tx, user.id)
    await store.purgeUser(tx, user.id)
    announce(ctx, tx, { objectType: 'user', objectId: user.id, change: 'purged' })
    await recordAudit(ctx, tx, {
      activity: 'Hard Delete user',
      category: 'UserManagement',
      operationType: 'Delete',
      targets: [userTarget(user)],
    })
  })
}
