import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { Kysely, PostgresDialect } from 'kysely'
import { type ClientConfig, Pool } from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { testDeployment } from '../../../test/kit/deployment.ts'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { createKeyring } from '../crypto/keyring.ts'
import { openDatabase } from '../database/index.ts'
import { migrateTo } from '../database/migrate.ts'
import {
  createJobRunner,
  defineJob,
  enqueue,
  installJobs,
  listDeadLetters,
  PermanentFailure,
} from '../jobs/index.ts'
import { backupScene, migrations, nameOf, query, reach, tablesOf, textOf } from './backup.fixture.ts'

const { connection, database } = ownDatabase()
const scene = backupScene(connection)
const { make, bringBack, emptyDatabase } = scene

// What text formats stumble over.
const NASTY = [
  '\\N',
  '\\.',
  '\t',
  'line\nfeed\r\n',
  'back\\slash',
  '{"a":"\\u0001"}',
  'Zoë 🦉',
  'quo\'te"',
  '',
  ' ',
]

const failing = defineJob({
  name: 'backup-test.failing',
  schema: z.object({ n: z.int() }),
  maxAttempts: 3,
  run: async () => {
    throw new PermanentFailure('broken\nfor good')
  },
})
const waiting = defineJob({ ...failing, name: 'backup-test.waiting', run: async () => {} })

let tenants: readonly [TestTenant, TestTenant]

beforeAll(async () => {
  tenants = [await makeTenant(database), await makeTenant(database)]
  for (const tenant of tenants) await populate(tenant)
  // One row that is larger than any buffer on its way.
  await query(
    connection,
    `insert into deployment_settings (name, value) values ('large', to_jsonb(repeat('0123456789abcdef', 200000)))`,
  )
  await receiveMails(connection, 3)
  const runner = createJobRunner({ deployment: testDeployment(database), connection, jobs: [failing] })
  await runner.runPending()
  await runner.stop()
})

async function populate(tenant: TestTenant): Promise<void> {
  const { tenantId, initialDomain } = tenant
  await query(
    connection,
    `insert into users (tenant_id, id, user_principal_name, display_name, account_enabled, user_type,
                        sign_in_sessions_valid_from_date_time, created_date_time, more, mail, department,
                        other_mails, identities)
     select $1, gen_random_uuid(), 'user' || n || '@' || $2, 'User ' || n, true, 'Guest', 'infinity',
            timestamptz '2026-01-02 03:04:05.678901+02' + n * interval '1 microsecond',
            jsonb_build_object('text', ($3::text[])[1 + n % cardinality($3::text[])], 'none', null), null,
            ($3::text[])[1 + n % cardinality($3::text[])], $3::text[], 'null'::jsonb
       from generate_series(1, 1500) as n`,
    [tenantId, initialDomain, NASTY],
  )
  await query(
    connection,
    `insert into groups (tenant_id, id, display_name, mail_enabled, mail_nickname, security_enabled, created_date_time)
     values ($1, $1, 'Team', false, 'team', true, now())`,
    [tenantId],
  )
  await query(
    connection,
    `insert into group_members (tenant_id, group_id, member_id, member_type, added_at)
     select tenant_id, tenant_id, id, 'user', now() from users where tenant_id = $1`,
    [tenantId],
  )
  await query(
    connection,
    `insert into signing_keys (tenant_id, key_id, algorithm, public_jwk, sealed_private_jwk, created_at, signs_from)
     values ($1, 'key', 'RS256', '{}', $2, now(), now())`,
    [tenantId, createKeyring(scene.masterKeys).seal('signing-key', tenantId, 'an open secret')],
  )
  await tenant.db.transaction(async (tx) => {
    await enqueue(tx, tenant, waiting, { n: 1 }, { key: 'once' })
    await enqueue(tx, tenant, failing, { n: 2 })
  })
}

const receiveMails = (on: ClientConfig, count: number) =>
  query<{ id: number }>(
    on,
    `insert into development_mailbox (received_at, sender, recipients, subject, header_lines, plain_text, attachment_names)
     select now(), 'a@b', $1, 'Hello', '[]', 'Text', '{}' from generate_series(1, $2::int) returning id`,
    [NASTY, count],
  )

/** Every row of every table as text, order aside; the migrator's and the nodes' own left out. */
async function contents(of: ClientConfig): Promise<Record<string, unknown>> {
  const names = (await tablesOf(of)).map(({ relname }) => relname).sort()
  const found: Record<string, unknown> = {}
  for (const name of names) {
    if (['schema_migrations', 'schema_migration_lock', 'job_nodes'].includes(name)) continue
    found[name] = await query(of, `select t::text as row from public."${name}" as t order by 1`)
  }
  return found
}

const shape = (of: ClientConfig) =>
  query(
    of,
    `select c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attname, a.atttypid::regtype::text
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where c.relnamespace = 'public'::regnamespace order by c.relname, a.attnum`,
  )

describe('a restored deployment', () => {
  test('has every row of every table, exactly, and the same protection', async () => {
    const target = await emptyDatabase()
    await bringBack(await make(), target)
    const [before, after] = [await contents(connection), await contents(target)]
    expect(Object.keys(after)).toEqual(Object.keys(before))
    for (const name of Object.keys(before)) expect(after[name], name).toEqual(before[name])
    expect(await shape(target)).toEqual(await shape(connection))
    expect(before).toMatchObject({ users: { length: 3000 }, development_mailbox: { length: 3 } })
  })

  test('keeps each tenant’s rows from the others', async () => {
    const target = await emptyDatabase()
    await bringBack(await make(), target)
    const restored = openDatabase({ ...target, max: 2 })
    scene.afterThisTest(() => restored.close())
    for (const { tenantId } of tenants) {
      const seen = await restored
        .tenant(tenantId)
        .transaction((tx) => tx.selectFrom('users').select('tenant_id').execute())
      expect(seen).toHaveLength(1500)
      expect(seen.every((row) => row.tenant_id === tenantId)).toBe(true)
    }
  })

  test('still has its jobs: what waited runs, what failed for good is listed, keys still count', async () => {
    const target = await emptyDatabase()
    await bringBack(await make(), target)
    const restored = openDatabase({ ...target, max: 4 })
    scene.afterThisTest(() => restored.close())
    expect(await listDeadLetters(restored)).toEqual(await listDeadLetters(database))
    expect(await listDeadLetters(restored)).toMatchObject([
      { name: failing.name, payload: { n: 2 }, lastError: expect.stringMatching(/^broken/) },
      { name: failing.name, payload: { n: 2 } },
    ])
    const runner = createJobRunner({
      deployment: testDeployment(restored),
      connection: target,
      jobs: [waiting],
    })
    scene.afterThisTest(() => runner.stop())
    const [tenant] = tenants
    await restored
      .tenant(tenant.tenantId)
      .transaction((tx) => enqueue(tx, tenant, waiting, { n: 3 }, { key: 'once' }))
    // One of the other tenant, and this one, which has replaced the restored one.
    expect(await runner.runPending()).toEqual({ succeeded: 2, failed: 0 })
  })

  test('goes on counting where the other one stopped', async () => {
    const target = await emptyDatabase()
    await bringBack(await make(), target)
    expect(await receiveMails(target, 1)).toEqual([{ id: 4 }])
  })

  test('is at this program’s schema even when the backup is older', async () => {
    const older = await emptyDatabase()
    await madeUpTo('0006-openid-provider', older)
    const tenant = tenants[0].tenantId
    await query(
      older,
      `insert into tenants values ('${tenant}', 'Contoso', 'AAD', 'contoso.example', now());
       insert into organizations (tenant_id) values ('${tenant}')`,
    )
    const target = await emptyDatabase()
    await bringBack(await make(older), target)
    const applied = 'select name from schema_migrations order by 1'
    expect(await query(target, applied)).toEqual(await query(connection, applied))
    expect(await query(target, 'select tenant_id from organizations')).toEqual([{ tenant_id: tenant }])
    expect(await shape(target)).toEqual(await shape(connection))
  })
})

async function madeUpTo(last: string, on: ClientConfig): Promise<void> {
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new Pool({ ...on, max: 1 }) }) })
  await kysely.transaction().execute((tx) => migrateTo(tx, migrations, last))
  await kysely.destroy()
  await installJobs(on)
}

test('a login that row-level security binds backs up and restores the same as one that it does not bind', async () => {
  const owner = await scene.plainOwner()
  const [first, second] = [await emptyDatabase(owner), await emptyDatabase(owner)]
  await bringBack(await make(), first)
  await bringBack(await make(first), second)
  const asSuperuser = reach(nameOf(second))
  expect(await contents(asSuperuser)).toEqual(await contents(connection))
  expect(await shape(asSuperuser)).toEqual(await shape(connection))
})

describe('a backup', () => {
  test('is of one moment, although the deployment serves on', async () => {
    let stopped = false
    const writer = (async () => {
      for (let n = 0; !stopped; n += 1) {
        await query(
          connection,
          `begin; insert into deployment_settings (name, value) values ('pair-${n}', '1');
           insert into groups (tenant_id, id, display_name, mail_enabled, mail_nickname, security_enabled, created_date_time)
           values ('${tenants[0].tenantId}', gen_random_uuid(), 'Pair', false, 'pair', true, now()); commit`,
        )
      }
      return query(connection, "select from groups where mail_nickname = 'pair'")
    })()
    const file = await make()
    stopped = true
    expect((await writer).length).toBeGreaterThan(0)

    const target = await emptyDatabase()
    await bringBack(file, target)
    const [counts] = await query<{ groups: number; settings: number }>(
      target,
      `select (select count(*)::int from groups where mail_nickname = 'pair') as groups,
              (select count(*)::int from deployment_settings where name like 'pair-%') as settings`,
    )
    expect(counts?.groups).toBe(counts?.settings)
  })

  test('is readable by its owner alone, and nothing else is left of its making', async () => {
    const file = await make()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(scene.directory).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('never replaces a file', async () => {
    const file = scene.newFile()
    writeFileSync(file, 'last week’s')
    await expect(make(connection, scene.masterKeys, file)).rejects.toMatchObject({ fault: 'fileExists' })
    expect(readFileSync(file, 'utf8')).toBe('last week’s')
  })

  test('that cannot be made leaves no file', async () => {
    const before = readdirSync(scene.directory)
    // The tables are there, the queue's are not: the failure comes when nearly all is written.
    const target = await emptyDatabase()
    await bringBack(await make(), target)
    await query(target, 'drop schema graphile_worker cascade')
    const file = scene.newFile()
    await expect(make(target, scene.masterKeys, file)).rejects.toThrow('graphile_worker')
    expect(readdirSync(scene.directory).length).toBe(before.length + 1)
  })

  test('names the keys that it needs and holds neither them nor an open secret', async () => {
    const text = textOf(await make())
    const [{ key, fingerprint }] = scene.masterKeys
    expect(text).toContain(`"sealedUnder":["${fingerprint}"]`)
    expect(text).toContain(`x1.${fingerprint}.`)
    expect(text).not.toContain(key.export().toString('hex'))
    expect(text).not.toContain(key.export().toString('base64'))
    expect(text).not.toContain('an open secret')
  })
})
