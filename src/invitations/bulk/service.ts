import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { enqueue, type Job } from '../../platform/jobs/index.ts'
import { callerOfApplication, callerOfPerson, type FindCaller } from '../caller.ts'
import { type BulkFile, type BulkRow, readBulkFile } from '../csv.ts'
import { bulkResults, bulkTemplate } from '../csv-writing.ts'
import type { InvitationDependencies } from '../dependencies.ts'
import { orThrow } from '../refusal.ts'
import { mayInvite } from '../who-may-invite.ts'
import type { bulkPayload } from './job.ts'
import type { BulkInvitations, NewRow, Submitter } from './model.ts'
import * as store from './store.ts'

export interface Upload {
  readonly csv: Uint8Array
  readonly fileName: string | null
}

/** Reads a file as `submitBulk` would, and invites nobody. */
export async function validateBulk(
  { policy }: Pick<InvitationDependencies, 'policy'>,
  ctx: Context,
  csv: Uint8Array,
): Promise<BulkFile> {
  const settings = await ctx.db.transaction((tx) => policy.settings(ctx, tx))
  return readBulkFile([csv], settings)
}

/**
 * Takes a file: its good rows are invited by a job, the bad ones are reported. 400 for a file that cannot be used,
 * 403 for somebody who may not invite; then nothing is stored.
 */
export async function submitBulk(
  dependencies: Pick<InvitationDependencies, 'policy'>,
  job: Job<typeof bulkPayload>,
  ctx: Context,
  submitter: Submitter,
  { csv, fileName }: Upload,
): Promise<BulkInvitations> {
  const file = await validateBulk(dependencies, ctx, csv)
  if (file.outcome === 'unusable') throw unusable(file.problem.message)
  const bulk: BulkInvitations = {
    id: ctx.ids.guid(),
    fileName: fileName === null || fileName === '' ? null : fileName.slice(0, 256),
    submittedAt: ctx.clock.now(),
    submitter,
    actor: ctx.actor,
    rowCount: file.rows.length,
    finishedAt: null,
  }
  await ctx.db.transaction(async (tx) => {
    const caller = await callerOf(submitter)(tx)
    orThrow(mayInvite(caller, await dependencies.policy.settings(ctx, tx)))
    await store.insertBulk(tx, ctx.tenantId, bulk, file.rows.map(storable))
    await enqueue(tx, ctx, job, { bulkId: bulk.id })
  })
  return bulk
}

const unusable = (message: string): Invalid =>
  new Invalid(message, { code: 'BadRequest', details: [{ code: 'BadRequest', message, target: 'csv' }] })

const storable = (row: BulkRow): NewRow => {
  const { place } = row
  return row.kind === 'invitation'
    ? {
        ...place,
        address: row.address.text,
        redirectUrl: row.redirectUrl,
        sendsMail: row.sendMessage,
        customMessage: row.customMessage,
        reason: null,
      }
    : {
        ...place,
        // What cannot be read may hold what PostgreSQL cannot.
        address: row.address.replaceAll('\0', '').toWellFormed(),
        redirectUrl: null,
        sendsMail: null,
        customMessage: null,
        reason: row.problems.map(({ message }) => message).join(' '),
      }
}

export const callerOf = (submitter: Submitter): FindCaller =>
  submitter.kind === 'user'
    ? callerOfPerson(submitter.userId, submitter.mayWriteUsers)
    : callerOfApplication(submitter)

/** 404 when this tenant has none such. */
export async function requireBulk(tx: Tx, id: string): Promise<BulkInvitations> {
  const bulk = isGuid(id) ? await store.findBulk(tx, id) : null
  if (bulk === null) throw new NotFound(id)
  return bulk
}

const RESULTS_AT_ONCE = 2_000

/** The result of every row, as a CSV file to keep. */
export async function bulkResultsCsv(ctx: Context, bulkId: string): Promise<string> {
  const results: store.RowResult[] = []
  for (;;) {
    const page = await ctx.db.transaction((tx) =>
      store.listRows(tx, bulkId, results.at(-1)?.row ?? 0, RESULTS_AT_ONCE),
    )
    results.push(...page)
    if (page.length < RESULTS_AT_ONCE) break
  }
  return bulkResults(
    results.map(({ row, line, address, state, invitedUserId, reason }) => ({
      place: { row, line },
      address,
      outcome: state,
      invitedUserId,
      reason: reason ?? '',
    })),
  )
}

/** The file to fill in; its example leads to an address that whoever fills it in replaces. */
export const bulkTemplateCsv = (): string => bulkTemplate('https://myapps.contoso.com')
