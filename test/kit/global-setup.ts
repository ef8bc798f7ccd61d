import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, type ClientConfig } from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/platform/database/migrate.ts'
import { installJobs } from '../../src/platform/jobs/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection of the one migrated database that all test files share; each makes tenants of its own. */
    readonly database: ClientConfig
  }
}

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))

/** One database for the whole run: the embedded one, or with XENIA_TEST_DATABASE_URL a new one on that server. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env['XENIA_TEST_DATABASE_URL']
  const { connection, stop } = server === undefined ? await startEmbedded() : await createOn(server)
  await migrate(connection, migrations)
  await installJobs(connection)
  project.provide('database', connection)
  return stop
}

interface TestServer {
  readonly connection: ClientConfig
  stop(): Promise<void>
}

async function startEmbedded(): Promise<TestServer> {
  const { startEmbeddedPostgres } = await import('../../src/platform/database/embedded/index.ts')
  const directory = await mkdtemp(join(tmpdir(), 'xenia-test-'))
  // Durability is not under test here, and the machine's disk is the slowest part.
  const postgres = await startEmbeddedPostgres({
    dataDirectory: directory,
    settings: { fsync: 'off', max_connections: '100' },
  })
  return {
    connection: postgres.connection,
    stop: async () => {
      await postgres.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function createOn(url: string): Promise<TestServer> {
  const name = `xenia_test_${randomBytes(6).toString('hex')}`
  const onServer = async (statement: string) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await onServer(`create database ${name}`)
  const target = new URL(url)
  target.pathname = `/${name}`
  return {
    connection: { connectionString: target.href },
    stop: () => onServer(`drop database ${name} with (force)`),
  }
}
