import { z } from 'zod'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import type { MessageHandler } from '../../tenants/index.ts'
import { foreignApplicationSchema } from './foreign-applications.ts'
import type { ForeignApplication } from './model.ts'
import { redirectUrisOf } from './rules.ts'
import { findApplicationByAppId } from './store.ts'

declare module '../../tenants/port.ts' {
  interface TenantMessages {
    /** What another tenant may know of an application here that is open to other organisations. */
    describeApplication: {
      question: { appId: string }
      answer: { application: ForeignApplication | null }
    }
  }
}

/**
 * How this tenant describes an application of its own to others. Null for those that are for this organisation
 * only, so that their existence is not told; never anything secret.
 */
export async function describeApplication(
  tx: Tx,
  tenantId: string,
  appId: string,
): Promise<ForeignApplication | null> {
  const application = isGuid(appId) ? await findApplicationByAppId(tx, appId) : null
  if (application === null || application.signInAudience === 'AzureADMyOrg') return null
  return {
    appId: application.appId,
    ownerTenantId: tenantId,
    displayName: application.displayName,
    signInAudience: application.signInAudience,
    identifierUris: application.identifierUris,
    appRoles: application.appRoles,
    oauth2PermissionScopes: application.api.oauth2PermissionScopes,
    redirectUris: redirectUrisOf(application),
    homePageUrl: application.web.homePageUrl,
    logoutUrl: application.web.logoutUrl,
    isFallbackPublicClient: application.isFallbackPublicClient,
    optionalClaims: application.optionalClaims,
    groupMembershipClaims: application.groupMembershipClaims,
    requiredResourceAccess: application.requiredResourceAccess,
    info: application.info,
  }
}

/** Answers other tenants through the port between tenants. */
export const describeApplicationHandler: MessageHandler<'describeApplication'> = {
  name: 'describeApplication',
  question: z.object({ appId: z.string().max(64) }),
  answer: async (ctx, _from, { appId }) => ({
    application: await ctx.db.transaction((tx) => describeApplication(tx, ctx.tenantId, appId)),
  }),
}

/** Reads an answer of another tenant, which may be anything; null when it is no description. */
export const parseDescription = (answer: unknown): ForeignApplication | null =>
  foreignApplicationSchema.safeParse(answer).data ?? null
