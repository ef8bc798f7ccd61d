import { expect, test } from 'vitest'
import { registerApplication } from '../src/directory/index.ts'
import { tenantInitialisers } from '../src/server.ts'
import { contextOf, newTenant } from './kit/deployment.ts'
import { testServer } from './kit/server.ts'

const server = await testServer()

test.each([
  ['without the permission', '{"displayName":"x"}', 'Insufficient privileges'],
  ['with a malformed body', '{', 'Insufficient privileges'],
])(
  'GRA-67: a write %s leaves one audit record of its failure, and a read none',
  async (_name, body, reason) => {
    const tenant = await newTenant(server.deployment, {}, tenantInitialisers)
    const ctx = contextOf(server.deployment, tenant)
    const { application, secret } = await ctx.db.transaction((tx) =>
      registerApplication(ctx, tx, { displayName: 'Daemon', secret: {} }),
    )
    const form = {
      grant_type: 'client_credentials',
      client_id: application.appId,
      client_secret: secret?.secretText ?? '',
      scope: 'https://graph.microsoft.com/.default',
    }
    const issued = await fetch(`${server.baseUrl}/${tenant.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    // The shape is the token endpoint's; engine.test.ts holds it.
    const { access_token } = (await issued.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
    expect((await fetch(`${server.baseUrl}/v1.0/users`, { headers })).status).toBe(403)
    expect((await fetch(`${server.baseUrl}/v1.0/users`, { method: 'POST', headers, body })).status).toBe(403)

    const failures = await ctx.db.transaction((tx) =>
      tx
        .selectFrom('directory_audits')
        .select(['activity_display_name', 'category', 'result_reason', 'initiated_by'])
        .where('result', '=', 'failure')
        .execute(),
    )
    expect(failures).toMatchObject([
      {
        activity_display_name: 'POST /users',
        category: 'UserManagement',
        initiated_by: { app: { appId: application.appId } },
      },
    ])
    expect(failures[0]?.result_reason).toContain(reason)
  },
)
