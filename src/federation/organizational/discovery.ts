import type { Context } from '../../platform/context.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { asHome, type HomeTenantId } from '../../platform/ids.ts'
import { domainOf, findTenantByDomain, type TenantPort } from '../../tenants/index.ts'

export type OrganizationalAccount =
  | { readonly outcome: 'found'; readonly homeTenantId: HomeTenantId; readonly displayName: string }
  /** The domain belongs to a tenant that knows no such account (RED-16 for a federated home). */
  | { readonly outcome: 'unknownThere'; readonly homeTenantId: HomeTenantId; readonly displayName: string }
  /** The tenant of the domain does not answer. To take another way would bind a guest to it for good (RED-9). */
  | { readonly outcome: 'unreachable'; readonly homeTenantId: HomeTenantId; readonly displayName: string }
  | { readonly outcome: 'none' }

/**
 * RED-4 (1): is this the address of an account in another workforce tenant? The tenant is found by its verified
 * domain and asked over the port.
 */
export async function findOrganizationalAccount(
  ctx: Context,
  deployment: Deployment,
  port: TenantPort,
  address: string,
): Promise<OrganizationalAccount> {
  const domain = domainOf(address)
  if (domain === null) return { outcome: 'none' }
  const tenant = await deployment.database.platform.transaction((tx) => findTenantByDomain(tx, domain))
  // External tenants hold customers, who have no business elsewhere.
  if (tenant === null || tenant.id === ctx.tenantId || tenant.tenantType !== 'AAD') return { outcome: 'none' }
  const answer = await port.ask(ctx, tenant.id, 'findAccount', { address })
  const home = { homeTenantId: asHome(tenant.id), displayName: tenant.displayName }
  if (answer.outcome === 'unreachable') return { outcome: 'unreachable', ...home }
  return { outcome: answer.answer.found ? 'found' : 'unknownThere', ...home }
}

/** RED-10: does the home tenant say that this address is the person's? Silence is no. */
export async function ownsAddress(
  ctx: Context,
  port: TenantPort,
  homeTenantId: HomeTenantId,
  homeObjectId: string,
  address: string,
): Promise<boolean> {
  const answer = await port.ask(ctx, homeTenantId, 'ownsAddress', { homeObjectId, address })
  return answer.outcome === 'answered' && answer.answer.owns
}
