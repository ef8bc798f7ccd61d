import type { ProvenPerson } from '../federation/index.ts'
import type { Context } from '../platform/context.ts'

/** What a mailed ticket offers. Reading it never uses it up. */
export type OpenedTicket =
  /** Tampered, foreign, revoked, deleted: none may be told apart. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'expired'; readonly inviterContact: string | null }
  /** RED-13: on to the application. */
  | { readonly outcome: 'accepted'; readonly redirectUrl: string }
  | {
      readonly outcome: 'open'
      readonly address: string
      readonly invitedUserId: string
      readonly redirectUrl: string
    }

/** What redeeming would come to for this person at this moment. */
export type RedemptionJudgement =
  | { readonly outcome: 'accept'; readonly invitedUserId: string; readonly inviterName: string | null }
  | { readonly outcome: 'alreadyAccepted'; readonly redirectUrl: string | null }
  /** RED-10: the account does not have the invited address. */
  | { readonly outcome: 'wrongAccount'; readonly address: string; readonly mayProve: boolean }
  | {
      readonly outcome: 'unavailable'
      readonly reason: 'expired' | 'unknown'
      readonly inviterContact: string | null
    }
  /** RED-11, INV-10. */
  | { readonly outcome: 'blocked'; readonly by: 'account' | 'domainList' | 'crossTenant' }
  /** Without a ticket: no pending guest is meant by this person (RED-3). */
  | { readonly outcome: 'nobody' }

export interface RedemptionRequest {
  readonly person: ProvenPerson
  /** `null`: a direct link (RED-1). */
  readonly ticket: string | null
  /** Addresses whose mailbox the same browser proved in this sign-in. */
  readonly provedAddresses: readonly string[]
}

/** What sign-in asks of invitations, in its own words. */
export interface Redemption {
  openTicket(ctx: Context, ticket: string): Promise<OpenedTicket>
  judge(ctx: Context, request: RedemptionRequest): Promise<RedemptionJudgement>
  /**
   * RED-14, all in one transaction and judged once more inside it. Anything but `accepted` has changed nothing.
   * Of many at the same time one is told `accepted`, the others `alreadyAccepted`.
   */
  redeem(
    ctx: Context,
    request: RedemptionRequest & { readonly invitedUserId: string },
  ): Promise<{ readonly outcome: 'accepted' } | RedemptionJudgement>
}
