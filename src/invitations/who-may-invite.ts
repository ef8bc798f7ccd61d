import { directoryRoleTemplates as roles } from '../graph/index.ts'
import type { AccountFacts, Caller, Refusal, Verdict } from './model.ts'
import { denied } from './refusal.ts'

/** `authorizationPolicy.allowInvitesFrom`, tightest first. */
export type AllowInvitesFrom =
  | 'none'
  | 'adminsAndGuestInviters'
  | 'adminsGuestInvitersAndAllMembers'
  | 'everyone'

/** `authorizationPolicy.guestUserRoleId` by its meaning. */
export type GuestAccess = 'sameAsMembers' | 'limited' | 'restricted'

export interface InvitePolicy {
  readonly allowInvitesFrom: AllowInvitesFrom
  readonly guestAccess: GuestAccess
}

/** The sentence that Entra answers (GIR-3); scripts look for it. */
const NOT_FOR_YOUR_COMPANY =
  'Guest invitations not allowed for your company. Contact your company administrator for more details.'

// INV-6 and the table of GIR-1. Directory Writers are read as admins.
const INVITER_ROLES: readonly string[] = [
  roles.globalAdministrator,
  roles.userAdministrator,
  roles.guestInviter,
  roles.directoryWriters,
]

/** May this caller invite anybody at all? The table of GIR-1; the scope `User.Invite.All` was checked by the route. */
export function mayInvite(caller: Caller, policy: InvitePolicy): Verdict {
  const { allowInvitesFrom } = policy
  if (allowInvitesFrom === 'none')
    return refuse('GIR-2', 'allowInvitesFrom is none: nobody may invite, administrators included.')
  if (caller.kind === 'application') {
    return allowInvitesFrom === 'adminsAndGuestInviters'
      ? refuse(
          'INV-7',
          'allowInvitesFrom is adminsAndGuestInviters: applications may not invite, whatever they were granted.',
        )
      : allow('GIR-1', `allowInvitesFrom is ${allowInvitesFrom}: applications may invite.`)
  }
  if (holdsOneOf(caller, INVITER_ROLES))
    return allow('INV-6', 'The caller holds a directory role that may invite.')
  switch (allowInvitesFrom) {
    case 'adminsAndGuestInviters':
      return refuse(
        'GIR-1',
        'allowInvitesFrom is adminsAndGuestInviters, and the caller holds no role that may invite.',
      )
    case 'adminsGuestInvitersAndAllMembers':
      if (caller.userType === 'Member') return allow('GIR-1', 'allowInvitesFrom lets every member invite.')
      return policy.guestAccess === 'sameAsMembers'
        ? allow('GIR-5', 'Guests here have the rights of members, who may invite.')
        : refuse(
            'GIR-1',
            'allowInvitesFrom lets members invite; the caller is a guest without a role that may.',
          )
    case 'everyone':
      return allow('GIR-1', 'allowInvitesFrom is everyone.')
  }
}

/**
 * INV-17: may this caller take an invitation back? Its inviter, and whoever may invite by their role. What the policy
 * says does not matter: it must be possible to undo what was possible once.
 */
export function mayRevoke(caller: Caller, inviterId: string): Verdict {
  if (caller.kind === 'application')
    return allow('INV-17', 'The permission of an application counts in full.')
  if (caller.userId === inviterId) return allow('INV-17', 'The caller sent the invitation.')
  return holdsOneOf(caller, INVITER_ROLES)
    ? allow('INV-17', 'The caller holds a directory role that may invite.')
    : denied('INV-17', 'Only the inviter or a role that may invite can revoke an invitation.')
}

/** INV-5: a `Member` has more rights than a guest, so whoever brings one in must be able to make one. */
export function mayInviteAsMember(caller: Caller): Verdict {
  if (administersUsers(caller)) return allow('INV-5', 'The caller may create members.')
  return denied(
    'INV-5',
    "invitedUserType 'Member' needs the User Administrator role, or User.ReadWrite.All for an application.",
  )
}

/** RST-4, the part that does not look at the target. */
export function mayReset(caller: Caller): Verdict {
  if (!caller.mayWriteUsers)
    return denied('RST-4', 'resetRedemption needs the permission User.ReadWrite.All.')
  if (
    caller.kind === 'application' ||
    administersUsers(caller) ||
    holdsOneOf(caller, [roles.helpdeskAdministrator])
  ) {
    return allow('RST-4', 'The caller may reset redemptions.')
  }
  return denied('RST-4', 'resetRedemption needs the Helpdesk Administrator or User Administrator role.')
}

/**
 * CNV-1: conversion changes how a colleague signs in. Entra's pages name no role; we ask for the one that could do
 * the same by hand (GRA-60).
 */
export function mayConvert(caller: Caller): Verdict {
  if (caller.kind === 'application' || administersUsers(caller))
    return allow('CNV-1', 'The caller may convert users.')
  return denied(
    'CNV-1',
    'Inviting an internal user to sign in from outside needs the User Administrator role.',
  )
}

/**
 * Who can redirect the sign-in of an administrator becomes one. RST-4 for applications, GRA-64 for people; the same
 * for conversion.
 */
export function mayChangeSignInOf(caller: Caller, target: AccountFacts): Verdict {
  if (target.directoryRoles === 'none') return allow('RST-4', 'The target holds no directory role.')
  if (caller.kind === 'application') {
    return denied('RST-4', 'An application may not change how a user with a directory role signs in.')
  }
  if (target.directoryRoles === 'ordinary' || holdsOneOf(caller, [roles.globalAdministrator])) {
    return allow('GRA-64', "The caller's role reaches the target's.")
  }
  return denied(
    'GRA-64',
    'Only a Global Administrator may change how a user with a privileged role signs in.',
  )
}

function administersUsers(caller: Caller): boolean {
  return caller.kind === 'application'
    ? caller.mayWriteUsers
    : holdsOneOf(caller, [roles.globalAdministrator, roles.userAdministrator])
}

const holdsOneOf = (caller: Extract<Caller, { kind: 'user' }>, wanted: readonly string[]): boolean =>
  wanted.some((role) => caller.directoryRoles.has(role))

const allow = (rule: string, message: string): Verdict => ({
  outcome: 'allowed',
  because: [{ rule, message }],
})

/** The answer says the sentence of GIR-3; the log and the explain page hear which setting it was. */
const refuse = (rule: string, why: string): Refusal => ({
  ...denied(rule, NOT_FOR_YOUR_COMPANY),
  because: [
    { rule, message: why },
    { rule: 'GIR-3', message: NOT_FOR_YOUR_COMPANY },
  ],
})
