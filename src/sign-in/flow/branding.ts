import { readOrganization } from '../../directory/index.ts'
import type { Context } from '../../platform/context.ts'
import { type Deployment, openContext } from '../../platform/deployment.ts'
import { type Language, lookUp, type TenantBranding } from '../../platform/pages/index.ts'
import { findDomains, type Tenant } from '../../tenants/index.ts'

export interface TenantFace extends TenantBranding {
  /** Its own language, when nobody's wish can be met (INV-14). */
  readonly language: Language | null
}

/** What pages show of a tenant. */
export async function readFace(ctx: Context, tenant: Tenant): Promise<TenantFace> {
  const { organization, domains } = await ctx.db.transaction(async (tx) => ({
    organization: await readOrganization(tx),
    domains: await findDomains(tx, tenant.id),
  }))
  const primary = domains.find((domain) => domain.isDefault && domain.verification.state === 'verified')
  return {
    displayName: tenant.displayName,
    domain: primary?.name ?? tenant.initialDomain,
    privacyStatementUrl: organization.privacyProfile.statementUrl,
    helpContact:
      organization.technicalNotificationMails[0] ?? organization.privacyProfile.contactEmail ?? null,
    logoUrl: null,
    language: lookUp(organization.preferredLanguage),
  }
}

/** The same for pages beside a sign-in, which have no context of their own. */
export const faceOf = (
  { deployment }: { readonly deployment: Deployment },
  tenant: Tenant,
): Promise<TenantFace> =>
  readFace(
    openContext(deployment, tenant.id, { kind: 'system', name: 'Sign-in' }, deployment.ids.guid()),
    tenant,
  )
