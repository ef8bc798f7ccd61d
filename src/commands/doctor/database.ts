import { Client, type PoolConfig } from 'pg'
import type { Clock } from '../../platform/clock.ts'
import type { SchemaState } from '../open.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const OLDEST_VERSION = 15
const SKEW_WARNING_SECONDS = 2
const SKEW_FAILURE_SECONDS = 30

/** What can be asked of a database in any state: version, clock, roles, protection. */
export async function checkDatabase(
  connection: PoolConfig,
  schema: SchemaState,
  clock: Clock,
): Promise<readonly Finding[]> {
  const client = new Client(connection)
  await client.connect()
  try {
    const findings = [await version(client), await skew(client, clock), migrations(schema)]
    if (!schema.empty) findings.push(await roles(client), await islands(client))
    return findings
  } finally {
    await client.end()
  }
}

async function version(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ number: number; text: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as text",
  )
  const { number = 0, text = 'unknown' } = rows[0] ?? {}
  return number >= OLDEST_VERSION * 10_000
    ? ok('database', `PostgreSQL ${text} answers`)
    : failed('database', `PostgreSQL ${text} is too old`, `Upgrade it to version ${OLDEST_VERSION} or later.`)
}

/** Expiries are judged by this machine's clock, retries and locks by the database's. */
async function skew(client: Client, clock: Clock): Promise<Finding> {
  const before = clock.now().getTime()
  const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now')
  const after = clock.now().getTime()
  const theirs = rows[0]?.now.getTime() ?? after
  // The question took from `before` to `after`; within that nothing can be said.
  const seconds = Math.max(before - theirs, theirs - after, 0) / 1000
  const detail = `this machine and the database differ by ${seconds.toFixed(1)} s`
  const remedy = 'Keep both by a time service (NTP).'
  if (seconds > SKEW_FAILURE_SECONDS) return failed('clock', detail, remedy)
  return seconds > SKEW_WARNING_SECONDS ? warning('clock', detail, remedy) : ok('clock', detail)
}

function migrations({ applied, pending, unknown, empty }: SchemaState): Finding {
  if (unknown.length > 0) {
    return failed(
      'migrations',
      `a newer Xenia ran ${unknown.join(', ')}`,
      'Use that version, or restore the backup that was made before.',
    )
  }
  if (empty) return warning('migrations', 'the database is empty', 'Start Xenia, or run: xenia migrate')
  return pending.length === 0
    ? ok('migrations', `all ${applied.length} have run`)
    : failed('migrations', `${pending.join(', ')} have not run`, 'Make a backup, then run: xenia migrate')
}

async function roles(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ name: string; fit: boolean; mine: boolean }>(
    `select rolname as name, not (rolsuper or rolbypassrls or rolcanlogin) as fit,
            pg_has_role(current_user, oid, 'MEMBER') as mine
       from pg_roles where rolname in ('xenia_tenant', 'xenia_platform')`,
  )
  const wrong = rows.filter((role) => !role.fit || !role.mine).map((role) => role.name)
  if (rows.length < 2)
    return failed('roles', 'xenia_tenant or xenia_platform is missing', 'Run: xenia migrate')
  return wrong.length === 0
    ? ok('roles', 'xenia_tenant and xenia_platform cannot bypass row-level security')
    : failed(
        'roles',
        `${wrong.join(', ')} may log in, may bypass row-level security, or is not granted to this login`,
        'alter role … nologin nosuperuser nobypassrls; grant it to the login of DATABASE_URL.',
      )
}

/** What tenants may write must be hidden from the others by the database itself. */
async function islands(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ name: string; island: boolean }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as island
       from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and has_table_privilege('xenia_tenant', c.oid, 'insert, update, delete')`,
  )
  const open = rows.filter((table) => !table.island).map((table) => table.name)
  return open.length === 0
    ? ok('isolation', `row-level security is forced on all ${rows.length} tables of tenants`)
    : failed(
        'isolation',
        `row-level security is not forced on ${open.join(', ')}`,
        'Somebody has changed these tables: alter table … enable row level security, force row level security.',
      )
}
