import { type MovableClock, movableClock } from '../../src/platform/clock.ts'
import type { Actor, Context } from '../../src/platform/context.ts'
import type { Database } from '../../src/platform/database/index.ts'
import { parseTenantId, randomIds } from '../../src/platform/ids.ts'
import { silentLogger } from '../../src/platform/telemetry/log.ts'

export interface TestTenant extends Context {
  readonly clock: MovableClock
  readonly initialDomain: string
}

/** Makes a workforce tenant with a verified initial domain, and a context in it that acts as the product itself. */
export async function makeTenant(database: Database, actor?: Actor): Promise<TestTenant> {
  const tenantId = parseTenantId(randomIds.guid())
  if (tenantId === null) throw new Error('not a GUID')
  const initialDomain = `t${tenantId.slice(0, 8)}.example`
  const clock = movableClock()
  await database.pool.query(
    `insert into tenants (tenant_id, display_name, tenant_type, initial_domain, created_at)
     values ($1, 'Test', 'AAD', $2, $3)`,
    [tenantId, initialDomain, clock.now()],
  )
  await database.pool.query(
    `insert into domains (tenant_id, name, is_initial, is_default, verification_text, verified_at, created_at)
     values ($1, $2, true, true, 'none', $3, $3)`,
    [tenantId, initialDomain, clock.now()],
  )
  return {
    tenantId,
    initialDomain,
    db: database.tenant(tenantId),
    clock,
    ids: randomIds,
    log: silentLogger,
    actor: actor ?? { kind: 'system', name: 'test' },
    correlationId: randomIds.guid(),
  }
}
