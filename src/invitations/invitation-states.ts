import type {
  AccountFacts,
  Completion,
  InjectedDecision,
  Invitation,
  InvitationState,
  Refusal,
} from './model.ts'
import { wrongState } from './refusal.ts'
import { judgeCrossTenant, judgeDomainList } from './rules.ts'

const DAY_MILLISECONDS = 86_400_000

/** When a ticket that is issued now ends; null: never, which is the default (INV-11). */
export const ticketEnd = (issuedAt: Date, lifetimeDays: number | null): Date | null =>
  lifetimeDays === null ? null : new Date(issuedAt.getTime() + lifetimeDays * DAY_MILLISECONDS)

/** The state as of now: a pending invitation past its end is expired. Whoever reads a state reads it through this. */
export const stateAt = (state: InvitationState, now: Date): InvitationState =>
  state.kind === 'pendingAcceptance' && state.expiresAt !== null && state.expiresAt <= now
    ? { kind: 'expired', at: state.expiresAt }
    : state

export type Moved = { readonly outcome: 'moved'; readonly invitation: Invitation } | Refusal

const to = (invitation: Invitation, state: InvitationState): Moved => ({
  outcome: 'moved',
  invitation: { ...invitation, state },
})

const isOpen = (invitation: Invitation, now: Date): boolean =>
  ['pendingAcceptance', 'expired'].includes(stateAt(invitation.state, now).kind)

/** RED-14, RED-15. */
export function complete(invitation: Invitation, how: Completion, now: Date): Moved {
  return stateAt(invitation.state, now).kind === 'pendingAcceptance'
    ? to(invitation, { kind: 'completed', at: now, how })
    : wrongState('RED-14', `Invitation '${invitation.id}' cannot be redeemed any more.`)
}

/** INV-17: its tickets stop working. The pending user stays; deleting that is an act of its own. */
export function revoke(invitation: Invitation, byId: string, now: Date): Moved {
  return isOpen(invitation, now)
    ? to(invitation, { kind: 'revoked', at: now, byId })
    : wrongState('INV-17', `Invitation '${invitation.id}' is not pending: there is nothing to revoke.`)
}

/** A reset of the same guest (RST-2). Ended invitations keep the end that they had. */
export function supersede(invitation: Invitation, now: Date): Invitation {
  return isOpen(invitation, now) ? { ...invitation, state: { kind: 'superseded', at: now } } : invitation
}

export interface ResendFacts {
  readonly invitation: Invitation
  /** Null: deleted. */
  readonly guest: AccountFacts | null
  readonly domainList: InjectedDecision
  readonly crossTenant: InjectedDecision
  /** Of the invited address. */
  readonly domain: string
  readonly lifetimeDays: number | null
}

/**
 * INV-18: a fresh ticket and mail, only while pending; an expired invitation comes back to life. Whether the caller may
 * invite at all is asked of `mayInvite` first (GIR, "resend: yes").
 */
export function resend(facts: ResendFacts, now: Date): Moved {
  const { invitation, guest } = facts
  if (guest?.externalUserState !== 'PendingAcceptance' || !isOpen(invitation, now)) {
    return wrongState(
      'INV-18',
      `Invitation '${invitation.id}' is not pending: only pending ones can be sent again.`,
    )
  }
  const listed = judgeDomainList(facts.domainList, facts.domain)
  if (listed.outcome === 'refused') return listed
  const crossed = judgeCrossTenant(facts.crossTenant)
  if (crossed.outcome === 'refused') return crossed
  return to(invitation, { kind: 'pendingAcceptance', expiresAt: ticketEnd(now, facts.lifetimeDays) })
}

/** `status` of the Graph resource (§2.2). */
export function statusOf(state: InvitationState): 'PendingAcceptance' | 'Completed' | 'Error' {
  switch (state.kind) {
    case 'pendingAcceptance':
      return 'PendingAcceptance'
    case 'completed':
      return 'Completed'
    case 'revoked':
    case 'superseded':
    case 'expired':
      return 'Error'
  }
}
