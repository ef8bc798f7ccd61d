import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { explain } from '../../../test/kit/explain.ts'
import { deleteGroupSoftly, putGroup, putUser } from '../../../test/kit/principals.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import { findPermission, graphAppId } from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../platform/errors.ts'
import { applicationRoles, effectiveAppRoles, grantsFor, grantsOfClient, isAssigned } from './access.ts'
import { assignAppRole, removeAppRoleAssignment } from './app-role-assignments.ts'
import { effectiveRoleIds } from './assignment-store.ts'
import { forgetPrincipal } from './forget.ts'
import { ensureGraphServicePrincipal } from './graph-service-principal.ts'
import { DEFAULT_ACCESS, type ServicePrincipal } from './model.ts'
import {
  createPermissionGrant,
  deletePermissionGrant,
  recordConsent,
  updatePermissionGrant,
} from './permission-grants.ts'
import { registerApplication } from './register.ts'
import { resolveResource, splitScope } from './resources.ts'
import { deleteServicePrincipal } from './service-principal-deletion.ts'
import { findByAppId } from './service-principal-store.ts'
import { updateServicePrincipal } from './service-principals.ts'

const database = testDatabase()
const run = <T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> => ctx.db.transaction(work)
const deployment = { baseUrl: 'https://xenia.test' }

const READER = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
const ROBOT = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'
const RETIRED = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'
const role = (id: string, value: string, type: string, isEnabled = true) => ({
  id,
  value,
  displayName: value,
  description: value,
  allowedMemberTypes: [type],
  isEnabled,
})
const scope = (id: string, value: string) => ({
  id,
  value,
  adminConsentDisplayName: value,
  adminConsentDescription: value,
})

async function makeApi() {
  const ctx = await makeTenant(database)
  const { servicePrincipal: api, application } = await run(ctx, (tx) =>
    registerApplication(ctx, tx, {
      displayName: 'Orders',
      exposeApi: true,
      optionalClaims: { accessToken: [{ name: 'email' }] },
      appRoles: [
        role(READER, 'Reader', 'User'),
        role(ROBOT, 'Robot', 'Application'),
        role(RETIRED, 'Old', 'User', false),
      ],
      api: {
        oauth2PermissionScopes: [
          scope('dddddddd-dddd-4ddd-8ddd-dddddddddddd', 'read'),
          scope('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'write'),
        ],
      },
    }),
  )
  const { servicePrincipal: client } = await run(ctx, (tx) =>
    registerApplication(ctx, tx, { displayName: 'Shop' }),
  )
  const assign = (principalId: string, appRoleId: string = READER) =>
    run(ctx, (tx) => assignAppRole(ctx, tx, { principalId, resourceId: api.id, appRoleId }))
  const rolesOf = (userId: string) =>
    run(ctx, async (tx) => (await effectiveAppRoles(tx, userId, api.id)).map(({ value }) => value))
  return { ctx, api, application, client, assign, rolesOf }
}

describe('an app role assignment', () => {
  test('names principal and resource, and gives the role', async () => {
    const { ctx, api, assign, rolesOf } = await makeApi()
    const user = await putUser(ctx)
    expect(await rolesOf(user)).toEqual([])
    expect(await assign(user)).toMatchObject({
      appRoleId: READER,
      principalId: user,
      principalType: 'User',
      principalDisplayName: 'Ada',
      resourceId: api.id,
      resourceDisplayName: 'Orders',
    })
    expect(await rolesOf(user)).toEqual(['Reader'])
  })

  test('of the zero GUID gives access and no role', async () => {
    const { ctx, api, assign, rolesOf } = await makeApi()
    const user = await putUser(ctx)
    const assigned = () => run(ctx, (tx) => isAssigned(tx, user, api.id))
    expect(await assigned()).toBe(false)
    await assign(user, DEFAULT_ACCESS)
    expect(await assigned()).toBe(true)
    expect(await rolesOf(user)).toEqual([])
  })

  test('reaches people through groups at any depth, round circles, but not through deleted groups', async () => {
    const { ctx, api, assign, rolesOf } = await makeApi()
    const user = await putUser(ctx)
    const inner = await putGroup(ctx, [user])
    const middle = await putGroup(ctx, [], [inner])
    const outer = await putGroup(ctx, [], [middle])
    await run(ctx, (tx) =>
      sql`insert into group_members (tenant_id, group_id, member_id, member_type, added_at)
          values (${ctx.tenantId}, ${inner}, ${outer}, 'group', ${ctx.clock.now()})`.execute(tx),
    )
    await assign(outer)
    expect(await rolesOf(user)).toEqual(['Reader'])
    expect(await run(ctx, (tx) => isAssigned(tx, user, api.id))).toBe(true)
    expect(await rolesOf(await putUser(ctx))).toEqual([])
    await deleteGroupSoftly(ctx, middle)
    expect(await rolesOf(user)).toEqual([])
    await assign(inner)
    expect(await rolesOf(user)).toEqual(['Reader'])
    await deleteGroupSoftly(ctx, inner)
    expect(await rolesOf(user)).toEqual([])
  })

  test('of an application gives that application its role, and groups give it none', async () => {
    const { ctx, api, client, assign } = await makeApi()
    const rolesOfClient = () =>
      run(ctx, async (tx) => (await applicationRoles(tx, client.id, api.id)).map(({ value }) => value))
    expect(await rolesOfClient()).toEqual([])
    await assign(client.id, ROBOT)
    expect(await rolesOfClient()).toEqual(['Robot'])
  })

  test.each<[string, string, (made: { user: string; group: string; client: string }) => string]>([
    ['a role that does not exist', '99999999-9999-4999-8999-999999999999', ({ user }) => user],
    ['a role that is disabled', RETIRED, ({ user }) => user],
    ['a role for applications, to a user', ROBOT, ({ user }) => user],
    ['a role for applications, to a group', ROBOT, ({ group }) => group],
    ['a role for people, to an application', READER, ({ client }) => client],
  ])('is refused for %s', async (_, roleId, pick) => {
    const { ctx, client, assign } = await makeApi()
    const principal = pick({ user: await putUser(ctx), group: await putGroup(ctx, []), client: client.id })
    await expect(assign(principal, roleId)).rejects.toThrow(Invalid)
  })

  test('is refused a second time, and for who does not exist', async () => {
    const { ctx, assign } = await makeApi()
    const user = await putUser(ctx)
    await assign(user)
    await expect(assign(user)).rejects.toThrow('already exists on the object')
    await expect(assign(ctx.ids.guid())).rejects.toThrow(NotFound)
    await expect(assign('ada')).rejects.toThrow(NotFound)
    const stranger = await makeTenant(database)
    await expect(assign(await putUser(stranger))).rejects.toThrow(NotFound)
  })

  test('ends only from a list that it is in', async () => {
    const { ctx, api, client, assign, rolesOf } = await makeApi()
    const user = await putUser(ctx)
    const { id } = await assign(user)
    const remove = (side: Parameters<typeof removeAppRoleAssignment>[3]) =>
      run(ctx, (tx) => removeAppRoleAssignment(ctx, tx, id, side))
    await expect(remove({ principalId: client.id })).rejects.toThrow(NotFound)
    await expect(remove({ resourceId: client.id })).rejects.toThrow(NotFound)
    await remove({ resourceId: api.id })
    expect(await rolesOf(user)).toEqual([])
    await expect(remove({ resourceId: api.id })).rejects.toThrow(NotFound)
  })

  test('ends with a purged principal, its consents and ownership too', async () => {
    const { ctx, api, client, assign } = await makeApi()
    const user = await putUser(ctx)
    await assign(user)
    await run(ctx, (tx) =>
      recordConsent(ctx, tx, {
        clientId: client.id,
        resourceId: api.id,
        grantedBy: { for: 'person', userId: user },
        scopes: ['read'],
      }),
    )
    await run(ctx, (tx) => forgetPrincipal(tx, user))
    expect(await run(ctx, (tx) => isAssigned(tx, user, api.id))).toBe(false)
    expect(await run(ctx, (tx) => grantsFor(tx, client.id, api.id, user))).toEqual([])
  })

  test('is looked up by index at every step, however many groups and assignments there are', async () => {
    const { ctx, api } = await makeApi()
    const group = await putGroup(ctx, [])
    await database.pool.query(
      `with made as (
         insert into groups (tenant_id, id, display_name, mail_enabled, mail_nickname, security_enabled, created_date_time)
         select tenant_id, gen_random_uuid(), display_name, false, mail_nickname, true, created_date_time
           from groups, generate_series(1, 3000) where tenant_id = $1
         returning tenant_id, id, created_date_time
       ), member as (
         insert into group_members (tenant_id, group_id, member_id, member_type, added_at)
         select tenant_id, id, gen_random_uuid(), 'user', created_date_time from made, generate_series(1, 3)
       )
       insert into app_role_assignments (tenant_id, id, app_role_id, principal_id, principal_type, resource_id, created_date_time)
       select tenant_id, gen_random_uuid(), gen_random_uuid(), id, 'Group', $2, created_date_time from made`,
      [ctx.tenantId, api.id],
    )
    await database.pool.query('analyze groups, group_members, app_role_assignments')
    const plan = await run(ctx, (tx) => explain(tx, effectiveRoleIds(group, api.id)))
    expect(plan.scans).toEqual([])
    expect(plan.indexes).toEqual(expect.arrayContaining(['group_members_of', 'groups_pkey']))
    expect(plan.indexes.some((index) => index.startsWith('app_role_assignments_'))).toBe(true)
  })
})

describe('consent', () => {
  const everybody = { for: 'everybody' } as const

  test('of a person and of everybody add up', async () => {
    const { ctx, api, application, client } = await makeApi()
    const [ada, bob] = [await putUser(ctx), await putUser(ctx)]
    const consent = (
      grantedBy: Parameters<typeof recordConsent>[2]['grantedBy'],
      ...scopes: readonly string[]
    ) =>
      run(ctx, (tx) => recordConsent(ctx, tx, { clientId: client.id, resourceId: api.id, grantedBy, scopes }))
    const granted = (user: string) => run(ctx, (tx) => grantsFor(tx, client.id, api.id, user))
    await consent({ for: 'person', userId: ada }, 'read')
    expect([await granted(ada), await granted(bob)]).toEqual([['read'], []])
    await consent({ for: 'person', userId: ada }, 'read', 'write')
    expect([await granted(ada), await granted(bob)]).toEqual([['read', 'write'], []])
    await consent(everybody, 'read')
    expect(await granted(bob)).toEqual(['read'])
    expect(await run(ctx, (tx) => grantsOfClient(tx, client.id, ada))).toEqual(
      new Map([[application.appId, ['read', 'write']]]),
    )
    // The other way round nothing was granted.
    expect(await run(ctx, (tx) => grantsFor(tx, api.id, client.id, ada))).toEqual([])
  })

  test('given many times at once is one grant', async () => {
    const { ctx, api, client } = await makeApi()
    const user = await putUser(ctx)
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        run(ctx, (tx) =>
          recordConsent(ctx, tx, {
            clientId: client.id,
            resourceId: api.id,
            grantedBy: { for: 'person', userId: user },
            scopes: [at % 2 === 0 ? 'read' : 'write'],
          }),
        ),
      ),
    )
    const { rows } = await run(ctx, (tx) => sql`select scopes from oauth2_permission_grants`.execute(tx))
    expect(rows).toHaveLength(1)
    expect([...(await run(ctx, (tx) => grantsFor(tx, client.id, api.id, user)))].sort()).toEqual([
      'read',
      'write',
    ])
  })

  test('is refused for a scope that the API does not offer, for unknown parties, and to another tenant', async () => {
    const { ctx, api, client } = await makeApi()
    const attempt = (by: Context, given: Partial<Parameters<typeof createPermissionGrant>[2]>) =>
      run(by, (tx) =>
        createPermissionGrant(by, tx, {
          clientId: client.id,
          resourceId: api.id,
          grantedBy: everybody,
          scopes: ['read'],
          ...given,
        }),
      )
    await expect(attempt(ctx, { scopes: ['read', 'delete'] })).rejects.toThrow("'delete'")
    await expect(attempt(ctx, { clientId: ctx.ids.guid() })).rejects.toThrow(NotFound)
    await expect(attempt(ctx, { resourceId: 'orders' })).rejects.toThrow(NotFound)
    await expect(attempt(ctx, { grantedBy: { for: 'person', userId: client.id } })).rejects.toThrow(NotFound)
    const stranger = await makeTenant(database)
    await expect(attempt(stranger, {})).rejects.toThrow(NotFound)
    await attempt(ctx, {})
    await expect(attempt(ctx, {})).rejects.toThrow(Conflict)
  })

  test('is changed and withdrawn by its id, in its tenant only', async () => {
    const { ctx, api, client } = await makeApi()
    const user = await putUser(ctx)
    const { id } = await run(ctx, (tx) =>
      createPermissionGrant(ctx, tx, {
        clientId: client.id,
        resourceId: api.id,
        grantedBy: everybody,
        scopes: ['read'],
      }),
    )
    const stranger = await makeTenant(database)
    await expect(run(stranger, (tx) => updatePermissionGrant(stranger, tx, id, []))).rejects.toThrow(NotFound)
    await expect(run(stranger, (tx) => deletePermissionGrant(stranger, tx, id))).rejects.toThrow(NotFound)
    await run(ctx, (tx) => updatePermissionGrant(ctx, tx, id, ['write']))
    expect(await run(ctx, (tx) => grantsFor(tx, client.id, api.id, user))).toEqual(['write'])
    await run(ctx, (tx) => deletePermissionGrant(ctx, tx, id))
    expect(await run(ctx, (tx) => grantsFor(tx, client.id, api.id, user))).toEqual([])
    await expect(run(ctx, (tx) => deletePermissionGrant(ctx, tx, id))).rejects.toThrow(NotFound)
  })
})

describe('the Graph API', () => {
  const graphOf = async (ctx: Context): Promise<ServicePrincipal> => {
    await run(ctx, (tx) => ensureGraphServicePrincipal(ctx, tx))
    const found = await run(ctx, (tx) => findByAppId(tx, graphAppId))
    if (found === null) throw new Error('It was just made.')
    return found
  }

  test('is a resource of every tenant, once, with Microsoft’s permission ids', async () => {
    const ctx = await makeTenant(database)
    const graph = await graphOf(ctx)
    expect(await graphOf(ctx)).toEqual(graph)
    const userRead = findPermission('User.Read')
    expect(graph.oauth2PermissionScopes).toContainEqual(
      expect.objectContaining({ id: userRead?.delegatedId, value: 'User.Read', type: 'User' }),
    )
    expect(graph.appRoles).toContainEqual(
      expect.objectContaining({ value: 'User.Read.All', allowedMemberTypes: ['Application'] }),
    )
  })

  test('answers to its GUID, Microsoft’s address, this deployment’s and to no name at all', async () => {
    const ctx = await makeTenant(database)
    const graph = await graphOf(ctx)
    for (const name of [
      null,
      graphAppId,
      'https://graph.microsoft.com',
      'https://graph.microsoft.com/',
      'https://xenia.test',
      'HTTPS://XENIA.TEST/',
    ]) {
      const resource = await run(ctx, (tx) => resolveResource(tx, name, deployment))
      expect(resource, `${name}`).toMatchObject({ servicePrincipalId: graph.id, isGraph: true })
    }
    expect(await run(ctx, (tx) => resolveResource(tx, 'https://graph.windows.net', deployment))).toBeNull()
  })

  test('can be granted to applications, and cannot be disabled or deleted', async () => {
    const { ctx, client } = await makeApi()
    const graph = await graphOf(ctx)
    const roleId = findPermission('User.Invite.All')?.applicationId ?? ''
    await run(ctx, (tx) =>
      assignAppRole(ctx, tx, { principalId: client.id, resourceId: graph.id, appRoleId: roleId }),
    )
    const roles = await run(ctx, (tx) => applicationRoles(tx, client.id, graph.id))
    expect(roles.map(({ value }) => value)).toEqual(['User.Invite.All'])
    await expect(
      run(ctx, (tx) => updateServicePrincipal(ctx, tx, graph.id, { accountEnabled: false })),
    ).rejects.toThrow(Forbidden)
    await expect(run(ctx, (tx) => deleteServicePrincipal(ctx, tx, graph.id))).rejects.toThrow(Forbidden)
  })
})

describe('a resource is found', () => {
  test('by application id and by identifier URI in any case', async () => {
    const { ctx, api, application } = await makeApi()
    for (const name of [
      application.appId,
      `api://${application.appId}`,
      `API://${application.appId.toUpperCase()}/`,
    ]) {
      const resource = await run(ctx, (tx) => resolveResource(tx, name, deployment))
      expect(resource, name).toMatchObject({
        servicePrincipalId: api.id,
        isGraph: false,
        optionalClaims: { accessToken: [{ name: 'email' }] },
      })
    }
  })

  test.each([
    ['User.Read', null, 'User.Read'],
    ['api://orders/read', 'api://orders', 'read'],
    ['https://graph.microsoft.com/.default', 'https://graph.microsoft.com', '.default'],
    ['https://graph.microsoft.com//.default', 'https://graph.microsoft.com/', '.default'],
  ])('in the scope %s', (text, resource, value) => {
    expect(splitScope(text)).toEqual({ resource, value })
  })
})
