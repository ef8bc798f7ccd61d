import type { Redemption, RedemptionConfiguration } from '../../invitations/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import type { Deployment } from '../../platform/deployment.ts'
import type { Fetch } from '../../platform/http/in-process-fetch.ts'
import type { Language } from '../../platform/pages/index.ts'
import type { PasswordHasher } from '../../platform/passwords.ts'
import type { TenantPort } from '../../tenants/index.ts'

/** Queues the mail with a code, in the transaction that made the code. */
export type MailPasscode = (
  ctx: Context,
  tx: Tx,
  mail: {
    readonly address: string
    readonly code: string
    readonly expiresAt: Date
    readonly language: Language
  },
) => Promise<void>

/** What the tenant has decided about ways to sign in. */
export interface SignInPolicies {
  /** OTP-1. */
  passcodesEnabled(ctx: Context): Promise<boolean>
  /** RED-7. */
  redemptionConfiguration(ctx: Context): Promise<RedemptionConfiguration>
}

/** All that sign-in needs of the rest; given by `server.ts`. */
export interface SignInDependencies {
  readonly deployment: Deployment
  readonly port: TenantPort
  readonly hasher: PasswordHasher
  /** Reaches home tenants: in process those of this deployment. */
  readonly fetch: Fetch
  readonly redemption: Redemption
  readonly mailPasscode: MailPasscode
  readonly policies: SignInPolicies
}
