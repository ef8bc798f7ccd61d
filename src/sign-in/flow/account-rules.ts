import type { LegRequest, ProvenPerson } from '../../federation/index.ts'
import type { RedemptionJudgement } from '../../invitations/index.ts'
import { type Decision, decided, refused } from './decision.ts'
import type { Admission } from './model.ts'

export interface AccountFacts {
  readonly person: ProvenPerson
  readonly asked: {
    readonly prompt: LegRequest['prompt']
    readonly identifier: string
    /** The account that the typed identifier means here. */
    readonly userId: string | null
  } | null
  /** The account that signs in with this identity. */
  readonly user: { readonly id: string } | null
  /** `null` where it need not be asked: an accepted guest without a ticket. */
  readonly redemption: RedemptionJudgement | null
  readonly byTicket: boolean
  readonly provedAddresses: readonly string[]
}

/** Which account somebody who has proved who they are leads to, and what stands before it (RED-3, RED-10…14). */
export function findAccount(facts: AccountFacts): Decision {
  const { person, user, asked, byTicket } = facts
  if (user !== null && !byTicket) {
    // Typed one name, came back as another because the home tenant had a session: ask there for the one typed.
    if (
      person.kind === 'organization' &&
      asked !== null &&
      asked.prompt === null &&
      asked.userId !== null &&
      asked.userId !== user.id
    ) {
      return decided(
        {
          kind: 'leaving',
          homeTenantId: person.homeTenantId,
          identifier: asked.identifier,
          prompt: 'login',
        },
        'RED-3',
        'Somebody else was signed in at home.',
      )
    }
    return decided(
      { kind: 'admitted', admission: admissionOf(person, user.id, false), stay: null },
      'RED-9',
      'Accepted.',
    )
  }
  if (facts.redemption === null) throw new TypeError('Asked for where nobody has accepted.')
  return followJudgement(facts, facts.redemption)
}

/** What a judgement on redeeming comes to, before the consent or in its place. */
export function followJudgement(
  facts: Pick<AccountFacts, 'person' | 'user' | 'provedAddresses'>,
  judgement: RedemptionJudgement,
): Decision {
  const { person, user, provedAddresses } = facts
  const identifier = addressOf(person)
  const homeTenantId = person.kind === 'organization' ? person.homeTenantId : null
  switch (judgement.outcome) {
    case 'accept':
      return decided(
        {
          kind: 'review',
          person,
          invitedUserId: judgement.invitedUserId,
          inviterName: judgement.inviterName,
          provedAddresses,
        },
        'RED-12',
        'Proved; only the consent is missing.',
      )
    case 'alreadyAccepted':
      if (user !== null) {
        return decided(
          { kind: 'admitted', admission: admissionOf(person, user.id, false), stay: null },
          'RED-13',
          'Accepted.',
        )
      }
      return judgement.redirectUrl === null
        ? decided(refused('notHere', { identifier, homeTenantId }), 'RED-3', 'Accepted by somebody else.')
        : decided({ kind: 'left', url: judgement.redirectUrl }, 'RED-13', 'Accepted before.')
    case 'wrongAccount':
      return decided(
        {
          kind: 'wrongAccount',
          at: 'home',
          current: { displayName: nameOf(person), identifier },
          invitedAddress: judgement.address,
          provable: judgement.mayProve ? person : null,
        },
        'RED-10',
        'The account does not have the invited address.',
      )
    case 'unavailable':
      return decided(
        { kind: 'unavailable', reason: judgement.reason, inviterContact: judgement.inviterContact },
        'INV-11',
        'There is nothing left to redeem.',
      )
    case 'blocked':
      return decided(
        refused(judgement.by === 'account' ? 'accountDisabled' : 'blockedHere', { identifier, homeTenantId }),
        'RED-11',
        `Blocked by ${judgement.by}.`,
      )
    case 'nobody':
      return decided(
        refused('notHere', { identifier, homeTenantId }),
        'RED-3',
        'Nobody here has the address.',
      )
  }
}

export const addressOf = (person: ProvenPerson): string =>
  person.kind === 'organization' ? person.userPrincipalName : person.address

export const nameOf = (person: ProvenPerson): string | null =>
  person.kind === 'organization' ? person.displayName : null

export function admissionOf(person: ProvenPerson, userId: string, redeemed: boolean): Admission {
  return person.kind === 'organization'
    ? {
        userId,
        methods: person.methods,
        provenBy: 'organization',
        homeTenantId: person.homeTenantId,
        redeemed,
      }
    : { userId, methods: ['otp'], provenBy: 'passcode', homeTenantId: null, redeemed }
}
