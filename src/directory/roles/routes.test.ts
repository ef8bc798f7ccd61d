import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { idsOf, rowsOf, serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { rolesOf } from './service.ts'

const database = testDatabase()
const reference = (id: string) => ({ body: { '@odata.id': `https://x.example/v1.0/directoryObjects/${id}` } })

describe('GRA-62: /directoryRoles', () => {
  test('lists what is activated, by id or roleTemplateId', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    expect((await admin('GET /directoryRoles')).json['value']).toEqual([])
    expect((await admin(`GET /directoryRoles/${roles.guestInviter}`)).status).toBe(404)
    const activated = await admin('POST /directoryRoles', { body: { roleTemplateId: roles.guestInviter } })
    expect(activated.status).toBe(201)
    const role = {
      id: roles.guestInviter,
      roleTemplateId: roles.guestInviter,
      displayName: 'Guest Inviter',
      description: 'Invites guests even when members may not.',
      deletedDateTime: null,
    }
    expect(activated.json).toMatchObject(role)
    expect((await admin('GET /directoryRoles')).json['value']).toEqual([role])
    const byTemplate = await admin(`GET /directoryRoles(roleTemplateId='${roles.guestInviter}')`)
    expect(byTemplate.json['displayName']).toBe('Guest Inviter')
    expect((await admin('POST /directoryRoles', { body: { roleTemplateId: ctx.ids.guid() } })).status).toBe(
      400,
    )
    expect((await admin('GET /directoryRoles?$top=5')).status).toBe(400)
  })

  test('templates are all there, activated or not', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const answer = await admin('GET /directoryRoleTemplates')
    expect(new Set(idsOf(answer))).toEqual(new Set(Object.values(roles)))
    expect((await admin(`GET /directoryRoleTemplates/${roles.globalReader}`)).json['displayName']).toBe(
      'Global Reader',
    )
  })

  test('members are given and taken, and see it in memberOf', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele')
    await admin('POST /directoryRoles', { body: { roleTemplateId: roles.guestInviter } })
    const members = `/directoryRoles/${roles.guestInviter}/members` as const
    expect((await admin(`POST ${members}/$ref`, reference(user.id))).status).toBe(204)
    expect((await admin(`POST ${members}/$ref`, reference(user.id))).status).toBe(400)
    expect(rowsOf(await admin(`GET ${members}`))).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', id: user.id },
    ])
    expect(rowsOf(await admin(`GET /users/${user.id}/memberOf`))).toMatchObject([
      {
        '@odata.type': '#microsoft.graph.directoryRole',
        id: roles.guestInviter,
        displayName: 'Guest Inviter',
      },
    ])
    expect((await admin(`DELETE ${members}/${user.id}/$ref`)).status).toBe(204)
    expect((await admin(`DELETE ${members}/${user.id}/$ref`)).status).toBe(404)
  })
})

describe('GRA-60, 64', () => {
  test('roles are given by those who manage roles; anyone gives up a role of their own', async () => {
    const ctx = await makeTenant(database)
    const { admin, person } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele')
    await admin('POST /directoryRoles', { body: { roleTemplateId: roles.guestInviter } })
    const members = `/directoryRoles/${roles.guestInviter}/members` as const
    const scopes = ['RoleManagement.ReadWrite.Directory']
    for (const held of [[], [roles.userAdministrator], [roles.globalReader]]) {
      const client = person(user.id, scopes, held)
      expect((await client(`POST ${members}/$ref`, reference(user.id))).status).toBe(403)
    }
    const manager = person(ctx.ids.guid(), scopes, [roles.privilegedRoleAdministrator])
    expect((await manager(`POST ${members}/$ref`, reference(user.id))).status).toBe(204)
    const self = person(user.id, scopes, [roles.guestInviter])
    expect((await self(`DELETE ${members}/${user.id}/$ref`)).status).toBe(204)
    expect(await ctx.db.transaction((tx) => rolesOf(tx, user.id))).toEqual(new Set())
  })

  test('the last Global Administrator does not demote themselves: 400', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'boss')
    const { admin, person } = serveDirectory(ctx)
    await admin('POST /directoryRoles', { body: { roleTemplateId: roles.globalAdministrator } })
    const members = `/directoryRoles/${roles.globalAdministrator}/members` as const
    await admin(`POST ${members}/$ref`, reference(user.id))
    const self = person(user.id, ['RoleManagement.ReadWrite.Directory'], [roles.globalAdministrator])
    const refused = await self(`DELETE ${members}/${user.id}/$ref`)
    expect(refused.status).toBe(400)
    expect(refused.json['error']).toMatchObject({ code: 'Request_BadRequest' })
    expect(await ctx.db.transaction((tx) => rolesOf(tx, user.id))).toEqual(
      new Set([roles.globalAdministrator]),
    )
  })

  test('GRA-12: another tenant’s person is a 404, and its activations are not seen', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const stranger = await makeUser(other, 'stranger')
    const { admin } = serveDirectory(ctx)
    await admin('POST /directoryRoles', { body: { roleTemplateId: roles.guestInviter } })
    const members = `/directoryRoles/${roles.guestInviter}/members` as const
    expect((await admin(`POST ${members}/$ref`, reference(stranger.id))).status).toBe(404)
    expect((await serveDirectory(other).admin(`GET ${members}`)).status).toBe(404)
  })
})
