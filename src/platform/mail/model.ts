import type { Metrics } from '../telemetry/metrics.ts'

export interface Recipient {
  readonly address: string
  readonly name?: string | null
}

/** One mail to be sent. Both bodies are wanted: some people and all screen readers of old read the text. */
export interface Mail {
  /** What it is, for the outbox and the counters: 'invitation', 'passcode', … */
  readonly kind: string
  readonly to: readonly Recipient[]
  readonly cc?: readonly Recipient[]
  readonly replyTo?: Recipient
  /** Shown beside the deployment's sender address, e.g. `Contoso`. */
  readonly fromName?: string
  /** Kept in the outbox after sending, so nothing secret here: no code, no ticket. */
  readonly subject: string
  readonly html: string
  readonly text: string
  /** BCP 47, for `Content-Language`. */
  readonly language?: string
  /** Only `List-Unsubscribe`, `List-Unsubscribe-Post` and `X-…`; everything else is this module's. */
  readonly headers?: Readonly<Record<string, string>>
  /** After this moment it is not sent any more: an expired code would only confuse. */
  readonly usefulUntil?: Date
}

/** A row of the outbox as administrators may see it: who, what, when, and what became of it. Never the body. */
export type OutboxMessage = OutboxFacts &
  (
    | { readonly state: 'pending'; readonly lastError: string | null }
    | { readonly state: 'sent'; readonly sentAt: Date; readonly refusedAddresses: readonly string[] }
    | {
        readonly state: 'failed'
        readonly failedAt: Date
        readonly failure: Failure
        readonly lastError: string | null
      }
  )

export interface OutboxFacts {
  readonly id: string
  readonly kind: string
  readonly to: readonly Recipient[]
  readonly cc: readonly Recipient[]
  readonly subject: string
  readonly queuedAt: Date
  readonly attempts: number
}

/** `refused` by the mail server for good, `givenUp` after the last try, `outdated` before it could be sent. */
export type Failure = 'refused' | 'givenUp' | 'outdated'

/** The part of the program's metrics that mail counts into. */
export type MailMetrics = Pick<Metrics, 'countMail'>
