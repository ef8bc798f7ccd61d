import type { NewGuest } from '../directory/index.ts'
import type { LanguageWishes } from './message-rules.ts'
import type { AccountFacts, AddressHolder, Caller, InjectedDecision } from './model.ts'
import type { CheckedRequest, InvitationRequest } from './request-rules.ts'
import type { SponsorFacts } from './sponsors.ts'
import type { InvitePolicy } from './who-may-invite.ts'

/** All that the decision looks at, loaded beforehand and in one transaction. */
export interface InvitationFacts {
  readonly caller: Caller
  readonly request: InvitationRequest
  /** Of the same request, by `checkRequest`. */
  readonly checked: CheckedRequest
  readonly policy: InvitePolicy
  /** Of this tenant, lower case and in ASCII form. */
  readonly verifiedDomains: ReadonlySet<string>
  /** Everybody and everything here that holds the address; none of them deleted. */
  readonly holders: readonly AddressHolder[]
  /** Behind `invitedUser.id`: null when none was sent, `absent` when it leads to no user of this tenant. */
  readonly named: AccountFacts | 'absent' | null
  readonly sponsors: SponsorFacts
  readonly domainList: InjectedDecision
  readonly crossTenant: InjectedDecision
  readonly unsubscribed: boolean
  readonly automaticRedemption: boolean
  /** The guest's own wish is taken from the account. */
  readonly languages: Omit<LanguageWishes, 'message' | 'guest'>
}

/** What is to be done to the directory. */
export type Effect =
  | { readonly kind: 'createGuest'; readonly guest: NewGuest }
  /** A fresh ticket; older ones go on working (INV-8). */
  | { readonly kind: 'inviteAgain'; readonly userId: string }
  /** Nothing: the invitation is born `Completed` (INV-8). */
  | { readonly kind: 'alreadyAccepted'; readonly userId: string }
  /** Takes effect at redemption (CNV-1). */
  | { readonly kind: 'convert'; readonly userId: string }
  /** Back to pending, external identities cleared, sessions revoked, older tickets superseded (RST-2). */
  | { readonly kind: 'reset'; readonly userId: string }
