import type { Pool, PoolConfig, QueryConfig } from 'pg'
import { createGraphApi } from '../src/graph-api.ts'
import { systemClock } from '../src/platform/clock.ts'
import type { Config } from '../src/platform/config.ts'
import { createKeyring, parseMasterKey } from '../src/platform/crypto/keyring.ts'
import { openDatabase } from '../src/platform/database/index.ts'
import { parseTenantId, randomIds } from '../src/platform/ids.ts'
import { createPasswordHasher } from '../src/platform/passwords.ts'
import { silentLogger } from '../src/platform/telemetry/log.ts'
import type { BenchTenant } from './deployment.ts'

/** What one request sends to the database, from `begin` to `commit`. */
export type Statements = readonly QueryConfig[]

export interface BareSql {
  /** The statements of a request to Graph, recorded while the product's own code answers it. */
  record(tenant: BenchTenant, path: string): Promise<Statements>
  /** Sends them in one flight, on a connection of a pool as large as the program's. */
  run(statements: Statements): Promise<void>
  close(): Promise<void>
}

export function openBareSql(config: Config, connection: PoolConfig): BareSql {
  const database = openDatabase(connection)
  const recorded: QueryConfig[] = []
  let recording = false
  database.pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...parameters: readonly unknown[]) => unknown
    Object.assign(client, {
      query: (...parameters: readonly unknown[]) => {
        const [first] = parameters
        if (recording) recorded.push(typeof first === 'string' ? { text: first } : (first as QueryConfig))
        return query(...parameters)
      },
    })
  })
  let caller: BenchTenant | undefined
  const graph = createGraphApi({
    deployment: {
      baseUrl: config.baseUrl,
      database,
      clock: systemClock,
      ids: randomIds,
      keyring: createKeyring(parseMasterKey(config.masterKey)),
      log: silentLogger,
    },
    hasher: createPasswordHasher({ concurrency: 1, queueLimit: 1 }),
    resolveTxt: async () => [],
    authenticate: async () => {
      const tenantId = parseTenantId(caller?.id ?? '')
      if (tenantId === null || caller === undefined) throw new Error('Nobody calls.')
      return {
        kind: 'application',
        tenantId,
        appId: caller.clientId,
        servicePrincipalId: caller.clientId,
        displayName: null,
        roles: new Set(['User.Read.All']),
      }
    },
    more: { entities: [], routes: [] },
  })

  return {
    async record(tenant, url) {
      caller = tenant
      const [path = '', search = ''] = url.split('?')
      recorded.length = 0
      recording = true
      const answer = await graph.dispatch({
        method: 'GET',
        surface: 'v1.0',
        path: path.replace('/v1.0', ''),
        search,
        headers: {},
        body: undefined,
        ipAddress: null,
      })
      recording = false
      if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`)
      return [...recorded]
    },
    run: (statements) => inOneFlight(database.pool, statements),
    close: () => database.close(),
  }
}

async function inOneFlight(pool: Pool, statements: Statements): Promise<void> {
  const client = await pool.connect()
  try {
    await Promise.all(statements.map((statement) => client.query(statement)))
  } finally {
    client.release()
  }
}
