import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { parseTenantId, randomIds, type TenantId } from '../ids.ts'
import { beforeCommit } from './index.ts'

const database = testDatabase()

/** Global, small, the same on every node (design, idea 1); everything else is an island. */
const referenceTables = [
  'tenants',
  'domains',
  'deployment_settings',
  'schema_migrations',
  'schema_migration_lock',
  'job_nodes',
  'recurring_jobs',
  'development_mailbox',
]

const newTenantId = (): TenantId => {
  const id = parseTenantId(randomIds.guid())
  if (id === null) throw new Error('not a GUID')
  return id
}

describe('a tenant transaction', () => {
  test('runs as the role that row-level security binds, for one tenant', async () => {
    const id = newTenantId()
    const { rows } = await database.tenant(id).transaction((tx) =>
      sql<{ role: string; tenant: string; super: boolean }>`
        select current_user as role, current_setting('xenia.tenant_id') as tenant,
               (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as super`.execute(
        tx,
      ),
    )
    expect(rows).toEqual([{ role: 'xenia_tenant', tenant: id, super: false }])
  })

  test('leaves no role and no tenant on the connection', async () => {
    await database.tenant(newTenantId()).transaction((tx) => sql`select 1`.execute(tx))
    const clients = await Promise.all(Array.from({ length: 8 }, () => database.pool.connect()))
    for (const client of clients) {
      const { rows } = await client.query(
        `select current_user <> 'xenia_tenant' as "ownRole", coalesce(current_setting('xenia.tenant_id', true), '') as tenant`,
      )
      expect(rows).toEqual([{ ownRole: true, tenant: '' }])
      client.release()
    }
  })

  test('rolls back everything when its work throws, and the connection serves on', async () => {
    const tenant = database.tenant(newTenantId())
    const work = tenant.transaction(async (tx) => {
      await sql`select 1 / 0`.execute(tx)
    })
    await expect(work).rejects.toThrow('division by zero')
    await expect(tenant.transaction((tx) => sql`select 1 as one`.execute(tx))).resolves.toMatchObject({
      rows: [{ one: 1 }],
    })
  })

  test('reports a failure that its work swallowed instead of pretending to commit', async () => {
    const work = database.tenant(newTenantId()).transaction(async (tx) => {
      await sql`select 1 / 0`.execute(tx).catch(() => {})
    })
    await expect(work).rejects.toThrow('rolled back')
  })

  test('runs its before-commit work once per key and after all else', async () => {
    const order: string[] = []
    const key = Symbol('test')
    await database.tenant(newTenantId()).transaction(async (tx) => {
      beforeCommit(tx, key, async () => void order.push('hook'))
      beforeCommit(tx, key, async () => void order.push('never'))
      await sql`select 1`.execute(tx)
      order.push('work')
    })
    expect(order).toEqual(['work', 'hook'])
  })
})

describe('every table', () => {
  test('that is not a reference table shows and takes nothing without its tenant', async () => {
    const { rows: tables } = await database.pool.query<{ name: string; hasTenant: boolean }>(`
      select c.relname as name,
             exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as "hasTenant"
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind in ('r', 'p')`)
    const islands = tables.filter((table) => !referenceTables.includes(table.name))
    expect(islands.length).toBeGreaterThan(3)
    for (const { name, hasTenant } of islands) {
      expect({ name, hasTenant }).toEqual({ name, hasTenant: true })
      const security = await database.pool.query(
        `select relrowsecurity and relforcerowsecurity as bound from pg_class where oid = $1::regclass`,
        [name],
      )
      expect({ name, ...security.rows[0] }).toEqual({ name, bound: true })
      const asStranger = await database
        .tenant(newTenantId())
        .transaction((tx) => sql`select 1 from ${sql.table(name)} limit 1`.execute(tx))
      expect({ name, rows: asStranger.rows }).toEqual({ name, rows: [] })
      const asPlatform = database.platform.transaction((tx) =>
        sql`select 1 from ${sql.table(name)}`.execute(tx),
      )
      await expect(asPlatform, name).rejects.toThrow(/permission denied/)
    }
  })

  test('has a tenant id at the head of its primary key, every unique index and every foreign key', async () => {
    const { rows } = await database.pool.query<{ index: string; first: string }>(
      `
      select i.indexrelid::regclass::text as index, a.attname as first
        from pg_index i
        join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where n.nspname = 'public' and i.indisunique
         and c.relname <> all ($1)`,
      [referenceTables],
    )
    expect(rows.filter((row) => row.first !== 'tenant_id')).toEqual([])
  })
})
