import type { Context } from '../../platform/context.ts'
import type { TenantPort } from '../../tenants/index.ts'
import { tenantOfRelyingParty } from './addresses.ts'
import type { RelyingParty } from './messages.ts'

/**
 * The tenant that calls itself `clientId`, asked over the port; `null` when the id is no tenant's, is this tenant's
 * own, or nobody answers there. Nothing is registered in advance: whether it is served is for policy to say.
 */
export async function relyingPartyOf(
  ctx: Context,
  port: TenantPort,
  baseUrl: string,
  clientId: string,
): Promise<RelyingParty | null> {
  const tenantId = tenantOfRelyingParty(baseUrl, clientId)
  if (tenantId === null || tenantId === ctx.tenantId) return null
  const answer = await port.ask(ctx, tenantId, 'relyingPartyMetadata', {})
  if (answer.outcome === 'unreachable' || answer.answer.clientId !== clientId) return null
  return answer.answer
}
