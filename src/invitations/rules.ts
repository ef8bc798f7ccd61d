import type { Reason } from '../platform/errors.ts'
import { guestsAmong, refuseLocalUser } from './address-holders.ts'
import { judgeConflicts, judgeReset } from './conflicts.ts'
import type { Effect, InvitationFacts } from './invitation-facts.ts'
import { type MailPlan, planMail } from './message-rules.ts'
import type { InjectedDecision, Refusal, Verdict } from './model.ts'
import { badRequest, isRefusal } from './refusal.ts'
import { chooseSponsors } from './sponsors.ts'
import { mayInvite, mayInviteAsMember, mayReset } from './who-may-invite.ts'

export interface AllowedInvitation {
  readonly outcome: 'allowed'
  readonly because: readonly Reason[]
  readonly effect: Effect
  readonly sponsorIds: readonly string[]
  readonly mail: MailPlan
}

export type InvitationDecision = AllowedInvitation | Refusal

/**
 * May this be invited, and what comes of it? The rest of INV-2's order after `checkRequest`: who may invite, own
 * domain, domain list, cross-tenant policy, conflicts, unsubscribe. The first failure wins. Pure; never throws.
 */
export function decideInvitation(facts: InvitationFacts): InvitationDecision {
  const because: Reason[] = []
  for (const check of checks) {
    const verdict = check(facts)
    if (isRefusal(verdict)) return verdict
    because.push(...verdict.because)
  }
  const found = facts.request.resetRedemption ? judgeReset(facts) : judgeConflicts(facts)
  if (isRefusal(found)) return found
  because.push(...found.because)

  const { account } = found
  const sponsors = chooseSponsors(facts.request.sponsorIds, facts.sponsors, facts.caller, {
    isNew: found.effect.kind === 'createGuest',
    sponsorIds: account?.sponsorIds ?? [],
  })
  if (isRefusal(sponsors)) return sponsors

  const mail = planMail({
    ...facts,
    alreadyAccepted: found.effect.kind === 'alreadyAccepted',
    languages: {
      ...facts.languages,
      message: facts.request.messageLanguage,
      guest: account?.preferredLanguage ?? null,
    },
  })
  return { outcome: 'allowed', because, effect: found.effect, sponsorIds: sponsors.ids, mail }
}

type Check = (facts: InvitationFacts) => Verdict

const passed: Verdict = { outcome: 'allowed', because: [] }

const checks: readonly Check[] = [
  ({ caller, policy }) => mayInvite(caller, policy),
  ({ caller, request }) => (request.resetRedemption ? mayReset(caller) : passed),
  ({ caller, request }) =>
    request.invitedUserType === 'Member' && !request.resetRedemption ? mayInviteAsMember(caller) : passed,
  judgeOwnDomain,
  ({ domainList, checked }) => judgeDomainList(domainList, checked.address.domain),
  ({ crossTenant }) => judgeCrossTenant(crossTenant),
]

/** INV-9: whoever has an address of ours signs in here, so there is no account elsewhere to invite. */
function judgeOwnDomain(facts: InvitationFacts): Verdict {
  const { address } = facts.checked
  if (!facts.verifiedDomains.has(address.domain)) return passed
  if (facts.named !== null) {
    return badRequest(
      'INV-9',
      `${address.domain} is a verified domain of this organization. Use the address that the person has elsewhere.`,
      'invitedUserEmailAddress',
    )
  }
  const local = refuseLocalUser(facts.holders)
  if (local !== null) return local
  // A guest from the time before the domain was ours stays a guest.
  if (guestsAmong(facts.holders).length > 0) return passed
  return badRequest(
    'INV-9',
    `${address.domain} is a verified domain of this organization, and no user here has that address. Create a user instead.`,
    'invitedUserEmailAddress',
  )
}

/** COL-10. The list's own reasons go to the log, not to the caller. */
export function judgeDomainList(decision: InjectedDecision, domain: string): Verdict {
  if (decision.outcome === 'allowed') return decision
  return badRequest(
    'COL-10',
    `Invitations to ${domain} are blocked by this organization's collaboration restrictions.`,
    'invitedUserEmailAddress',
    decision.because,
  )
}

/** EVAL-8: says neither which side nor what its policy holds; the reasons go to our own log. */
export function judgeCrossTenant(decision: InjectedDecision): Verdict {
  if (decision.outcome === 'allowed') return decision
  return badRequest(
    'EVAL-6',
    'The invitation is blocked by cross-tenant access settings. Administrators of both organizations must allow it.',
    'invitedUserEmailAddress',
    decision.because,
  )
}
