import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientConfig } from 'pg'
import { afterAll, inject } from 'vitest'
import { loadConfig } from '../../src/platform/config.ts'
import { silentLogger } from '../../src/platform/telemetry/log.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { freePort } from './port.ts'

export interface TestServer extends RunningServer {
  readonly baseUrl: string
  /** With TLS: the certificate of the development authority, for clients to trust. */
  readonly caFile: string
}

/** Where not the run's shared database, and with the demo in it. */
export interface TestServerOptions {
  readonly database?: ClientConfig
  readonly demo?: boolean
}

/**
 * The whole program on a loopback port until the test file ends: unless told otherwise on the run's shared database
 * and without the demo, since each test makes tenants of its own.
 */
export async function testServer(
  settings: Readonly<Record<string, string>> = {},
  { database = inject('database'), demo = false }: TestServerOptions = {},
): Promise<TestServer> {
  const [port, directory] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'xenia-server-'))])
  const loaded = loadConfig({
    PORT: String(port),
    XENIA_DATA_DIR: directory,
    DATABASE_URL: databaseUrl(database),
    ...settings,
  })
  if (loaded.outcome === 'invalid') throw new Error(JSON.stringify(loaded.problems))
  const server = await startServer(loaded.config, { log: silentLogger, demo })
  afterAll(async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  })
  return { ...server, baseUrl: loaded.config.baseUrl, caFile: join(directory, 'tls', 'development-ca.pem') }
}

function databaseUrl(connection: ClientConfig): string {
  const { connectionString, host, port, user, password, database } = connection
  if (connectionString !== undefined) return connectionString
  const url = new URL('postgres://localhost')
  url.username = user ?? ''
  url.password = typeof password === 'string' ? password : ''
  url.pathname = `/${database ?? ''}`
  // A socket directory is no host name; the driver takes it from here.
  url.searchParams.set('host', host ?? 'localhost')
  url.searchParams.set('port', String(port ?? 5432))
  return url.href
}
