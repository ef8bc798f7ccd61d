import type { ClientBase } from 'pg'

export interface Table {
  readonly name: string
  /** What is stored; generated columns are computed again. */
  readonly columns: readonly string[]
  /** Whether row-level security hides its rows by tenant. */
  readonly island: boolean
}

/**
 * What a restored deployment makes itself, or must not take over: the migrator's own tables (it fills them when the
 * schema is made) and the signs of life of nodes that are no more.
 */
const LEFT_OUT = ['schema_migrations', 'schema_migration_lock', 'job_nodes']

/** The product's tables, each after those that it refers to, so that they can be filled in this order. */
export async function findTables(client: ClientBase): Promise<readonly Table[]> {
  const tables = await client.query<Table>(
    `select c.relname as name, c.relrowsecurity as island,
            (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
       from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> all ($1)
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      order by c.relname`,
    [LEFT_OUT],
  )
  const references = await client.query<{ from: string; to: string }>(
    `select f.relname as from, t.relname as to
       from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
      where k.contype = 'f' and k.conrelid <> k.confrelid
        and f.relnamespace = 'public'::regnamespace and t.relnamespace = 'public'::regnamespace`,
  )
  return inOrder(tables.rows, references.rows)
}

/** Tables that refer to nothing unplaced go first, by name, so that two backups of one schema look alike. */
function inOrder(
  tables: readonly Table[],
  references: readonly { readonly from: string; readonly to: string }[],
): readonly Table[] {
  const placed: Table[] = []
  let waiting = tables
  while (waiting.length > 0) {
    const names = new Set(waiting.map((table) => table.name))
    const isBlocked = (table: Table) =>
      references.some(({ from, to }) => from === table.name && names.has(to))
    const free = waiting.filter((table) => !isBlocked(table))
    if (free.length === 0)
      throw new Error(`These tables refer to one another in a circle: ${[...names].join(', ')}.`)
    placed.push(...free)
    waiting = waiting.filter(isBlocked)
  }
  return placed
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** For COPY: `public."users" ("tenant_id", "id")`. */
export const columnList = (columns: readonly string[]): string => columns.map(quoted).join(', ')

/**
 * Texts that do not depend on the server's or the login's settings, and no end before the work is done. For the
 * transaction that copies.
 */
export const COPY_SETTINGS = `
  set local timezone = 'UTC';
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'postgres';
  set local extra_float_digits = 1;
  set local bytea_output = 'hex';
  set local client_encoding = 'UTF8';
  set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`
