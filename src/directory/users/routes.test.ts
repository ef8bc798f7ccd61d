import type { User as GraphUser } from '@microsoft/microsoft-graph-types'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { idsOf, rowsOf, serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { assignRole } from '../roles/service.ts'
import { acceptGuest, createGuest } from './guests.ts'
import { organisationalIdentity } from './model.ts'
import { findPassword, findUser } from './store.ts'

const database = testDatabase()
const advanced = { headers: { consistencylevel: 'eventual' } }

const body = (ctx: TestTenant, alias: string, more: object = {}) => ({
  accountEnabled: true,
  displayName: alias,
  mailNickname: alias,
  userPrincipalName: `${alias}@${ctx.initialDomain}`,
  passwordProfile: { password: 'correct horse battery', forceChangePasswordNextSignIn: false },
  ...more,
})

const give = (ctx: TestTenant, role: string, id: string) =>
  ctx.db.transaction((tx) => assignRole(ctx, tx, role, id))

describe('POST /users', () => {
  test('GRA-29, 31: answers 201 with the default properties and Location, and keeps the password hashed', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const answer = await admin('POST /users', { body: body(ctx, 'adele', { department: 'Retail' }) })
    expect(answer.status).toBe(201)
    const id = String(answer.json['id'])
    expect(answer.headers['location']).toBe(`https://graph.example/v1.0/users/${id}`)
    const expected: GraphUser & { '@odata.context': string } = {
      '@odata.context': 'https://graph.example/v1.0/$metadata#users/$entity',
      id,
      businessPhones: [],
      displayName: 'adele',
      givenName: null,
      jobTitle: null,
      mail: null,
      mobilePhone: null,
      officeLocation: null,
      preferredLanguage: null,
      surname: null,
      userPrincipalName: `adele@${ctx.initialDomain}`,
    }
    expect(answer.json).toEqual(expected)
    expect(await ctx.db.transaction((tx) => findPassword(tx, id))).toMatchObject({
      hash: 'hash of correct horse battery',
      forceChange: false,
    })
  })

  test('GRA-31: everything missing is named in details', async () => {
    const ctx = await makeTenant(database)
    const answer = await serveDirectory(ctx).admin('POST /users', { body: { displayName: 'x' } })
    expect(answer.status).toBe(400)
    expect(answer.json['error']).toMatchObject({
      code: 'Request_BadRequest',
      details: [{ target: 'userPrincipalName' }, { target: 'accountEnabled' }, { target: 'mailNickname' }],
    })
  })

  test.each([
    ['an unknown property', { nickname: 'x' }, 'nickname'],
    ['a read-only property', { createdDateTime: '2026-01-01T00:00:00Z' }, 'createdDateTime'],
    ['proxyAddresses, which follow from mail', { proxyAddresses: ['SMTP:a@b.example'] }, 'proxyAddresses'],
    ['a weak password', { passwordProfile: { password: 'password' } }, 'passwordProfile'],
    [
      'a password of one’s own name',
      { passwordProfile: { password: 'adele adele adele' } },
      'passwordProfile',
    ],
    ['a profile without password', { passwordProfile: {} }, 'passwordProfile'],
    ['a second business phone', { businessPhones: ['1', '2'] }, 'businessPhones'],
    ['a wrong type', { displayName: 7 }, 'displayName'],
    ['another userType', { userType: 'Visitor' }, 'userType'],
  ])('GRA-31: %s is refused with its name', async (_, more, target) => {
    const ctx = await makeTenant(database)
    const answer = await serveDirectory(ctx).admin('POST /users', { body: body(ctx, 'adele', more) })
    expect(answer.status).toBe(400)
    expect(answer.json['error']).toMatchObject({ code: 'Request_BadRequest', details: [{ target }] })
    expect((await serveDirectory(ctx).admin('GET /users')).json['value']).toEqual([])
  })

  test('GRA-11: of two that race for one name one gets 201 and one a 400', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const answers = await Promise.all(
      ['sam', 'SAM'].map((alias) => admin('POST /users', { body: body(ctx, alias) })),
    )
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400])
    expect(answers.find((answer) => answer.status === 400)?.json['error']).toMatchObject({
      code: 'Request_BadRequest',
      message: 'Another object with the same value for property userPrincipalName already exists.',
    })
  })

  test('SPO-1: sponsors can be bound, and one of another tenant undoes the user', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const [sponsor, stranger] = [await makeUser(ctx, 'sponsor'), await makeUser(other, 'stranger')]
    const { admin } = serveDirectory(ctx)
    const bind = (id: string) => ({ 'sponsors@odata.bind': [`https://x.example/v1.0/users/${id}`] })
    const created = await admin('POST /users', { body: body(ctx, 'adele', bind(sponsor.id)) })
    expect(created.status).toBe(201)
    const sponsors = await admin(`GET /users/${created.json['id']}/sponsors`)
    expect(sponsors.json['value']).toMatchObject([{ '@odata.type': '#microsoft.graph.user', id: sponsor.id }])
    expect((await admin('POST /users', { body: body(ctx, 'diego', bind(stranger.id)) })).status).toBe(404)
    expect((await admin(`GET /users/diego@${ctx.initialDomain}`)).status).toBe(404)
  })
})

describe('GET /users', () => {
  test('GRA-1: by id, by name in any case, in brackets, by alternate key, and encoded #EXT#', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele')
    const guest = await ctx.db.transaction((tx) =>
      createGuest(ctx, tx, { address: 'maria@fabrikam.example' }),
    )
    for (const path of [
      `/users/${user.id}`,
      `/users/${user.id.toUpperCase()}`,
      `/users('${user.id}')`,
      `/users/${user.userPrincipalName}`,
      `/users/${user.userPrincipalName.toUpperCase()}`,
      `/users(userPrincipalName='${user.userPrincipalName}')`,
    ]) {
      expect({ path, ...(await admin(`GET ${path}`)).json }).toMatchObject({ path, id: user.id })
    }
    const found = await admin(`GET /users/${encodeURIComponent(guest.userPrincipalName)}`)
    expect(found.json['id']).toBe(guest.id)
  })

  test('GRA-15, 6: $select gives what was asked, null included', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { more: { employeeOrgData: { division: 'X' } } })
    const answer = await serveDirectory(ctx).admin(
      `GET /users/${user.id}?$select=city,employeeOrgData,createdDateTime,identities,securityIdentifier,ageGroup`,
    )
    expect(answer.json).toEqual({
      '@odata.context':
        'https://graph.example/v1.0/$metadata#users(city,employeeOrgData,createdDateTime,identities,securityIdentifier,ageGroup)/$entity',
      id: user.id,
      city: null,
      employeeOrgData: { division: 'X', costCenter: null },
      createdDateTime: user.createdDateTime.toISOString(),
      identities: user.identities,
      securityIdentifier: expect.stringMatching(/^S-1-12-1-\d+-\d+-\d+-\d+$/),
      ageGroup: null,
    })
  })

  test('securityIdentifier is the id as Windows writes it', async () => {
    const ctx = await makeTenant(database)
    const { rows } = await database.pool.query(
      `select security_identifier('73d664e4-0886-4a73-b745-c694da45ddb4') as sid`,
    )
    expect(rows).toEqual([{ sid: 'S-1-12-1-1943430372-1249052806-2496021943-3034400218' }])
    expect(ctx.tenantId).toBeDefined()
  })

  test('RED-14: the subject of an organisational account is not told', async () => {
    const ctx = await makeTenant(database)
    const guest = await ctx.db.transaction(async (tx) => {
      const added = await createGuest(ctx, tx, { address: 'maria@fabrikam.example' })
      return acceptGuest(ctx, tx, added.id, organisationalIdentity(ctx.ids.guid(), ctx.ids.guid()))
    })
    const answer = await serveDirectory(ctx).admin(
      `GET /users/${guest.id}?$select=identities,externalUserState`,
    )
    expect(answer.json).toMatchObject({
      externalUserState: 'Accepted',
      identities: [
        { signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: null },
        { signInType: 'userPrincipalName' },
      ],
    })
  })

  test('a password can be written, never read', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const answer = await serveDirectory(ctx).admin(`GET /users/${user.id}?$select=passwordProfile`)
    expect(answer.json['passwordProfile']).toBeNull()
  })

  test('GRA-16: pages cover everybody once, in the order asked for', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    for (const alias of ['delta', 'Alpha', 'charlie', 'Bravo', 'echo']) await makeUser(ctx, alias)
    const seen: unknown[] = []
    let url = '/users?$top=2&$orderby=displayName desc&$select=displayName'
    for (let page = 0; page < 5 && url !== ''; page++) {
      const answer = await admin(`GET ${url}`)
      expect(answer.status).toBe(200)
      seen.push(...rowsOf(answer).map((one) => one['displayName']))
      url = String(answer.json['@odata.nextLink'] ?? '').replace('https://graph.example/v1.0', '')
    }
    expect(seen).toEqual(['echo', 'delta', 'charlie', 'Bravo', 'Alpha'])
  })

  test('GRA-21, 23, USR-7: the default filters', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele', {
      mail: 'Adele@mail.example',
      otherMails: ['Private@mail.example'],
      department: 'Retail',
      city: 'Ulm',
      jobTitle: 'Boss',
      employeeId: 'E1',
    })
    const guest = await ctx.db.transaction((tx) =>
      createGuest(ctx, tx, { address: 'maria@fabrikam.example' }),
    )
    const identity = { signInType: 'federated', issuer: 'google.com', issuerAssignedId: '114' }
    await ctx.db.transaction((tx) => acceptGuest(ctx, tx, guest.id, identity))
    const members: readonly string[] = [
      `displayName eq 'ADELE'`,
      `startsWith(displayName,'ad')`,
      `startsWith(userPrincipalName,'adele@')`,
      `mail eq 'adele@MAIL.example'`,
      `otherMails/any(m:m eq 'private@mail.example')`,
      `proxyAddresses/any(p:p eq 'smtp:adele@mail.example')`,
      `proxyAddresses/any(p:startsWith(p,'smtp:ADELE'))`,
      `department eq 'retail' and city in ('ulm','bonn')`,
      `startsWith(employeeId,'e')`,
      `jobTitle eq 'boss'`,
      `userType eq 'Member'`,
      `accountEnabled eq true and userType eq 'member'`,
      `createdDateTime ge 2020-01-01T00:00:00Z and userType eq 'Member'`,
      `id eq '${user.id}'`,
      `id in ('${user.id}','${ctx.ids.guid()}')`,
      `mailNickname eq 'adele'`,
    ]
    for (const filter of members) {
      const answer = await admin(`GET /users?$filter=${encodeURIComponent(filter)}`)
      expect({ filter, ids: idsOf(answer) }).toEqual({ filter, ids: [user.id] })
    }
    const guests: readonly string[] = [
      `userType eq 'Guest'`,
      `externalUserState eq 'Accepted'`,
      `creationType eq 'Invitation'`,
      `identities/any(i:i/issuer eq 'google.com' and i/issuerAssignedId eq '114')`,
      `identities/any(i:i/issuer eq '${ctx.initialDomain}' and i/issuerAssignedId eq '${guest.userPrincipalName}')`,
    ]
    for (const filter of guests) {
      const answer = await admin(`GET /users?$filter=${encodeURIComponent(filter)}`)
      expect({ filter, ids: idsOf(answer) }).toEqual({ filter, ids: [guest.id] })
    }
  })

  test('GRA-22, 25: what needs an advanced query is refused without, and works with it', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele', {
      companyName: 'Contoso',
      mobilePhone: '1',
      onPremisesExtensionAttributes: { extensionAttribute3: 'x' },
    })
    const filters: readonly string[] = [
      `companyName eq 'contoso'`,
      `mobilePhone eq '1'`,
      `userType ne 'Guest'`,
      `not(startsWith(displayName,'z'))`,
      `endsWith(userPrincipalName,'.example')`,
      `city eq null`,
      `onPremisesExtensionAttributes/extensionAttribute3 eq 'X'`,
      `otherMails/$count eq 0`,
    ]
    for (const filter of filters) {
      const query = `$filter=${encodeURIComponent(filter)}`
      const refused = await admin(`GET /users?${query}`)
      expect({ filter, status: refused.status }).toEqual({ filter, status: 400 })
      expect(refused.json['error']).toMatchObject({ code: 'Request_UnsupportedQuery' })
      const answer = await admin(`GET /users?${query}&$count=true`, advanced)
      expect({ filter, ids: idsOf(answer) }).toEqual({ filter, ids: [user.id] })
      expect(answer.json['@odata.count']).toBe(1)
    }
    expect((await admin('GET /users/$count')).status).toBe(400)
    expect((await admin('GET /users/$count', advanced)).body).toMatchObject({ text: '1' })
    const search = await admin('GET /users?$search="displayName:ade"', advanced)
    expect(idsOf(search)).toEqual([user.id])
  })

  test.each([
    ["contains(displayName,'a')", 'Request_UnsupportedQuery'],
    ["startsWith(jobTitle,'a')", 'Request_UnsupportedQuery'],
    ["faxNumber eq '1'", 'Request_UnsupportedQuery'],
    ["identities/any(i:i/issuer eq 'x')", 'Request_UnsupportedQuery'],
    ["passwordProfile/password eq 'x'", 'Request_UnsupportedQuery'],
    ["nickname eq 'x'", 'BadRequest'],
    ['displayName eq', 'BadRequest'],
  ])('GRA-21..23: %s is refused', async (filter, code) => {
    const ctx = await makeTenant(database)
    const answer = await serveDirectory(ctx).admin(
      `GET /users?$filter=${encodeURIComponent(filter)}&$count=true`,
      advanced,
    )
    expect(answer.status).toBe(400)
    expect(answer.json['error']).toMatchObject({ code })
  })
})

describe('PATCH and DELETE /users/{id}', () => {
  test('GRA-29, 30: changes what was supplied and answers 204', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele', { city: 'Ulm', department: 'Retail' })
    const patch = {
      city: null,
      jobTitle: 'Boss',
      employeeHireDate: '2024-02-29T00:00:00Z',
      employeeOrgData: { costCenter: '7' },
      onPremisesExtensionAttributes: { extensionAttribute1: 'a' },
      passwordProfile: { password: 'another horse battery' },
    }
    const answer = await admin(`PATCH /users/${user.userPrincipalName}`, { body: patch })
    expect([answer.status, answer.body]).toEqual([204, undefined])
    expect(await ctx.db.transaction((tx) => findUser(tx, user.id))).toMatchObject({
      city: null,
      department: 'Retail',
      jobTitle: 'Boss',
      employeeHireDate: new Date('2024-02-29'),
      more: { employeeOrgData: { costCenter: '7' } },
      onPremisesExtensionAttributes: { extensionAttribute1: 'a' },
    })
    expect(await ctx.db.transaction((tx) => findPassword(tx, user.id))).toMatchObject({
      hash: 'hash of another horse battery',
      forceChange: true,
    })
    expect((await admin(`PATCH /users/${user.id}`, { body: {} })).status).toBe(204)
  })

  test('USR-8, GRA-13: a password for an external user is a 400 that changes nothing else either', async () => {
    const ctx = await makeTenant(database)
    const guest = await ctx.db.transaction((tx) =>
      createGuest(ctx, tx, { address: 'maria@fabrikam.example' }),
    )
    const answer = await serveDirectory(ctx).admin(`PATCH /users/${guest.id}`, {
      body: { city: 'Ulm', passwordProfile: { password: 'correct horse battery' } },
    })
    expect(answer.status).toBe(400)
    expect(answer.json['error']).toMatchObject({ details: [{ target: 'passwordProfile' }] })
    expect(await ctx.db.transaction((tx) => findUser(tx, guest.id))).toEqual(guest)
  })

  test('GRA-12: another tenant’s user is a 404 in every place', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const stranger = await makeUser(other, 'stranger')
    const user = await makeUser(ctx, 'adele')
    const { admin } = serveDirectory(ctx)
    const reference = { body: { '@odata.id': `https://graph.example/v1.0/users/${stranger.id}` } }
    const answers = [
      await admin(`GET /users/${stranger.id}`),
      await admin(`GET /users/${stranger.userPrincipalName}`),
      await admin(`PATCH /users/${stranger.id}`, { body: { city: 'Ulm' } }),
      await admin(`DELETE /users/${stranger.id}`),
      await admin(`POST /users/${stranger.id}/revokeSignInSessions`),
      await admin(`GET /users/${stranger.id}/memberOf`),
      await admin(`GET /users/${stranger.id}/manager`),
      await admin(`GET /users/${stranger.id}/sponsors`),
      await admin(`POST /users/${user.id}/sponsors/$ref`, reference),
      await admin(`PUT /users/${user.id}/manager/$ref`, reference),
      await admin(`POST /users/${stranger.id}/getMemberGroups`, { body: {} }),
      await admin(`GET /directoryObjects/${stranger.id}`),
    ]
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404))
    expect(answers[0]?.json['error']).toMatchObject({ code: 'Request_ResourceNotFound' })
    expect(await other.db.transaction((tx) => findUser(tx, stranger.id))).toEqual(stranger)
  })

  test('GRA-56: a deleted user is gone, and revoking sessions says true before', async () => {
    const ctx = await makeTenant(database)
    const { admin } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele')
    ctx.clock.advance(1_000)
    const revoked = await admin(`POST /users/${user.id}/revokeSignInSessions`)
    expect([revoked.status, revoked.json['value']]).toEqual([200, true])
    const after = await ctx.db.transaction((tx) => findUser(tx, user.id))
    expect(after?.signInSessionsValidFromDateTime).not.toEqual(user.signInSessionsValidFromDateTime)
    expect((await admin(`DELETE /users/${user.id}`)).status).toBe(204)
    expect((await admin(`GET /users/${user.id}`)).status).toBe(404)
    expect((await admin(`DELETE /users/${user.id}`)).status).toBe(404)
  })
})

describe('/me', () => {
  test('GRA-2: is the signed-in person, and refused to applications', async () => {
    const ctx = await makeTenant(database)
    const { person, daemon } = serveDirectory(ctx)
    const user = await makeUser(ctx, 'adele', { department: 'Retail' })
    const answer = await person(user.id, ['User.Read'])('GET /me?$select=department')
    expect(answer.json).toMatchObject({ id: user.id, department: 'Retail' })
    expect((await daemon('GET /me')).status).toBe(400)
  })

  test('a person without a role changes their own phone, and nothing else of themselves', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const me = serveDirectory(ctx).person(user.id, ['User.ReadWrite'])
    expect((await me('PATCH /me', { body: { mobilePhone: '123' } })).status).toBe(204)
    for (const patch of [
      { userType: 'Guest' },
      { displayName: 'X' },
      { mobilePhone: '1', mail: 'a@b.example' },
    ]) {
      expect({ patch, status: (await me('PATCH /me', { body: patch })).status }).toEqual({
        patch,
        status: 403,
      })
    }
    const withAll = serveDirectory(ctx).person(user.id, ['User.ReadWrite.All'])
    expect((await withAll('PATCH /me', { body: { accountEnabled: false } })).status).toBe(403)
  })
})

describe('GRA-60: a delegated call needs the scope and the role', () => {
  const requests = (id: string, ctx: TestTenant) =>
    [
      ['POST /users', { body: body(ctx, 'new') }],
      [`PATCH /users/${id}`, { body: { city: 'Ulm' } }],
      [`DELETE /users/${id}`, {}],
      [`POST /users/${id}/revokeSignInSessions`, {}],
      [`PUT /users/${id}/manager/$ref`, { body: { '@odata.id': `https://x.example/users/${id}` } }],
      [`POST /users/${id}/sponsors/$ref`, { body: { '@odata.id': `https://x.example/users/${id}` } }],
    ] as const

  test('the scope alone is not enough', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    for (const role of [[], [roles.globalReader], [roles.guestInviter], [roles.reportsReader]]) {
      const member = serveDirectory(ctx).person(ctx.ids.guid(), ['Directory.ReadWrite.All'], role)
      for (const [request, sending] of requests(user.id, ctx)) {
        const { status, json } = await member(request, sending)
        expect({ request, role, status }).toEqual({ request, role, status: 403 })
        expect(json['error']).toMatchObject({ code: 'Authorization_RequestDenied' })
      }
    }
    expect(await ctx.db.transaction((tx) => findUser(tx, user.id))).toEqual(user)
  })

  test('the role alone is not enough', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const reader = serveDirectory(ctx).person(ctx.ids.guid(), ['User.Read.All'], [roles.globalAdministrator])
    for (const [request, sending] of requests(user.id, ctx)) {
      expect({ request, status: (await reader(request, sending)).status }).toEqual({ request, status: 403 })
    }
  })

  test('GRA-12: a scope too small is told before whether the user exists, a role too small after', async () => {
    const ctx = await makeTenant(database)
    const absent = `PATCH /users/${ctx.ids.guid()}` as const
    const { person } = serveDirectory(ctx)
    const sending = { body: { city: 'Ulm' } }
    expect((await person(ctx.ids.guid(), ['User.Read.All'])(absent, sending)).status).toBe(403)
    expect((await person(ctx.ids.guid(), ['User.ReadWrite.All'])(absent, sending)).status).toBe(404)
  })
})

describe('GRA-64: administrators', () => {
  test('a User Administrator manages people, and of administrators only what harms nobody', async () => {
    const ctx = await makeTenant(database)
    const [user, boss] = [await makeUser(ctx, 'adele'), await makeUser(ctx, 'boss')]
    await give(ctx, roles.securityAdministrator, boss.id)
    const admin = serveDirectory(ctx).person(
      ctx.ids.guid(),
      ['Directory.ReadWrite.All'],
      [roles.userAdministrator],
    )
    const attempts = (id: string) =>
      [
        [`PATCH /users/${id}`, { body: { city: 'Ulm' } }],
        [`PATCH /users/${id}`, { body: { accountEnabled: false } }],
        [`PATCH /users/${id}`, { body: { otherMails: ['evil@x.example'] } }],
        [`PATCH /users/${id}`, { body: { passwordProfile: { password: 'correct horse battery' } } }],
        [`POST /users/${id}/revokeSignInSessions`, {}],
        [`DELETE /users/${id}`, {}],
      ] as const
    const statuses = async (id: string) => {
      const found = []
      for (const [request, sending] of attempts(id)) found.push((await admin(request, sending)).status)
      return found
    }
    expect(await statuses(user.id)).toEqual([204, 204, 204, 204, 200, 204])
    expect(await statuses(boss.id)).toEqual([204, 403, 403, 403, 403, 403])
  })

  test('an application is held to the same, unless it has the role itself', async () => {
    const ctx = await makeTenant(database)
    const boss = await makeUser(ctx, 'boss')
    await give(ctx, roles.securityAdministrator, boss.id)
    const { daemon, admin } = serveDirectory(ctx)
    expect((await daemon(`DELETE /users/${boss.id}`)).status).toBe(403)
    expect((await daemon(`PATCH /users/${boss.id}`, { body: { city: 'Ulm' } })).status).toBe(204)
    expect((await daemon('POST /users', { body: body(ctx, 'new') })).status).toBe(201)
    expect((await admin(`DELETE /users/${boss.id}`)).status).toBe(204)
  })

  test('the last Global Administrator stays: 400', async () => {
    const ctx = await makeTenant(database)
    const boss = await makeUser(ctx, 'boss')
    await give(ctx, roles.globalAdministrator, boss.id)
    const { admin } = serveDirectory(ctx)
    expect((await admin(`DELETE /users/${boss.id}`)).status).toBe(400)
    expect((await admin(`PATCH /users/${boss.id}`, { body: { accountEnabled: false } })).status).toBe(400)
  })
})

describe('GAR-4: a guest without a role', () => {
  test('lists nobody, and sees others in outline, also through $expand', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { department: 'Retail', jobTitle: 'Boss', mail: 'a@x.example' })
    const self = await ctx.db.transaction((tx) => createGuest(ctx, tx, { address: 'maria@fabrikam.example' }))
    const guest = serveDirectory(ctx).person(self.id, ['Directory.Read.All'], [], 'Guest')
    for (const request of [
      'GET /users',
      'GET /users/$count',
      'GET /groups',
      'GET /directoryRoles',
      `GET /users/${user.id}/memberOf`,
      'GET /directory/deletedItems/microsoft.graph.user',
    ] as const) {
      expect({ request, status: (await guest(request, advanced)).status }).toEqual({ request, status: 403 })
    }
    const seen = await guest(
      `GET /users/${user.id}?$select=displayName,mail,department,jobTitle,accountEnabled`,
    )
    expect(seen.json).toMatchObject({
      displayName: 'adele',
      mail: 'a@x.example',
      department: null,
      jobTitle: null,
      accountEnabled: null,
    })
    await ctx.db.transaction((tx) =>
      tx.updateTable('users').set({ manager_id: user.id }).where('id', '=', self.id).execute(),
    )
    const me = await guest('GET /me?$select=mail&$expand=manager')
    expect(me.json['manager']).toMatchObject({ id: user.id, displayName: 'adele', jobTitle: null })
    expect((await guest(`POST /users/${user.id}/getMemberGroups`, { body: {} })).status).toBe(403)
    expect((await guest('POST /me/revokeSignInSessions')).status).toBe(403)
  })
})

describe('User.ReadBasic.All', () => {
  test('shows the basic profile of others, and cannot be used to ask for more by filter', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { department: 'Retail' })
    const basic = serveDirectory(ctx).person(ctx.ids.guid(), ['User.ReadBasic.All'])
    const listed = await basic('GET /users?$select=displayName,department')
    expect(listed.json['value']).toEqual([{ id: user.id, displayName: 'adele', department: null }])
    const filter = encodeURIComponent("department eq 'Retail'")
    expect((await basic(`GET /users?$filter=${filter}`)).status).toBe(403)
    const byName = encodeURIComponent("startsWith(displayName,'a')")
    expect((await basic(`GET /users?$filter=${byName}`)).status).toBe(200)
  })
})
