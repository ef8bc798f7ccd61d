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
  const name = `xenia_own_${randomBytes(6).toString('hex')}`
  const connection = named(inject('database'), name)
  const database = openDatabase({ ...connection, max: 8 })
  const onServer = async (statement: string) => {
    const client = new Client(inject('database'))
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  beforeAll(async () => {
    await onServer(`create database ${name}`)
    await migrate(connection, migrations)
    await installJobs(connection)
  })
  afterAll(async () => {
    await database.close()
    await onServer(`drop database if exists ${name} with (force)`)
  })
  return { connection, database }
}

function named(server: ClientConfig, name: string): ClientConfig {
  if (server.connectionString === undefined) return { ...server, database: name }
  const url = new URL(server.connectionString)
  url.pathname = `/${name}`
  return { connectionString: url.href }
}
