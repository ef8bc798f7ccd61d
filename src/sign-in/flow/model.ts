import type { LegRequest, LegState, ProvenPerson } from '../../federation/index.ts'
import type { HomeTenantId } from '../../platform/ids.ts'
import type { IdentifierError, PasscodeError, PasswordError } from '../pages/index.ts'

/** Whom a sign-in came to, and what proved it. */
export interface Admission {
  readonly userId: string
  /** RFC 8176, for `amr` and the log. */
  readonly methods: readonly string[]
  readonly provenBy: 'password' | ProvenPerson['kind']
  /** Where the account lives; `null` when it is no organisation's (passcode). */
  readonly homeTenantId: string | null
  /** A pending guest accepted on the way (RED-14). */
  readonly redeemed: boolean
}

/** Why somebody is sent away. Each has its AADSTS code and its words (`refusals.ts`). */
export type RefusalKind =
  | 'notHere'
  | 'accountDisabled'
  | 'notAssigned'
  | 'noWayToSignIn'
  | 'homeSilent'
  | 'homeNotBelieved'
  | 'homeDeclined'
  | 'blockedAtHome'
  | 'blockedHere'

/** A stage that needs no page: the dispatcher looks up what its rule asks for and goes on. */
export type PassingStage =
  | { readonly kind: 'begun' }
  /** Somebody is named, by hand, by the application or by an invitation; where do they sign in? */
  | { readonly kind: 'named'; readonly identifier: string; readonly prompt: LegRequest['prompt'] }
  /** To be sent to the home tenant. */
  | {
      readonly kind: 'leaving'
      readonly homeTenantId: HomeTenantId
      readonly identifier: string
      readonly prompt: LegRequest['prompt']
    }
  /** A code is to be mailed; `keeping` waits for the proof that the mailbox is theirs too (RED-10). */
  | {
      readonly kind: 'codeWanted'
      readonly address: string
      readonly keeping: ProvenPerson | null
      readonly again: boolean
    }
  /** Back from the home tenant, or a code was right; which account is it? */
  | {
      readonly kind: 'proven'
      readonly person: ProvenPerson
      /** What was typed, and how the home tenant was asked: somebody else may have come back. */
      readonly asked: { readonly identifier: string; readonly prompt: LegRequest['prompt'] } | null
      readonly provedAddresses: readonly string[]
    }
  /** Back from the home tenant without a proof. */
  | {
      readonly kind: 'turnedAway'
      readonly why: RefusalKind
      readonly identifier: string
      readonly homeTenantId: string
    }
  | {
      readonly kind: 'admitted'
      readonly admission: Admission
      /** The answer to "stay signed in?"; `null`: not asked yet. */
      readonly stay: 'yes' | 'no' | null
    }

/** A stage in which the browser waits for the person, or has been sent on. */
export type SettledStage =
  | { readonly kind: 'pickAccount' }
  | { readonly kind: 'identifier'; readonly identifier: string; readonly error: IdentifierError | null }
  | { readonly kind: 'password'; readonly identifier: string; readonly error: PasswordError | null }
  | { readonly kind: 'locked'; readonly identifier: string; readonly until: Date }
  | {
      readonly kind: 'newPassword'
      readonly identifier: string
      readonly admission: Admission
      readonly error: NewPasswordError | null
    }
  | {
      readonly kind: 'offerPasscode'
      readonly address: string
      readonly keeping: ProvenPerson | null
      readonly tooManySends: boolean
    }
  | {
      readonly kind: 'enterPasscode'
      readonly address: string
      readonly keeping: ProvenPerson | null
      readonly error: PasscodeError | null
      readonly resend: 'none' | 'sent' | 'tooMany'
    }
  | {
      readonly kind: 'atHome'
      readonly leg: LegState
      readonly identifier: string
      readonly prompt: LegRequest['prompt']
    }
  /** The answer of the home tenant is being redeemed; if that is cut short, the person begins again. */
  | { readonly kind: 'returning'; readonly identifier: string }
  | {
      readonly kind: 'wrongAccount'
      /** Signed in to this tenant, or to the home tenant that was asked. */
      readonly at: 'thisTenant' | 'home'
      readonly current: { readonly displayName: string | null; readonly identifier: string }
      readonly invitedAddress: string
      /** Who may keep their account by proving the mailbox; `null` when nobody may. */
      readonly provable: ProvenPerson | null
    }
  | {
      readonly kind: 'review'
      readonly person: ProvenPerson
      readonly invitedUserId: string
      readonly inviterName: string | null
      readonly provedAddresses: readonly string[]
    }
  | { readonly kind: 'staySignedIn'; readonly admission: Admission }
  | { readonly kind: 'consent' }
  | {
      readonly kind: 'unavailable'
      readonly reason: 'expired' | 'unknown'
      readonly inviterContact: string | null
    }
  | {
      readonly kind: 'refused'
      readonly why: RefusalKind
      readonly identifier: string | null
      readonly userId: string | null
      readonly homeTenantId: string | null
    }
  /** The end here: what the engine is told. */
  | { readonly kind: 'finished'; readonly result: FinishedResult }
  /** RED-13: the invitation was accepted before; on to where it leads. */
  | { readonly kind: 'left'; readonly url: string }

export type FinishedResult =
  | {
      readonly kind: 'signedIn'
      readonly admission: Admission
      /** The session must not look older than this. */
      readonly notBefore: Date
      readonly remember: boolean
    }
  /** The account that was signed in already is the one. */
  | { readonly kind: 'sessionKept' }
  | { readonly kind: 'consented' }
  | {
      readonly kind: 'denied'
      readonly code: number
      /** Who declined, where they had said who they are. */
      readonly userId: string | null
    }

export type NewPasswordError = 'empty' | 'mismatch' | 'unchanged' | 'weak'

export type Stage = PassingStage | SettledStage

/** One way through the pages, as stored. */
export interface Attempt {
  /** Digest of the interaction's id. */
  readonly id: string
  readonly version: number
  readonly correlationId: string
  readonly stage: Stage
}
