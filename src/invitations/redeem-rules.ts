import type { ObjectIdentity } from '../directory/index.ts'
import type { Reason } from '../platform/errors.ts'
import { sameMailbox } from './address.ts'
import { identityOf, whyOwns } from './address-ownership.ts'
import { stateAt } from './invitation-states.ts'
import type { AccountFacts, InjectedDecision, Invitation, Redeemer, Ticket } from './model.ts'

export interface RedemptionFacts {
  /** The ticket's; for a direct link the guest's newest one. */
  readonly invitation: Invitation
  /** Null: came by a direct link (RED-1). */
  readonly ticket: Ticket | null
  /** Null: deleted, which is how a pending invitation is cancelled (INV-17). */
  readonly guest: AccountFacts | null
  /** Null: nobody is signed in in this browser. */
  readonly redeemer: Redeemer | null
  /** Did they sign in for this redemption, or were they signed in before they opened the link? */
  readonly signedInFor: 'thisRedemption' | 'somethingElse'
  /** Addresses proved by a mailed code since the link was opened. */
  readonly provedAddresses: readonly string[]
  readonly passcodesEnabled: boolean
  /** The user here, if any, who signs in with the redeemer's account. */
  readonly redeemersUserId: string | null
  readonly domainList: InjectedDecision
  readonly crossTenant: InjectedDecision
}

/** What the person sees next. Every answer but `accept` leaves everything as it was: a ticket is not used up. */
export type RedemptionDecision = { readonly because: readonly Reason[] } & (
  | {
      /** Show *Review permissions*; on yes, `acceptance` is what to save (RED-12, RED-14). */
      readonly outcome: 'accept'
      readonly identity: ObjectIdentity
      /** CNV-3: a passcode takes the place of the old password; else it stays for use on premises. */
      readonly endInternalPassword: boolean
    }
  /** Go to the application: a second click on a used link (RED-13). */
  | { readonly outcome: 'alreadyAccepted' }
  | { readonly outcome: 'signIn' }
  /** Somebody else is signed in. Say so before anything happens; offer to switch. */
  | { readonly outcome: 'wrongAccount'; readonly passcodeOffered: boolean }
  /** Signed in for this, with an account that does not have the address: a code to the mailbox decides (RED-10). */
  | { readonly outcome: 'needsPasscode'; readonly address: string }
  /** The account belongs to another user of this tenant already. */
  | { readonly outcome: 'accountInUse'; readonly userId: string }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'revoked' }
  /** A newer mail has taken its place (RST-2). */
  | { readonly outcome: 'superseded' }
  | { readonly outcome: 'blocked'; readonly by: 'account' | 'domainList' | 'crossTenant' }
)

/**
 * What redeeming comes to at this moment. Asked when the link is opened, after each sign-in or passcode, and again
 * inside the transaction that accepts. Pure; never throws.
 */
export function decideRedemption(facts: RedemptionFacts, now: Date): RedemptionDecision {
  return judgeOffer(facts, now) ?? judgePolicies(facts) ?? judgeRedeemer(facts)
}

/** Is there still something to redeem? */
function judgeOffer({ invitation, ticket, guest }: RedemptionFacts, now: Date): RedemptionDecision | null {
  const because = (rule: string, message: string) => ({ because: [{ rule, message }] })
  const state = stateAt(invitation.state, now)
  if (guest === null) return { outcome: 'revoked', ...because('INV-17', 'The invited user was deleted.') }
  if (state.kind === 'revoked')
    return { outcome: 'revoked', ...because('INV-17', 'The invitation was revoked.') }
  if (guest.externalUserState === 'Accepted') {
    return { outcome: 'alreadyAccepted', ...because('RED-14', 'The guest has accepted.') }
  }
  // Not pending, not accepted: a completed invitation of a guest who was reset afterwards, or a replaced one.
  if (state.kind === 'superseded' || state.kind === 'completed') {
    return {
      outcome: 'superseded',
      ...because('RST-2', 'The redemption was reset after this invitation was sent.'),
    }
  }
  const ticketIsOver = ticket?.expiresAt != null && ticket.expiresAt <= now
  if (state.kind === 'expired' || ticketIsOver) {
    return { outcome: 'expired', ...because('INV-11', 'The invitation has expired; the user stays pending.') }
  }
  return null
}

/** RED-11: what has changed since the invitation counts. */
function judgePolicies({ guest, domainList, crossTenant }: RedemptionFacts): RedemptionDecision | null {
  if (guest?.accountEnabled === false) {
    const because = [{ rule: 'INV-10', message: 'The account of the guest is blocked.' }]
    return { outcome: 'blocked', by: 'account', because }
  }
  const recheck = { rule: 'RED-11', message: 'Checked again at redemption.' }
  if (domainList.outcome === 'blocked') {
    return { outcome: 'blocked', by: 'domainList', because: [recheck, ...domainList.because] }
  }
  if (crossTenant.outcome === 'blocked') {
    return { outcome: 'blocked', by: 'crossTenant', because: [recheck, ...crossTenant.because] }
  }
  return null
}

/** RED-10: a forwarded link must not work for a stranger. */
function judgeRedeemer(facts: RedemptionFacts): RedemptionDecision {
  const { redeemer, invitation, provedAddresses, passcodesEnabled } = facts
  const { address } = invitation
  if (redeemer === null) {
    return {
      outcome: 'signIn',
      because: [{ rule: 'RED-10', message: `Whoever redeems must have ${address}.` }],
    }
  }
  // OTP-4: switched off, a code that was entered a moment ago counts no more.
  const codesOnly = redeemer.kind === 'passcode' && !passcodesEnabled
  const owned = codesOnly ? null : whyOwns(redeemer, address)
  const proved = passcodesEnabled && provedAddresses.some((one) => sameMailbox(one, address))
  if (owned === null && !proved) {
    const because = [{ rule: 'RED-10', message: `The account that is signed in does not have ${address}.` }]
    return facts.signedInFor === 'thisRedemption' && passcodesEnabled
      ? { outcome: 'needsPasscode', address, because }
      : { outcome: 'wrongAccount', passcodeOffered: passcodesEnabled, because }
  }
  const { redeemersUserId } = facts
  if (redeemersUserId !== null && redeemersUserId !== invitation.invitedUserId) {
    const message = `The account signs in as user '${redeemersUserId}' here already; it cannot be two users.`
    return { outcome: 'accountInUse', userId: redeemersUserId, because: [{ rule: 'RED-14', message }] }
  }
  return {
    outcome: 'accept',
    identity: identityOf(redeemer),
    endInternalPassword: invitation.purpose === 'conversion' && redeemer.kind === 'passcode',
    because: [owned ?? { rule: 'RED-10', message: `A code mailed to ${address} was entered.` }],
  }
}

/** RED-13, after consent and terms: null means the application launcher. */
export function landingAfter(
  entry:
    | { readonly kind: 'mailLink'; readonly redirectUrl: string }
    | { readonly kind: 'directLink'; readonly application: string | null },
): string | null {
  return entry.kind === 'mailLink' ? entry.redirectUrl : entry.application
}
