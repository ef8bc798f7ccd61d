import { Client, type PoolConfig } from 'pg'
import {
  type DatabaseServer,
  embeddedDirectory,
  migrationsDirectory,
  type OpenDeployment,
  openDeployment,
  openServer,
} from '../open-deployment.ts'
import type { Config } from '../platform/config.ts'
import type { Context } from '../platform/context.ts'
import { connectEmbeddedPostgres } from '../platform/database/embedded/connect.ts'
import { type EmbeddedPostgres, EmbeddedPostgresError } from '../platform/database/embedded/index.ts'
import { migrationNames } from '../platform/database/migrate.ts'
import { type Deployment, openContext } from '../platform/deployment.ts'
import type { Logger } from '../platform/telemetry/log.ts'
import { resolveTenant, type Tenant } from '../tenants/index.ts'
import type { Shell } from './answer.ts'
import { CommandFailed } from './failure.ts'

export interface CommandDatabase extends DatabaseServer {
  /** Another program uses it at this moment, or may: it is a server's, not ours. */
  readonly shared: boolean
}

/**
 * The database in whatever state it is. The embedded one is started, or, where a running Xenia has it, used beside
 * that.
 */
export async function openCommandDatabase(config: Config, log: Logger): Promise<CommandDatabase> {
  if (config.databaseUrl !== null) return { ...(await openServer(config, log)), shared: true }
  try {
    return { ...(await openServer(config, log)), shared: false }
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError) || error.failure !== 'inUse') throw error
    const connection = await connectEmbeddedPostgres(embeddedDirectory(config))
    // Its owner lives, but is only starting or already stopping.
    if (connection === undefined) throw error
    return { connection, shared: true, stop: async () => {} }
  }
}

/** Runs `work` on the deployment and closes what it opened, whatever happens. */
export async function withDeployment<T>(
  { config, log }: Shell,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const { deployment, close } = await open(config, log)
  try {
    return await work(deployment)
  } finally {
    await close()
  }
}

async function open(config: Config, log: Logger): Promise<OpenDeployment> {
  try {
    if (config.databaseUrl !== null) await requireCurrentSchema({ connectionString: config.databaseUrl })
    return await openDeployment(config, log)
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError) || error.failure !== 'inUse') throw error
    const connection = await connectEmbeddedPostgres(embeddedDirectory(config))
    if (connection === undefined) throw error
    await requireCurrentSchema(connection)
    return openDeployment({ ...config, databaseUrl: addressOf(connection) }, log)
  }
}

/** As `DATABASE_URL` would say it. */
export function addressOf({ host, port, user, password, database }: EmbeddedPostgres['connection']): string {
  const url = new URL('postgres://localhost')
  url.username = user
  url.password = password
  url.pathname = `/${database}`
  // A socket directory is no host name; the driver takes it from here.
  url.searchParams.set('host', host)
  url.searchParams.set('port', String(port))
  return url.href
}

/**
 * Opening migrates. On a database that others use, an everyday command must not do that behind the operator's back:
 * only `xenia migrate` and a start do. An empty database is nobody's yet.
 */
async function requireCurrentSchema(connection: PoolConfig): Promise<void> {
  const { pending, unknown, empty } = await schemaState(connection)
  if (unknown.length > 0) {
    throw new CommandFailed(
      `The database was migrated by a newer Xenia (${unknown.join(', ')}). Use that version, or restore a backup.`,
    )
  }
  if (pending.length > 0 && !empty) {
    throw new CommandFailed(
      `The database waits for ${pending.length} migration(s) of this version. Make a backup, then run: xenia migrate`,
    )
  }
}

export interface SchemaState {
  readonly applied: readonly string[]
  /** What this program would run. */
  readonly pending: readonly string[]
  /** What has run and this program does not know. */
  readonly unknown: readonly string[]
  readonly empty: boolean
}

export async function schemaState(connection: PoolConfig): Promise<SchemaState> {
  const client = new Client(connection)
  await client.connect()
  try {
    const present = await client.query<{ present: boolean }>(
      "select to_regclass('public.schema_migrations') is not null as present",
    )
    const applied =
      present.rows[0]?.present === true
        ? (await client.query<{ name: string }>('select name from public.schema_migrations order by name'))
            .rows
        : []
    const ran = applied.map((row) => row.name)
    const known = await migrationNames(migrationsDirectory)
    return {
      applied: ran,
      pending: known.filter((name) => !ran.includes(name)),
      unknown: ran.filter((name) => !known.includes(name)),
      empty: ran.length === 0,
    }
  } finally {
    await client.end()
  }
}

/** The tenant of an id or a verified domain. */
export async function requireTenant(deployment: Deployment, text: string): Promise<Tenant> {
  const tenant = await resolveTenant(deployment, text)
  if (tenant !== null) return tenant
  throw new CommandFailed(`No tenant has the id or domain "${text}". See them with: xenia tenant list`)
}

/** What the audit log shows as the actor of a command. */
export const commandContext = (deployment: Deployment, tenant: Tenant): Context =>
  openContext(deployment, tenant.id, { kind: 'system', name: 'Command line' }, deployment.ids.guid())
