import { sql } from 'kysely'
import type { Deployment } from '../deployment.ts'
import { parseTenantId } from '../ids.ts'
import { forget } from './store.ts'

const DAY = 86_400_000
const BODY_DAYS = 7
const ROW_DAYS = 90

/** Bodies of failed mail hold tickets and codes, and rows hold addresses: neither is kept longer than it helps. */
export async function forgetOldMail(deployment: Deployment, signal: AbortSignal): Promise<void> {
  const now = deployment.clock.now().getTime()
  const tenants = await deployment.database.platform.transaction((tx) =>
    sql<{ id: string }>`select tenant_id as id from tenants`.execute(tx),
  )
  for (const { id } of tenants.rows) {
    signal.throwIfAborted()
    const tenantId = parseTenantId(id)
    if (tenantId === null) continue
    await deployment.database
      .tenant(tenantId)
      .transaction((tx) => forget(tx, new Date(now - BODY_DAYS * DAY), new Date(now - ROW_DAYS * DAY)))
  }
}
