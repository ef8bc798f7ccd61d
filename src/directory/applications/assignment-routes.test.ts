import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { asPerson, type GraphClient } from '../../../test/kit/graph.ts'
import { putGroup, putUser } from '../../../test/kit/principals.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { ALL, makeGraph } from './graph.fixture.ts'

const database = testDatabase()

describe('appRoleAssignments', () => {
  const SCOPES = [...ALL, 'AppRoleAssignment.ReadWrite.All']
  const DEFAULT = '00000000-0000-0000-0000-000000000000'

  test('are one list from both sides, and only the right id ends one', async () => {
    const { ctx, as, ada, register } = await makeGraph(database)
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
    const { ctx, as, ada, register } = await makeGraph(database)
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
    const { ctx, as, ada, register } = await makeGraph(database)
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
    const { ctx, as, ada, register } = await makeGraph(database)
    const admin = as(asPerson(ctx, ada, SCOPES, [roles.applicationAdministrator]))
    const { servicePrincipal: api } = await register('Orders')
    const bob = await putUser(ctx)
    const body = { principalId: bob, resourceId: api.id, appRoleId: DEFAULT }
    expect((await admin(`POST /users/${ada}/appRoleAssignments`, { body })).status).toBe(400)
    expect((await admin(`POST /groups/${bob}/appRoleAssignments`, { body })).status).toBe(404)
    expect((await admin(`GET /servicePrincipals/${bob}/appRoleAssignments`)).status).toBe(404)
  })

  test('GRA-62: to the Graph API are for privileged role administrators, others for who manages the application', async () => {
    const { ctx, as, ada, register } = await makeGraph(database)
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
