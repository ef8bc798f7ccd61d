import type { Reason } from '../platform/errors.ts'
import { sameMailbox } from './address.ts'
import { guestsAmong, refuseLocalUser, refuseOtherHolder, refuseUnusable } from './address-holders.ts'
import type { Effect, InvitationFacts } from './invitation-facts.ts'
import type { AccountFacts, Refusal, Verdict } from './model.ts'
import { absent, badRequest, isRefusal } from './refusal.ts'
import { mayChangeSignInOf, mayConvert } from './who-may-invite.ts'

/** What the directory holds for this address, and so what inviting it means. */
export interface Found {
  readonly outcome: 'found'
  readonly effect: Effect
  /** Null: not there yet. */
  readonly account: AccountFacts | null
  readonly because: readonly Reason[]
}

const found = (effect: Effect, account: AccountFacts | null, rule: string, message: string): Found => ({
  outcome: 'found',
  effect,
  account,
  because: [{ rule, message }],
})

/** INV-2, "conflicts": a new guest, one who is here already, or somebody whom it must not touch. */
export function judgeConflicts(facts: InvitationFacts): Found | Refusal {
  const { named, holders, request, checked } = facts
  if (named !== null) return judgeNamed(facts, named)
  const local = refuseLocalUser(holders)
  if (local !== null) return local

  const [first, second] = guestsAmong(holders)
  if (first === undefined) {
    const isOnContact = holders.some((holder) => holder.account.kind === 'contact')
    const name = request.invitedUserDisplayName?.trim() ?? ''
    const guest = {
      address: checked.address.text,
      // The directory falls back to the part before the '@'.
      displayName: name === '' ? null : name,
      userType: request.invitedUserType,
      // USR-3: a proxy address leads to one object only. The guest is still found by mail.
      ownsAddress: !isOnContact,
    }
    const effect = { kind: 'createGuest', guest } as const
    return isOnContact
      ? found(
          effect,
          null,
          'USR-3',
          'Nobody here has the address but a contact, who keeps it as proxy address.',
        )
      : found(effect, null, 'INV-1', 'Nobody here has the address.')
  }
  if (second !== undefined && first.weight === second.weight) {
    return badRequest(
      'INV-8',
      `Guests '${first.account.id}' and '${second.account.id}' both have this address. Remove it from one of them.`,
      'invitedUserEmailAddress',
    )
  }
  return judgeGuest(first.account)
}

/** INV-8, USR-4: the guest who has the address is the guest who is invited. */
function judgeGuest(account: AccountFacts): Found | Refusal {
  const unusable = refuseUnusable(account)
  if (unusable !== null) return unusable
  return account.externalUserState === 'PendingAcceptance'
    ? found({ kind: 'inviteAgain', userId: account.id }, account, 'INV-8', 'The guest exists and is pending.')
    : found(
        { kind: 'alreadyAccepted', userId: account.id },
        account,
        'INV-8',
        'The guest exists and has accepted.',
      )
}

/** CNV-1, CNV-2: an internal user is asked to sign in from outside. A guest may also be named by id. */
function judgeNamed(facts: InvitationFacts, named: AccountFacts | 'absent'): Found | Refusal {
  const { caller, holders, request, checked } = facts
  if (named === 'absent') return absent('GRA-12', request.invitedUserId ?? '', 'invitedUser')
  const { address } = checked
  if (named.origin === 'external') {
    if (holders.some((holder) => holder.account.id === named.id)) return judgeGuest(named)
    return badRequest(
      'RST-3',
      `User '${named.id}' does not have this address. To change a guest's address, add it to otherMails and send resetRedemption.`,
      'invitedUserEmailAddress',
    )
  }
  const refusal = refuseUnusable(named) ?? firstRefusal(mayConvert(caller), mayChangeSignInOf(caller, named))
  if (refusal !== null) return refusal
  if (named.mail === null || !sameMailbox(named.mail, address.text)) {
    return badRequest(
      'CNV-1',
      `invitedUserEmailAddress must equal the mail property of user '${named.id}'. Update it first.`,
      'invitedUserEmailAddress',
    )
  }
  if (named.onPremisesUserPrincipalName !== null) {
    return badRequest(
      'CNV-2',
      `User '${named.id}' has an onPremisesUserPrincipalName and cannot be converted.`,
      'invitedUser',
    )
  }
  return (
    refuseOtherHolder(holders, named.id) ??
    found({ kind: 'convert', userId: named.id }, named, 'CNV-1', 'An internal user with this mail was named.')
  )
}

/** RST-3, RST-5 and who may touch whom; RST-1 was part of the body, RST-4's caller one of the checks. */
export function judgeReset({ caller, holders, named, request, checked }: InvitationFacts): Found | Refusal {
  if (named === 'absent' || named === null)
    return absent('GRA-12', request.invitedUserId ?? '', 'invitedUser')
  if (named.externalUserState === null) {
    return badRequest(
      'RST-5',
      `User '${named.id}' was never invited: there is no redemption to reset.`,
      'invitedUser',
    )
  }
  const refusal = refuseUnusable(named) ?? firstRefusal(mayChangeSignInOf(caller, named))
  if (refusal !== null) return refusal
  const known = [named.mail, ...named.otherMails]
  if (!known.some((mail) => mail !== null && sameMailbox(mail, checked.address.text))) {
    return badRequest(
      'RST-3',
      `The new address must be in mail or otherMails of user '${named.id}'. Add it first; mail is recommended.`,
      'invitedUserEmailAddress',
    )
  }
  return (
    refuseOtherHolder(holders, named.id) ??
    found(
      { kind: 'reset', userId: named.id },
      named,
      'RST-2',
      'The user was invited before and has this address.',
    )
  )
}

const firstRefusal = (...verdicts: readonly Verdict[]): Refusal | null => verdicts.find(isRefusal) ?? null
