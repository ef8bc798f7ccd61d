import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { HomeTenantId } from '../platform/ids.ts'
import { defaultRedemptionConfiguration, type RedemptionConfiguration } from './identity-provider-order.ts'
import { type InjectedDecision, nothingBlocks } from './model.ts'
import type { InvitePolicy } from './who-may-invite.ts'

/** What a tenant has decided about invitations. */
export interface InvitationSettings extends InvitePolicy {
  /** INV-3. */
  readonly allowPlusAddressing: boolean
  /** OTP-1. */
  readonly passcodesEnabled: boolean
  /** INV-11; null: never. */
  readonly invitationLifetimeDays: number | null
  /** RED-7. */
  readonly redemption: RedemptionConfiguration
}

/** Where the tenant's decisions come from; passed in, since the modules that hold them know nothing of invitations. */
export interface InvitationPolicy {
  /** Read in the transaction that acts on it. */
  settings(ctx: Context, tx: Tx): Promise<InvitationSettings>
  /** COL: may people with addresses of this domain be invited, and redeem? In the same transaction. */
  judgeDomain(ctx: Context, tx: Tx, domain: string): Promise<InjectedDecision>
  /**
   * EVAL-4: may somebody with this address collaborate here? Asks the home tenant if need be, so never inside a
   * transaction. `homeTenantId` is null as long as nobody has proved where the account lives.
   */
  judgeCrossTenant(ctx: Context, about: CollaborationAttempt): Promise<InjectedDecision>
}

export interface CollaborationAttempt {
  readonly address: string
  readonly homeTenantId: HomeTenantId | null
  readonly homeObjectId: string | null
}

export const defaultSettings: InvitationSettings = {
  allowInvitesFrom: 'everyone',
  guestAccess: 'limited',
  allowPlusAddressing: false,
  passcodesEnabled: true,
  invitationLifetimeDays: null,
  redemption: defaultRedemptionConfiguration,
}

/** Entra's defaults: what holds in a tenant that has decided nothing. */
export const defaultInvitationPolicy: InvitationPolicy = {
  settings: async () => defaultSettings,
  judgeDomain: async () => nothingBlocks,
  judgeCrossTenant: async () => nothingBlocks,
}
