import type { AddressKind, ExternalUserState, UserType } from '../directory/index.ts'
import type { ErrorKind, Reason } from '../platform/errors.ts'
import type { HomeTenantId, ResourceTenantId } from '../platform/ids.ts'

/** Who asks for an invitation. Permissions are settled before rules run; what they change is a fact here. */
export type Caller =
  | {
      readonly kind: 'user'
      readonly userId: string
      readonly displayName: string
      /** In this tenant; without it nobody can answer to the invitation mail (INV-13). */
      readonly mail: string | null
      readonly userType: UserType
      /** Template ids of the directory roles held now (GRA-62). */
      readonly directoryRoles: ReadonlySet<string>
      /** The token satisfies `User.ReadWrite.All` (INV-5, RST-4). */
      readonly mayWriteUsers: boolean
    }
  | {
      readonly kind: 'application'
      readonly appId: string
      readonly displayName: string
      readonly mayWriteUsers: boolean
    }

/**
 * What an invitation is at this moment. `expired` is never stored: `stateAt` derives it, so that a longer lifetime
 * or a moved clock needs no repair of rows.
 */
export type InvitationState =
  | {
      readonly kind: 'pendingAcceptance'
      /** Of its newest ticket; null: never (INV-11). */
      readonly expiresAt: Date | null
    }
  | { readonly kind: 'completed'; readonly at: Date; readonly how: Completion }
  | { readonly kind: 'revoked'; readonly at: Date; readonly byId: string }
  /** A later reset of the same guest ended it (INV-8, RST-2). */
  | { readonly kind: 'superseded'; readonly at: Date }
  | { readonly kind: 'expired'; readonly at: Date }

/** `automatic`: both tenants agreed to skip consent (RED-15). `alreadyAccepted`: the guest was in before (INV-8). */
export type Completion = 'redeemed' | 'automatic' | 'alreadyAccepted'

/** What redemption will do to the user object. */
export type Purpose = 'newGuest' | 'pendingGuest' | 'acceptedGuest' | 'conversion' | 'reset'

/** An offer of access to one address, for one user object that exists already (INV-1). */
export interface Invitation {
  readonly id: string
  readonly tenantId: ResourceTenantId
  readonly invitedUserId: string
  /** As in `invitedUserEmailAddress`, the domain in ASCII form. */
  readonly address: string
  readonly redirectUrl: string
  readonly purpose: Purpose
  readonly invitedAt: Date
  /** The inviting user or service principal. */
  readonly inviterId: string
  readonly state: InvitationState
}

/** One mailed secret. Several may lead to one invitation; each keeps its own end (INV-8, INV-11). */
export interface Ticket {
  readonly invitationId: string
  readonly issuedAt: Date
  readonly expiresAt: Date | null
}

/** A user of this tenant, as far as invitations look at it. */
export interface AccountFacts {
  readonly kind: 'user'
  readonly id: string
  /** Where credentials live; says nothing about `userType` (USR-1). */
  readonly origin: 'internal' | 'external'
  readonly userType: UserType
  /** Null: never invited. */
  readonly externalUserState: ExternalUserState | null
  readonly accountEnabled: boolean
  readonly mail: string | null
  readonly otherMails: readonly string[]
  readonly preferredLanguage: string | null
  /** Set by a conversion from external to internal (CNV-4). */
  readonly convertedToInternalAt: Date | null
  readonly onPremisesUserPrincipalName: string | null
  readonly directoryRoles: 'none' | 'ordinary' | 'privileged'
  readonly sponsorIds: readonly string[]
}

/** Somebody or something that holds the invited address already. */
export type AddressHolder =
  | { readonly account: AccountFacts; readonly uses: readonly AddressKind[] }
  | { readonly account: { readonly kind: 'contact'; readonly id: string } }

/** An address that a redeeming account says it has, and where it says so. */
export interface ClaimedAddress {
  readonly address: string
  readonly from: 'userPrincipalName' | 'mail' | 'proxyAddress' | 'emailClaim'
}

/** Who came to redeem, as authenticated. */
export type Redeemer =
  | {
      readonly kind: 'organization'
      readonly homeTenantId: HomeTenantId
      readonly homeObjectId: string
      /** Only addresses in these can be vouched for by the home tenant (RED-10). */
      readonly homeVerifiedDomains: readonly string[]
      readonly addresses: readonly ClaimedAddress[]
    }
  | {
      /** A SAML or WS-Fed federation, or an OpenID provider that is set up for certain domains. */
      readonly kind: 'federation'
      readonly issuer: string
      readonly subject: string
      readonly domains: readonly string[]
      readonly address: string
    }
  | {
      /** Google, a Microsoft account, or another provider without domains. */
      readonly kind: 'social'
      readonly issuer: string
      readonly subject: string
      readonly address: string
      readonly addressIsVerified: boolean
    }
  | {
      /** Somebody who entered the code that was mailed to this address. */
      readonly kind: 'passcode'
      readonly address: string
    }

/**
 * A rule said no. `code` and `kind` are what the API answers; `because` goes to the audit log and the explain page.
 * Only the first failure counts (INV-2).
 */
export type Refusal = {
  readonly outcome: 'refused'
  readonly code: string
  /** Says what to do next; English, for developers (GRA-10). */
  readonly message: string
  /** The property of the request that was wrong. */
  readonly target: string | null
  readonly because: readonly Reason[]
} & (
  | { readonly kind: Extract<ErrorKind, 'invalid' | 'forbidden' | 'preconditionFailed' | 'conflict'> }
  | { readonly kind: 'notFound'; readonly missingId: string }
)

export type Verdict = { readonly outcome: 'allowed'; readonly because: readonly Reason[] } | Refusal

/** An answer of a module that knows more: domain list (COL) or cross-tenant policy (EVAL-4). */
export type InjectedDecision =
  | { readonly outcome: 'allowed'; readonly because: readonly Reason[] }
  | { readonly outcome: 'blocked'; readonly because: readonly Reason[] }

/** What stands in for a policy that does not exist yet. */
export const nothingBlocks: InjectedDecision = { outcome: 'allowed', because: [] }
