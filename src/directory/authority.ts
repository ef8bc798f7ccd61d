import { directoryRoleTemplates as roles } from '../graph/index.ts'

/** What somebody is about to do to a user. */
export type UserAction =
  /** Names, job, address: what harms nobody's account. */
  | 'update'
  /** What could take an account over or shut it: name, state, mail, phones, identities. */
  | 'updateSensitive'
  | 'delete'
  | 'restore'
  | 'resetPassword'
  | 'endSessions'

/** Who may do what to whom (GRA-62, 64). The Global Administrator may do everything and is not listed. */
const overUsers: Readonly<
  Record<UserAction, { readonly people: readonly string[]; readonly administrators: readonly string[] }>
> = {
  update: {
    people: [roles.userAdministrator, roles.directoryWriters],
    administrators: [roles.userAdministrator, roles.directoryWriters],
  },
  updateSensitive: {
    people: [roles.userAdministrator, roles.privilegedAuthenticationAdministrator],
    administrators: [roles.privilegedAuthenticationAdministrator],
  },
  delete: { people: [roles.userAdministrator], administrators: [] },
  restore: { people: [roles.userAdministrator], administrators: [] },
  resetPassword: {
    people: [
      roles.userAdministrator,
      roles.helpdeskAdministrator,
      roles.authenticationAdministrator,
      roles.privilegedAuthenticationAdministrator,
    ],
    administrators: [roles.privilegedAuthenticationAdministrator],
  },
  endSessions: {
    people: [
      roles.userAdministrator,
      roles.helpdeskAdministrator,
      roles.authenticationAdministrator,
      roles.privilegedAuthenticationAdministrator,
    ],
    administrators: [roles.privilegedAuthenticationAdministrator],
  },
}

/** Directory roles for what does not depend on whom it is done to. Global Administrator is always enough. */
export const may = {
  createUsers: [roles.userAdministrator, roles.directoryWriters],
  /** Who answers for whom, and who leads whom. */
  relateUsers: [roles.userAdministrator, roles.directoryWriters],
  createGroups: [roles.groupsAdministrator, roles.userAdministrator, roles.directoryWriters],
  changeGroups: [roles.groupsAdministrator, roles.userAdministrator, roles.directoryWriters],
  deleteGroups: [roles.groupsAdministrator, roles.userAdministrator],
  changeGroupsThatHoldRoles: [roles.privilegedRoleAdministrator],
  manageRoles: [roles.privilegedRoleAdministrator],
  readHiddenMembership: [
    roles.globalReader,
    roles.groupsAdministrator,
    roles.userAdministrator,
    roles.privilegedRoleAdministrator,
  ],
  manageApplications: [roles.applicationAdministrator, roles.cloudApplicationAdministrator],
  changeOrganization: [],
} as const satisfies Record<string, readonly string[]>

// Roles that give no power over others; who holds one of these alone is still one of the people.
const harmless: ReadonlySet<string> = new Set([
  roles.guestInviter,
  roles.directoryReaders,
  roles.reportsReader,
])

export const isAdministrator = (held: ReadonlySet<string>): boolean =>
  [...held].some((role) => !harmless.has(role))

/** May the holder of these roles do this to a user who holds those? Being the same person is no reason. */
export function mayActOn(
  action: UserAction,
  held: ReadonlySet<string>,
  ofTarget: ReadonlySet<string>,
): boolean {
  if (held.has(roles.globalAdministrator)) return true
  const { people, administrators } = overUsers[action]
  return (isAdministrator(ofTarget) ? administrators : people).some((role) => held.has(role))
}

/** Properties of a user whose change is sensitive (GRA-64), by Graph name. */
export const sensitiveProperties: ReadonlySet<string> = new Set([
  'accountEnabled',
  'userPrincipalName',
  'mail',
  'otherMails',
  'businessPhones',
  'mobilePhone',
  'identities',
  'onPremisesImmutableId',
  'passwordPolicies',
  'userType',
])

/** What people may change about themselves without any role (external-collaboration-settings.md, 3.2: own phone). */
export const ownProperties: ReadonlySet<string> = new Set(['mobilePhone', 'preferredLanguage'])
