import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration'
import type { PoolConfig } from 'pg'
import { openPool } from './pool.ts'

/**
 * Brings the database to this program's schema: makes the two roles, then runs the `.sql` files of `directory`
 * that have not run, in the order of their names and all in one transaction. Program instances that start
 * together wait for one another on an advisory lock. A database that is ahead of this program is refused.
 *
 * `connection` must be allowed to create roles and tables; the program's own queries never use its rights.
 * Returns the names of the migrations that ran.
 */
export async function migrate(connection: PoolConfig, directory: string): Promise<readonly string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: openPool({ ...connection, max: 2 }) }),
  })
  try {
    await sql.raw(ROLES).execute(db)
    return namesOf(await migratorOf(db, directory).migrateToLatest())
  } finally {
    await db.destroy()
  }
}

/** As `migrate`, inside the caller's transaction and no further than `last`: the schema that a backup was made of. */
export async function migrateTo(tx: Transaction<unknown>, directory: string, last: string): Promise<void> {
  await sql.raw(ROLES).execute(tx)
  namesOf(await migratorOf(tx, directory).migrateTo(last))
}

/** What `migrate` would have run on an empty database, in order. */
export const migrationNames = async (directory: string): Promise<readonly string[]> =>
  Object.keys(await loadMigrations(directory)).sort()

const migratorOf = (db: Kysely<unknown>, directory: string): Migrator =>
  new Migrator({
    db,
    provider: { getMigrations: () => loadMigrations(directory) },
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migration_lock',
  })

function namesOf({ error, results }: MigrationResultSet): readonly string[] {
  if (error === undefined) return (results ?? []).map((result) => result.migrationName)
  const failed = results?.find((result) => result.status === 'Error')?.migrationName
  throw new Error(`Migration ${failed ?? 'check'} failed: ${messageOf(error)}`, { cause: error })
}

async function loadMigrations(directory: string): Promise<Record<string, Migration>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  const migrations = names.map(async (name): Promise<[string, Migration]> => {
    const text = await readFile(join(directory, name), 'utf8')
    return [name.slice(0, -'.sql'.length), { up: async (db) => void (await sql.raw(text).execute(db)) }]
  })
  return Object.fromEntries(await Promise.all(migrations))
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

// Roles belong to the server, not to the database, so another database's program may be making them right now.
const ROLES = `
do $$
declare wanted text;
begin
  foreach wanted in array array['xenia_tenant', 'xenia_platform'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin nosuperuser nobypassrls noinherit', wanted);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, wanted, 'MEMBER') then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end $$;
grant usage on schema public to xenia_tenant, xenia_platform;
`
