import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, type PoolConfig } from 'pg'
import { type MovableClock, movableClock, systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { createKeyring, deploymentScope, type Keyring, parseMasterKey } from './platform/crypto/keyring.ts'
import { startEmbeddedPostgres } from './platform/database/embedded/index.ts'
import { type Database, openDatabase } from './platform/database/index.ts'
import { migrate } from './platform/database/migrate.ts'
import type { Deployment } from './platform/deployment.ts'
import { randomIds } from './platform/ids.ts'
import { installJobs } from './platform/jobs/index.ts'
import { CLOCK_OFFSET_SETTING, readSetting, writeSettingOnce } from './platform/settings.ts'
import type { Logger } from './platform/telemetry/log.ts'

export interface OpenDeployment {
  readonly deployment: Deployment
  /** The clock of `deployment`: in development it can be moved, and starts where it was left. */
  readonly clock: MovableClock
  /** How to reach the database as the login that owns the schema: for jobs and migrations. */
  readonly connection: PoolConfig
  /** Closes the pool and, where this program started it, the database. */
  close(): Promise<void>
}

export const migrationsDirectory = fileURLToPath(new URL('../migrations', import.meta.url))

/** Where the embedded database lives. */
export const embeddedDirectory = (config: Config): string => join(config.dataDirectory, 'postgresql')

/**
 * Opens the database (the embedded one, or `DATABASE_URL`), brings it to this program's schema, and checks that the
 * master key is the one that its secrets are sealed with. For the server and for every command. Throws
 * `DeploymentRefused`.
 */
export async function openDeployment(config: Config, log: Logger): Promise<OpenDeployment> {
  const server = await openServer(config, log)
  try {
    await requireVersion(server.connection)
    const ran = await migrate(server.connection, migrationsDirectory)
    if (ran.length > 0) log.info({ migrations: ran }, 'database migrated')
    await installJobs(server.connection)
    const database = openDatabase(server.connection)
    const keyring = createKeyring(parseMasterKey(config.masterKey))
    const clock = await checkedClock(config, database, keyring).catch(async (error: unknown) => {
      await database.close()
      throw error
    })
    return {
      deployment: { baseUrl: config.baseUrl, database, clock, ids: randomIds, keyring, log },
      clock,
      connection: server.connection,
      close: async () => {
        await database.close()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function checkedClock(config: Config, database: Database, keyring: Keyring): Promise<MovableClock> {
  await requireSameMasterKey(database, keyring)
  return config.mode === 'development'
    ? movableClock(systemClock, await storedOffset(database))
    : movableClock()
}

export interface DatabaseServer {
  /** As the login that owns the schema, or will. */
  readonly connection: PoolConfig
  stop(): Promise<void>
}

/** The database alone, in whatever state it is: nothing is made or migrated in it. */
export async function openServer(config: Config, log: Logger): Promise<DatabaseServer> {
  if (config.databaseUrl !== null) {
    return { connection: { connectionString: config.databaseUrl }, stop: async () => {} }
  }
  await mkdir(config.dataDirectory, { recursive: true })
  const embedded = await startEmbeddedPostgres({
    dataDirectory: embeddedDirectory(config),
    log: (line) => log.debug({ line }, 'embedded database'),
  })
  log.info({ origin: embedded.origin }, 'embedded database is running')
  return { connection: embedded.connection, stop: () => embedded.stop() }
}

/** What is there does not fit this program or its configuration; the message says what to do. */
export class DeploymentRefused extends Error {
  override readonly name = 'DeploymentRefused'
}

const OLDEST_VERSION = 15

/** Throws `DeploymentRefused` for a server that is too old for the product. */
export async function requireVersion(connection: PoolConfig): Promise<void> {
  const client = new Client(connection)
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string }>('show server_version_num')
    const version = Math.floor(Number(Object.values(rows[0] ?? {})[0]) / 10_000)
    if (version < OLDEST_VERSION) {
      throw new DeploymentRefused(
        `PostgreSQL ${version} is too old: version ${OLDEST_VERSION} or later is needed.`,
      )
    }
  } finally {
    await client.end()
  }
}

const PROOF = 'master-key-proof'

/** A wrong master key is found at the start, not when the first secret fails to open. */
async function requireSameMasterKey(database: Database, keyring: Keyring): Promise<void> {
  await database.platform.transaction(async (tx) => {
    await writeSettingOnce(tx, PROOF, keyring.seal(PROOF, deploymentScope, 'this deployment'))
    const proof = await readSetting(tx, PROOF)
    try {
      keyring.open(PROOF, deploymentScope, String(proof))
    } catch (cause) {
      throw new DeploymentRefused(
        'XENIA_MASTER_KEY is not the key that this database was sealed with. Set the key of the first start, or list it after the new one to rotate.',
        { cause },
      )
    }
  })
}

async function storedOffset(database: Database): Promise<number> {
  const stored = await database.platform.transaction((tx) => readSetting(tx, CLOCK_OFFSET_SETTING))
  return typeof stored === 'number' ? stored : 0
}
