import { Forbidden } from '../platform/errors.ts'
import type { GraphCaller } from './caller.ts'
import { findPermission } from './permission-catalogue.ts'

/** Least to highest, as Graph's reference lists them; the least is enough to name, higher ones follow from the table. */
export interface PermissionLists {
  readonly delegated: readonly string[]
  /** Empty: applications may not call this at all. */
  readonly application: readonly string[]
  /** Scopes that are enough when path parameter `param` is the signed-in person (User.Read on `/users/{id}`). */
  readonly self?: { readonly param: string; readonly delegated: readonly string[] }
}

/** `signedIn`: any valid token, no scope looked at. */
export type Permissions = PermissionLists | 'signedIn'

// GRA-60: what a permission covers besides itself, directly. The closure is computed below. This is the only
// place that knows; a route names just the least permission that it needs.
const covers: Readonly<Record<string, readonly string[]>> = {
  'User.ReadWrite': ['User.Read'],
  'User.Read.All': ['User.ReadBasic.All', 'User.Read', 'User-LifeCycleInfo.Read.All'],
  'User.ReadWrite.All': [
    'User.Read.All',
    'User.ReadWrite',
    'User.Invite.All',
    'User.EnableDisableAccount.All',
    'User.DeleteRestore.All',
    'User.RevokeSessions.All',
    'User.ManageIdentities.All',
    'User-Mail.ReadWrite.All',
    'User-Phone.ReadWrite.All',
    'User-PasswordProfile.ReadWrite.All',
  ],
  'User-LifeCycleInfo.ReadWrite.All': ['User-LifeCycleInfo.Read.All'],
  'GroupMember.ReadWrite.All': ['GroupMember.Read.All'],
  'Group.Read.All': ['GroupMember.Read.All'],
  'Group.ReadWrite.All': ['Group.Read.All', 'GroupMember.ReadWrite.All', 'Group.Create'],
  'Application.ReadWrite.All': ['Application.Read.All', 'Application.ReadWrite.OwnedBy'],
  'DelegatedPermissionGrant.ReadWrite.All': ['DelegatedPermissionGrant.Read.All'],
  'RoleManagement.Read.All': ['RoleManagement.Read.Directory'],
  'RoleManagement.ReadWrite.Directory': ['RoleManagement.Read.Directory'],
  'AdministrativeUnit.ReadWrite.All': ['AdministrativeUnit.Read.All'],
  'Directory.Read.All': [
    'User.Read.All',
    'Group.Read.All',
    'GroupMember.Read.All',
    'AdministrativeUnit.Read.All',
    'RoleManagement.Read.Directory',
    'Application.Read.All',
    'Organization.Read.All',
    'Domain.Read.All',
    'DelegatedPermissionGrant.Read.All',
  ],
  'Directory.ReadWrite.All': [
    'Directory.Read.All',
    'User.ReadWrite.All',
    'Group.ReadWrite.All',
    'GroupMember.ReadWrite.All',
    'AdministrativeUnit.ReadWrite.All',
  ],
  // Acts with all that the signed-in person may do; what that is, their roles say.
  'Directory.AccessAsUser.All': ['Directory.ReadWrite.All'],
  'Policy.Read.All': ['Policy.Read.ConditionalAccess', 'Policy.Read.PermissionGrant'],
  'Policy.ReadWrite.PermissionGrant': ['Policy.Read.PermissionGrant'],
  'MultiTenantOrganization.Read.All': ['MultiTenantOrganization.ReadBasic.All'],
  'MultiTenantOrganization.ReadWrite.All': ['MultiTenantOrganization.Read.All'],
  'UserAuthenticationMethod.ReadWrite': ['UserAuthenticationMethod.Read'],
  'UserAuthenticationMethod.Read.All': ['UserAuthenticationMethod.Read'],
  'UserAuthenticationMethod.ReadWrite.All': [
    'UserAuthenticationMethod.Read.All',
    'UserAuthenticationMethod.ReadWrite',
  ],
  'CrossTenantUserProfileSharing.ReadWrite': ['CrossTenantUserProfileSharing.Read'],
  'CrossTenantUserProfileSharing.Read.All': ['CrossTenantUserProfileSharing.Read'],
  'CrossTenantUserProfileSharing.ReadWrite.All': [
    'CrossTenantUserProfileSharing.Read.All',
    'CrossTenantUserProfileSharing.ReadWrite',
  ],
  'AgreementAcceptance.Read.All': ['AgreementAcceptance.Read'],
  'AccessReview.ReadWrite.Membership': ['AccessReview.Read.All'],
  'AccessReview.ReadWrite.All': ['AccessReview.ReadWrite.Membership'],
  'ChannelMessage.ReadWrite': ['ChannelMessage.Edit', 'ChannelMessage.Send'],
  'Policy.ReadWrite.ConditionalAccess': ['Policy.Read.ConditionalAccess'],
}

// `X.ReadWrite.All` over `X.Read.All` where the table above says nothing more particular.
const plain = [
  'Agreement',
  'ChannelMember',
  'ChannelSettings',
  'ConsentRequest',
  'CustomAuthenticationExtension',
  'CustomSecAttributeAssignment',
  'CustomSecAttributeDefinition',
  'Domain',
  'EntitlementManagement',
  'EventListener',
  'IdentityProvider',
  'IdentityRiskyUser',
  'IdentityUserFlow',
  'LifecycleWorkflows',
  'Organization',
  'OrganizationalBranding',
  'Synchronization',
  'TeamMember',
  'TeamSettings',
]
const table = new Map<string, readonly string[]>(Object.entries(covers))
for (const resource of plain) table.set(`${resource}.ReadWrite.All`, [`${resource}.Read.All`])

const closures = new Map<string, ReadonlySet<string>>()

/** The permission and everything that it covers, directly or through others. */
function covered(granted: string): ReadonlySet<string> {
  const known = closures.get(granted)
  if (known !== undefined) return known
  const reached = new Set([granted])
  // A Set iterates over what is added while it is walked, so this visits each permission once.
  for (const name of reached) for (const lower of table.get(name) ?? []) reached.add(lower)
  // Only names of the product's own table are kept: tokens may carry any text.
  if (findPermission(granted) !== undefined) closures.set(granted, reached)
  return reached
}

/** Does a token with `granted` satisfy at least one of `needed`? A higher permission satisfies a lower one (GRA-60). */
export function satisfies(granted: Iterable<string>, needed: readonly string[]): boolean {
  for (const name of granted) {
    const reached = covered(name)
    if (needed.some((one) => reached.has(one))) return true
  }
  return false
}

/** The scopes or roles that a caller's token carries. */
const grantedTo = (caller: GraphCaller): ReadonlySet<string> =>
  caller.kind === 'delegated' ? caller.scopes : caller.roles

/** Does this caller's token satisfy one of these permissions? For decisions inside a handler (GRA-39). */
export const callerHas = (caller: GraphCaller, ...needed: readonly string[]): boolean =>
  satisfies(grantedTo(caller), needed)

/** Throws `Forbidden` when the token is not enough. Looks at scopes and app roles only, never at directory roles. */
export function requirePermission(
  permissions: Permissions,
  caller: GraphCaller,
  params: Readonly<Record<string, string>>,
): void {
  if (permissions === 'signedIn') return
  if (caller.kind === 'application') {
    if (satisfies(caller.roles, permissions.application)) return
  } else {
    if (satisfies(caller.scopes, permissions.delegated)) return
    const { self } = permissions
    if (self !== undefined && isSelf(caller, params[self.param]) && satisfies(caller.scopes, self.delegated))
      return
  }
  throw new Forbidden('Insufficient privileges to complete the operation.')
}

function isSelf(caller: GraphCaller & { kind: 'delegated' }, key: string | undefined): boolean {
  if (key === undefined) return false
  const lower = key.toLowerCase()
  return lower === caller.userId.toLowerCase() || lower === caller.userPrincipalName?.toLowerCase()
}

/** Throws `TypeError` for a name that the catalogue does not hold: a misspelt permission would lock everyone out. */
export function checkPermissionNames(permissions: Permissions, where: string): void {
  if (permissions === 'signedIn') return
  const delegated = [...permissions.delegated, ...(permissions.self?.delegated ?? [])]
  for (const name of delegated) {
    if (findPermission(name)?.delegatedId == null)
      throw new TypeError(`${where}: no delegated permission '${name}'`)
  }
  for (const name of permissions.application) {
    if (findPermission(name)?.applicationId == null) throw new TypeError(`${where}: no app role '${name}'`)
  }
}
