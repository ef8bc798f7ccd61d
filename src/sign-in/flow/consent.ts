import {
  findById,
  findClient,
  type PermissionScope,
  type Resource,
  recordConsent,
  resolveResource,
  rolesOf,
  type User,
} from '../../directory/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { parseTenantId } from '../../platform/ids.ts'
import { findTenant } from '../../tenants/index.ts'
import type { RequestedPermission, RequestingApplication } from '../pages/index.ts'
import type { Answer } from './answers.ts'
import { leave } from './answers.ts'
import type { Arrival } from './dispatcher.ts'
import { settle } from './dispatcher.ts'
import { actingAs, type Visit } from './visit.ts'

/** What the application asks for, and what this person can give of it. */
export interface ConsentQuestion {
  readonly user: User
  readonly wanted: readonly { readonly resource: Resource; readonly scopes: readonly PermissionScope[] }[]
  /** For oneself; for oneself or everybody; nothing, since an administrator must. */
  readonly reach: 'self' | 'choice' | 'adminOnly'
}

/** GRA-56: whose consent for everybody counts. */
const consentingRoles: readonly string[] = [
  directoryRoleTemplates.globalAdministrator,
  directoryRoleTemplates.privilegedRoleAdministrator,
  directoryRoleTemplates.applicationAdministrator,
  directoryRoleTemplates.cloudApplicationAdministrator,
]

/** `null` when nobody is signed in any more, or the application is gone. */
export async function readConsentQuestion(visit: Visit): Promise<ConsentQuestion | null> {
  const { ctx, occasion, dependencies } = visit
  const { sessionAccountId } = occasion
  if (sessionAccountId === null || occasion.client.servicePrincipalId === null) return null
  const { baseUrl } = dependencies.deployment
  return ctx.db.transaction(async (tx) => {
    const user = await findById(tx, sessionAccountId)
    if (user === null || user.deletedDateTime !== null) return null
    const wanted: { resource: Resource; scopes: readonly PermissionScope[] }[] = []
    for (const [identifier, values] of scopesAsked(visit)) {
      const resource = await resolveResource(tx, identifier, { baseUrl })
      const scopes = resource?.scopes.filter((scope) => scope.isEnabled && values.includes(scope.value)) ?? []
      if (resource !== null && scopes.length > 0) wanted.push({ resource, scopes })
    }
    const roles = await rolesOf(tx, user.id)
    const isAdministrator = consentingRoles.some((role) => roles.has(role))
    const needsAdministrator = wanted.some(({ scopes }) => scopes.some(({ type }) => type === 'Admin'))
    return { user, wanted, reach: isAdministrator ? 'choice' : needsAdministrator ? 'adminOnly' : 'self' }
  })
}

/** Scope values by the resource that they are of; `null` is Graph, which has the sign-in scopes too. */
function scopesAsked({ occasion }: Visit): ReadonlyMap<string | null, readonly string[]> {
  const { missingOIDCScope, missingResourceScopes } = occasion.details
  const missing = new Map<string | null, readonly string[]>()
  // Both are the engine's own lists of scope values.
  if (Array.isArray(missingOIDCScope)) missing.set(null, missingOIDCScope.map(String).map(external))
  for (const [indicator, values] of Object.entries(missingResourceScopes ?? {})) {
    missing.set(withoutScheme(indicator), [values].flat().map(String))
  }
  if (missing.size > 0) return missing
  // `prompt=consent`: everything is shown again.
  const signIn = occasion.scopes.filter((scope) => signInScopes.includes(scope))
  const others = occasion.scopes.filter((scope) => !signInScopes.includes(scope))
  return new Map<string | null, readonly string[]>([
    [null, signIn.map(external)],
    ...(occasion.resource === null ? [] : ([[withoutScheme(occasion.resource), others]] as const)),
  ])
}

// The engine's name for `offline_access` (`live-grants.ts`).
const signInScopes: readonly string[] = ['openid', 'profile', 'email', 'offline', 'offline_access']
const external = (scope: string): string => (scope === 'offline' ? 'offline_access' : scope)
const withoutScheme = (indicator: string): string => indicator.replace(/^api:\/\//, '')

export const permissionsOf = (question: ConsentQuestion): readonly RequestedPermission[] =>
  question.wanted.flatMap(({ scopes }) =>
    scopes.map((scope) => ({
      id: scope.id,
      title: scope.userConsentDisplayName ?? scope.adminConsentDisplayName,
      description: scope.userConsentDescription ?? scope.adminConsentDescription,
    })),
  )

/** Who asks. An application of this tenant is known here; who made another one, nobody has checked. */
export async function readApplication(visit: Visit): Promise<RequestingApplication> {
  const { ctx, occasion, dependencies, tenant } = visit
  const client = await ctx.db.transaction((tx) => findClient(tx, occasion.client.clientId))
  const ownerId = client?.ownerTenantId == null ? null : parseTenantId(client.ownerTenantId)
  const owner =
    ownerId === null
      ? null
      : await dependencies.deployment.database.platform.transaction((tx) => findTenant(tx, ownerId))
  return {
    name: occasion.client.displayName,
    publisherName: owner?.displayName ?? null,
    publisherVerified: ownerId === tenant.id,
    termsUrl: client?.info.termsOfServiceUrl ?? null,
    privacyUrl: client?.info.privacyStatementUrl ?? null,
  }
}

export const answerConsent: Answer = async (visit, form): Promise<Arrival | null> => {
  if (visit.attempt.stage.kind !== 'consent') return null
  if (form.get('decision') === 'cancel') return leave(visit)
  const question = form.get('decision') === 'accept' ? await readConsentQuestion(visit) : null
  const clientId = visit.occasion.client.servicePrincipalId
  if (question === null || question.reach === 'adminOnly' || clientId === null) return null
  const everybody = question.reach === 'choice' && form.get('forOrganization') === 'on'
  const grantedBy = everybody
    ? ({ for: 'everybody' } as const)
    : ({ for: 'person', userId: question.user.id } as const)
  const ctx = actingAs(visit, question.user)
  const stage = await settle(visit, async (tx) => {
    for (const { resource, scopes } of question.wanted) {
      await recordConsent(ctx, tx, {
        clientId,
        resourceId: resource.servicePrincipalId,
        grantedBy,
        scopes: scopes.map(({ value }) => value),
      })
    }
    return { kind: 'finished', result: { kind: 'consented' } }
  })
  return { stage, goTo: null }
}
