import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testDeployment } from '../../../test/kit/deployment.ts'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { createMailer } from './index.ts'
import { forgetOldMail } from './retention.ts'
import * as store from './store.ts'

// It goes through every tenant, so it would take other tests' mail with it.
const { database } = ownDatabase()

test('bodies of failed mail are kept for a week, what is over for three months, what waits for ever', async () => {
  const deployment = testDeployment(database)
  const tenants = await Promise.all([makeTenant(database), makeTenant(database)])
  const mailer = createMailer({
    keyring: deployment.keyring,
    smtpUrl: 'smtp://127.0.0.1:9',
    fromAddress: 'invitations@localhost',
  })
  const queue = (ctx: TestTenant) =>
    ctx.db.transaction((tx) =>
      mailer.queue(tx, ctx, {
        kind: 'invitation',
        to: [{ address: 'maria@fabrikam.example' }],
        subject: 'x',
        html: '<p>x</p>',
        text: 'x',
      }),
    )
  for (const ctx of tenants) {
    const [failed] = [await queue(ctx), await queue(ctx)]
    await ctx.db.transaction((tx) => store.markFailed(tx, failed, ctx.clock.now(), 'refused', 'no'))
  }
  const states = async () => {
    const rows = tenants.map((ctx) =>
      ctx.db.transaction((tx) =>
        sql<{ state: string; kept: boolean }>`
          select state, sealed_body is not null as kept from outbox_messages order by state`.execute(tx),
      ),
    )
    return (await Promise.all(rows)).map((result) => result.rows)
  }
  const forgetAfterDays = async (days: number) => {
    deployment.clock.advance(days * 86_400_000)
    await forgetOldMail(deployment, new AbortController().signal)
  }
  const waiting = { state: 'pending', kept: true }
  const both = (...rows: object[]) => [rows, rows]

  await forgetAfterDays(6)
  expect(await states()).toEqual(both({ state: 'failed', kept: true }, waiting))
  await forgetAfterDays(2)
  expect(await states()).toEqual(both({ state: 'failed', kept: false }, waiting))
  await forgetAfterDays(90)
  expect(await states()).toEqual(both(waiting))
})
