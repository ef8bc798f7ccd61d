import { Kysely, type Transaction } from 'kysely'
import { LRUCache } from 'lru-cache'
import { DatabaseError, type Pool, type PoolConfig, types } from 'pg'
import type { TenantId } from '../ids.ts'
import { runBeforeCommit } from './before-commit.ts'
import { scopedDialect } from './driver.ts'
import { openPool } from './pool.ts'
import type { Schema } from './schema.ts'

export { beforeCommit } from './before-commit.ts'
export type { Schema } from './schema.ts'

/** An open transaction. Inside one nothing but this may be used: no pool, no mail, no HTTP. */
export type Tx = Transaction<Schema>

/** One tenant's rows. The database itself hides every other tenant's (row-level security). */
export interface TenantDatabase {
  readonly tenantId: TenantId
  /** Runs `work` in one transaction; commits when it returns, rolls everything back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

export interface Database {
  tenant(id: TenantId): TenantDatabase
  /** The reference tables (tenants, domains, deployment settings) only: tenants' rows are invisible here. */
  readonly platform: { transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> }
  /** For what brings its own SQL (jobs, migrations, readiness). Not for tenants' tables. */
  readonly pool: Pool
  close(): Promise<void>
}

// int8 as number: counts and positions stay far below 2^53.
types.setTypeParser(types.builtins.INT8, Number)

/** Opens the pool. `max` bounds the connections of this node; a full pool makes requests wait, never fail. */
export function openDatabase(connection: PoolConfig): Database {
  const pool = openPool({ max: 16, pipeline: true, application_name: 'xenia', ...connection })

  const scoped = (opening: string) => {
    const kysely = new Kysely<Schema>({ dialect: scopedDialect(pool, opening) })
    return <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
      kysely.transaction().execute(async (tx) => {
        const result = await work(tx)
        await runBeforeCommit(tx)
        return result
      })
  }

  const tenants = new LRUCache<TenantId, TenantDatabase>({ max: 10_000 })
  return {
    pool,
    tenant(id) {
      const known = tenants.get(id)
      if (known !== undefined) return known
      // `id` is a parsed GUID (its type has no other source), so it is safe inside the statement.
      const database: TenantDatabase = {
        tenantId: id,
        transaction: scoped(`begin; set local role xenia_tenant; set local xenia.tenant_id = '${id}'`),
      }
      tenants.set(id, database)
      return database
    },
    platform: { transaction: scoped('begin; set local role xenia_platform') },
    close: () => pool.end(),
  }
}

/** Whether PostgreSQL refused a row because of a unique constraint or index (of that name, if given). */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof DatabaseError &&
  error.code === '23505' &&
  (constraint === undefined || error.constraint === constraint)
