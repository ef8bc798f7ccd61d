import type { Clock } from './clock.ts'
import type { TenantDatabase } from './database/index.ts'
import type { Ids, TenantId } from './ids.ts'
import type { Logger } from './telemetry/log.ts'

/** Who acts: what `initiatedBy` of an audit record is made of. */
export type Actor =
  | {
      readonly kind: 'user'
      readonly userId: string
      readonly displayName: string | null
      readonly userPrincipalName: string | null
      readonly ipAddress: string | null
    }
  | {
      readonly kind: 'application'
      readonly appId: string
      readonly servicePrincipalId: string | null
      readonly displayName: string | null
    }
  /** The product itself: a job, the first run, the command line. `name` says which. */
  | { readonly kind: 'system'; readonly name: string }

/** One request or job, in exactly one tenant. Everything that is not data arrives through it. */
export interface Context {
  readonly tenantId: TenantId
  readonly db: TenantDatabase
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly actor: Actor
  /** One GUID for all records of one request, in every tenant that it touches. */
  readonly correlationId: string
}
