import type { ObjectIdentity } from '../../directory/index.ts'
import type { LegRequest } from '../../federation/index.ts'
import type { ProviderDecision } from '../../invitations/index.ts'
import { asHome } from '../../platform/ids.ts'
import { type Decision, decided, refused } from './decision.ts'
import type { Stage } from './model.ts'

export interface RealmFacts {
  /** Trimmed. */
  readonly identifier: string
  /** How the home tenant is to ask, if it comes to that. */
  readonly prompt: LegRequest['prompt']
  readonly clientKind: 'application' | 'tenant' | 'firstParty'
  /** Came by an invitation's link. */
  readonly byTicket: boolean
  /** A browser shows the page, so that a mail scanner that follows links causes no mail. */
  readonly inBrowser: boolean
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
        facts.byTicket && facts.inBrowser
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
