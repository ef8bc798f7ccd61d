import type { Reason } from '../platform/errors.ts'
import type { AccountFacts, AddressHolder, Refusal } from './model.ts'
import { badRequest, preconditionFailed } from './refusal.ts'

export interface WeighedUser {
  readonly account: AccountFacts
  /** Of the strongest way in which the address leads to the user; smaller is stronger (RED-3). */
  readonly weight: number
}

const OTHER = 2
const weights = { upn: 0, proxy: 0, mail: 1, other: OTHER } as const

const usersAmong = (holders: readonly AddressHolder[]): readonly WeighedUser[] =>
  holders.flatMap((holder) =>
    'uses' in holder
      ? [{ account: holder.account, weight: Math.min(...holder.uses.map((use) => weights[use])) }]
      : [],
  )

/** Strongest first; equals by id. */
export const guestsAmong = (holders: readonly AddressHolder[]): readonly WeighedUser[] =>
  usersAmong(holders)
    .filter(({ account }) => account.origin === 'external')
    .toSorted((one, other) => one.weight - other.weight || (one.account.id < other.account.id ? -1 : 1))

/** INV-10. */
export function refuseUnusable(account: AccountFacts): Refusal | null {
  if (!account.accountEnabled) {
    return preconditionFailed(
      'INV-10',
      `The account '${account.id}' with this address is blocked. Enable it first.`,
    )
  }
  if (account.convertedToInternalAt !== null) {
    return preconditionFailed('INV-10', `The account '${account.id}' was converted to an internal user.`)
  }
  return null
}

/** INV-9, USR-4: an internal user has the address. A private address for recovery (`otherMails`) does not count. */
export function refuseLocalUser(holders: readonly AddressHolder[]): Refusal | null {
  const locals = usersAmong(holders).filter(
    ({ account, weight }) => account.origin === 'internal' && weight < OTHER,
  )
  // The smallest id, so that the answer does not depend on the order of rows.
  const [local] = locals.toSorted((one, other) => (one.account.id < other.account.id ? -1 : 1))
  if (local === undefined) return null
  return (
    refuseUnusable(local.account) ??
    badRequest(
      'INV-9',
      `A user of this organization has this address: object id '${local.account.id}'. Send it as invitedUser.id to let that person sign in from outside.`,
      'invitedUserEmailAddress',
    )
  )
}

/** One address cannot lead two people in (USR-4). */
export function refuseOtherHolder(holders: readonly AddressHolder[], exceptId: string): Refusal | null {
  const others = usersAmong(holders).filter(
    ({ account, weight }) => account.id !== exceptId && weight < OTHER,
  )
  const [other] = others.toSorted((one, next) => (one.account.id < next.account.id ? -1 : 1))
  return other === undefined
    ? null
    : badRequest(
        'USR-4',
        `User '${other.account.id}' has this address, too. Remove it there first.`,
        'invitedUserEmailAddress',
      )
}

export type GuestMatch =
  | { readonly outcome: 'matched'; readonly account: AccountFacts; readonly because: readonly Reason[] }
  /** The "not in this tenant" page; `because` says whether nobody or too many were found. */
  | { readonly outcome: 'notHere'; readonly because: readonly Reason[] }

/** RED-3: whom a typed address means on a direct link. `holders` are those of that address. */
export function matchGuest(holders: readonly AddressHolder[]): GuestMatch {
  const [first, second] = guestsAmong(holders)
  if (first === undefined)
    return { outcome: 'notHere', because: [{ rule: 'RED-3', message: 'No guest has the address.' }] }
  if (second !== undefined && first.weight === second.weight) {
    const message = `Guests '${first.account.id}' and '${second.account.id}' both have the address.`
    return { outcome: 'notHere', because: [{ rule: 'RED-3', message }] }
  }
  return {
    outcome: 'matched',
    account: first.account,
    because: [{ rule: 'RED-3', message: 'A guest has the address.' }],
  }
}
