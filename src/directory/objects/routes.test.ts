import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { idsOf, rowsOf, serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { addToGroup } from '../groups/membership.ts'
import type { NewGroup } from '../groups/model.ts'
import { createGroup } from '../groups/service.ts'
import { assignRole } from '../roles/service.ts'

const database = testDatabase()

const make = (ctx: TestTenant, alias: string, facts: Partial<NewGroup> = {}) =>
  createGroup(ctx, {
    displayName: alias,
    mailEnabled: false,
    mailNickname: alias,
    securityEnabled: true,
    ...facts,
  })

/** A person in `inner`, which is in `outer`, with a role through a third group. */
async function nested(ctx: TestTenant) {
  const user = await makeUser(ctx, 'adele')
  const [inner, outer] = [
    await make(ctx, 'inner'),
    await make(ctx, 'outer', { groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false }),
  ]
  const operators = await make(ctx, 'operators', { isAssignableToRole: true })
  await addToGroup(ctx, 'members', inner.id, { set: 'users', id: user.id })
  await addToGroup(ctx, 'members', outer.id, { set: 'groups', id: inner.id })
  await addToGroup(ctx, 'members', operators.id, { set: 'users', id: user.id })
  await ctx.db.transaction((tx) => assignRole(ctx, tx, roles.guestInviter, operators.id))
  return { user, inner, outer, operators }
}

describe('GRA-36', () => {
  test('getByIds gives what is known, with its type; unknown ids and other tenants’ are omitted', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const { admin } = serveDirectory(ctx)
    const { user, inner } = await nested(ctx)
    const stranger = await makeUser(other, 'stranger')
    const ids = [user.id.toUpperCase(), inner.id, stranger.id, ctx.ids.guid()]
    const answer = await admin('POST /directoryObjects/getByIds', { body: { ids } })
    expect(answer.status).toBe(200)
    expect(new Map(rowsOf(answer).map((row) => [row['id'], row['@odata.type']]))).toEqual(
      new Map([
        [user.id, '#microsoft.graph.user'],
        [inner.id, '#microsoft.graph.group'],
      ]),
    )
    const groups = await admin('POST /directoryObjects/getByIds', { body: { ids, types: ['group'] } })
    expect(idsOf(groups)).toEqual([inner.id])
  })

  test.each([
    [
      'a thousand and one ids',
      { ids: Array.from({ length: 1_001 }, () => '00000000-0000-4000-8000-000000000000') },
    ],
    ['what is no id', { ids: ["' or true --"] }],
    ['no ids', {}],
  ])('%s are refused', async (_, body) => {
    const ctx = await makeTenant(database)
    const answer = await serveDirectory(ctx).admin('POST /directoryObjects/getByIds', { body })
    expect(answer.status).toBe(400)
  })

  test('a directory object is found by id, with the properties of its type', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const { user } = await nested(ctx)
    const answer = await admin(`GET /directoryObjects/${user.id}`)
    expect(answer.json).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id: user.id,
      userPrincipalName: user.userPrincipalName,
    })
    expect((await admin('GET /directoryObjects/nobody')).status).toBe(404)
  })
})

describe('GRA-37', () => {
  test('memberships are asked transitively; Objects adds the roles', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const { user, inner, outer, operators } = await nested(ctx)
    const ask = async (action: string, body: object) => {
      const answer = await admin(`POST /users/${user.id}/${action}`, { body })
      expect(answer.status).toBe(200)
      expect(answer.json['@odata.context']).toBe(
        'https://graph.example/v1.0/$metadata#Collection(Edm.String)',
      )
      // `value` of these functions is a list of ids.
      const value: unknown = answer.json['value']
      return new Set(Array.isArray(value) ? value : [])
    }
    expect(await ask('getMemberGroups', { securityEnabledOnly: false })).toEqual(
      new Set([inner.id, outer.id, operators.id]),
    )
    expect(await ask('getMemberGroups', { securityEnabledOnly: true })).toEqual(
      new Set([inner.id, operators.id]),
    )
    expect(await ask('getMemberObjects', {})).toEqual(
      new Set([inner.id, outer.id, operators.id, roles.guestInviter]),
    )
    const asked = [outer.id.toUpperCase(), ctx.ids.guid()]
    expect(await ask('checkMemberGroups', { groupIds: asked })).toEqual(new Set([outer.id]))
    expect(await ask('checkMemberObjects', { ids: [roles.guestInviter, ...asked] })).toEqual(
      new Set([outer.id, roles.guestInviter]),
    )
    const byGroup = await admin(`POST /groups/${inner.id}/getMemberGroups`, { body: {} })
    expect(byGroup.json['value']).toEqual([outer.id])
    const byObject = await admin(`POST /directoryObjects/${inner.id}/checkMemberGroups`, {
      body: { groupIds: [outer.id, operators.id] },
    })
    expect(byObject.json['value']).toEqual([outer.id])
  })

  test('more than twenty ids to check are refused', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const groupIds = Array.from({ length: 21 }, () => ctx.ids.guid())
    const answer = await serveDirectory(ctx).admin(`POST /users/${user.id}/checkMemberGroups`, {
      body: { groupIds },
    })
    expect(answer.status).toBe(400)
    expect(answer.json['error']).toMatchObject({ details: [{ target: 'groupIds' }] })
  })
})

test('GRA-33, 38: transitiveMemberOf shows nested groups and the roles of groups that hold roles', async () => {
  const ctx = await makeTenant(database)
  const { admin } = serveDirectory(ctx)
  const { user, inner, outer, operators } = await nested(ctx)
  const all = await admin(`GET /users/${user.id}/transitiveMemberOf`)
  expect(new Set(idsOf(all))).toEqual(new Set([inner.id, outer.id, operators.id, roles.guestInviter]))
  const direct = await admin(`GET /users/${user.id}/memberOf`)
  expect(new Set(idsOf(direct))).toEqual(new Set([inner.id, operators.id]))
})

test('GRA-18: a manager is set, replaced, expanded with its own manager, and removed', async () => {
  const ctx = await makeTenant(database)
  const { admin } = serveDirectory(ctx)
  const [a, b, c] = [await makeUser(ctx, 'a'), await makeUser(ctx, 'b'), await makeUser(ctx, 'c')]
  const put = (of: string, id: string) =>
    admin(`PUT /users/${of}/manager/$ref`, { body: { '@odata.id': `https://x.example/v1.0/users/${id}` } })
  expect((await admin(`GET /users/${a.id}/manager`)).status).toBe(404)
  expect((await put(a.id, c.id)).status).toBe(204)
  expect((await put(a.id, b.id)).status).toBe(204)
  expect((await put(b.id, c.id)).status).toBe(204)
  // A circle must end.
  expect((await put(c.id, a.id)).status).toBe(204)
  expect((await put(a.id, a.id)).status).toBe(400)
  const manager = await admin(`GET /users/${a.id}/manager?$select=displayName`)
  expect(manager.json).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: b.id, displayName: 'b' })
  const chain = await admin(`GET /users/${a.id}?$expand=manager($levels=max;$select=displayName)`)
  expect(chain.json['manager']).toMatchObject({ displayName: 'b', manager: { displayName: 'c' } })
  expect(idsOf(await admin(`GET /users/${b.id}/directReports`))).toEqual([a.id])
  expect((await admin(`DELETE /users/${a.id}/manager/$ref`)).status).toBe(204)
  expect((await admin(`DELETE /users/${a.id}/manager/$ref`)).status).toBe(404)
})

test('SPO-1, GRA-32: sponsors over Graph, and whom one sponsors', async () => {
  const ctx = await makeTenant(database)
  const { admin } = serveDirectory(ctx)
  const [guest, sponsor] = [await makeUser(ctx, 'guest'), await makeUser(ctx, 'sponsor')]
  const group = await make(ctx, 'sponsors')
  const add = (id: string) =>
    admin(`POST /users/${guest.id}/sponsors/$ref`, {
      body: { '@odata.id': `https://x.example/v1.0/directoryObjects/${id}` },
    })
  expect((await add(sponsor.id)).status).toBe(204)
  expect((await add(sponsor.id)).status).toBe(400)
  expect((await add(group.id)).status).toBe(204)
  const listed = await admin(`GET /users/${guest.id}/sponsors`)
  expect(new Set(rowsOf(listed).map((row) => row['@odata.type']))).toEqual(
    new Set(['#microsoft.graph.user', '#microsoft.graph.group']),
  )
  expect(idsOf(await admin(`GET /users/${sponsor.id}/sponsorOf`))).toEqual([guest.id])
  expect((await admin(`DELETE /users/${guest.id}/sponsors/${sponsor.id}/$ref`)).status).toBe(204)
  expect((await admin(`DELETE /users/${guest.id}/sponsors/${sponsor.id}/$ref`)).status).toBe(404)
})
