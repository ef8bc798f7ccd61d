import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { readChanges } from '../changes.ts'
import { deleteUser } from '../users/deletion.ts'
import { findMemberships, findTransitiveGroups, findTransitiveUsers } from './member-store.ts'
import { addToGroup, removeFromGroup } from './membership.ts'
import type { NewGroup } from './model.ts'
import { createGroup, deleteGroup, purgeGroup, restoreGroup, updateGroup } from './service.ts'
import { findGroup } from './store.ts'

const database = testDatabase()

const request = (alias: string, facts: Partial<NewGroup> = {}): NewGroup => ({
  displayName: alias,
  mailEnabled: false,
  mailNickname: alias,
  securityEnabled: true,
  ...facts,
})
const reference = (id: string) => ({ set: 'directoryObjects', id })
const groupsOf = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findTransitiveGroups(tx, id))
const usersIn = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findTransitiveUsers(tx, id))
const read = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findGroup(tx, id))

describe('a group', () => {
  test('GRA-31: is created with members and owners, or not at all', async () => {
    const ctx = await makeTenant(database)
    const [owner, member] = [await makeUser(ctx, 'owner'), await makeUser(ctx, 'member')]
    const group = await createGroup(ctx, request('retail'), {
      owners: [reference(owner.id)],
      members: [reference(member.id), { set: 'users', id: owner.id }],
    })
    expect(await read(ctx, group.id)).toEqual(group)
    expect(await usersIn(ctx, group.id)).toEqual([owner.id, member.id].toSorted())
    const refused = createGroup(ctx, request('other'), {
      members: [reference(member.id), reference(ctx.ids.guid())],
    })
    await expect(refused).rejects.toThrow(NotFound)
    const count = await ctx.db.transaction((tx) => tx.selectFrom('groups').select('id').execute())
    expect(count).toHaveLength(1)
  })

  test.each([
    ['mail without Unified', { mailEnabled: true }, 'mailEnabled'],
    ['neither security nor Unified', { securityEnabled: false }, 'securityEnabled'],
    ['an unknown type', { groupTypes: ['Dynamo'] }, 'groupTypes'],
    ['dynamic membership', { groupTypes: ['DynamicMembership'] }, 'groupTypes'],
    ['an empty name', { displayName: '  ' }, 'displayName'],
    ['a nickname with a space', { mailNickname: 'a b' }, 'mailNickname'],
    ['roles in public', { isAssignableToRole: true, visibility: 'Public' }, 'visibility'],
  ] as const)('GRA-31: %s is refused', async (_, facts, target) => {
    const ctx = await makeTenant(database)
    await expect(createGroup(ctx, request('g', facts))).rejects.toMatchObject({ details: [{ target }] })
  })

  test('a unique name is unique in its tenant', async () => {
    const [one, two] = [await makeTenant(database), await makeTenant(database)]
    await createGroup(one, request('a', { uniqueName: 'retail' }))
    await expect(createGroup(one, request('b', { uniqueName: 'Retail' }))).rejects.toMatchObject({
      property: 'uniqueName',
    })
    await expect(createGroup(two, request('b', { uniqueName: 'Retail' }))).resolves.toBeDefined()
  })

  test('GRA-30, 32: an update changes what was supplied and binds up to 20 objects, all or nothing', async () => {
    const ctx = await makeTenant(database)
    const group = await createGroup(ctx, request('retail'))
    const users = []
    for (let at = 0; at < 21; at++) users.push(await makeUser(ctx, `u${at}`))
    const all = users.map((user) => reference(user.id))
    await expect(updateGroup(ctx, group.id, { description: 'Shops' }, { members: all })).rejects.toThrow(
      'At most 20',
    )
    expect(await read(ctx, group.id)).toEqual(group)
    await updateGroup(ctx, group.id, { description: 'Shops' }, { members: all.slice(0, 20) })
    expect(await read(ctx, group.id)).toEqual({ ...group, description: 'Shops' })
    expect(await usersIn(ctx, group.id)).toHaveLength(20)
    await expect(updateGroup(ctx, group.id, {}, { members: all.slice(19) })).rejects.toThrow('already exist')
    expect(await usersIn(ctx, group.id)).toHaveLength(20)
  })

  test('HiddenMembership comes with the group or never', async () => {
    const ctx = await makeTenant(database)
    const open = await createGroup(ctx, request('open'))
    await expect(updateGroup(ctx, open.id, { visibility: 'HiddenMembership' })).rejects.toThrow(Invalid)
    const hidden = await createGroup(ctx, request('hidden', { visibility: 'HiddenMembership' }))
    await expect(updateGroup(ctx, hidden.id, { visibility: 'Public' })).rejects.toThrow(Invalid)
  })
})

describe('members and owners', () => {
  test('GRA-32: added once, removed once, and the feed follows', async () => {
    const ctx = await makeTenant(database)
    const [group, user] = [await createGroup(ctx, request('g')), await makeUser(ctx, 'u')]
    await addToGroup(ctx, 'members', group.id, reference(user.id))
    await expect(addToGroup(ctx, 'members', group.id, reference(user.id))).rejects.toThrow(Invalid)
    await removeFromGroup(ctx, 'members', group.id, user.id)
    await expect(removeFromGroup(ctx, 'members', group.id, user.id)).rejects.toThrow(NotFound)
    const feed = await ctx.db.transaction((tx) => readChanges(tx, 0, 100))
    expect(feed.filter((entry) => entry.objectId === group.id)).toMatchObject([
      { change: 'created' },
      { change: 'memberAdded', detail: { memberId: user.id } },
      { change: 'memberRemoved', detail: { memberId: user.id } },
    ])
  })

  test('of ten who add the same member at once, one does', async () => {
    const ctx = await makeTenant(database)
    const [group, user] = [await createGroup(ctx, request('g')), await makeUser(ctx, 'u')]
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => addToGroup(ctx, 'members', group.id, reference(user.id))),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })

  test('the last owner stays', async () => {
    const ctx = await makeTenant(database)
    const [one, two] = [await makeUser(ctx, 'one'), await makeUser(ctx, 'two')]
    const group = await createGroup(ctx, request('g'), { owners: [reference(one.id), reference(two.id)] })
    await removeFromGroup(ctx, 'owners', group.id, one.id)
    await expect(removeFromGroup(ctx, 'owners', group.id, two.id)).rejects.toThrow('at least one owner')
  })

  test('a group owns nothing, holds no group if it can hold roles, and never itself', async () => {
    const ctx = await makeTenant(database)
    const [group, inner] = [await createGroup(ctx, request('g')), await createGroup(ctx, request('inner'))]
    const forRoles = await createGroup(ctx, request('roles', { isAssignableToRole: true }))
    await expect(addToGroup(ctx, 'owners', group.id, reference(inner.id))).rejects.toThrow(NotFound)
    await expect(addToGroup(ctx, 'members', forRoles.id, reference(inner.id))).rejects.toThrow(Invalid)
    await expect(addToGroup(ctx, 'members', group.id, reference(group.id))).rejects.toThrow(Invalid)
  })

  test('USR-5: nobody joins or leaves a group mastered on premises', async () => {
    const ctx = await makeTenant(database)
    const [group, user] = [
      await createGroup(ctx, request('g')),
      await makeUser(ctx, 'u', { userType: 'Guest' }),
    ]
    await addToGroup(ctx, 'members', group.id, reference(user.id))
    await ctx.db.transaction((tx) =>
      tx.updateTable('groups').set({ on_premises_sync_enabled: true }).where('id', '=', group.id).execute(),
    )
    await expect(removeFromGroup(ctx, 'members', group.id, user.id)).rejects.toThrow(Invalid)
    const other = await makeUser(ctx, 'other', { userType: 'Guest' })
    await expect(addToGroup(ctx, 'members', group.id, reference(other.id))).rejects.toThrow(Invalid)
  })

  test('GRA-38: membership is transitive, ends in cycles, and stops at deleted groups and people', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'u')
    const [a, b, c] = [
      await createGroup(ctx, request('a')),
      await createGroup(ctx, request('b')),
      await createGroup(ctx, request('c')),
    ]
    await addToGroup(ctx, 'members', a.id, reference(user.id))
    await addToGroup(ctx, 'members', b.id, reference(a.id))
    await addToGroup(ctx, 'members', c.id, reference(b.id))
    await addToGroup(ctx, 'members', a.id, reference(c.id))
    const all = [a.id, b.id, c.id].toSorted()
    expect(await groupsOf(ctx, user.id)).toEqual(all)
    expect(await groupsOf(ctx, a.id)).toEqual([b.id, c.id].toSorted())
    expect(await usersIn(ctx, c.id)).toEqual([user.id])
    const member = await ctx.db.transaction((tx) =>
      findMemberships(tx, user.id, [c.id.toUpperCase(), ctx.ids.guid()]),
    )
    expect([...member]).toEqual([c.id])
    await deleteGroup(ctx, b.id)
    expect(await groupsOf(ctx, user.id)).toEqual([a.id])
    expect(await usersIn(ctx, c.id)).toEqual([])
    await restoreGroup(ctx, b.id)
    expect(await groupsOf(ctx, user.id)).toEqual(all)
    await deleteUser(ctx, user.id)
    expect(await usersIn(ctx, c.id)).toEqual([])
  })
})

describe('GRA-58', () => {
  test('a deleted group is gone until restored, and for ever when purged', async () => {
    const ctx = await makeTenant(database)
    const [group, user] = [await createGroup(ctx, request('g')), await makeUser(ctx, 'u')]
    await addToGroup(ctx, 'members', group.id, reference(user.id))
    await expect(purgeGroup(ctx, group.id)).rejects.toThrow(NotFound)
    await deleteGroup(ctx, group.id)
    expect(await read(ctx, group.id)).toBeNull()
    await expect(addToGroup(ctx, 'members', group.id, reference(user.id))).rejects.toThrow(NotFound)
    await restoreGroup(ctx, group.id)
    expect(await usersIn(ctx, group.id)).toEqual([user.id])
    await deleteGroup(ctx, group.id)
    await purgeGroup(ctx, group.id)
    await expect(restoreGroup(ctx, group.id)).rejects.toThrow(NotFound)
  })

  test('another tenant finds neither the group nor anybody to put into it', async () => {
    const [one, two] = [await makeTenant(database), await makeTenant(database)]
    const [group, user] = [await createGroup(one, request('g')), await makeUser(two, 'u')]
    await expect(addToGroup(one, 'members', group.id, reference(user.id))).rejects.toThrow(NotFound)
    await expect(addToGroup(two, 'members', group.id, reference(user.id))).rejects.toThrow(NotFound)
    await expect(updateGroup(two, group.id, { description: 'x' })).rejects.toThrow(NotFound)
    await expect(deleteGroup(two, group.id)).rejects.toThrow(NotFound)
    expect(await groupsOf(one, user.id)).toEqual([])
  })
})
