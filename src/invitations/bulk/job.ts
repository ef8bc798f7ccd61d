import { z } from 'zod'
import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { XeniaError } from '../../platform/errors.ts'
import { defineJob, enqueue, type Job } from '../../platform/jobs/index.ts'
import { type FindCaller, remembering } from '../caller.ts'
import type { InvitationDependencies } from '../dependencies.ts'
import type { HomeLanguages } from '../home-language.ts'
import type { InvitationRequest } from '../request-rules.ts'
import { askOutside, inviteInside, repeatLostRaces } from '../service.ts'
import type { BulkInvitations, WaitingRow } from './model.ts'
import { callerOf } from './service.ts'
import * as store from './store.ts'

export const bulkPayload = z.object({ bulkId: z.guid() })

/** Rows of one run. Then the job makes room for others and goes on in a run of its own. */
const ROWS_PER_RUN = 500
/** Transactions at the same time: the rest of the pool is for people who wait for a page. */
const AT_ONCE = 3
/** Faults of ours (not refusals) after which a row is reported instead of tried again. */
const MOST_FAULTS = 5

/**
 * Invites the waiting rows of an upload. Row, guest, invitation and mail are one transaction each, so a program that is
 * killed in the middle leaves every row either done or waiting, and the next run goes on with those that wait.
 */
export function bulkJob(dependencies: InvitationDependencies): Job<typeof bulkPayload> {
  const job = defineJob({
    name: 'invitations.bulk',
    schema: bulkPayload,
    maxAttempts: 25,
    async run(jobContext, { payload, signal }) {
      const bulk = await jobContext.db.transaction((tx) => store.findBulk(tx, payload.bulkId))
      if (bulk === null || bulk.finishedAt !== null) return
      // Who uploaded the file did what its rows do.
      const ctx: Context = { ...jobContext, actor: bulk.actor }
      const rows = await ctx.db.transaction((tx) => store.listWaitingRows(tx, bulk.id, ROWS_PER_RUN))
      const findCaller = remembering(callerOf(bulk.submitter), ctx.clock)
      const desk: Desk = { dependencies, ctx, bulk, findCaller, languages: new Map() }
      const queue = rows.values()
      const work = async () => {
        for (const row of queue) {
          if (signal.aborted) return
          await workOnRow(desk, row)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      signal.throwIfAborted()
      await ctx.db.transaction(async (tx) => {
        if (await store.finish(tx, bulk.id, ctx.clock.now())) await recordEnd(ctx, tx, bulk)
        else await enqueue(tx, ctx, job, payload)
      })
    },
  })
  return job
}

interface Desk {
  readonly dependencies: InvitationDependencies
  readonly ctx: Context
  readonly bulk: BulkInvitations
  readonly findCaller: FindCaller
  /** Home tenants are asked once for a run, not once for a row. */
  readonly languages: HomeLanguages
}

async function workOnRow(desk: Desk, row: WaitingRow): Promise<void> {
  const { dependencies, ctx, bulk, findCaller, languages } = desk
  const request = requestOf(row)
  try {
    const outside = await askOutside(dependencies, ctx, request, languages)
    await repeatLostRaces(() =>
      ctx.db.transaction(async (tx) => {
        // Somebody else may have done it, or be at it: this job can run twice when a node is taken for dead.
        if (!(await store.lockWaitingRow(tx, bulk.id, row.row))) return
        const { invitation, user } = await inviteInside(dependencies, ctx, tx, findCaller, request, outside)
        await store.endRow(
          tx,
          bulk.id,
          row.row,
          {
            state: invitation.state.kind === 'completed' ? 'alreadyAccepted' : 'invited',
            invitationId: invitation.id,
            invitedUserId: user.id,
          },
          ctx.clock.now(),
        )
      }),
    )
  } catch (error) {
    await reportFailure(desk, row, error)
  }
}

/** Nothing of the row was kept. A refusal is its result; a fault of ours is tried again, but not for ever. */
async function reportFailure({ ctx, bulk }: Desk, row: WaitingRow, error: unknown): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const isRefusal = error instanceof XeniaError && error.kind !== 'unavailable'
    if (!isRefusal) {
      ctx.log.error({ error, bulkId: bulk.id, row: row.row }, 'a row could not be invited')
      if ((await store.countFault(tx, bulk.id, row.row)) < MOST_FAULTS) return
    }
    const reason = isRefusal
      ? error.message
      : 'An internal error kept coming back. Upload this row again later.'
    await store.endRow(tx, bulk.id, row.row, { state: 'failed', reason }, ctx.clock.now())
  })
}

const requestOf = (row: WaitingRow): InvitationRequest => ({
  invitedUserEmailAddress: row.address,
  inviteRedirectUrl: row.redirectUrl,
  invitedUserDisplayName: null,
  invitedUserType: 'Guest',
  sendInvitationMessage: row.sendsMail,
  ccRecipients: [],
  customizedMessageBody: row.customMessage,
  messageLanguage: null,
  resetRedemption: false,
  invitedUserId: null,
  sponsorIds: [],
})

async function recordEnd(ctx: Context, tx: Tx, bulk: BulkInvitations): Promise<void> {
  const counts = await store.countRows(tx, bulk.id)
  await recordAudit(ctx, tx, {
    activity: 'Bulk invite users - finished (bulk)',
    category: 'UserManagement',
    operationType: 'Other',
    service: 'Management UX',
    targets: [{ id: bulk.id, type: 'Other', displayName: bulk.fileName }],
    details: Object.entries(counts).map(([key, value]) => ({ key, value: String(value) })),
  })
}
