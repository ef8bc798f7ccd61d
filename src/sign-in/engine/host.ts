import { LRUCache } from 'lru-cache'
import type { Provider } from 'oidc-provider'
import { type Deployment, openContext } from '../../platform/deployment.ts'
import type { TenantId } from '../../platform/ids.ts'
import { loadSigningKeys } from '../../tenants/index.ts'
import type { EngineDirectory } from './facts.ts'
import { createTenantProvider, type EnginePages } from './provider.ts'

/** One tenant's engine with the directory it asks. */
export interface TenantEngine {
  readonly tenantId: TenantId
  readonly provider: Provider
  readonly directory: EngineDirectory
}

export interface EngineHost {
  /** The engine of an existing tenant. */
  engineFor(tenantId: TenantId): Promise<TenantEngine>
}

/** 42 KiB each: a thousand fit in the memory of one photograph. */
const ENGINES = 1_000
/** A rotated or withdrawn key is in force this long after at the latest. */
const ENGINE_LIFETIME_MILLISECONDS = 60_000

/** Makes engines when they are first asked for and forgets those not used; the number of tenants costs nothing. */
export function createEngineHost(
  deployment: Deployment,
  openDirectory: (tenantId: TenantId) => EngineDirectory,
  pages: EnginePages,
): EngineHost {
  const engines = new LRUCache<TenantId, Promise<TenantEngine>>({
    max: ENGINES,
    ttl: ENGINE_LIFETIME_MILLISECONDS,
  })

  async function make(tenantId: TenantId): Promise<TenantEngine> {
    const ctx = openContext(
      deployment,
      tenantId,
      { kind: 'system', name: 'Token service' },
      deployment.ids.guid(),
    )
    const directory = openDirectory(tenantId)
    const provider = createTenantProvider({
      baseUrl: deployment.baseUrl,
      db: ctx.db,
      clock: deployment.clock,
      keyring: deployment.keyring,
      keys: await loadSigningKeys(ctx, deployment.keyring),
      directory,
      pages,
    })
    provider.on('server_error', (_ctx, cause) => ctx.log.error({ cause }, 'the token service failed'))
    return { tenantId, provider, directory }
  }

  return {
    engineFor(tenantId) {
      const known = engines.get(tenantId)
      if (known !== undefined) return known
      const made = make(tenantId)
      engines.set(tenantId, made)
      made.catch(() => engines.delete(tenantId))
      return made
    },
  }
}
