import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { NotFound } from '../../platform/errors.ts'
import { purgeExpired } from '../deleted-items/purge.ts'
import { DuplicateValue } from '../duplicates.ts'
import { findTransitiveGroups, findTransitiveUsers } from '../groups/member-store.ts'
import { addToGroup } from '../groups/membership.ts'
import { createGroup } from '../groups/service.ts'
import { findAccountForSignIn } from './accounts.ts'
import { deleteUser, purgeUser, restoreUser } from './deletion.ts'
import { addSponsor, listSponsors } from './sponsors.ts'
import { findDeletedUser, findUser, findUserByPrincipalName } from './store.ts'

const database = testDatabase()
const DAY = 86_400_000

const read = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findUser(tx, id))

describe('GRA-58', () => {
  test('a deleted user is found by no id, name or address, and the name is free at once', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { mail: 'adele@x.example' })
    await deleteUser(ctx, user.id)
    await ctx.db.transaction(async (tx) => {
      expect(await findUser(tx, user.id)).toBeNull()
      expect(await findUserByPrincipalName(tx, user.userPrincipalName)).toBeNull()
      expect(await findAccountForSignIn(tx, user.userPrincipalName)).toBeNull()
      expect(await findAccountForSignIn(tx, 'adele@x.example')).toBeNull()
      const deleted = await findDeletedUser(tx, user.id, new Date(0))
      expect(deleted?.userPrincipalName).toBe(`${user.id.replaceAll('-', '')}${user.userPrincipalName}`)
    })
    await expect(deleteUser(ctx, user.id)).rejects.toThrow(NotFound)
    await expect(makeUser(ctx, 'adele', { mail: 'adele@x.example' })).resolves.toBeDefined()
  })

  test('a restored user is as before, memberships and addresses included, but for ended sessions', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { mail: 'adele@x.example' })
    const group = await createGroup(ctx, {
      displayName: 'Retail',
      mailEnabled: false,
      mailNickname: 'retail',
      securityEnabled: true,
    })
    await addToGroup(ctx, 'members', group.id, { set: 'directoryObjects', id: user.id })
    const members = () => ctx.db.transaction((tx) => findTransitiveUsers(tx, group.id))
    ctx.clock.advance(1_000)
    await deleteUser(ctx, user.id)
    expect(await members()).toEqual([])
    const restored = await restoreUser(ctx, user.id)
    expect(restored.signInSessionsValidFromDateTime > user.signInSessionsValidFromDateTime).toBe(true)
    expect(await read(ctx, user.id)).toEqual({
      ...user,
      signInSessionsValidFromDateTime: restored.signInSessionsValidFromDateTime,
    })
    expect(await members()).toEqual([user.id])
    const account = await ctx.db.transaction((tx) => findAccountForSignIn(tx, 'ADELE@x.example'))
    expect(account).toMatchObject({ user: { id: user.id }, password: { hash: '$argon2id$test' } })
  })

  test('a restore is refused while somebody else has the name, and works under another one', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await deleteUser(ctx, user.id)
    await makeUser(ctx, 'Adele')
    await expect(restoreUser(ctx, user.id)).rejects.toThrow(DuplicateValue)
    expect(await read(ctx, user.id)).toBeNull()
    const name = `adele2@${ctx.initialDomain}`
    expect(await restoreUser(ctx, user.id, { newUserPrincipalName: name })).toMatchObject({
      userPrincipalName: name,
      identities: [{ issuerAssignedId: name }],
    })
    expect((await read(ctx, user.id))?.userPrincipalName).toBe(name)
  })

  test('a restore is refused while somebody else has the address, unless it may be dropped', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { mail: 'shared@x.example' })
    await deleteUser(ctx, user.id)
    await makeUser(ctx, 'diego', { mail: 'Shared@x.example' })
    await expect(restoreUser(ctx, user.id)).rejects.toMatchObject({ property: 'proxyAddresses' })
    const restored = await restoreUser(ctx, user.id, { autoReconcileProxyConflict: true })
    expect(restored.proxyAddresses).toEqual([])
  })

  test('of two restores at once one does it, and the other finds nothing', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await deleteUser(ctx, user.id)
    const results = await Promise.allSettled([restoreUser(ctx, user.id), restoreUser(ctx, user.id)])
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('after thirty days there is nothing to restore, purged or not yet', async () => {
    const ctx = await makeTenant(database)
    const [early, late] = [await makeUser(ctx, 'early'), await makeUser(ctx, 'late')]
    await deleteUser(ctx, early.id)
    ctx.clock.advance(30 * DAY)
    await deleteUser(ctx, late.id)
    ctx.clock.advance(1_000)
    await expect(restoreUser(ctx, early.id)).rejects.toThrow(NotFound)
    expect(await purgeExpired(ctx)).toBe(1)
    expect(await purgeExpired(ctx)).toBe(0)
    await ctx.db.transaction(async (tx) => {
      expect(await findDeletedUser(tx, early.id, new Date(0))).toBeNull()
      expect(await findDeletedUser(tx, late.id, new Date(0))).not.toBeNull()
    })
  })
})

test('GRA-57: a purge removes the user and every relation to it; only a deleted user can be purged', async () => {
  const ctx = await makeTenant(database)
  const [user, guest] = [await makeUser(ctx, 'adele'), await makeUser(ctx, 'guest')]
  const group = await createGroup(ctx, {
    displayName: 'Retail',
    mailEnabled: false,
    mailNickname: 'retail',
    securityEnabled: true,
  })
  await addToGroup(ctx, 'members', group.id, { set: 'users', id: user.id })
  await addSponsor(ctx, guest.id, { set: 'users', id: user.id })
  await expect(purgeUser(ctx, user.id)).rejects.toThrow(NotFound)
  await deleteUser(ctx, user.id)
  await purgeUser(ctx, user.id)
  await expect(purgeUser(ctx, user.id)).rejects.toThrow(NotFound)
  await ctx.db.transaction(async (tx) => {
    expect(await findTransitiveGroups(tx, user.id)).toEqual([])
    expect(await listSponsors(tx, guest.id)).toEqual([])
    const left = await tx
      .selectFrom('user_passwords')
      .select('user_id')
      .where('user_id', '=', user.id)
      .execute()
    expect(left).toEqual([])
  })
})

test('GRA-58: another tenant can neither delete, restore nor purge', async () => {
  const [one, two] = [await makeTenant(database), await makeTenant(database)]
  const user = await makeUser(one, 'adele')
  await expect(deleteUser(two, user.id)).rejects.toThrow(NotFound)
  await deleteUser(one, user.id)
  await expect(restoreUser(two, user.id)).rejects.toThrow(NotFound)
  await expect(purgeUser(two, user.id)).rejects.toThrow(NotFound)
  await expect(restoreUser(one, user.id)).resolves.toMatchObject({ id: user.id })
})
