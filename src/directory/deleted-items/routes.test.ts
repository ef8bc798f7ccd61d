import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { idsOf, rowsOf, serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { createGroup, deleteGroup } from '../groups/service.ts'
import { assignRole } from '../roles/service.ts'
import { deleteUser } from '../users/deletion.ts'

const database = testDatabase()
const DAY = 86_400_000

describe('GRA-57: /directory/deletedItems', () => {
  test('lists by type, shows, restores and purges', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const [user, gone] = [await makeUser(ctx, 'adele'), await makeUser(ctx, 'gone')]
    const group = await createGroup(ctx, {
      displayName: 'g',
      mailEnabled: false,
      mailNickname: 'g',
      securityEnabled: true,
    })
    for (const id of [user.id, gone.id]) await admin(`DELETE /users/${id}`)
    await admin(`DELETE /groups/${group.id}`)

    const users = await admin(
      'GET /directory/deletedItems/microsoft.graph.user?$select=deletedDateTime,displayName',
    )
    expect(new Set(idsOf(users))).toEqual(new Set([user.id, gone.id]))
    expect(rowsOf(users)[0]?.['deletedDateTime']).toMatch(/Z$/)
    expect(idsOf(await admin('GET /directory/deletedItems/microsoft.graph.group'))).toEqual([group.id])
    expect((await admin('GET /directory/deletedItems')).status).toBe(400)
    expect((await admin(`GET /directory/deletedItems/${user.id}`)).json).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      displayName: 'adele',
      userPrincipalName: `${user.id.replaceAll('-', '')}${user.userPrincipalName}`,
    })

    const restored = await admin(`POST /directory/deletedItems/${user.id}/restore`)
    expect(restored.status).toBe(200)
    expect(restored.json).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id: user.id,
      userPrincipalName: user.userPrincipalName,
    })
    expect((await admin(`GET /users/${user.id}`)).status).toBe(200)
    expect((await admin(`POST /directory/deletedItems/${group.id}/restore`)).json['id']).toBe(group.id)
    expect((await admin(`DELETE /directory/deletedItems/${gone.id}`)).status).toBe(204)
    expect((await admin(`POST /directory/deletedItems/${gone.id}/restore`)).status).toBe(404)
    expect((await admin(`POST /directory/deletedItems/${user.id}/restore`)).status).toBe(404)
  })

  test('GRA-58: a restore with a name that is taken is a 400, and works under another', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele')
    await deleteUser(ctx, user.id)
    await makeUser(ctx, 'adele')
    const request = `POST /directory/deletedItems/${user.id}/restore` as const
    const refused = await admin(request)
    expect(refused.status).toBe(400)
    expect(refused.json['error']).toMatchObject({ code: 'Request_BadRequest' })
    const newUserPrincipalName = `adele2@${ctx.initialDomain}`
    expect((await admin(request, { body: { newUserPrincipalName: 'a#b@x.example' } })).status).toBe(400)
    expect((await admin(request, { body: { newUserPrincipalName } })).json).toMatchObject({
      id: user.id,
      userPrincipalName: newUserPrincipalName,
    })
  })

  test('GRA-58: after thirty days nothing is there, although nothing was purged yet', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele')
    await deleteUser(ctx, user.id)
    ctx.clock.advance(30 * DAY + 1)
    expect(idsOf(await admin('GET /directory/deletedItems/microsoft.graph.user'))).toEqual([])
    expect((await admin(`GET /directory/deletedItems/${user.id}`)).status).toBe(404)
    expect((await admin(`POST /directory/deletedItems/${user.id}/restore`)).status).toBe(404)
  })

  test('GRA-60, 64: takes scope and role, a higher one for administrators and for groups that hold roles', async () => {
    const ctx = await makeTenant(database)
    const { person } = serveDirectory(ctx)
    const [user, boss] = [await makeUser(ctx, 'adele'), await makeUser(ctx, 'boss')]
    const group = await createGroup(ctx, {
      displayName: 'g',
      mailEnabled: false,
      mailNickname: 'g',
      securityEnabled: true,
      isAssignableToRole: true,
    })
    await ctx.db.transaction((tx) => assignRole(ctx, tx, roles.securityAdministrator, boss.id))
    for (const id of [user.id, boss.id]) await deleteUser(ctx, id)
    await deleteGroup(ctx, group.id)
    const restore = (id: string) => `POST /directory/deletedItems/${id}/restore` as const
    const scopes = ['Directory.ReadWrite.All']
    const nobody = person(ctx.ids.guid(), scopes)
    const noScope = person(ctx.ids.guid(), ['User.Read.All'], [roles.globalAdministrator])
    const admin = person(ctx.ids.guid(), scopes, [roles.userAdministrator])
    expect((await nobody(restore(user.id))).status).toBe(403)
    expect((await noScope(restore(user.id))).status).toBe(403)
    expect((await admin(restore(boss.id))).status).toBe(403)
    expect((await admin(`DELETE /directory/deletedItems/${boss.id}`)).status).toBe(403)
    expect((await admin(restore(group.id))).status).toBe(403)
    expect((await admin(restore(user.id))).status).toBe(200)
    const groupScope = person(ctx.ids.guid(), ['Group.ReadWrite.All'], [roles.globalAdministrator])
    expect((await groupScope(restore(boss.id))).status).toBe(403)
  })

  test('GRA-12: another tenant’s deleted objects are not there', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const user = await makeUser(other, 'adele')
    await deleteUser(other, user.id)
    const { admin } = serveDirectory(ctx)
    const answers = [
      await admin(`GET /directory/deletedItems/${user.id}`),
      await admin(`POST /directory/deletedItems/${user.id}/restore`),
      await admin(`DELETE /directory/deletedItems/${user.id}`),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404])
    expect(idsOf(await admin('GET /directory/deletedItems/microsoft.graph.user'))).toEqual([])
  })
})
