import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { asApplication, asPerson, type GraphClient, serveGraph } from '../../../test/kit/graph.ts'
import { putGroup, putUser } from '../../../test/kit/principals.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { user } from '../users/entity.ts'
import { ensureGraphServicePrincipal } from './graph-service-principal.ts'
import { registerApplication } from './register.ts'
import { applicationEntities, applicationGraphRoutes } from './routes.ts'

const database = testDatabase()
const routes = applicationGraphRoutes(async () => null)
const entities = [directoryObject, user, ...applicationEntities]

const ALL = ['Application.ReadWrite.All', 'Application.Read.All']

async function makeGraph() {
  const ctx = await makeTenant(database)
  await ctx.db.transaction((tx) => ensureGraphServicePrincipal(ctx, tx))
  const as = serveGraph(ctx, routes, entities)
  const ada = await putUser(ctx)
  return {
    ctx,
    as,
    ada,
    admin: as(asPerson(ctx, ada, ALL, [roles.applicationAdministrator])),
    member: async () => as(asPerson(ctx, await putUser(ctx), ALL)),
    guest: async () => as(asPerson(ctx, await putUser(ctx), ALL, [], 'Guest')),
    register: (displayName: string) =>
      ctx.db.transaction((tx) => registerApplication(ctx, tx, { displayName, exposeApi: true })),
  }
}

/** Another tenant's administrator, with every permission there is here. */
async function makeStranger(
  permissions: readonly string[],
): Promise<{ ctx: TestTenant; stranger: GraphClient }> {
  const ctx = await makeTenant(database)
  const as = serveGraph(ctx, routes, entities)
  return { ctx, stranger: as(asPerson(ctx, await putUser(ctx), permissions, [roles.globalAdministrator])) }
}

describe('/applications', () => {
  test('GRA-29: creates one and shows Graph’s defaults', async () => {
    const { ctx, admin } = await makeGraph()
    const made = await admin('POST /applications', { body: { displayName: 'Orders' } })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`https://graph.example/v1.0/applications/${made.json.id}`)
    expect(made.json).toMatchObject({
      '@odata.context': 'https://graph.example/v1.0/$metadata#applications/$entity',
      displayName: 'Orders',
      signInAudience: 'AzureADMyOrg',
      publisherDomain: ctx.initialDomain,
      identifierUris: [],
      appRoles: [],
      api: { oauth2PermissionScopes: [], requestedAccessTokenVersion: null },
      web: { redirectUris: [], implicitGrantSettings: { enableIdTokenIssuance: false } },
      spa: { redirectUris: [] },
      publicClient: { redirectUris: [] },
      passwordCredentials: [],
      keyCredentials: [],
      optionalClaims: null,
      deletedDateTime: null,
    })
    expect((await admin(`GET /applications/${made.json.id}`)).json.appId).toBe(made.json.appId)
  })

  test('GRA-1: finds one by id, by appId and by uniqueName', async () => {
    const { admin } = await makeGraph()
    const { json } = await admin('POST /applications', {
      body: { displayName: 'Orders', uniqueName: 'orders' },
    })
    for (const path of [
      `/applications('${json.id}')`,
      `/applications(appId='${json.appId}')`,
      `/applications(uniqueName='Orders')`,
    ] as const) {
      expect((await admin(`GET ${path}?$select=displayName`)).json, path).toMatchObject({ id: json.id })
    }
    for (const path of [
      '/applications/orders',
      "/applications(appId='orders')",
      "/applications(uniqueName='x')",
    ]) {
      expect((await admin(`GET ${path}`)).status, path).toBe(404)
    }
  })

  test.each([
    "displayName eq 'ORDERS'",
    "startsWith(displayName,'ord')",
    "identifierUris/any(u:u eq 'api://orders')",
    "identifierUris/any(u:startsWith(u,'api://ord'))",
    "tags/any(t:t eq 'shop')",
    "signInAudience eq 'AzureADMultipleOrgs'",
  ])('GRA-20: filters by %s', async (filter) => {
    const { admin } = await makeGraph()
    await admin('POST /applications', {
      body: {
        displayName: 'Orders',
        identifierUris: ['api://orders'],
        tags: ['shop'],
        signInAudience: 'AzureADMultipleOrgs',
      },
    })
    await admin('POST /applications', { body: { displayName: 'Wiki' } })
    const found = await admin(`GET /applications?$filter=${encodeURIComponent(filter)}&$select=displayName`)
    expect(found.json.value).toMatchObject([{ displayName: 'Orders' }])
  })

  test('GRA-27: sorts by name and pages through', async () => {
    const { admin } = await makeGraph()
    for (const displayName of ['b', 'A', 'c']) await admin('POST /applications', { body: { displayName } })
    const first = await admin('GET /applications?$orderby=displayName&$top=2&$select=displayName')
    expect(first.json.value).toMatchObject([{ displayName: 'A' }, { displayName: 'b' }])
    const next = String(first.json['@odata.nextLink']).replace('https://graph.example/v1.0', '')
    expect((await admin(`GET ${next}`)).json.value).toMatchObject([{ displayName: 'c' }])
  })

  test('GRA-30: changes what is supplied and nothing else', async () => {
    const { admin } = await makeGraph()
    const { json } = await admin('POST /applications', {
      body: {
        displayName: 'Orders',
        web: { redirectUris: ['https://a.example/'], logoutUrl: 'https://a.example/o' },
      },
    })
    const patched = await admin(`PATCH /applications/${json.id}`, {
      body: {
        web: { redirectUris: ['https://b.example/'] },
        optionalClaims: { idToken: [{ name: 'email' }] },
      },
    })
    expect(patched.status).toBe(204)
    expect((await admin(`GET /applications/${json.id}`)).json).toMatchObject({
      displayName: 'Orders',
      web: { redirectUris: ['https://b.example/'], logoutUrl: 'https://a.example/o' },
      optionalClaims: { idToken: [{ name: 'email', essential: false }], accessToken: [] },
    })
  })

  test.each<[string, unknown]>([
    ['an unknown property', { colour: 'red' }],
    ['a read-only property', { appId: '11111111-1111-4111-8111-111111111111' }],
    ['a property of the wrong type', { tags: 'shop' }],
    ['a member of the wrong type', { web: { redirectUris: [7] } }],
    ['an unknown member', { web: { redirectUrls: [] } }],
    ['a redirect URI that is none', { web: { redirectUris: ['https://*.example/'] } }],
    ['a name that is too long', { displayName: 'x'.repeat(257) }],
    ['secrets, which have an action of their own', { passwordCredentials: [] }],
  ])('GRA-13: refuses %s and changes nothing', async (_, body) => {
    const { admin } = await makeGraph()
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const before = (await admin(`GET /applications/${json.id}`)).json
    const refused = await admin(`PATCH /applications/${json.id}`, { body })
    expect(refused.status).toBe(400)
    expect(refused.json.error.code).toBe('Request_BadRequest')
    expect((await admin(`GET /applications/${json.id}`)).json).toEqual(before)
  })

  test('GRA-31: says what is missing', async () => {
    const { admin } = await makeGraph()
    const refused = await admin('POST /applications', { body: {} })
    expect(refused.status).toBe(400)
    expect(refused.json.error.details).toMatchObject([{ target: 'displayName' }])
  })

  test('GRA-58: a deleted one answers 404 everywhere', async () => {
    const { admin } = await makeGraph()
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    expect((await admin(`DELETE /applications/${json.id}`)).status).toBe(204)
    expect((await admin(`GET /applications/${json.id}`)).status).toBe(404)
    expect((await admin(`GET /applications(appId='${json.appId}')`)).status).toBe(404)
    expect((await admin(`PATCH /applications/${json.id}`, { body: {} })).status).toBe(404)
    expect((await admin('GET /applications')).json.value).toEqual([])
  })

  test('a secret is shown by the request that makes it and by no other', async () => {
    const { admin } = await makeGraph()
    const { json } = await admin('POST /applications', {
      body: { displayName: 'Orders', passwordCredentials: [{ displayName: 'first' }] },
    })
    expect(json['passwordCredentials']).toMatchObject([
      { displayName: 'first', secretText: expect.stringMatching(/~/) },
    ])
    const added = await admin(`POST /applications/${json.id}/addPassword`, {
      body: { passwordCredential: { displayName: 'second' } },
    })
    expect(added.status).toBe(200)
    expect(added.json).toMatchObject({
      '@odata.context': 'https://graph.example/v1.0/$metadata#microsoft.graph.passwordCredential',
      displayName: 'second',
      secretText: expect.stringMatching(/~/),
    })
    const read = await admin(`GET /applications/${json.id}`)
    expect(read.json['passwordCredentials']).toMatchObject([
      { displayName: 'first', secretText: null, hint: expect.stringMatching(/^...$/) },
      { displayName: 'second', secretText: null },
    ])
    const remove = () =>
      admin(`POST /applications/${json.id}/removePassword`, { body: { keyId: added.json['keyId'] } })
    expect((await remove()).status).toBe(204)
    expect((await remove()).status).toBe(404)
    expect((await admin(`POST /applications/${json.id}/removePassword`, { body: {} })).status).toBe(400)
  })

  test('keys are replaced by PATCH, and are read without anything private', async () => {
    const { admin } = await makeGraph()
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
    const key = Buffer.from(JSON.stringify(jwk)).toString('base64')
    const patched = await admin(`PATCH /applications/${json.id}`, {
      body: { keyCredentials: [{ type: 'JsonWebKey', usage: 'Verify', key, displayName: 'laptop' }] },
    })
    expect(patched.status).toBe(204)
    const read = await admin(`GET /applications/${json.id}?$select=keyCredentials`)
    expect(read.json['keyCredentials']).toMatchObject([
      { displayName: 'laptop', type: 'JsonWebKey', usage: 'Verify' },
    ])
    const refused = await admin(`PATCH /applications/${json.id}`, {
      body: { displayName: 'Changed', keyCredentials: [{ key: 'AAAA' }] },
    })
    expect(refused.status).toBe(400)
    expect((await admin(`GET /applications/${json.id}`)).json.displayName).toBe('Orders')
  })

  test('GRA-32: owners are added and removed by reference, and expanded', async () => {
    const { ctx, admin, ada } = await makeGraph()
    const { json } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const bob = await putUser(ctx)
    const add = (id: string) =>
      admin(`POST /applications/${json.id}/owners/$ref`, {
        body: { '@odata.id': `https://graph.example/v1.0/directoryObjects/${id}` },
      })
    expect((await add(bob)).status).toBe(204)
    expect((await add(bob)).status).toBe(400)
    expect((await add(ctx.ids.guid())).status).toBe(404)
    const ids = async () => {
      const { json: owners } = await admin(`GET /applications/${json.id}/owners?$select=id`)
      return (owners.value as unknown as readonly { id: string }[]).map(({ id }) => id).sort()
    }
    expect(await ids()).toEqual([ada, bob].sort())
    const expanded = await admin(`GET /applications/${json.id}?$expand=owners($select=id)`)
    expect(expanded.json['owners']).toHaveLength(2)
    expect((await admin(`DELETE /applications/${json.id}/owners/${bob}/$ref`)).status).toBe(204)
    expect((await admin(`DELETE /applications/${json.id}/owners/${bob}/$ref`)).status).toBe(404)
    expect((await admin(`DELETE /applications/${json.id}/owners/${ada}`)).status).toBe(405)
    expect(await ids()).toEqual([ada])
  })
})

describe('GRA-60, 62: who may manage applications', () => {
  test('members register their own and manage them, but no others', async () => {
    const { member, admin } = await makeGraph()
    const [one, other] = [await member(), await member()]
    const { json } = await one('POST /applications', { body: { displayName: 'Mine' } })
    const rename = (by: GraphClient) =>
      by(`PATCH /applications/${json.id}`, { body: { displayName: 'Renamed' } })
    expect((await rename(one)).status).toBe(204)
    expect((await rename(admin)).status).toBe(204)
    const refused = await rename(other)
    expect([refused.status, refused.json.error.code]).toEqual([403, 'Authorization_RequestDenied'])
    expect((await other(`POST /applications/${json.id}/addPassword`, { body: {} })).status).toBe(403)
    expect((await other(`DELETE /applications/${json.id}`)).status).toBe(403)
    expect((await other(`GET /applications/${json.id}`)).status).toBe(200)
  })

  test('GAR-4: guests register none and list none', async () => {
    const { guest } = await makeGraph()
    const visitor = await guest()
    expect((await visitor('POST /applications', { body: { displayName: 'x' } })).status).toBe(403)
    expect((await visitor('GET /applications')).status).toBe(403)
    expect((await visitor('GET /servicePrincipals')).status).toBe(403)
  })

  test('a scope that is too small is refused before anything is looked at', async () => {
    const { ctx, as, ada, register } = await makeGraph()
    const { application } = await register('Orders')
    const reader = as(asPerson(ctx, ada, ['Application.Read.All'], [roles.globalAdministrator]))
    expect((await reader(`GET /applications/${application.id}`)).status).toBe(200)
    expect((await reader(`PATCH /applications/${application.id}`, { body: {} })).status).toBe(403)
    const nobody = as(asPerson(ctx, ada, ['User.Read'], [roles.globalAdministrator]))
    expect((await nobody(`GET /applications/${application.id}`)).status).toBe(403)
  })

  test('an application with Application.ReadWrite.OwnedBy sees and changes only its own', async () => {
    const { ctx, as, register } = await makeGraph()
    const daemon = await register('Daemon')
    const other = await register('Other')
    const owner = as(asApplication(ctx, daemon.servicePrincipal.id, ['Application.ReadWrite.OwnedBy']))
    const reader = as(
      asApplication(ctx, daemon.servicePrincipal.id, [
        'Application.ReadWrite.OwnedBy',
        'Application.Read.All',
      ]),
    )
    const { json } = await owner('POST /applications', { body: { displayName: 'Child' } })
    expect((await owner('GET /applications?$select=id')).json.value).toMatchObject([{ id: json.id }])
    expect((await owner(`PATCH /applications/${json.id}`, { body: { displayName: 'Kid' } })).status).toBe(204)
    expect((await owner('POST /servicePrincipals', { body: { appId: json.appId } })).status).toBe(201)
    for (const attempt of [
      owner(`GET /applications/${other.application.id}`),
      owner(`PATCH /applications/${other.application.id}`, { body: { displayName: 'Kid' } }),
      owner(`POST /applications/${other.application.id}/addPassword`, { body: {} }),
      owner(`GET /servicePrincipals/${other.servicePrincipal.id}`),
      owner(`DELETE /servicePrincipals/${other.servicePrincipal.id}`),
      owner('POST /servicePrincipals', { body: { appId: other.application.appId } }),
      // Seeing everything besides does not make anything its own.
      reader('POST /servicePrincipals', { body: { appId: other.application.appId } }),
      reader(`PATCH /applications/${other.application.id}`, { body: { displayName: 'Kid' } }),
    ]) {
      expect((await attempt).status).toBe(403)
    }
  })
})

describe('/servicePrincipals', () => {
  test('brings an own application in once, and finds it by appId', async () => {
    const { ctx, admin } = await makeGraph()
    const { json: app } = await admin('POST /applications', { body: { displayName: 'Orders' } })
    const create = () => admin('POST /servicePrincipals', { body: { appId: app.appId, tags: ['shop'] } })
    const made = await create()
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      appId: app.appId,
      displayName: 'Orders',
      appOwnerOrganizationId: ctx.tenantId,
      accountEnabled: true,
      servicePrincipalType: 'Application',
      servicePrincipalNames: [app.appId],
      tags: ['shop'],
    })
    const again = await create()
    expect([again.status, again.json.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue'])
    const found = await admin(`GET /servicePrincipals(appId='${app.appId}')?$select=id`)
    expect(found.json.id).toBe(made.json.id)
    expect((await admin(`GET /servicePrincipals?$filter=appId eq '${app.appId}'`)).json.value).toHaveLength(1)
  })

  test('refuses an application that nobody has', async () => {
    const { ctx, admin } = await makeGraph()
    for (const appId of [ctx.ids.guid(), 'orders']) {
      const refused = await admin('POST /servicePrincipals', { body: { appId } })
      expect(refused.status).toBe(400)
      expect(refused.json.error.details).toMatchObject([{ code: 'NoBackingApplicationObject' }])
    }
  })

  test('changes what is the tenant’s to decide, and nothing that is the application’s', async () => {
    const { admin, register } = await makeGraph()
    const { servicePrincipal } = await register('Orders')
    const patch = (body: unknown) => admin(`PATCH /servicePrincipals/${servicePrincipal.id}`, { body })
    expect((await patch({ accountEnabled: false, appRoleAssignmentRequired: true })).status).toBe(204)
    for (const body of [
      { appRoles: [] },
      { replyUrls: ['https://evil.example/'] },
      { appId: servicePrincipal.id },
    ]) {
      expect((await patch(body)).status).toBe(400)
    }
    expect((await patch({ notificationEmailAddresses: ['nobody'] })).status).toBe(400)
    expect((await admin(`GET /servicePrincipals/${servicePrincipal.id}`)).json).toMatchObject({
      accountEnabled: false,
      appRoleAssignmentRequired: true,
    })
  })

  test('shows the Graph API with its permissions, which nobody can change', async () => {
    const { admin } = await makeGraph()
    const { json } = await admin("GET /servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
    expect(json['oauth2PermissionScopes']).toContainEqual(
      expect.objectContaining({ value: 'User.Read', id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d' }),
    )
    expect(json['appRoles']).toContainEqual(expect.objectContaining({ value: 'User.Invite.All' }))
    const attempt = await admin(`PATCH /servicePrincipals/${json.id}`, { body: { accountEnabled: false } })
    expect(attempt.status).toBe(403)
    expect((await admin(`DELETE /servicePrincipals/${json.id}`)).status).toBe(403)
  })
})

describe('appRoleAssignments', () => {
  const SCOPES = [...ALL, 'AppRoleAssignment.ReadWrite.All']
  const DEFAULT = '00000000-0000-0000-0000-000000000000'

  test('are one list from both sides, and only the right id ends one', async () => {
    const { ctx, as, ada, register } = await makeGraph()
    const admin = as(asPerson(ctx, ada, SCOPES, [roles.applicationAdministrator]))
    const { servicePrincipal: api } = await register('Orders')
    const group = await putGroup(ctx, [ada])
    for (const [base, principalId] of [
      [`/users/${ada}/appRoleAssignments`, ada],
      [`/groups/${group}/appRoleAssignments`, group],
    ] as const) {
      const body = { principalId, resourceId: api.id, appRoleId: DEFAULT }
      const made = await admin(`POST ${base}`, { body })
      expect(made.status).toBe(201)
      expect(made.headers['location']).toBe(`https://graph.example/v1.0${base}/${made.json.id}`)
      expect((await admin(`POST ${base}`, { body })).status).toBe(400)
      expect((await admin(`GET ${base}`)).json.value).toMatchObject([
        { id: made.json.id, resourceDisplayName: 'Orders', principalId },
      ])
      expect((await admin(`GET ${base}/${made.json.id}`)).json.id).toBe(made.json.id)
    }
    const assigned = await admin(`GET /servicePrincipals/${api.id}/appRoleAssignedTo`)
    expect(assigned.json.value).toHaveLength(2)
    const filter = encodeURIComponent(`principalId eq ${group}`)
    const [ofGroup] = (await admin(`GET /servicePrincipals/${api.id}/appRoleAssignedTo?$filter=${filter}`))
      .json.value as unknown as readonly { id: string; principalType: string }[]
    expect(ofGroup?.principalType).toBe('Group')
    expect((await admin(`DELETE /users/${ada}/appRoleAssignments/${ofGroup?.id}`)).status).toBe(404)
    expect((await admin(`DELETE /servicePrincipals/${api.id}/appRoleAssignedTo/${ofGroup?.id}`)).status).toBe(
      204,
    )
    expect((await admin(`GET /groups/${group}/appRoleAssignments`)).json.value).toEqual([])
  })

  test('GRA-18: are expanded with the service principal', async () => {
    const { ctx, as, ada, register } = await makeGraph()
    const admin = as(asPerson(ctx, ada, SCOPES, [roles.applicationAdministrator]))
    const { servicePrincipal: api } = await register('Orders')
    const { servicePrincipal: client } = await register('Shop')
    await admin(`POST /servicePrincipals/${api.id}/appRoleAssignedTo`, {
      body: { principalId: client.id, resourceId: api.id, appRoleId: DEFAULT },
    })
    const expand = async (id: string, name: string) =>
      (await admin(`GET /servicePrincipals/${id}?$select=id&$expand=${name}`)).json[name]
    const row = { principalId: client.id, principalDisplayName: 'Shop', resourceDisplayName: 'Orders' }
    expect(await expand(api.id, 'appRoleAssignedTo')).toMatchObject([row])
    expect(await expand(client.id, 'appRoleAssignments')).toMatchObject([row])
    expect(await expand(client.id, 'appRoleAssignedTo')).toEqual([])
  })

  test('of oneself are read with User.Read, those of others not', async () => {
    const { ctx, as, ada, register } = await makeGraph()
    const { servicePrincipal } = await register('Orders')
    const admin = as(asPerson(ctx, ada, SCOPES, [roles.applicationAdministrator]))
    await admin(`POST /servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`, {
      body: { principalId: ada, resourceId: servicePrincipal.id, appRoleId: DEFAULT },
    })
    const self = as(asPerson(ctx, ada, ['User.Read']))
    expect((await self('GET /me/appRoleAssignments')).json.value).toHaveLength(1)
    expect((await self(`GET /users/${await putUser(ctx)}/appRoleAssignments`)).status).toBe(403)
  })

  test('name the same object in address and body, of the type that the address says', async () => {
    const { ctx, as, ada, register } = await makeGraph()
    const admin = as(asPerson(ctx, ada, SCOPES, [roles.applicationAdministrator]))
    const { servicePrincipal: api } = await register('Orders')
    const bob = await putUser(ctx)
    const body = { principalId: bob, resourceId: api.id, appRoleId: DEFAULT }
    expect((await admin(`POST /users/${ada}/appRoleAssignments`, { body })).status).toBe(400)
    expect((await admin(`POST /groups/${bob}/appRoleAssignments`, { body })).status).toBe(404)
    expect((await admin(`GET /servicePrincipals/${bob}/appRoleAssignments`)).status).toBe(404)
  })

  test('GRA-62: to the Graph API are for privileged role administrators, others for who manages the application', async () => {
    const { ctx, as, ada, register } = await makeGraph()
    const { servicePrincipal: client } = await register('Daemon')
    const { servicePrincipal: api } = await register('Orders')
    const reader = as(asPerson(ctx, ada, SCOPES))
    const graph = (await reader("GET /servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")).json
    const inviteRole = '09850681-111b-4a89-9bed-3f2cae46d706'
    const grant = (role: string | null) =>
      as(asPerson(ctx, ada, SCOPES, role === null ? [] : [role]))(
        `POST /servicePrincipals/${client.id}/appRoleAssignments`,
        { body: { principalId: client.id, resourceId: graph.id, appRoleId: inviteRole } },
      )
    expect((await grant(null)).status).toBe(403)
    expect((await grant(roles.applicationAdministrator)).status).toBe(403)
    expect((await grant(roles.userAdministrator)).status).toBe(403)
    expect((await grant(roles.privilegedRoleAdministrator)).status).toBe(201)

    const assign = (by: GraphClient, principalId: string) =>
      by(`POST /servicePrincipals/${api.id}/appRoleAssignedTo`, {
        body: { principalId, resourceId: api.id, appRoleId: DEFAULT },
      })
    const userAdministrator = as(asPerson(ctx, ada, SCOPES, [roles.userAdministrator]))
    expect((await assign(reader, ada)).status).toBe(403)
    expect((await assign(userAdministrator, ada)).status).toBe(201)
    expect((await assign(userAdministrator, client.id)).status).toBe(403)
    const bob = await putUser(ctx)
    const applicationAdministrator = as(asPerson(ctx, ada, ALL, [roles.applicationAdministrator]))
    await applicationAdministrator(`POST /servicePrincipals/${api.id}/owners/$ref`, {
      body: { '@odata.id': `/users/${bob}` },
    })
    expect((await assign(as(asPerson(ctx, bob, SCOPES)), bob)).status).toBe(201)
  })
})

describe('/oauth2PermissionGrants', () => {
  const SCOPES = [...ALL, 'DelegatedPermissionGrant.ReadWrite.All']

  async function makeGrants() {
    const made = await makeGraph()
    const { ctx, as, ada, register } = made
    const admin = as(asPerson(ctx, ada, SCOPES, [roles.cloudApplicationAdministrator]))
    const { servicePrincipal: client } = await register('Shop')
    const graph = (await admin("GET /servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")).json
    const body = {
      clientId: client.id,
      consentType: 'AllPrincipals',
      resourceId: graph.id,
      scope: 'User.Read openid',
    }
    return { ...made, admin, client, graph, body }
  }

  test('are created, filtered, changed and withdrawn', async () => {
    const { admin, client, graph, body } = await makeGrants()
    const made = await admin('POST /oauth2PermissionGrants', { body })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ ...body, principalId: null })
    expect((await admin('POST /oauth2PermissionGrants', { body })).status).toBe(409)
    const filter = encodeURIComponent(`clientId eq '${client.id}' and consentType eq 'AllPrincipals'`)
    expect((await admin(`GET /oauth2PermissionGrants?$filter=${filter}`)).json.value).toHaveLength(1)
    expect(
      (await admin(`GET /servicePrincipals/${client.id}/oauth2PermissionGrants`)).json.value,
    ).toHaveLength(1)
    expect((await admin(`GET /servicePrincipals/${graph.id}/oauth2PermissionGrants`)).json.value).toEqual([])
    const path = `/oauth2PermissionGrants/${made.json.id}` as const
    expect((await admin(`PATCH ${path}`, { body: { scope: 'User.ReadBasic.All' } })).status).toBe(204)
    expect((await admin(`GET ${path}`)).json['scope']).toBe('User.ReadBasic.All')
    expect((await admin(`PATCH ${path}`, { body: { clientId: graph.id } })).status).toBe(400)
    expect((await admin(`DELETE ${path}`)).status).toBe(204)
    expect((await admin(`GET ${path}`)).status).toBe(404)
  })

  test('refuse what contradicts itself or does not exist', async () => {
    const { ctx, ada, admin, body } = await makeGrants()
    const post = async (change: object) =>
      (await admin('POST /oauth2PermissionGrants', { body: { ...body, ...change } })).status
    expect(await post({ principalId: ada })).toBe(400)
    expect(await post({ consentType: 'Principal' })).toBe(400)
    expect(await post({ consentType: 'Everybody' })).toBe(400)
    expect(await post({ scope: 'User.Read Fly.All' })).toBe(400)
    expect(await post({ clientId: ctx.ids.guid() })).toBe(404)
    expect(await post({ consentType: 'Principal', principalId: ctx.ids.guid() })).toBe(404)
  })

  test('of oneself can be withdrawn by oneself, and by nobody else without a role', async () => {
    const { ctx, as, admin, body } = await makeGrants()
    const [bob, eve] = [await putUser(ctx), await putUser(ctx)]
    const { json } = await admin('POST /oauth2PermissionGrants', {
      body: { ...body, consentType: 'Principal', principalId: bob },
    })
    const remove = (by: string) => as(asPerson(ctx, by, SCOPES))(`DELETE /oauth2PermissionGrants/${json.id}`)
    expect((await remove(eve)).status).toBe(403)
    expect((await remove(bob)).status).toBe(204)
  })
})

test('GRA-12: another tenant’s ids are 404 in every position', async () => {
  const scopes = [...ALL, 'AppRoleAssignment.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All']
  const { ctx, as, ada, register } = await makeGraph()
  const admin = as(asPerson(ctx, ada, scopes, [roles.globalAdministrator]))
  const { application, servicePrincipal } = await register('Orders')
  const graph = (await admin("GET /servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")).json
  const { json: grant } = await admin('POST /oauth2PermissionGrants', {
    body: {
      clientId: servicePrincipal.id,
      consentType: 'AllPrincipals',
      resourceId: graph.id,
      scope: 'User.Read',
    },
  })
  const assignment = {
    principalId: ada,
    resourceId: servicePrincipal.id,
    appRoleId: '00000000-0000-0000-0000-000000000000',
  }
  const { json: assigned } = await admin(`POST /users/${ada}/appRoleAssignments`, { body: assignment })
  const { ctx: there, stranger } = await makeStranger(scopes)
  const own = await putUser(there)
  const own404 = [
    stranger(`GET /applications/${application.id}`),
    stranger(`GET /applications(appId='${application.appId}')`),
    stranger(`PATCH /applications/${application.id}`, { body: { displayName: 'x' } }),
    stranger(`DELETE /applications/${application.id}`),
    stranger(`POST /applications/${application.id}/addPassword`, { body: {} }),
    stranger(`GET /applications/${application.id}/owners`),
    stranger(`POST /applications/${application.id}/owners/$ref`, { body: { '@odata.id': `/users/${own}` } }),
    stranger(`GET /servicePrincipals/${servicePrincipal.id}`),
    stranger(`PATCH /servicePrincipals/${servicePrincipal.id}`, { body: { accountEnabled: false } }),
    stranger(`DELETE /servicePrincipals/${servicePrincipal.id}`),
    stranger(`GET /servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`),
    stranger(`GET /servicePrincipals/${servicePrincipal.id}/oauth2PermissionGrants`),
    stranger(`GET /users/${ada}/appRoleAssignments`),
    stranger(`DELETE /users/${own}/appRoleAssignments/${assigned.id}`),
    stranger(`POST /users/${own}/appRoleAssignments`, { body: { ...assignment, principalId: own } }),
    stranger(`GET /oauth2PermissionGrants/${grant.id}`),
    stranger(`PATCH /oauth2PermissionGrants/${grant.id}`, { body: { scope: '' } }),
    stranger(`DELETE /oauth2PermissionGrants/${grant.id}`),
  ]
  for (const [at, attempt] of own404.entries()) expect((await attempt).status, `attempt ${at}`).toBe(404)
  expect((await stranger('GET /applications')).json.value).toEqual([])
  expect((await stranger('GET /oauth2PermissionGrants')).json.value).toEqual([])
  expect((await admin(`GET /servicePrincipals/${servicePrincipal.id}`)).json['accountEnabled']).toBe(true)
})
