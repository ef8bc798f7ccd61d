import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'

/**
 * Runs every Kysely transaction under one scope: a role that row-level security binds, and one tenant.
 *
 * The opening statement (`begin` with role and tenant) is sent without waiting, so it travels in one flight with
 * the transaction's first query (pg's pipeline mode). Outside a transaction a query is refused: it would run as
 * nobody's tenant.
 */
export function scopedDialect(pool: Pool, opening: string): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => scopedDriver(pool, opening),
    createIntrospector: () => {
      throw new Error('The scoped dialect has no introspection.')
    },
  }
}

class ScopedConnection implements DatabaseConnection {
  readonly client: PoolClient
  inTransaction = false
  #opening: Promise<unknown> | undefined

  constructor(client: PoolClient) {
    this.client = client
  }

  open(statement: string): void {
    this.inTransaction = true
    this.#opening = this.client.query(statement)
    // The first query awaits it; without this a failure before that would be an unhandled rejection.
    this.#opening.catch(() => {})
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.inTransaction) throw new Error('A tenant query outside a transaction runs as nobody’s tenant.')
    const answer = this.client.query({
      text: compiled.sql,
      values: [...compiled.parameters],
      ...statementName(compiled.sql),
    })
    if (this.#opening !== undefined) {
      answer.catch(() => {})
      await this.#opening
      this.#opening = undefined
    }
    const { rows, rowCount } = await answer
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
  }

  async close(statement: 'commit' | 'rollback'): Promise<void> {
    this.inTransaction = false
    this.#opening = undefined
    const result = await this.client.query(statement)
    // A commit of a transaction that failed half-way answers ROLLBACK and no error.
    if (statement === 'commit' && result.command !== 'COMMIT')
      throw new Error('The transaction was rolled back.')
  }

  // biome-ignore lint/correctness/useYield: Kysely's interface; nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not used: page by key instead.')
  }
}

function scopedDriver(pool: Pool, opening: string): Driver {
  const asScoped = (connection: DatabaseConnection): ScopedConnection => {
    if (connection instanceof ScopedConnection) return connection
    throw new TypeError('A connection of another driver.')
  }
  return {
    async init() {},
    async destroy() {},
    async acquireConnection() {
      return new ScopedConnection(await pool.connect())
    },
    async beginTransaction(connection) {
      asScoped(connection).open(opening)
    },
    async commitTransaction(connection) {
      await asScoped(connection).close('commit')
    },
    async rollbackTransaction(connection) {
      await asScoped(connection).close('rollback')
    },
    async releaseConnection(connection) {
      const scoped = asScoped(connection)
      // A connection given back inside a transaction would carry a tenant into the next request.
      scoped.client.release(scoped.inTransaction)
    },
  }
}

const names = new Map<string, string>()
const NAMED_STATEMENTS = 1_000

/** The first thousand statement texts are prepared once per connection; filters typed by callers may exceed that. */
function statementName(text: string): { name: string } | undefined {
  const known = names.get(text)
  if (known !== undefined) return { name: known }
  if (names.size >= NAMED_STATEMENTS) return undefined
  const name = `x${names.size}`
  names.set(text, name)
  return { name }
}
