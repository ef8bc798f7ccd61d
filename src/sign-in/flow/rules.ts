import type { ObjectIdentity } from '../../directory/index.ts'
import type { LegRequest, ProvenPerson } from '../../federation/index.ts'
import type { OpenedTicket, ProviderDecision, RedemptionJudgement } from '../../invitations/index.ts'
import type { Reason } from '../../platform/errors.ts'
import { asHome } from '../../platform/ids.ts'
import type { Admission, RefusalKind, Stage } from './model.ts'

/** The next stage and why. */
export interface Decision {
  readonly stage: Stage
  readonly because: readonly Reason[]
}

const decided = (stage: Stage, rule: string, message: string): Decision => ({
  stage,
  because: [{ rule, message }],
})

export function refused(
  why: RefusalKind,
  about: {
    readonly identifier?: string | null
    readonly userId?: string | null
    readonly homeTenantId?: string | null
  } = {},
): Extract<Stage, { readonly kind: 'refused' }> {
  return {
    kind: 'refused',
    why,
    identifier: about.identifier ?? null,
    userId: about.userId ?? null,
    homeTenantId: about.homeTenantId ?? null,
  }
}

export interface BeginningFacts {
  readonly prompt: 'login' | 'select_account' | 'consent'
  /** Why the engine asks: names of its checks. */
  readonly reasons: readonly string[]
  readonly loginHint: string | null
  readonly ticket: OpenedTicket | null
  /** Who is signed in to this tenant in this browser. */
  readonly session: {
    readonly userId: string
    readonly displayName: string | null
    readonly identifier: string
  } | null
  readonly knowsAccounts: boolean
}

/** The first page of a request to sign in. */
export function begin(facts: BeginningFacts): Decision {
  const { ticket, session, loginHint } = facts
  if (facts.prompt === 'consent')
    return decided({ kind: 'consent' }, 'GRA-56', 'The application asks for more.')
  if (ticket !== null) return beginRedemption(ticket, session)
  if (facts.reasons.includes('assignment_required') && session !== null) {
    const stage = refused('notAssigned', { identifier: session.identifier, userId: session.userId })
    return decided(stage, 'GRA-59', 'The application is for assigned people only.')
  }
  if (facts.prompt === 'select_account' && facts.knowsAccounts) {
    return decided({ kind: 'pickAccount' }, 'OIDC-3.1.2.1', 'prompt=select_account')
  }
  if (loginHint !== null && facts.prompt === 'login') {
    return decided(
      { kind: 'named', identifier: loginHint, prompt: null },
      'OIDC-3.1.2.1',
      'The application names the person.',
    )
  }
  const identifier = loginHint ?? session?.identifier ?? ''
  return decided({ kind: 'identifier', identifier, error: null }, 'RED-1', 'Nobody is named.')
}

function beginRedemption(ticket: OpenedTicket, session: BeginningFacts['session']): Decision {
  switch (ticket.outcome) {
    case 'unknown':
      return decided(
        { kind: 'unavailable', reason: 'unknown', inviterContact: null },
        'INV-8',
        'The ticket leads to nothing.',
      )
    case 'expired':
      return decided(
        { kind: 'unavailable', reason: 'expired', inviterContact: ticket.inviterContact },
        'INV-11',
        'The ticket has expired.',
      )
    case 'accepted':
      return decided({ kind: 'left', url: ticket.redirectUrl }, 'RED-13', 'Accepted before.')
    case 'open':
      // Before anything happens: the person may have meant the other account, or sit at somebody else's screen.
      return session !== null && session.userId !== ticket.invitedUserId
        ? decided(
            {
              kind: 'wrongAccount',
              at: 'thisTenant',
              current: { displayName: session.displayName, identifier: session.identifier },
              invitedAddress: ticket.address,
              provable: null,
            },
            'RED-10',
            'Somebody else is signed in.',
          )
        : decided(
            { kind: 'named', identifier: ticket.address, prompt: null },
            'RED-1',
            'The invitation names the person.',
          )
  }
}

export interface RealmFacts {
  /** Trimmed. */
  readonly identifier: string
  /** How the home tenant is to ask, if it comes to that. */
  readonly prompt: LegRequest['prompt']
  readonly clientKind: 'application' | 'tenant' | 'firstParty'
  /** Came by an invitation's link. */
  readonly byTicket: boolean
  /** RFC 9110: a person clicked, so that a mail scanner that follows links causes no mail. */
  readonly clicked: boolean
  /** The account of this tenant that the identifier means. */
  readonly account: {
    readonly origin: 'internal' | 'external'
    readonly identities: readonly ObjectIdentity[]
  } | null
  readonly wellFormed: boolean
  /** Its domain is verified in this tenant. */
  readonly ownDomain: boolean
  /** Of the address, or of the accepted guest; not asked for where a password decides. */
  readonly provider: ProviderDecision | null
}

/**
 * Home realm discovery (RED-4). What it says of an address that is unknown here is what it would say if it were
 * known, as far as this tenant can: nobody learns from it who has an account (OTP-3).
 */
export function findRealm(facts: RealmFacts): Decision {
  const { identifier, account, provider } = facts
  const password = (rule: string, message: string) =>
    decided({ kind: 'password', identifier, error: null }, rule, message)

  // TRU-7: towards another tenant this one vouches for accounts of its own only, whoever the guests here may be.
  if (facts.clientKind === 'tenant') return password('TRU-7', 'Only accounts of this tenant count here.')
  if (!facts.wellFormed) {
    return decided({ kind: 'identifier', identifier, error: 'malformed' }, 'RED-3', 'No address.')
  }
  if (!facts.byTicket) {
    if (account?.origin === 'internal') return password('RED-4', 'An account of this tenant.')
    if (account === null && facts.ownDomain) return password('RED-4', 'An address of this tenant’s domain.')
  }
  if (provider === null) throw new TypeError('Asked for where no password decides.')
  return followProvider(facts, provider)
}

function followProvider(facts: RealmFacts, provider: ProviderDecision): Decision {
  const { identifier } = facts
  const { because } = provider
  if (provider.outcome === 'tryLater') {
    return { stage: refused('homeSilent', { identifier, homeTenantId: provider.homeTenantId }), because }
  }
  const [method] = provider.outcome === 'signIn' ? provider.methods : []
  switch (method?.kind) {
    case 'organization': {
      const stage: Stage = {
        kind: 'leaving',
        homeTenantId: asHome(method.homeTenantId),
        identifier,
        prompt: facts.prompt,
      }
      return { stage, because }
    }
    case 'passcode': {
      // Two screens at most between the mail and the application: the invitation's own address needs no asking.
      const stage: Stage =
        facts.byTicket && facts.clicked
          ? { kind: 'codeWanted', address: identifier, keeping: null, again: false }
          : { kind: 'offerPasscode', address: identifier, keeping: null, tooManySends: false }
      return { stage, because }
    }
    // Federations and social providers are not offered yet, so `decideProvider` is never told of one.
    case 'federation':
    case 'google':
    case 'microsoftAccount':
    case undefined:
      return facts.byTicket
        ? { stage: refused('noWayToSignIn', { identifier }), because }
        : { stage: { kind: 'identifier', identifier, error: 'noWayToSignIn' }, because }
  }
}

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

export interface AccessFacts {
  readonly admission: Admission
  readonly account: { readonly enabled: boolean; readonly userPrincipalName: string } | null
  readonly assignment: 'assigned' | 'missing'
  readonly clientKind: 'application' | 'tenant' | 'firstParty'
  readonly byTicket: boolean
  /** What was answered to "stay signed in?", now or once with "don't ask me again"; `null`: not asked yet. */
  readonly stay: 'yes' | 'no' | null
  /** Sessions from before do not count. In real time, as sessions are. */
  readonly sessionsValidFrom: Date
}

/** May the account go on to this application, and is there one more question? */
export function admit(facts: AccessFacts): Decision {
  const { admission, account } = facts
  const about = {
    identifier: account?.userPrincipalName ?? null,
    userId: admission.userId,
    homeTenantId: admission.homeTenantId,
  }
  // Told only now: before the proof nobody learns what exists.
  if (account === null || !account.enabled) {
    return decided(refused('accountDisabled', about), 'USR-1', 'The account is blocked.')
  }
  if (facts.assignment === 'missing') {
    return decided(refused('notAssigned', about), 'GRA-59', 'The application is for assigned people only.')
  }
  if (mayStay(facts) && facts.stay === null) {
    return decided({ kind: 'staySignedIn', admission }, 'SES-1', 'A password was typed.')
  }
  return decided(
    {
      kind: 'finished',
      result: {
        kind: 'signedIn',
        admission,
        notBefore: facts.sessionsValidFrom,
        remember: mayStay(facts) && facts.stay === 'yes',
      },
    },
    'SES-1',
    'Nothing is left to ask.',
  )
}

/**
 * "Stay signed in?" is for those who have a password here. A guest's session is as long as the home tenant's is
 * good for, or a day after a passcode (OTP-3); and nothing stands between an invitation and its application.
 */
const mayStay = ({ admission, clientKind, byTicket }: AccessFacts): boolean =>
  admission.provenBy === 'password' && clientKind !== 'tenant' && !byTicket
