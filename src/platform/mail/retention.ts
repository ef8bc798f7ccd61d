import { eachTenant } from '../database/each-tenant.ts'
import type { Deployment } from '../deployment.ts'
import { forget } from './store.ts'

const DAY = 86_400_000
const BODY_DAYS = 7
const ROW_DAYS = 90

/** Bodies of failed mail hold tickets and codes, and rows hold addresses: neither is kept longer than it helps. */
export async function forgetOldMail(deployment: Deployment, signal: AbortSignal): Promise<void> {
  const now = deployment.clock.now().getTime()
  for await (const tenant of eachTenant(deployment.database, signal)) {
    await tenant.transaction((tx) =>
      forget(tx, new Date(now - BODY_DAYS * DAY), new Date(now - ROW_DAYS * DAY)),
    )
  }
}
