import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../test/kit/database.ts'
import { explain } from '../../test/kit/explain.ts'
import { asApplication, asPerson, serveGraph } from '../../test/kit/graph.ts'
import { makeTenant, type TestTenant } from '../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../graph/index.ts'
import { auditEntities, auditRoutes, recordAudit, recordSignIn, type SignInRecord } from './index.ts'

const database = testDatabase()
const MINUTE = 60_000

const signIn: SignInRecord = {
  userId: '11111111-1111-4111-8111-111111111111',
  userDisplayName: 'Ada',
  userPrincipalName: 'Ada@contoso.example',
  userType: 'guest',
  appId: '22222222-2222-4222-8222-222222222222',
  appDisplayName: 'Orders',
  resourceId: null,
  resourceDisplayName: null,
  homeTenantId: '33333333-3333-4333-8333-333333333333',
  resourceTenantId: '44444444-4444-4444-8444-444444444444',
  crossTenantAccessType: 'b2bCollaboration',
  ipAddress: '192.0.2.7',
  userAgent: 'Firefox',
  clientAppUsed: 'Browser',
  isInteractive: true,
  errorCode: 0,
  failureReason: null,
  authenticationDetails: [{ authenticationMethod: 'Password', succeeded: true }],
}

async function makeLog() {
  const ctx = await makeTenant(database)
  const as = serveGraph(ctx, auditRoutes, auditEntities)
  const reader = as(asPerson(ctx, ctx.ids.guid(), ['AuditLog.Read.All'], [roles.reportsReader]))
  const list = async (url: string) => (await reader(`GET ${url}`)).json.value
  return { ctx, as, reader, list }
}

const write = (ctx: TestTenant, activity: string, failure?: string) =>
  ctx.db.transaction((tx) =>
    recordAudit(ctx, tx, {
      activity,
      category: 'UserManagement',
      operationType: 'Add',
      ...(failure !== undefined && { failure }),
      targets: [
        {
          id: `id of ${activity}`,
          type: 'User',
          displayName: 'Ada',
          modifiedProperties: [{ displayName: 'mail', oldValue: null, newValue: '"a@b.example"' }],
        },
      ],
    }),
  )
const signInAs = (ctx: TestTenant, change: Partial<SignInRecord> = {}) =>
  ctx.db.transaction((tx) => recordSignIn(ctx, tx, { ...signIn, ...change }))

describe('/auditLogs/directoryAudits', () => {
  test('GRA-66: the newest first, the oldest first when asked, page by page', async () => {
    const { ctx, reader } = await makeLog()
    for (const activity of ['one', 'two', 'three']) {
      await write(ctx, activity)
      ctx.clock.advance(MINUTE)
    }
    const first = (await reader('GET /auditLogs/directoryAudits?$top=2')).json
    expect(first.value).toMatchObject([{ activityDisplayName: 'three' }, { activityDisplayName: 'two' }])
    const next = String(first['@odata.nextLink']).replace('https://graph.example/v1.0', '')
    const second = (await reader(`GET ${next}`)).json
    expect(second.value).toMatchObject([{ activityDisplayName: 'one' }])
    expect(second['@odata.nextLink']).toBeUndefined()
    const oldest = (await reader('GET /auditLogs/directoryAudits?$orderby=activityDateTime&$top=1')).json
    expect(oldest.value).toMatchObject([{ activityDisplayName: 'one' }])
  })

  test('shows who did what to whom, with the changed values as JSON text', async () => {
    const { ctx, reader } = await makeLog()
    await write(ctx, 'Add user', 'The name is taken.')
    const { json } = await reader('GET /auditLogs/directoryAudits')
    expect(json['@odata.context']).toBe('https://graph.example/v1.0/$metadata#auditLogs/directoryAudits')
    const entry = {
      activityDisplayName: 'Add user',
      category: 'UserManagement',
      operationType: 'Add',
      correlationId: ctx.correlationId,
      loggedByService: 'Core Directory',
      result: 'failure',
      resultReason: 'The name is taken.',
      initiatedBy: { user: null, app: { displayName: 'test', appId: null } },
      targetResources: [
        {
          id: 'id of Add user',
          type: 'User',
          groupType: null,
          modifiedProperties: [{ displayName: 'mail', oldValue: null, newValue: '"a@b.example"' }],
        },
      ],
      additionalDetails: [],
    }
    expect(json.value).toMatchObject([entry])
    const { id } = (json.value as unknown as readonly { id: string }[])[0] ?? { id: '' }
    expect((await reader(`GET /auditLogs/directoryAudits/${id}`)).json).toMatchObject(entry)
  })

  test.each([
    "activityDisplayName eq 'Delete user'",
    "startsWith(activityDisplayName,'Delete')",
    "result eq 'failure'",
    "targetResources/any(t:t/id eq 'id of Delete user')",
    "initiatedBy/app/displayName eq 'test' and category eq 'UserManagement' and result ne 'success'",
    "activityDateTime ge 2000-01-01T00:00:00Z and not(activityDisplayName eq 'Add user')",
  ])('GRA-66: filtered by %s', async (filter) => {
    const { ctx, list } = await makeLog()
    await write(ctx, 'Add user')
    await write(ctx, 'Delete user', 'No.')
    expect(await list(`/auditLogs/directoryAudits?$filter=${encodeURIComponent(filter)}`)).toMatchObject([
      { activityDisplayName: 'Delete user' },
    ])
  })

  test.each([
    "$filter=additionalDetails/any(d:d/key eq 'x')",
    "$filter=colour eq 'red'",
    '$orderby=category',
    '$top=1001',
    '$search="x"',
    '$skip=1',
  ])('GRA-14: %s is refused', async (option) => {
    const { reader } = await makeLog()
    const [name = '', value = ''] = option.split(/=(.*)/s)
    const answer = await reader(`GET /auditLogs/directoryAudits?${name}=${encodeURIComponent(value)}`)
    expect(answer.status).toBe(400)
  })

  test('GRA-67: cannot be written through the API', async () => {
    const { ctx, reader } = await makeLog()
    await write(ctx, 'Add user')
    expect((await reader('POST /auditLogs/directoryAudits', { body: {} })).status).toBe(405)
    expect((await reader(`DELETE /auditLogs/directoryAudits/${ctx.ids.guid()}`)).status).toBe(405)
    await expect(ctx.db.transaction((tx) => sql`delete from directory_audits`.execute(tx))).rejects.toThrow(
      'permission denied',
    )
  })
})

describe('/auditLogs/signIns', () => {
  test('shows both tenants, the outcome and how the person proved himself', async () => {
    const { ctx, list } = await makeLog()
    await signInAs(ctx, { errorCode: 50126, failureReason: 'Wrong password.' })
    expect(await list('/auditLogs/signIns')).toMatchObject([
      {
        userPrincipalName: 'Ada@contoso.example',
        homeTenantId: signIn.homeTenantId,
        resourceTenantId: signIn.resourceTenantId,
        crossTenantAccessType: 'b2bCollaboration',
        status: { errorCode: 50126, failureReason: 'Wrong password.', additionalDetails: null },
        signInEventTypes: ['interactiveUser'],
        authenticationRequirement: 'singleFactorAuthentication',
        authenticationDetails: [{ authenticationMethod: 'Password', succeeded: true }],
        conditionalAccessStatus: 'notApplied',
        appliedConditionalAccessPolicies: [],
        correlationId: ctx.correlationId,
      },
    ])
  })

  test.each([
    'status/errorCode ne 0',
    "startsWith(appDisplayName,'wik')",
    "userPrincipalName eq 'BOB@contoso.example'",
    "userId eq '55555555-5555-4555-8555-555555555555'",
    "signInEventTypes/any(t:t eq 'nonInteractiveUser')",
    'isInteractive eq false and createdDateTime ge 2000-01-01T00:00:00Z',
  ])('GRA-66: filtered by %s', async (filter) => {
    const { ctx, list } = await makeLog()
    await signInAs(ctx)
    await signInAs(ctx, {
      userId: '55555555-5555-4555-8555-555555555555',
      userPrincipalName: 'bob@contoso.example',
      appDisplayName: 'Wiki',
      errorCode: 50126,
      isInteractive: false,
    })
    expect(await list(`/auditLogs/signIns?$filter=${encodeURIComponent(filter)}`)).toMatchObject([
      { userPrincipalName: 'bob@contoso.example' },
    ])
  })
})

describe('GRA-65: the logs', () => {
  test('need AuditLog.Read.All, and of people a role that reads logs', async () => {
    const { ctx, as } = await makeLog()
    const me = ctx.ids.guid()
    const status = async (caller: Parameters<typeof as>[0]) =>
      (await as(caller)('GET /auditLogs/signIns')).status
    const scope = ['AuditLog.Read.All']
    expect(await status(asPerson(ctx, me, scope))).toBe(403)
    expect(await status(asPerson(ctx, me, scope, [roles.userAdministrator]))).toBe(403)
    expect(await status(asPerson(ctx, me, ['Directory.Read.All'], [roles.globalAdministrator]))).toBe(403)
    for (const role of [
      roles.reportsReader,
      roles.securityReader,
      roles.globalReader,
      roles.globalAdministrator,
    ]) {
      expect(await status(asPerson(ctx, me, scope, [role]))).toBe(200)
    }
    expect(await status(asApplication(ctx, me, scope))).toBe(200)
    expect(await status(asApplication(ctx, me, ['Directory.Read.All']))).toBe(403)
  })

  test('GRA-12: are one tenant’s own', async () => {
    const { ctx, reader } = await makeLog()
    const other = await makeLog()
    await write(ctx, 'Add user')
    await signInAs(ctx)
    const { json } = await reader('GET /auditLogs/directoryAudits?$select=id')
    const { id } = (json.value as unknown as readonly { id: string }[])[0] ?? { id: '' }
    expect(await other.list('/auditLogs/directoryAudits')).toEqual([])
    expect(await other.list('/auditLogs/signIns')).toEqual([])
    expect((await other.reader(`GET /auditLogs/directoryAudits/${id}`)).status).toBe(404)
    expect((await other.reader('GET /auditLogs/directoryAudits/not-an-id')).status).toBe(404)
  })

  test('are read by index, however long they are', async () => {
    const { ctx } = await makeLog()
    await signInAs(ctx)
    await database.pool.query(
      `insert into sign_ins (tenant_id, id, created_date_time, user_id, is_interactive, correlation_id, error_code)
       select tenant_id, gen_random_uuid(), created_date_time - n * interval '1 second', gen_random_uuid(), true,
              correlation_id, 0
         from sign_ins, generate_series(1, 5000) as n where tenant_id = $1`,
      [ctx.tenantId],
    )
    await database.pool.query('analyze sign_ins')
    const plan = (condition: ReturnType<typeof sql<boolean>>) =>
      ctx.db.transaction((tx) =>
        explain(
          tx,
          sql`select id from sign_ins where ${condition} order by created_date_time desc, id desc limit 100`,
        ),
      )
    expect(await plan(sql<boolean>`true`)).toEqual({ scans: [], indexes: ['sign_ins_newest'] })
    expect(await plan(sql<boolean>`user_id = ${ctx.ids.guid()}`)).toEqual({
      scans: [],
      indexes: ['sign_ins_by_user'],
    })
  })
})
