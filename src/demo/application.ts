import {
  assignAppRole,
  recordConsent,
  registerApplication,
  resolveResource,
  updateApplication,
  updateOrganization,
} from '../directory/index.ts'
import { findPermission, graphAppId } from '../graph/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { ApplicationAddresses } from './addresses.ts'
import { API_ROLE, API_SCOPE, type Organisation } from './cast.ts'

/** The application of a tenant as it cannot be known before it was made. */
export interface MadeApplication {
  readonly objectId: string
  readonly appId: string
  readonly secret: string
}

export interface ApplicationFacts {
  readonly organisation: Organisation
  readonly addresses: ApplicationAddresses
  readonly baseUrl: string
  /** The group that holds the application's role. */
  readonly approvers: string
}

/** What everybody in the tenant consents to through the administrator, so that no consent page stands in the way. */
const SIGN_IN_SCOPES = ['openid', 'profile', 'email', 'offline_access', 'User.Read']
/** What the application may do by itself: a script can invite and look at what came of it. */
const GRAPH_ROLES = ['User.Invite.All', 'User.Read.All', 'Group.Read.All', 'AuditLog.Read.All']

/** Makes the application with its API and a secret, consented to by the administrator for everybody. */
export async function createApplication(
  ctx: Context,
  tx: Tx,
  { organisation, addresses, baseUrl, approvers }: ApplicationFacts,
): Promise<MadeApplication> {
  const { displayName, description, identifierUri } = organisation.application
  const roleId = ctx.ids.guid()
  const { application, servicePrincipal, secret } = await registerApplication(ctx, tx, {
    displayName,
    description,
    identifierUris: [identifierUri],
    web: { homePageUrl: `${addresses.origin}/`, redirectUris: addresses.redirectUris },
    api: { oauth2PermissionScopes: [ordersScope(ctx.ids.guid())] },
    appRoles: [ordersRole(roleId)],
    // `acct` tells the application whether a guest has come (GTK-4).
    optionalClaims: { idToken: [{ name: 'acct' }], accessToken: [{ name: 'acct' }] },
    requiredResourceAccess: [requiredOfGraph()],
    secret: { displayName: 'Demo' },
  })
  const graph = await resolveResource(tx, graphAppId, { baseUrl })
  if (secret === null || graph === null) throw new Error('The tenant was not initialised.')

  const everybody = { clientId: servicePrincipal.id, grantedBy: { for: 'everybody' } } as const
  await recordConsent(ctx, tx, {
    ...everybody,
    resourceId: graph.servicePrincipalId,
    scopes: SIGN_IN_SCOPES,
  })
  await recordConsent(ctx, tx, { ...everybody, resourceId: servicePrincipal.id, scopes: [API_SCOPE] })

  const itself = { principalId: servicePrincipal.id }
  await assignAppRole(ctx, tx, { ...itself, resourceId: servicePrincipal.id, appRoleId: roleId })
  for (const name of GRAPH_ROLES) {
    const appRoleId = permission(name).applicationId
    if (appRoleId === null) throw new Error(`${name} is no application permission.`)
    await assignAppRole(ctx, tx, { ...itself, resourceId: graph.servicePrincipalId, appRoleId })
  }
  await assignAppRole(ctx, tx, {
    principalId: approvers,
    resourceId: servicePrincipal.id,
    appRoleId: roleId,
  })
  return { objectId: application.id, appId: application.appId, secret: secret.secretText }
}

const ordersScope = (id: string) => ({
  id,
  type: 'User',
  value: API_SCOPE,
  adminConsentDisplayName: 'Read orders',
  adminConsentDescription: 'Lets the application read the orders of the person who signed in.',
  userConsentDisplayName: 'Read your orders',
  userConsentDescription: 'Lets the application read your orders.',
})

const ordersRole = (id: string) => ({
  id,
  allowedMemberTypes: ['User', 'Application'],
  displayName: 'Approver',
  description: 'Approves orders.',
  value: API_ROLE,
})

function requiredOfGraph() {
  const access = (name: string, type: 'Scope' | 'Role') => {
    const { delegatedId, applicationId } = permission(name)
    return { id: type === 'Scope' ? delegatedId : applicationId, type }
  }
  return {
    resourceAppId: graphAppId,
    resourceAccess: [
      ...SIGN_IN_SCOPES.map((name) => access(name, 'Scope')),
      ...GRAPH_ROLES.map((name) => access(name, 'Role')),
    ],
  }
}

function permission(name: string) {
  const found = findPermission(name)
  if (found === undefined) throw new Error(`The Graph API has no permission ${name}.`)
  return found
}

/** Tells the tenant where its application now is; changes and records nothing where that is known. */
export async function moveApplication(
  ctx: Context,
  organisation: Organisation,
  objectId: string,
  { origin, redirectUris }: ApplicationAddresses,
): Promise<void> {
  await ctx.db.transaction((tx) =>
    updateApplication(ctx, tx, objectId, { web: { homePageUrl: `${origin}/`, redirectUris } }),
  )
  if (organisation.hasPrivacyStatement) {
    const contactEmail = `privacy@${organisation.domain}`
    await updateOrganization(ctx, { privacyProfile: { contactEmail, statementUrl: `${origin}/privacy` } })
  }
}
