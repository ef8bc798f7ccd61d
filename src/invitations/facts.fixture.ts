import type { AddressKind } from '../directory/index.ts'
import { directoryRoleTemplates } from '../graph/index.ts'
import { asHome, asResource, parseTenantId, type TenantId } from '../platform/ids.ts'
import type { InvitationFacts } from './invitation-facts.ts'
import {
  type AccountFacts,
  type AddressHolder,
  type Caller,
  type ClaimedAddress,
  type InjectedDecision,
  type Invitation,
  nothingBlocks,
  type Redeemer,
} from './model.ts'
import { checkRequest, type InvitationRequest } from './request-rules.ts'

// Facts that tests start from; each test says only what matters to it.

export const person = (facts: Partial<Extract<Caller, { kind: 'user' }>> = {}): Caller => ({
  kind: 'user',
  userId: 'ada',
  displayName: 'Ada Admin',
  mail: 'ada@contoso.com',
  userType: 'Member',
  directoryRoles: new Set(),
  mayWriteUsers: false,
  ...facts,
})

export const app = (facts: Partial<Extract<Caller, { kind: 'application' }>> = {}): Caller => ({
  kind: 'application',
  appId: 'robot',
  displayName: 'Onboarding robot',
  mayWriteUsers: false,
  ...facts,
})

/** A guest who has not accepted yet. */
export const account = (facts: Partial<AccountFacts> = {}): AccountFacts => ({
  kind: 'user',
  id: 'guest-1',
  origin: 'external',
  userType: 'Guest',
  externalUserState: 'PendingAcceptance',
  accountEnabled: true,
  mail: 'ann@fabrikam.com',
  otherMails: ['ann@fabrikam.com'],
  preferredLanguage: null,
  convertedToInternalAt: null,
  onPremisesUserPrincipalName: null,
  directoryRoles: 'none',
  sponsorIds: [],
  ...facts,
})

export const request = (facts: Partial<InvitationRequest> = {}): InvitationRequest => ({
  invitedUserEmailAddress: 'ann@fabrikam.com',
  inviteRedirectUrl: 'https://app.contoso.com/',
  invitedUserDisplayName: null,
  invitedUserType: 'Guest',
  sendInvitationMessage: false,
  ccRecipients: [],
  customizedMessageBody: null,
  messageLanguage: null,
  resetRedemption: false,
  invitedUserId: null,
  sponsorIds: [],
  ...facts,
})

/** An administrator of contoso.com invites ann@fabrikam.com, whom nobody here knows. */
export const invitation = (
  asked: Partial<InvitationRequest> = {},
  facts: Partial<Omit<InvitationFacts, 'request' | 'checked'>> = {},
): InvitationFacts => {
  const body = request(asked)
  const checked = checkRequest(body, { allowPlusAddressing: false })
  if (checked.outcome === 'refused') throw new Error(checked.message)
  return {
    caller: person(),
    request: body,
    checked,
    policy: { allowInvitesFrom: 'everyone', guestAccess: 'limited' },
    verifiedDomains: new Set(['contoso.com', 'contoso.xenia.test']),
    holders: [],
    named: null,
    sponsors: new Map(),
    domainList: nothingBlocks,
    crossTenant: nothingBlocks,
    unsubscribed: false,
    automaticRedemption: false,
    languages: { homeTenant: null, resourceTenant: null },
    ...facts,
  }
}

export const blockedBy = (rule: string): InjectedDecision => ({
  outcome: 'blocked',
  because: [{ rule, message: 'secret of the policy' }],
})

export const holder = (uses: readonly AddressKind[], facts: Partial<AccountFacts> = {}): AddressHolder => ({
  account: account(facts),
  uses,
})

/** What makes an account one of our own people's. */
export const colleague: Partial<AccountFacts> = {
  id: 'colleague-1',
  origin: 'internal',
  userType: 'Member',
  externalUserState: null,
}

/** May invite members, reset and convert. */
export const userAdministrator = person({
  directoryRoles: new Set([directoryRoleTemplates.userAdministrator]),
  mayWriteUsers: true,
})

export const tenant = (digit: string): TenantId => {
  const id = parseTenantId(`${digit.repeat(8)}-0000-4000-8000-000000000000`)
  if (id === null) throw new Error('not a GUID')
  return id
}

export const now = new Date('2026-03-01T12:00:00Z')

/** An open invitation of ann@fabrikam.com, for the guest of `account()`. */
export const offer = (facts: Partial<Invitation> = {}): Invitation => ({
  id: 'inv-1',
  tenantId: asResource(tenant('c')),
  invitedUserId: 'guest-1',
  address: 'ann@fabrikam.com',
  redirectUrl: 'https://app.contoso.com/',
  purpose: 'newGuest',
  invitedAt: now,
  inviterId: 'ada',
  state: { kind: 'pendingAcceptance', expiresAt: null },
  ...facts,
})

/** Somebody with an account in another organisation. */
export const fabrikam = (
  address: string,
  from: ClaimedAddress['from'] = 'userPrincipalName',
  domains = ['fabrikam.com'],
): Redeemer => ({
  kind: 'organization',
  homeTenantId: asHome(tenant('f')),
  homeObjectId: 'ann-at-home',
  homeVerifiedDomains: domains,
  addresses: [{ address, from }],
})
/** Somebody who entered a mailed code. */
export const byCode = (address: string): Redeemer => ({ kind: 'passcode', address })
