import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { asPerson } from '../../../test/kit/graph.ts'
import { putUser } from '../../../test/kit/principals.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { ALL, makeGraph } from './graph.fixture.ts'

const database = testDatabase()

describe('/oauth2PermissionGrants', () => {
  const SCOPES = [...ALL, 'DelegatedPermissionGrant.ReadWrite.All']

  async function makeGrants() {
    const made = await makeGraph(database)
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
