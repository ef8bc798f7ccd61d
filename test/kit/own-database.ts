import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, type ClientConfig } from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Database, openDatabase } from '../../src/platform/database/index.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { installJobs } from '../../src/platform/jobs/index.ts'

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))

export interface OwnDatabase {
  readonly connection: ClientConfig
  readonly database: Database
}

/**
 * A migrated database of one test file's own, about a second to make: for tests that take any tenant's jobs, lose
 * the server's connections on purpose, or need an empty deployment. Use what it returns only inside tests.
 */
export function ownDatabase(): OwnDatabase {
  const { connection, make, drop } = plan()
  const database = openDatabase({ ...connection, max: 8 })
  beforeAll(make)
  afterAll(async () => {
    await database.close()
    await drop()
  })
  return { connection, database }
}

/** The same, ready at once: for a server that is started while the file is read. */
export async function readyDatabase(): Promise<ClientConfig> {
  const { connection, make, drop } = plan()
  afterAll(drop)
  await make()
  return connection
}

function plan() {
  const name = `xenia_own_${randomBytes(6).toString('hex')}`
  const connection = named(inject('database'), name)
  const onServer = async (statement: string) => {
    const client = new Client(inject('database'))
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  return {
    connection,
    async make() {
      await onServer(`create database ${name}`)
      await migrate(connection, migrations)
      await installJobs(connection)
    },
    drop: () => onServer(`drop database if exists ${name} with (force)`),
  }
}

function named(server: ClientConfig, name: string): ClientConfig {
  if (server.connectionString === undefined) return { ...server, database: name }
  const url = new URL(server.connectionString)
  url.pathname = `/${name}`
  return { connectionString: url.href }
}
