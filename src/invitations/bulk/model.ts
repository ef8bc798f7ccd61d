import type { Actor } from '../../platform/context.ts'

/** Who uploaded a file. Their rights are read again when a row's turn comes. */
export type Submitter =
  | { readonly kind: 'user'; readonly userId: string; readonly mayWriteUsers: boolean }
  | {
      readonly kind: 'application'
      readonly appId: string
      readonly displayName: string | null
      readonly mayWriteUsers: boolean
    }

export interface BulkInvitations {
  readonly id: string
  readonly fileName: string | null
  readonly submittedAt: Date
  readonly submitter: Submitter
  readonly actor: Actor
  readonly rowCount: number
  /** Null: rows are still to be done. */
  readonly finishedAt: Date | null
}

/** `waiting` becomes one of the others exactly once, in the transaction that invites. */
export type RowState = 'waiting' | 'invited' | 'alreadyAccepted' | 'failed'

export interface NewRow {
  readonly row: number
  readonly line: number
  readonly address: string
  readonly redirectUrl: string | null
  readonly sendsMail: boolean | null
  readonly customMessage: string | null
  /** All that is wrong with a row that cannot be invited; null: it waits for its turn. */
  readonly reason: string | null
}

export interface WaitingRow {
  readonly row: number
  readonly address: string
  readonly redirectUrl: string | null
  readonly sendsMail: boolean
  readonly customMessage: string | null
}

/** How many rows are in each state. */
export type RowCounts = Readonly<Record<RowState, number>>
