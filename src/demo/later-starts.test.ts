import { beforeAll, describe, expect, test } from 'vitest'
import { newTenant, type TestDeployment, testDeployment } from '../../test/kit/deployment.ts'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { findClient, verifyClientSecret } from '../directory/index.ts'
import type { Tx } from '../platform/database/index.ts'
import { makeDemo, tenantOf, tools, within as withinTenant } from './demo.fixture.ts'
import { describeDemo, ensureDemo } from './index.ts'
import type { DemoDescription, DemoTenant, DemoTenantKey } from './model.ts'
import { readDemo, writeDemo } from './record-store.ts'

const own = ownDatabase()
const deployment = testDeployment(own.database)
const made = (on: TestDeployment = deployment): Promise<DemoDescription> => makeDemo(on)
const within = <T>(tenant: DemoTenant, work: (tx: Tx) => Promise<T>): Promise<T> =>
  withinTenant(deployment, tenant, work)

const everyRow = async (): Promise<unknown> => {
  const { rows } = await own.database.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  )
  const counts: Record<string, unknown> = {}
  for (const { name } of rows) {
    // As superuser: row-level security would hide what is to be counted.
    const { rows: found } = await own.database.pool.query<{ text: string }>(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as text from ${name} t`,
    )
    counts[name] = found[0]?.text
  }
  return counts
}

describe('a later start', () => {
  let demo: DemoDescription

  beforeAll(async () => {
    demo = await made()
  })

  test('a second start prints the same, and so does whoever only asks', async () => {
    expect(await made()).toEqual(demo)
    expect(await describeDemo(deployment)).toEqual(demo)
    expect(JSON.parse(JSON.stringify(demo))).toEqual(demo)
  })

  test('a second start changes no row', async () => {
    const before = await everyRow()
    await made()
    expect(await everyRow()).toEqual(before)
  })

  test('its secrets lie sealed in the database', async () => {
    const { rows } = await own.database.pool.query<{ value: unknown }>(
      `select value from deployment_settings where name = 'demo'`,
    )
    const stored = JSON.stringify(rows)
    const [application] = tenantOf(demo, 'contoso').applications
    expect(rows).toHaveLength(1)
    expect(stored).not.toContain(application?.secret)
    expect(stored).not.toContain(demo.tenants[0]?.users[0]?.password)
  })

  test('started at other addresses, it answers there', async () => {
    const elsewhere = { ...deployment, baseUrl: 'https://login.elsewhere.test' }
    const moved = await ensureDemo(elsewhere, { ...tools, applicationOrigin: 'http://localhost:9001' })
    const [contoso] = moved?.tenants ?? []
    expect(contoso?.issuer).toBe(`https://login.elsewhere.test/${contoso?.id}/v2.0`)
    expect(contoso?.applications[0]).toMatchObject({
      secret: tenantOf(demo, 'contoso').applications[0]?.secret,
      redirectUris: [
        'http://localhost:9001/callback',
        'http://localhost:9001/signed-out',
        'http://localhost:3000/redirect',
      ],
    })
    const client = await within(tenantOf(demo, 'contoso'), (tx) =>
      findClient(tx, contoso?.applications[0]?.appId ?? ''),
    )
    expect(client?.redirectUris.web).toEqual(contoso?.applications[0]?.redirectUris)
    expect(await made()).toEqual(demo)
  })

  test('a start that was cut short between two tenants is finished by the next', async () => {
    await forget('woodgrove')
    expect(await describeDemo(deployment)).toBeNull()
    const again = await made()
    expect(again.tenants.map(({ id }) => id)).toEqual(demo.tenants.map(({ id }) => id))
    expect(tenantOf(again, 'woodgrove').users).toEqual(tenantOf(demo, 'woodgrove').users)
    // The secret was lost with the program that made it: there is a new one, and it works.
    const [application] = tenantOf(again, 'woodgrove').applications
    expect(application?.secret).not.toBe(tenantOf(demo, 'woodgrove').applications[0]?.secret)
    const verdict = await within(tenantOf(again, 'woodgrove'), (tx) =>
      verifyClientSecret(tx, application?.appId ?? '', application?.secret ?? '', deployment.clock.now()),
    )
    expect(verdict.outcome).toBe('accepted')
  })

  /** As if the program had been killed after it had filled the tenant and before it had noted so. */
  async function forget(key: DemoTenantKey): Promise<void> {
    await own.database.platform.transaction(async (tx) => {
      const record = await readDemo(tx, deployment.keyring)
      if (record === undefined) throw new Error('no demo')
      const tenants = record.tenants.filter((tenant) => tenant.key !== key)
      await writeDemo(tx, deployment.keyring, { ...record, tenants })
    })
  }
})

describe('a database of its own', () => {
  const another = ownDatabase()
  const theirs = testDeployment(another.database)

  test('gets no demo beside the tenants that are there', async () => {
    await newTenant(theirs)
    expect(await ensureDemo(theirs, tools)).toBeNull()
    expect(await describeDemo(theirs)).toBeNull()
  })
})

describe('several programs', () => {
  const shared = ownDatabase()
  const node = testDeployment(shared.database)

  test('that start at once on one empty database make one demo', async () => {
    const demos = await Promise.all([made(node), made(node), made(node)])
    expect(demos[1]).toEqual(demos[0])
    expect(demos[2]).toEqual(demos[0])
    const { rows } = await shared.database.pool.query('select 1 from tenants')
    expect(rows).toHaveLength(3)
  })
})
