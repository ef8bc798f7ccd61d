import { recordAudit } from '../../audit/index.ts'
import { endOfSecond } from '../../platform/clock.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { type ErrorDetail, NotFound } from '../../platform/errors.ts'
import { modifiedProperties, userTarget } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import { DuplicateValue } from '../duplicates.ts'
import { keepingAnAdministratorBeside } from '../roles/last-administrator.ts'
import { judgeFacts, judgeUserPrincipalName } from './judge-facts.ts'
import type { NewPassword, NewUser, User, UserChanges } from './model.ts'
import { applyChanges, hasFederatedIdentity, judgePasswordReset, newUser } from './rules.ts'
import { refuse, saveLookups, savePassword, saveUser, tenantNames } from './saving.ts'
import * as store from './store.ts'

/**
 * Creates a member, or a guest that an administrator sets up by hand (APC-9). A password is required unless the
 * person has an identity elsewhere. 400 names every property that is wrong, or the one that is taken.
 */
export async function createUser(
  ctx: Context,
  request: NewUser,
  password: NewPassword | null,
): Promise<User> {
  return ctx.db.transaction((tx) => addUser(ctx, tx, request, password))
}

/** `createUser` inside the caller's transaction: bulk import, first run, the command line. */
export async function addUser(
  ctx: Context,
  tx: Tx,
  request: NewUser,
  password: NewPassword | null,
): Promise<User> {
  const names = await tenantNames(ctx, tx)
  refuse([
    ...judgeFacts(request),
    ...judgeUserPrincipalName(request.userPrincipalName, names.verified),
    ...(password === null && !hasFederatedIdentity(request.identities ?? [])
      ? [missing('passwordProfile')]
      : []),
  ])
  const now = ctx.clock.now()
  const user = {
    ...newUser(request, { id: ctx.ids.guid(), now, initialDomain: names.initial }),
    ...(password !== null && { lastPasswordChangeDateTime: now }),
  }
  if (!(await store.insertUser(tx, ctx.tenantId, user))) throw new DuplicateValue('userPrincipalName')
  await saveLookups(ctx, tx, user)
  if (password !== null) await savePassword(ctx, tx, user.id, password)
  announce(ctx, tx, { objectType: 'user', objectId: user.id, change: 'created' })
  await recordAudit(ctx, tx, {
    activity: 'Add user',
    category: 'UserManagement',
    operationType: 'Add',
    targets: [userTarget(user, modifiedProperties(Object.keys(request), {}, { ...request }))],
  })
  return user
}

/**
 * Changes what was supplied, and only that. `password` resets the password in the same transaction (USR-8: 400 for
 * an external user). Disabling the last Global Administrator is refused (GRA-64).
 */
export async function updateUser(
  ctx: Context,
  id: string,
  changes: UserChanges,
  password: NewPassword | null = null,
): Promise<User> {
  return ctx.db.transaction(async (tx) => {
    const user = await store.findUser(tx, id, 'for update')
    if (user === null) throw new NotFound(id)
    const names = await tenantNames(ctx, tx)
    refuse([
      ...judgeFacts(changes),
      ...(changes.userPrincipalName === undefined
        ? []
        : judgeUserPrincipalName(changes.userPrincipalName, names.verified, user.userPrincipalName)),
      ...(password === null ? [] : judgePasswordReset(user)),
    ])
    const changed = applyChanges(user, changes, names.initial)
    if (password !== null) await resetPassword(ctx, tx, user, password)
    if (changed.accountEnabled === false) {
      await keepingAnAdministratorBeside(tx, user.id, () => saveUser(ctx, tx, user, changed))
    } else {
      await saveUser(ctx, tx, user, changed)
    }
    await auditUpdate(ctx, tx, user, changed, password !== null)
    return { ...user, ...changed }
  })
}

/** One record per write (GRA-67), named after what it did. */
async function auditUpdate(
  ctx: Context,
  tx: Tx,
  user: User,
  changed: Partial<User>,
  reset: boolean,
): Promise<void> {
  const names = Object.keys(changed)
  if (names.length === 0 && !reset) return
  const [only] = names
  const activity =
    names.length === 0
      ? 'Reset password'
      : names.length === 1 && only === 'accountEnabled' && !reset
        ? changed.accountEnabled === true
          ? 'Enable account'
          : 'Disable account'
        : 'Update user'
  const modified = modifiedProperties(names, { ...user }, { ...changed })
  await recordAudit(ctx, tx, {
    activity,
    category: 'UserManagement',
    operationType: 'Update',
    targets: [userTarget({ ...user, ...changed }, modified)],
    ...(reset && names.length > 0 && { details: [{ key: 'passwordReset', value: 'true' }] }),
  })
}

/** A new password ends every session that began under the old one. */
async function resetPassword(ctx: Context, tx: Tx, user: User, password: NewPassword): Promise<void> {
  const now = ctx.clock.now()
  await savePassword(ctx, tx, user.id, password)
  await saveUser(ctx, tx, user, {
    lastPasswordChangeDateTime: now,
    signInSessionsValidFromDateTime: endOfSecond(now),
  })
}

/**
 * Sets a password that an administrator chose, or the person itself. The hash is computed before, outside any
 * transaction. 400 for an external user (USR-8).
 */
export async function setPassword(
  ctx: Context,
  id: string,
  password: NewPassword,
  by: 'administrator' | 'self' = 'administrator',
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await store.findUser(tx, id, 'for update')
    if (user === null) throw new NotFound(id)
    refuse(judgePasswordReset(user))
    await resetPassword(ctx, tx, user, password)
    await recordAudit(ctx, tx, {
      activity: by === 'self' ? 'Change user password' : 'Reset password',
      category: 'UserManagement',
      operationType: 'Update',
      targets: [userTarget(user)],
    })
  })
}

/** Makes every session and refresh token of the user worthless from now on. */
export async function revokeSessions(ctx: Context, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await store.findUser(tx, id, 'for update')
    if (user === null) throw new NotFound(id)
    const changed = { signInSessionsValidFromDateTime: endOfSecond(ctx.clock.now()) }
    await saveUser(ctx, tx, user, changed)
    await recordAudit(ctx, tx, {
      activity: 'Update StsRefreshTokenValidFrom Timestamp',
      category: 'UserManagement',
      operationType: 'Update',
      targets: [userTarget(user, modifiedProperties(Object.keys(changed), { ...user }, changed))],
    })
  })
}

const missing = (property: string): ErrorDetail => ({
  code: 'MissingValue',
  message: `A value is required for property '${property}'.`,
  target: property,
})
