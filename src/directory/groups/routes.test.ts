import type { Group as GraphGroup } from '@microsoft/microsoft-graph-types'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { idsOf, rowsOf, serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { findTransitiveUsers } from './member-store.ts'
import { addToGroup } from './membership.ts'
import type { NewGroup } from './model.ts'
import { createGroup } from './service.ts'
import { findGroup } from './store.ts'

const database = testDatabase()
const advanced = { headers: { consistencylevel: 'eventual' } }

const body = (alias: string, more: object = {}) => ({
  displayName: alias,
  mailEnabled: false,
  mailNickname: alias,
  securityEnabled: true,
  ...more,
})
const make = (ctx: TestTenant, alias: string, facts: Partial<NewGroup> = {}) =>
  createGroup(ctx, {
    displayName: alias,
    mailEnabled: false,
    mailNickname: alias,
    securityEnabled: true,
    ...facts,
  })
const url = (id: string, set = 'directoryObjects') => `https://graph.example/v1.0/${set}/${id}`
const reference = (id: string, set?: string) => ({ body: { '@odata.id': url(id, set) } })

describe('groups', () => {
  test('GRA-29, 31: POST answers 201 with everything; members and owners are bound', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const [owner, member] = [await makeUser(ctx, 'owner'), await makeUser(ctx, 'member')]
    const answer = await admin('POST /groups', {
      body: body('retail', {
        'members@odata.bind': [url(member.id)],
        'owners@odata.bind': [url(owner.id, 'users')],
      }),
    })
    expect(answer.status).toBe(201)
    const expected: GraphGroup = {
      displayName: 'retail',
      description: null,
      groupTypes: [],
      mail: null,
      mailEnabled: false,
      mailNickname: 'retail',
      membershipRule: null,
      securityEnabled: true,
      visibility: null,
      isAssignableToRole: false,
      deletedDateTime: null,
    }
    expect(answer.json).toMatchObject(expected)
    const id = String(answer.json['id'])
    expect(idsOf(await admin(`GET /groups/${id}/members`))).toEqual([member.id])
    expect(idsOf(await admin(`GET /groups/${id}/owners`))).toEqual([owner.id])
    expect((await admin(`GET /groups(uniqueName='nobody')`)).status).toBe(404)
  })

  test('GRA-31: more than 20 bound objects are refused, and nothing is made', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const urls = Array.from({ length: 21 }, () => url(ctx.ids.guid()))
    const answer = await admin('POST /groups', { body: body('g', { 'members@odata.bind': urls }) })
    expect(answer.status).toBe(400)
    expect((await admin('GET /groups')).json['value']).toEqual([])
  })

  test('GRA-30, 32, 13: PATCH binds all or nothing', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const [group, one, two] = [await make(ctx, 'g'), await makeUser(ctx, 'one'), await makeUser(ctx, 'two')]
    const patch = (ids: readonly string[]) => ({
      body: { description: 'Shops', 'members@odata.bind': ids.map((id) => url(id)) },
    })
    expect((await admin(`PATCH /groups/${group.id}`, patch([one.id, ctx.ids.guid()]))).status).toBe(404)
    expect(await ctx.db.transaction((tx) => findGroup(tx, group.id))).toEqual(group)
    expect((await admin(`PATCH /groups/${group.id}`, patch([one.id, two.id]))).status).toBe(204)
    expect(idsOf(await admin(`GET /groups/${group.id}/members`))).toEqual([one.id, two.id].toSorted())
    expect((await admin(`PATCH /groups/${group.id}`, { body: { isAssignableToRole: true } })).status).toBe(
      400,
    )
  })

  test('GRA-21, 27: filters, order and search', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const retail = await make(ctx, 'Retail', { description: 'All shops' })
    const sales = await make(ctx, 'sales', {
      groupTypes: ['Unified'],
      mailEnabled: true,
      uniqueName: 'sales-1',
    })
    const listed = (query: string) => admin(`GET /groups?${query}`, advanced)
    expect(idsOf(await listed(`$filter=${encodeURIComponent("startsWith(displayName,'RE')")}`))).toEqual([
      retail.id,
    ])
    expect(idsOf(await listed(`$filter=${encodeURIComponent("groupTypes/any(t:t eq 'Unified')")}`))).toEqual([
      sales.id,
    ])
    expect(idsOf(await listed('$filter=mailEnabled eq false'))).toEqual([retail.id])
    expect(idsOf(await listed('$orderby=displayName desc'))).toEqual([sales.id, retail.id])
    expect(idsOf(await listed('$search="description:shops"'))).toEqual([retail.id])
    expect((await admin(`GET /groups(uniqueName='SALES-1')`)).json['id']).toBe(sales.id)
    expect((await admin('GET /groups/$count', advanced)).body).toMatchObject({ text: '2' })
  })
})

describe('members', () => {
  test('GRA-32: $ref adds and removes; twice is a 400, absent a 404, no $ref a 405', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const [group, user] = [await make(ctx, 'g'), await makeUser(ctx, 'u')]
    const members = `/groups/${group.id}/members` as const
    expect((await admin(`POST ${members}/$ref`, reference(user.id))).status).toBe(204)
    expect((await admin(`POST ${members}/$ref`, reference(user.id))).status).toBe(400)
    expect((await admin(`POST ${members}/$ref`, reference(ctx.ids.guid()))).status).toBe(404)
    expect((await admin(`POST ${members}/$ref`, reference(user.id, 'groups'))).status).toBe(404)
    expect((await admin(`POST ${members}/$ref`, reference(user.id, 'devices'))).status).toBe(400)
    expect((await admin(`POST ${members}/$ref`, { body: { '@odata.id': 'nonsense' } })).status).toBe(400)
    // GRA-33: it could be meant to delete the user.
    expect((await admin(`DELETE ${members}/${user.id}`)).status).toBe(405)
    expect((await admin(`DELETE ${members}/${user.id}/$ref`)).status).toBe(204)
    expect((await admin(`DELETE ${members}/${user.id}/$ref`)).status).toBe(404)
    expect((await admin(`DELETE ${members}/no-guid/$ref`)).status).toBe(404)
  })

  test('GRA-8, 9, 38: mixed types say what they are, a cast narrows, transitive goes down and up', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const [outer, inner] = [await make(ctx, 'outer'), await make(ctx, 'inner')]
    const [direct, below] = [await makeUser(ctx, 'direct', { city: 'Ulm' }), await makeUser(ctx, 'below')]
    await addToGroup(ctx, 'members', outer.id, { set: 'users', id: direct.id })
    await addToGroup(ctx, 'members', outer.id, { set: 'groups', id: inner.id })
    await addToGroup(ctx, 'members', inner.id, { set: 'users', id: below.id })

    const members = await admin(`GET /groups/${outer.id}/members`)
    expect(members.json['@odata.context']).toBe('https://graph.example/v1.0/$metadata#directoryObjects')
    const types = new Map(rowsOf(members).map((row) => [row['id'], row['@odata.type']]))
    expect(types).toEqual(
      new Map([
        [direct.id, '#microsoft.graph.user'],
        [inner.id, '#microsoft.graph.group'],
      ]),
    )
    const cast = await admin(
      `GET /groups/${outer.id}/members/microsoft.graph.user?$select=city&$filter=${encodeURIComponent("city eq 'ulm'")}`,
    )
    expect(cast.json['value']).toEqual([{ id: direct.id, city: 'Ulm' }])
    const all = await admin(`GET /groups/${outer.id}/transitiveMembers`)
    expect(new Set(idsOf(all))).toEqual(new Set([direct.id, below.id, inner.id]))
    expect(
      (await admin(`GET /groups/${outer.id}/transitiveMembers/microsoft.graph.user/$count`, advanced)).body,
    ).toMatchObject({ text: '2' })
    expect(idsOf(await admin(`GET /users/${below.id}/memberOf`))).toEqual([inner.id])
    const up = await admin(`GET /users/${below.id}/transitiveMemberOf/microsoft.graph.group`)
    expect(new Set(idsOf(up))).toEqual(new Set([inner.id, outer.id]))
    expect(idsOf(await admin(`GET /groups/${inner.id}/memberOf`))).toEqual([outer.id])
    expect((await admin(`GET /groups/${outer.id}/members/$count`, advanced)).body).toMatchObject({
      text: '2',
    })
  })

  test('GRA-16: members come in pages, each once', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const group = await make(ctx, 'g')
    const made = new Set<unknown>()
    for (let at = 0; at < 5; at++) {
      const user = await makeUser(ctx, `u${at}`)
      made.add(user.id)
      await addToGroup(ctx, 'members', group.id, { set: 'users', id: user.id })
    }
    const seen: unknown[] = []
    let next = `/groups/${group.id}/members?$top=2`
    while (next !== '') {
      const answer = await admin(`GET ${next}`)
      seen.push(...idsOf(answer))
      next = String(answer.json['@odata.nextLink'] ?? '').replace('https://graph.example/v1.0', '')
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen)).toEqual(made)
  })

  test('GRA-18: $expand shows at most twenty, in the shape of the collection', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const group = await make(ctx, 'g')
    for (let at = 0; at < 22; at++) {
      const user = await makeUser(ctx, `u${at}`)
      await addToGroup(ctx, 'members', group.id, { set: 'users', id: user.id })
    }
    const one = await admin(`GET /groups/${group.id}?$expand=members($select=displayName)`)
    expect(one.json['members']).toHaveLength(20)
    expect(one.json['members']?.[0]).toEqual({
      '@odata.type': '#microsoft.graph.user',
      id: expect.any(String),
      displayName: expect.stringMatching(/^u\d+$/),
    })
    expect(rowsOf(await admin('GET /groups?$expand=members'))[0]?.['members']).toHaveLength(20)
  })

  test('GRA-39: members of a type that the token does not cover come with type and id alone', async () => {
    const ctx = await makeTenant(database)
    const [group, user] = [await make(ctx, 'g'), await makeUser(ctx, 'u')]
    await addToGroup(ctx, 'members', group.id, { set: 'users', id: user.id })
    const client = serveDirectory(ctx).application(ctx.ids.guid(), ['Group.Read.All'])
    const [row] = rowsOf(await client(`GET /groups/${group.id}/members`))
    expect(row).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: user.id, displayName: null })
    expect((await client(`GET /groups/${group.id}/members/microsoft.graph.user`)).status).toBe(403)
    const expanded = await client(`GET /groups/${group.id}?$expand=members`)
    expect(expanded.json['members']?.[0]).toMatchObject({ id: user.id, displayName: null })
  })

  test('GRA-38: hidden members are shown to those inside and to administrators only', async () => {
    const ctx = await makeTenant(database)
    const { admin, person, application } = serveDirectory(ctx)
    const [hidden, outer] = [
      await make(ctx, 'hidden', { visibility: 'HiddenMembership' }),
      await make(ctx, 'outer'),
    ]
    const [inside, outside] = [await makeUser(ctx, 'inside'), await makeUser(ctx, 'outside')]
    await addToGroup(ctx, 'members', hidden.id, { set: 'users', id: inside.id })
    await addToGroup(ctx, 'members', outer.id, { set: 'groups', id: hidden.id })
    const scopes = ['Group.Read.All', 'User.Read.All']
    const stranger = person(outside.id, scopes)
    expect((await stranger(`GET /groups/${hidden.id}/members`)).status).toBe(403)
    expect((await stranger(`GET /groups/${hidden.id}?$expand=members`)).status).toBe(403)
    const expanded = rowsOf(await stranger('GET /groups?$expand=members'))
    expect(expanded.flatMap((row) => row['members'])).toMatchObject([{ id: hidden.id }])
    expect(idsOf(await stranger(`GET /groups/${outer.id}/transitiveMembers`))).toEqual([hidden.id])
    expect(idsOf(await stranger(`GET /users/${inside.id}/memberOf`))).toEqual([])
    expect((await stranger(`POST /users/${inside.id}/getMemberGroups`, { body: {} })).json['value']).toEqual(
      [],
    )
    expect(idsOf(await person(inside.id, scopes)('GET /me/memberOf'))).toEqual([hidden.id])
    expect(idsOf(await person(inside.id, scopes)(`GET /groups/${hidden.id}/members`))).toEqual([inside.id])
    expect(idsOf(await admin(`GET /groups/${hidden.id}/members`))).toEqual([inside.id])
    const plain = application(ctx.ids.guid(), ['Group.Read.All'])
    expect((await plain(`GET /groups/${hidden.id}/members`)).status).toBe(403)
    const trusted = application(ctx.ids.guid(), ['Group.Read.All', 'Member.Read.Hidden'])
    expect((await trusted(`GET /groups/${hidden.id}/members`)).status).toBe(200)
  })
})

describe('GRA-60: who may change a group', () => {
  test('its owners, and holders of the role; nobody else, whatever the scope', async () => {
    const ctx = await makeTenant(database)
    const [owner, other] = [await makeUser(ctx, 'owner'), await makeUser(ctx, 'other')]
    const { person } = serveDirectory(ctx)
    const asOwner = person(owner.id, ['Group.ReadWrite.All'])
    const created = await asOwner('POST /groups', { body: body('mine') })
    expect(created.status).toBe(201)
    const id = String(created.json['id'])
    const stranger = person(other.id, ['Group.ReadWrite.All'])
    for (const [request, sending] of [
      [`PATCH /groups/${id}`, { body: { description: 'x' } }],
      [`POST /groups/${id}/members/$ref`, reference(other.id)],
      [`POST /groups/${id}/owners/$ref`, reference(other.id)],
      [`DELETE /groups/${id}`, {}],
    ] as const) {
      expect({ request, status: (await stranger(request, sending)).status }).toEqual({ request, status: 403 })
    }
    expect((await asOwner(`PATCH /groups/${id}`, { body: { description: 'x' } })).status).toBe(204)
    expect((await asOwner(`POST /groups/${id}/members/$ref`, reference(other.id))).status).toBe(204)
    const admin = person(other.id, ['Group.ReadWrite.All'], [roles.groupsAdministrator])
    expect((await admin(`POST /groups/${id}/owners/$ref`, reference(other.id))).status).toBe(204)
    expect((await asOwner(`DELETE /groups/${id}`)).status).toBe(204)
  })

  test('GRA-62: a group that holds roles takes the right to manage roles, of applications too', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'u')
    const group = await make(ctx, 'operators', { isAssignableToRole: true })
    const { person, application } = serveDirectory(ctx)
    const request = `POST /groups/${group.id}/members/$ref` as const
    const scopes = ['Group.ReadWrite.All']
    const refused = [
      person(ctx.ids.guid(), scopes, [roles.groupsAdministrator]),
      person(ctx.ids.guid(), scopes, [roles.userAdministrator]),
      application(ctx.ids.guid(), scopes),
    ]
    for (const client of refused) {
      expect((await client(request, reference(user.id))).status).toBe(403)
      expect((await client('POST /groups', { body: body('r', { isAssignableToRole: true }) })).status).toBe(
        403,
      )
    }
    expect(await ctx.db.transaction((tx) => findTransitiveUsers(tx, group.id))).toEqual([])
    const allowed = person(ctx.ids.guid(), scopes, [roles.privilegedRoleAdministrator])
    expect((await allowed(request, reference(user.id))).status).toBe(204)
    const trusted = application(ctx.ids.guid(), [...scopes, 'RoleManagement.ReadWrite.Directory'])
    expect((await trusted(`DELETE /groups/${group.id}`)).status).toBe(204)
  })

  test('a guest creates no group', async () => {
    const ctx = await makeTenant(database)
    const guest = serveDirectory(ctx).person(ctx.ids.guid(), ['Group.ReadWrite.All'], [], 'Guest')
    expect((await guest('POST /groups', { body: body('g') })).status).toBe(403)
  })

  test('GRA-12: another tenant’s groups and members are 404 everywhere', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const [group, mine] = [await make(other, 'theirs'), await make(ctx, 'mine')]
    const user = await makeUser(other, 'u')
    await addToGroup(other, 'members', group.id, { set: 'users', id: user.id })
    const { admin } = serveDirectory(ctx)
    const answers = [
      await admin(`GET /groups/${group.id}`),
      await admin(`PATCH /groups/${group.id}`, { body: { description: 'x' } }),
      await admin(`DELETE /groups/${group.id}`),
      await admin(`GET /groups/${group.id}/members`),
      await admin(`POST /groups/${group.id}/members/$ref`, reference(user.id)),
      await admin(`DELETE /groups/${group.id}/members/${user.id}/$ref`),
      await admin(`POST /groups/${mine.id}/members/$ref`, reference(user.id)),
      await admin(`POST /groups/${mine.id}/members/$ref`, reference(group.id)),
      await admin(`POST /groups/${group.id}/checkMemberGroups`, { body: { groupIds: [group.id] } }),
    ]
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404))
    expect(await other.db.transaction((tx) => findTransitiveUsers(tx, group.id))).toEqual([user.id])
  })
})
