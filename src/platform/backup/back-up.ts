import { Client, type ClientBase, type ClientConfig } from 'pg'
import type { Clock } from '../clock.ts'
import type { MasterKeys } from '../crypto/keyring.ts'
import { COPY_SETTINGS, columnList, findTables, quoted, type Table } from './catalogue.ts'
import { copyOut, type Rows } from './copy.ts'
import { FORMAT_VERSION, type Header, JOBS_SECTION, type Summary } from './model.ts'
import { COPY_JOBS_OUT, JOB_COLUMNS } from './queue.ts'
import { type SectionSource, writeBackup } from './write.ts'

export interface BackUpOptions {
  /** The database, as the login that owns the schema. */
  readonly connection: ClientConfig
  readonly file: string
  readonly masterKeys: MasterKeys
  readonly clock: Clock
  /** Version of this program. */
  readonly program: string
}

export interface BackUpResult extends Summary {
  readonly header: Header
  readonly bytes: number
}

/**
 * Writes the whole deployment into one file while it serves on: one read-only transaction sees everything as it is
 * at one moment. Nothing is ever held in memory as a whole. Throws `BackupRefused` when the file exists.
 */
export async function backUp(options: BackUpOptions): Promise<BackUpResult> {
  // No pool and no pipeline: COPY needs the connection for itself.
  const client = new Client({ application_name: 'xenia-backup', ...options.connection })
  // A connection that is lost also fails the statement under way; without a listener Node would exit.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(`begin isolation level repeatable read read only; ${COPY_SETTINGS}`)
    const header = await describe(client, options)
    const tables = await findTables(client)
    const { summary, bytes } = await writeBackup(
      options.file,
      options.masterKeys,
      header,
      sectionsOf(client, tables),
    )
    return { header, bytes, ...summary }
  } finally {
    // Ends the transaction, too; a statement that was given up may still be running.
    await client.end()
  }
}

async function describe(client: ClientBase, options: BackUpOptions): Promise<Header> {
  const { rows } = await client.query<{ version: string; migrations: string[] }>(
    `select current_setting('server_version') as version, array_agg(name order by name) as migrations
       from public.schema_migrations`,
  )
  return {
    format: 'xenia-backup',
    version: FORMAT_VERSION,
    createdAt: options.clock.now().toISOString(),
    program: options.program,
    postgresql: rows[0]?.version ?? 'unknown',
    migrations: rows[0]?.migrations ?? [],
    masterKey: options.masterKeys[0].fingerprint,
  }
}

async function* sectionsOf(client: ClientBase, tables: readonly Table[]): AsyncGenerator<SectionSource> {
  const tenants = (await seesAllRows(client)) ? null : await findTenants(client)
  for (const table of tables) {
    const statement = `copy (select ${columnList(table.columns)} from public.${quoted(table.name)}) to stdout`
    const rows =
      table.island && tenants !== null ? byTenant(client, statement, tenants) : whole(client, statement)
    yield { section: table.name, columns: table.columns, rows }
  }
  yield { section: JOBS_SECTION, columns: JOB_COLUMNS, rows: whole(client, COPY_JOBS_OUT) }
}

/** Whether row-level security does not bind this login: the embedded database's, or one that bypasses it. */
async function seesAllRows(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ all: boolean }>(
    'select rolsuper or rolbypassrls as all from pg_roles where rolname = current_user',
  )
  return rows[0]?.all === true
}

/** With `row_security` off PostgreSQL refuses a statement from which it would have to hide rows. */
async function* whole(client: ClientBase, statement: string): AsyncGenerator<Rows> {
  await client.query('set local row_security = off')
  yield* copyOut(client, statement)
}

/**
 * An owner is bound by its own row-level security (the tables force it), so what belongs to tenants is read as each
 * tenant in turn. Rows of no tenant in `tenants` could not be seen by anybody, and are not.
 */
async function* byTenant(
  client: ClientBase,
  statement: string,
  tenants: readonly string[],
): AsyncGenerator<Rows> {
  await client.query('set local row_security = on; set local role xenia_tenant')
  for (const tenant of tenants) {
    await client.query(`set local xenia.tenant_id = '${tenant}'`)
    yield* copyOut(client, statement)
  }
  await client.query('set local role none')
}

async function findTenants(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(
    'select tenant_id::text as id from public.tenants order by tenant_id',
  )
  return rows.map((row) => row.id)
}
