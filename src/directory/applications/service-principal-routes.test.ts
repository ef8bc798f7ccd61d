import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeGraph } from './graph.fixture.ts'

const database = testDatabase()

describe('/servicePrincipals', () => {
  test('brings an own application in once, and finds it by appId', async () => {
    const { ctx, admin } = await makeGraph(database)
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
    const { ctx, admin } = await makeGraph(database)
    for (const appId of [ctx.ids.guid(), 'orders']) {
      const refused = await admin('POST /servicePrincipals', { body: { appId } })
      expect(refused.status).toBe(400)
      expect(refused.json.error.details).toMatchObject([{ code: 'NoBackingApplicationObject' }])
    }
  })

  test('changes what is the tenant’s to decide, and nothing that is the application’s', async () => {
    const { admin, register } = await makeGraph(database)
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
    const { admin } = await makeGraph(database)
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
