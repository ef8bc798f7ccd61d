import type { Clock } from './clock.ts'
import type { Actor, Context } from './context.ts'
import type { Keyring } from './crypto/keyring.ts'
import type { Database } from './database/index.ts'
import type { Ids, TenantId } from './ids.ts'
import type { Logger } from './telemetry/log.ts'

/** What one running program has, whichever tenant it serves; made once in `server.ts`. */
export interface Deployment {
  /** Origin without a slash at the end. The only source of links; the Host header never is. */
  readonly baseUrl: string
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly keyring: Keyring
  readonly log: Logger
}

/** Opens the context of one request or job in one tenant. It does not check that the tenant exists. */
export function openContext(
  deployment: Deployment,
  tenantId: TenantId,
  actor: Actor,
  correlationId: string,
): Context {
  return {
    tenantId,
    db: deployment.database.tenant(tenantId),
    clock: deployment.clock,
    ids: deployment.ids,
    log: deployment.log.child({ tenantId, correlationId }),
    actor,
    correlationId,
  }
}
