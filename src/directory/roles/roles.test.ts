import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { addToGroup, removeFromGroup } from '../groups/membership.ts'
import { createGroup, deleteGroup } from '../groups/service.ts'
import { deleteUser } from '../users/deletion.ts'
import { updateUser } from '../users/service.ts'
import { builtInRoles } from './built-in.ts'
import { activateRole, addRoleMember, assignRole, listRoles, removeRoleMember, rolesOf } from './service.ts'

const database = testDatabase()
const { globalAdministrator, guestInviter, userAdministrator } = directoryRoleTemplates

const rolesNow = (ctx: TestTenant, id: string) =>
  ctx.db.transaction(async (tx) => [...(await rolesOf(tx, id))].toSorted())
const give = (ctx: TestTenant, role: string, id: string) =>
  ctx.db.transaction((tx) => assignRole(ctx, tx, role, id))
const reference = (id: string) => ({ set: 'directoryObjects', id })
const roleGroup = (ctx: TestTenant, isAssignableToRole = true) =>
  createGroup(ctx, {
    displayName: 'Operators',
    mailEnabled: false,
    mailNickname: 'operators',
    securityEnabled: true,
    isAssignableToRole,
  })

describe('GRA-62', () => {
  test('every built-in role of the specification is there, under its template id', () => {
    expect(builtInRoles).toHaveLength(Object.keys(directoryRoleTemplates).length)
    expect(builtInRoles.find((role) => role.id === '95e79109-95c0-4d8e-aee3-d01accf2d47b')).toMatchObject({
      displayName: 'Guest Inviter',
      isPrivileged: false,
    })
  })

  test('only activated roles are listed, and a role is activated once', async () => {
    const ctx = await makeTenant(database)
    const listed = () =>
      ctx.db.transaction(async (tx) => (await listRoles(tx)).map((role) => role.displayName))
    expect(await listed()).toEqual([])
    await activateRole(ctx, guestInviter.toUpperCase())
    expect(await listed()).toEqual(['Guest Inviter'])
    await expect(activateRole(ctx, guestInviter)).rejects.toThrow(Invalid)
    await expect(activateRole(ctx, ctx.ids.guid())).rejects.toThrow(Invalid)
  })

  test('a role that is not activated has no members to add', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await expect(addRoleMember(ctx, guestInviter, reference(user.id))).rejects.toThrow(NotFound)
    await activateRole(ctx, guestInviter)
    await addRoleMember(ctx, guestInviter, reference(user.id))
    expect(await rolesNow(ctx, user.id)).toEqual([guestInviter])
    await expect(addRoleMember(ctx, guestInviter, reference(user.id))).rejects.toThrow(Invalid)
    await removeRoleMember(ctx, guestInviter, user.id)
    expect(await rolesNow(ctx, user.id)).toEqual([])
    await expect(removeRoleMember(ctx, guestInviter, user.id)).rejects.toThrow(NotFound)
  })

  test('a group gives its roles to its members if it was made for that, and only while it exists', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const plain = await roleGroup(ctx, false)
    await expect(give(ctx, userAdministrator, plain.id)).rejects.toThrow('isAssignableToRole')
    const group = await roleGroup(ctx)
    await give(ctx, userAdministrator, group.id)
    await addToGroup(ctx, 'members', group.id, reference(user.id))
    expect(await rolesNow(ctx, user.id)).toEqual([userAdministrator])
    await deleteGroup(ctx, group.id)
    expect(await rolesNow(ctx, user.id)).toEqual([])
  })

  test('another tenant’s people and roles are not there', async () => {
    const [one, two] = [await makeTenant(database), await makeTenant(database)]
    const [user, stranger] = [await makeUser(one, 'adele'), await makeUser(two, 'adele')]
    await give(one, guestInviter, user.id)
    await expect(addRoleMember(one, guestInviter, reference(stranger.id))).rejects.toThrow(NotFound)
    await expect(removeRoleMember(two, guestInviter, user.id)).rejects.toThrow(NotFound)
    expect(await rolesNow(two, user.id)).toEqual([])
    expect(await rolesNow(one, user.id)).toEqual([guestInviter])
  })
})

describe('GRA-64: the last Global Administrator', () => {
  const refusal = 'last Global Administrator'

  test('cannot be demoted, deleted or disabled; the first of two can', async () => {
    const ctx = await makeTenant(database)
    const [one, two] = [await makeUser(ctx, 'one'), await makeUser(ctx, 'two')]
    await give(ctx, globalAdministrator, one.id)
    await expect(removeRoleMember(ctx, globalAdministrator, one.id)).rejects.toThrow(refusal)
    await expect(deleteUser(ctx, one.id)).rejects.toThrow(refusal)
    await expect(updateUser(ctx, one.id, { accountEnabled: false })).rejects.toThrow(refusal)
    expect(await rolesNow(ctx, one.id)).toEqual([globalAdministrator])
    await give(ctx, globalAdministrator, two.id)
    await removeRoleMember(ctx, globalAdministrator, one.id)
    await deleteUser(ctx, one.id)
    await expect(deleteUser(ctx, two.id)).rejects.toThrow(refusal)
  })

  test('a disabled one does not count as another', async () => {
    const ctx = await makeTenant(database)
    const one = await makeUser(ctx, 'one')
    const off = await makeUser(ctx, 'off', { accountEnabled: false })
    await give(ctx, globalAdministrator, one.id)
    await give(ctx, globalAdministrator, off.id)
    await expect(removeRoleMember(ctx, globalAdministrator, one.id)).rejects.toThrow(refusal)
    await removeRoleMember(ctx, globalAdministrator, off.id)
  })

  test('through a group cannot leave it, nor can the group go', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'one')
    const group = await roleGroup(ctx)
    await addToGroup(ctx, 'members', group.id, reference(user.id))
    await give(ctx, globalAdministrator, group.id)
    await expect(removeFromGroup(ctx, 'members', group.id, user.id)).rejects.toThrow(refusal)
    await expect(deleteGroup(ctx, group.id)).rejects.toThrow(refusal)
    await expect(removeRoleMember(ctx, globalAdministrator, group.id)).rejects.toThrow(refusal)
    expect(await rolesNow(ctx, user.id)).toEqual([globalAdministrator])
  })

  test('is kept when all of them are removed, deleted and disabled at once', async () => {
    for (let round = 0; round < 5; round++) {
      const ctx = await makeTenant(database)
      const admins = []
      for (const alias of ['a', 'b', 'c', 'd', 'e', 'f']) admins.push(await makeUser(ctx, alias))
      for (const admin of admins) await give(ctx, globalAdministrator, admin.id)
      const ways = [
        (id: string) => removeRoleMember(ctx, globalAdministrator, id),
        (id: string) => deleteUser(ctx, id),
        (id: string) => updateUser(ctx, id, { accountEnabled: false }).then(() => {}),
      ]
      const results = await Promise.allSettled(admins.map((admin, at) => ways[(at + round) % 3]?.(admin.id)))
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(admins.length - 1)
    }
  })
})
