import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { registerApplication } from './register.ts'

const database = testDatabase()
const DAY = 86_400_000

async function makeDeleted() {
  const ctx = await makeTenant(database)
  const clients = serveDirectory(ctx)
  const { application, servicePrincipal } = await ctx.db.transaction((tx) =>
    registerApplication(ctx, tx, { displayName: 'Orders', secret: {} }),
  )
  expect((await clients.admin(`DELETE /applications/${application.id}`)).status).toBe(204)
  return {
    ctx,
    clients,
    application,
    servicePrincipal,
    path: `/directory/deletedItems/${application.id}` as const,
  }
}

test('GRA-57, 59: a deleted application is listed with its service principal, and restored with it', async () => {
  const { clients, application, servicePrincipal, path } = await makeDeleted()
  const { admin } = clients
  const listed = await admin('GET /directory/deletedItems/microsoft.graph.application')
  expect(listed.json.value).toMatchObject([
    { id: application.id, deletedDateTime: expect.stringMatching(/Z$/) },
  ])
  const principals = await admin('GET /directory/deletedItems/microsoft.graph.servicePrincipal')
  expect(principals.json.value).toMatchObject([{ id: servicePrincipal.id }])
  const restored = await admin(`POST ${path}/restore`)
  expect(restored.status).toBe(200)
  expect(restored.json).toMatchObject({ '@odata.type': '#microsoft.graph.application', id: application.id })
  expect((await admin(`GET /applications/${application.id}`)).json['passwordCredentials']).toHaveLength(1)
  expect((await admin(`GET /servicePrincipals/${servicePrincipal.id}`)).status).toBe(200)
  expect((await admin(`POST ${path}/restore`)).status).toBe(404)
})

test('GRA-57: a purge is for ever, and needs the role and the permission', async () => {
  const { ctx, clients, path } = await makeDeleted()
  const me = ctx.ids.guid()
  const scopes = ['Application.ReadWrite.All']
  const remove = async (by: ReturnType<typeof clients.person>) => (await by(`DELETE ${path}`)).status
  expect(await remove(clients.person(me, scopes))).toBe(403)
  expect(await remove(clients.person(me, ['User.Read'], [roles.globalAdministrator]))).toBe(403)
  expect(await remove(clients.person(me, scopes, [roles.applicationAdministrator]))).toBe(204)
  expect((await clients.admin(`POST ${path}/restore`)).status).toBe(404)
})

test('GRA-58: after thirty days there is nothing to restore', async () => {
  const { ctx, clients, path } = await makeDeleted()
  ctx.clock.advance(30 * DAY + 1)
  expect((await clients.admin(`POST ${path}/restore`)).status).toBe(404)
  expect((await clients.admin('GET /directory/deletedItems/microsoft.graph.application')).json.value).toEqual(
    [],
  )
})
