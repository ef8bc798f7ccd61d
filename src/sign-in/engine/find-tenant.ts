import { LRUCache } from 'lru-cache'
import type { Deployment } from '../../platform/deployment.ts'
import { isGuid, type TenantId } from '../../platform/ids.ts'
import { resolveTenant } from '../../tenants/index.ts'

/** A domain that is removed stops naming its tenant this much later at the latest (graph-conventions §7). */
const FRESH_MILLISECONDS = 5_000
/** A GUID never names another tenant; as long as its engine is kept. */
const SAME_TENANT_MILLISECONDS = 60_000
const REMEMBERED = 10_000

/**
 * Which tenant a path segment names, remembered for a while: every token request asks. What names none is
 * asked anew each time, since a domain may be verified in this moment, and strangers choose these texts.
 */
export function createTenantFinder(deployment: Deployment): (segment: string) => Promise<TenantId | null> {
  const known = new LRUCache<string, Promise<TenantId | null>>({ max: REMEMBERED, ttl: FRESH_MILLISECONDS })
  return (segment) => {
    const name = segment.toLowerCase()
    const found = known.get(name)
    if (found !== undefined) return found
    const asked = resolveTenant(deployment, name).then((tenant) => tenant?.id ?? null)
    known.set(name, asked, isGuid(name) ? { ttl: SAME_TENANT_MILLISECONDS } : {})
    const forget = () => void (known.peek(name) === asked && known.delete(name))
    asked.then((id) => id ?? forget(), forget)
    return asked
  }
}
