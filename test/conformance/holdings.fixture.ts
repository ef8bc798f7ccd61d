import { recordSignIn } from '../../src/audit/index.ts'
import {
  addSponsor,
  assignAppRole,
  assignRole,
  createGroup,
  DEFAULT_ACCESS,
  deleteUser,
  recordConsent,
  setManager,
} from '../../src/directory/index.ts'
import { directoryRoleTemplates } from '../../src/graph/index.ts'
import { makePerson, type Organisation, register } from './organisation.fixture.ts'

/**
 * One object of every kind that a path can name, by the segment before its key. `users` is the administrator that
 * acts in the tests; `ownRole` is activated in this tenant only, since ids of roles are the same everywhere.
 */
export type Holdings = Readonly<Record<string, string>>

export async function fill(
  organisation: Organisation,
  ownRole: 'guestInviter' | 'securityReader',
): Promise<Holdings> {
  const { ctx, domain, id } = organisation
  const administrator = await makePerson(organisation, 'administrator')
  const member = await makePerson(organisation, 'member')
  const leaver = await makePerson(organisation, 'leaver')
  await deleteUser(ctx, leaver.id)
  const group = await createGroup(
    ctx,
    { displayName: 'Team', mailEnabled: false, mailNickname: 'team', securityEnabled: true },
    { members: [{ set: 'users', id: member.id }], owners: [{ set: 'users', id: administrator.id }] },
  )
  await setManager(ctx, administrator.id, { set: 'users', id: member.id })
  await addSponsor(ctx, administrator.id, { set: 'users', id: member.id })
  const { application, servicePrincipal } = await register(organisation, {
    displayName: 'Orders',
    exposeApi: true,
    api: { oauth2PermissionScopes: [ordersScope(ctx.ids.guid())] },
  })
  const administratorRole = directoryRoleTemplates.globalAdministrator
  const { assigned, grant } = await ctx.db.transaction(async (tx) => {
    await assignRole(ctx, tx, administratorRole, administrator.id)
    await assignRole(ctx, tx, directoryRoleTemplates[ownRole], member.id)
    const grant = await recordConsent(ctx, tx, {
      clientId: servicePrincipal.id,
      resourceId: servicePrincipal.id,
      grantedBy: { for: 'everybody' },
      scopes: ['Orders.Read'],
    })
    const assigned: Record<string, string> = {}
    for (const [kind, principalId] of Object.entries({
      users: administrator.id,
      groups: group.id,
      servicePrincipals: servicePrincipal.id,
    })) {
      const made = await assignAppRole(ctx, tx, {
        principalId,
        resourceId: servicePrincipal.id,
        appRoleId: DEFAULT_ACCESS,
      })
      assigned[kind] = made.id
    }
    await recordSignIn(ctx, tx, signIn(administrator.id, id))
    return { assigned, grant }
  })
  const logged = await ctx.db.transaction(async (tx) => ({
    audit: await tx.selectFrom('directory_audits').select('id').limit(1).executeTakeFirstOrThrow(),
    signIn: await tx.selectFrom('sign_ins').select('id').limit(1).executeTakeFirstOrThrow(),
  }))
  return {
    users: administrator.id,
    groups: group.id,
    applications: application.id,
    servicePrincipals: servicePrincipal.id,
    directoryObjects: member.id,
    deletedItems: leaver.id,
    directoryRoles: directoryRoleTemplates[ownRole],
    organization: id,
    domains: domain,
    oauth2PermissionGrants: grant.id,
    directoryAudits: logged.audit.id,
    signIns: logged.signIn.id,
    sponsors: member.id,
    members: member.id,
    owners: administrator.id,
    'users appRoleAssignments': assigned['users'] ?? '',
    'groups appRoleAssignments': assigned['groups'] ?? '',
    'servicePrincipals appRoleAssignments': assigned['servicePrincipals'] ?? '',
    'servicePrincipals appRoleAssignedTo': assigned['users'] ?? '',
  }
}

const ordersScope = (id: string) => ({
  id,
  type: 'User',
  value: 'Orders.Read',
  adminConsentDisplayName: 'Read orders',
  adminConsentDescription: 'Read orders',
  userConsentDisplayName: 'Read orders',
  userConsentDescription: 'Read orders',
})

const signIn = (userId: string, tenantId: string) => ({
  userId,
  userDisplayName: null,
  userPrincipalName: null,
  userType: 'member' as const,
  appId: null,
  appDisplayName: null,
  resourceId: null,
  resourceDisplayName: null,
  homeTenantId: tenantId,
  resourceTenantId: tenantId,
  crossTenantAccessType: 'none' as const,
  ipAddress: null,
  userAgent: null,
  clientAppUsed: null,
  isInteractive: true,
  errorCode: 0,
  failureReason: null,
  authenticationDetails: [],
})
