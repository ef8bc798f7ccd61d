import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import type { ClientBase, Pool, PoolClient, PoolConfig } from 'pg'
import type { MasterKeys } from '../crypto/keyring.ts'
import { migrate, migrateTo } from '../database/migrate.ts'
import { openPool } from '../database/pool.ts'
import { installJobs } from '../jobs/index.ts'
import { COPY_SETTINGS, columnList, findTables, quoted, type Table } from './catalogue.ts'
import type { CheckedBackup } from './check.ts'
import { copyIn } from './copy.ts'
import { JOBS_SECTION, type Section } from './model.ts'
import { COPY_JOBS_IN, CREATE_JOB_STAGE, TAKE_JOBS_FROM_STAGE } from './queue.ts'
import { type Item, readBackup } from './read.ts'
import { BackupRefused } from './refused.ts'

export interface RestoreOptions {
  /** An empty database, as the login that shall own the schema. */
  readonly connection: PoolConfig
  readonly masterKeys: MasterKeys
  /** Where the `.sql` files are. */
  readonly migrations: string
}

/**
 * Brings a checked backup into an empty database: the schema as it was, then every row, in one transaction; then
 * the migrations that came since. The file is checked again while it is read. Throws `BackupRefused`, and then the
 * database is as empty as before.
 */
export async function restore(backup: CheckedBackup, options: RestoreOptions): Promise<void> {
  const pool = openPool({ application_name: 'xenia-restore', ...options.connection, max: 1 })
  try {
    await requireEmpty(pool)
    // The queue's library migrates over connections of its own, so this cannot be part of the transaction. An
    // empty queue that a failure leaves behind is no obstacle to the next try.
    await installJobs(options.connection)
    const client = await pool.connect()
    client.on('error', () => {})
    await inTransaction(pool, client, (tx) => fill(client, tx, backup, options))
    await migrate(options.connection, options.migrations)
    // Until the tables are counted, every query plan is a guess.
    await pool.query('analyze')
  } finally {
    await pool.end()
  }
}

/** Kysely for the migrations, and the same connection for COPY, which Kysely does not know. */
function inTransaction(
  pool: Pool,
  client: PoolClient,
  work: (tx: Transaction<unknown>) => Promise<void>,
): Promise<void> {
  const kysely = new Kysely<unknown>({
    dialect: new PostgresDialect({
      // It gives the connection back when the transaction is over.
      pool: { options: pool.options, connect: async () => client, end: async () => {} },
    }),
  })
  return kysely.transaction().execute(work)
}

/** Any number that no other lock of the product uses. */
const RESTORE_LOCK = 7_310_002

async function fill(
  client: ClientBase,
  tx: Transaction<unknown>,
  backup: CheckedBackup,
  options: RestoreOptions,
): Promise<void> {
  await client.query(COPY_SETTINGS)
  await client.query('select pg_advisory_xact_lock($1)', [RESTORE_LOCK])
  await requireEmpty(client)
  await migrateTo(tx, options.migrations, backup.header.migrations.at(-1) ?? '')

  const tables = new Map((await findTables(client)).map((table) => [table.name, table]))
  // Owners are bound by their own row-level security. No one else sees the tables before this commits.
  const islands = [...tables.values()].filter((table) => table.island).map((table) => quoted(table.name))
  for (const name of islands) await client.query(`alter table public.${name} no force row level security`)
  await client.query('set local row_security = off')
  await client.query(CREATE_JOB_STAGE)

  const filled = await copySections(client, tables, readBackup(backup.file, options.masterKeys))
  const missing = [...tables.keys(), JOBS_SECTION].filter((name) => !filled.has(name))
  if (missing.length > 0) throw unfit(`it has no rows of ${missing.join(', ')}`)

  await client.query(TAKE_JOBS_FROM_STAGE)
  await continueCounting(client)
  for (const name of islands) await client.query(`alter table public.${name} force row level security`)
}

async function copySections(
  client: ClientBase,
  tables: ReadonlyMap<string, Table>,
  items: AsyncGenerator<Item>,
): Promise<ReadonlySet<string>> {
  const filled = new Set<string>()
  try {
    for (;;) {
      const { value: item } = await items.next()
      // The reader yields its end only when the whole file is true.
      if (item === undefined || item.kind === 'end') return filled
      if (item.kind !== 'section') continue
      const { section } = item
      const rows = sectionRows(items)
      const copied = await copyIn(client, statementFor(section, tables), rows.bytes)
      if (copied !== rows.promised()) throw unfit(`not every row of ${section.section} came in`)
      filled.add(section.section)
    }
  } finally {
    await items.return(undefined)
  }
}

/** The bytes of the section that was just begun, and after them how many rows they are said to be. */
function sectionRows(items: AsyncGenerator<Item>) {
  let promised: number | undefined
  async function* bytes(): AsyncGenerator<Buffer> {
    for (;;) {
      const { value: item } = await items.next()
      if (item?.kind === 'rows') yield item.bytes
      else {
        promised = item?.kind === 'sectionEnd' ? item.rows : undefined
        return
      }
    }
  }
  return { bytes: bytes(), promised: () => promised }
}

function statementFor({ section, columns }: Section, tables: ReadonlyMap<string, Table>): string {
  if (section === JOBS_SECTION) return COPY_JOBS_IN
  const table = tables.get(section)
  if (table === undefined) throw unfit(`this database has no table ${section}`)
  return `copy public.${quoted(table.name)} (${columnList(columns)}) from stdin`
}

const unfit = (why: string): BackupRefused =>
  new BackupRefused('damaged', `The backup does not fit its own schema: ${why}. Nothing was changed.`)

async function requireEmpty(client: Pick<ClientBase, 'query'>): Promise<void> {
  const { rows } = await client.query<{ what: string }>(
    `select c.relname as what from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      limit 1`,
  )
  const queue = await client.query<{ installed: boolean }>(
    "select to_regclass('graphile_worker._private_jobs') is not null as installed",
  )
  const jobs =
    queue.rows[0]?.installed === true
      ? await client.query("select 'jobs' as what from graphile_worker._private_jobs limit 1")
      : { rows: [] }
  const [found] = [...rows, ...jobs.rows]
  if (found === undefined) return
  throw new BackupRefused(
    'notEmpty',
    `A backup is restored into an empty database only; this one holds ${found.what}. Nothing was changed. Give a ` +
      'new XENIA_DATA_DIR, or a DATABASE_URL of a new database.',
  )
}

/** Restored rows brought their numbers along, of which the counters know nothing. */
async function continueCounting(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select c.relname as table, a.attname as column,
            pg_get_serial_sequence(format('public.%I', c.relname), a.attname) as sequence
       from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and a.attnum > 0 and not a.attisdropped
        and pg_get_serial_sequence(format('public.%I', c.relname), a.attname) is not null`,
  )
  for (const { table, column, sequence } of rows) {
    await client.query(
      `select setval($1::regclass, coalesce(max(${quoted(column)}), 0) + 1, false) from public.${quoted(table)}`,
      [sequence],
    )
  }
}
