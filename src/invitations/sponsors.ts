import type { Caller, Refusal } from './model.ts'
import { absent, badRequest } from './refusal.ts'

/** SPO-1. */
export const MOST_SPONSORS = 5

/** What each id in `invitedUserSponsors` leads to; an id that leads nowhere is not in the map. */
export type SponsorFacts = ReadonlyMap<string, 'user' | 'group' | 'other'>

export interface Sponsors {
  readonly outcome: 'chosen'
  /** To be added to those that the guest has. */
  readonly ids: readonly string[]
}

/**
 * Who answers for the guest. Asked for: those (SPO-1). Not asked for: whoever invites a new guest, but no application
 * and nobody for a guest who is here already (SPO-2).
 */
export function chooseSponsors(
  asked: readonly string[],
  facts: SponsorFacts,
  caller: Caller,
  guest: { readonly isNew: boolean; readonly sponsorIds: readonly string[] },
): Sponsors | Refusal {
  for (const id of asked) {
    const type = facts.get(id)
    if (type === undefined) return absent('SPO-1', id, 'invitedUserSponsors')
    if (type === 'other') {
      return badRequest(
        'SPO-1',
        `Only users and groups can be sponsors; '${id}' is neither.`,
        'invitedUserSponsors',
      )
    }
  }
  const byDefault = guest.isNew && caller.kind === 'user' ? [caller.userId] : []
  const ids = new Set(asked.length > 0 ? asked : byDefault)
  const fresh = [...ids].filter((id) => !guest.sponsorIds.includes(id))
  if (guest.sponsorIds.length + fresh.length > MOST_SPONSORS) {
    return badRequest('SPO-1', `A user has at most ${MOST_SPONSORS} sponsors.`, 'invitedUserSponsors')
  }
  return { outcome: 'chosen', ids: fresh }
}
