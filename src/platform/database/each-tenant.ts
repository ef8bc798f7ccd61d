import { sql } from 'kysely'
import { parseTenantId, type TenantId } from '../ids.ts'
import type { Database, TenantDatabase } from './index.ts'

const PAGE = 500

/**
 * Every tenant's database, one after the other and read page by page, for the rare chores that concern all. Tenants
 * that are created meanwhile may be missed; the next round finds them.
 */
export async function* eachTenant(database: Database, signal?: AbortSignal): AsyncGenerator<TenantDatabase> {
  let after: TenantId | null = null
  do {
    const page: readonly TenantId[] = await nextPage(database, after)
    for (const id of page) {
      signal?.throwIfAborted()
      yield database.tenant(id)
    }
    after = page.at(-1) ?? null
  } while (after !== null)
}

async function nextPage(database: Database, after: TenantId | null): Promise<readonly TenantId[]> {
  const { rows } = await database.platform.transaction((tx) =>
    sql<{ id: string }>`
      select tenant_id as id from tenants
       where ${after}::uuid is null or tenant_id > ${after}::uuid
       order by tenant_id limit ${PAGE}`.execute(tx),
  )
  return rows.flatMap(({ id }) => parseTenantId(id) ?? [])
}
