import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { asApplication, asPerson, type GraphClient } from '../../../test/kit/graph.ts'
import { putUser } from '../../../test/kit/principals.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { ALL, makeGraph, makeStranger } from './graph.fixture.ts'

const database = testDatabase()

describe('GRA-60, 62: who may manage applications', () => {
  test('members register their own and manage them, but no others', async () => {
    const { member, admin } = await makeGraph(database)
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
    const { guest } = await makeGraph(database)
    const visitor = await guest()
    expect((await visitor('POST /applications', { body: { displayName: 'x' } })).status).toBe(403)
    expect((await visitor('GET /applications')).status).toBe(403)
    expect((await visitor('GET /servicePrincipals')).status).toBe(403)
  })

  test('a scope that is too small is refused before anything is looked at', async () => {
    const { ctx, as, ada, register } = await makeGraph(database)
    const { application } = await register('Orders')
    const reader = as(asPerson(ctx, ada, ['Application.Read.All'], [roles.globalAdministrator]))
    expect((await reader(`GET /applications/${application.id}`)).status).toBe(200)
    expect((await reader(`PATCH /applications/${application.id}`, { body: {} })).status).toBe(403)
    const nobody = as(asPerson(ctx, ada, ['User.Read'], [roles.globalAdministrator]))
    expect((await nobody(`GET /applications/${application.id}`)).status).toBe(403)
  })

  test('an application with Application.ReadWrite.OwnedBy sees and changes only its own', async () => {
    const { ctx, as, register } = await makeGraph(database)
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

test('GRA-12: another tenant’s ids are 404 in every position', async () => {
  const scopes = [...ALL, 'AppRoleAssignment.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All']
  const { ctx, as, ada, register } = await makeGraph(database)
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
  const { ctx: there, stranger } = await makeStranger(database, scopes)
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
