import type { FastifyReply } from 'fastify'
import { rolesOf } from '../../directory/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { NotFound } from '../../platform/errors.ts'
import type { Job } from '../../platform/jobs/index.ts'
import type { bulkPayload } from '../bulk/job.ts'
import type { BulkInvitations } from '../bulk/model.ts'
import { presentValidation } from '../bulk/present-validation.ts'
import { bulkResultsCsv, bulkTemplateCsv, requireBulk, submitBulk, validateBulk } from '../bulk/service.ts'
import { countRows, listBulksOf, listRows } from '../bulk/store.ts'
import { invitationReaders } from '../readers.ts'
import { CheckedPage, UploadedPage, UploadPage } from './bulk.tsx'
import { ProblemPage } from './problem.tsx'
import type { InvitationPageDependencies } from './signed-in.ts'
import { queryOf } from './single-pages.tsx'
import { attempt, type Handle, sendPage, type Visit } from './visit.tsx'

const RECENT = 10
const ROWS_PER_PAGE = 50

/** The page to upload a file on. */
export async function showUpload({ ctx, frame, reply, person }: Visit, error: string | null = null) {
  const recent = await ctx.db.transaction((tx) => listBulksOf(tx, person.userId, RECENT))
  return sendPage(
    reply,
    <UploadPage frame={frame} error={error} recent={recent} />,
    error === null ? 200 : 400,
  )
}

export const sendTemplate: Handle = async ({ reply }) => sendCsv(reply, bulkTemplateCsv(), 'invitations.csv')

export const checkUpload =
  ({ invitations }: InvitationPageDependencies): Handle =>
  async (visit) => {
    const { ctx, frame, reply, form } = visit
    const csv = form.get('file') ?? ''
    if (csv === '') return showUpload(visit, frame.t('bulk.noFile'))
    const fileName = nameOf(form.get('file.name'))
    const validation = presentValidation(await validateBulk(invitations, ctx, Buffer.from(csv)))
    return sendPage(
      reply,
      <CheckedPage frame={frame} fileName={fileName} csv={csv} validation={validation} />,
      validation.fileProblem === null ? 200 : 400,
    )
  }

export const submitUpload =
  ({ invitations }: InvitationPageDependencies, job: Job<typeof bulkPayload>): Handle =>
  async (visit) => {
    const { ctx, frame, reply, form, person } = visit
    const submitter = { kind: 'user', userId: person.userId, mayWriteUsers: true } as const
    const done = await attempt(ctx, 'Bulk invite users - started (bulk)', () =>
      submitBulk(invitations, job, ctx, submitter, {
        csv: Buffer.from(form.get('csv') ?? ''),
        fileName: nameOf(form.get('fileName')),
      }),
    )
    return done.outcome === 'refused'
      ? showUpload(visit, done.error.message)
      : reply.redirect(frame.paths.upload(done.value.id), 303)
  }

const nameOf = (text: string | null): string | null => {
  const name = text?.replace(/\p{Cc}/gu, '').trim() ?? ''
  return name === '' ? null : name.slice(0, 256)
}

export const showUploaded: Handle = async (visit) => {
  const { ctx, frame, reply } = visit
  const bulk = await findVisible(visit)
  if (bulk === null) return sendNotFound(visit)
  const after = Number(queryOf(visit).get('after') ?? 0)
  const { counts, rows } = await ctx.db.transaction(async (tx) => ({
    counts: await countRows(tx, bulk.id),
    rows: await listRows(tx, bulk.id, Number.isSafeInteger(after) ? after : 0, ROWS_PER_PAGE + 1),
  }))
  const shown = rows.slice(0, ROWS_PER_PAGE)
  return sendPage(
    reply,
    <UploadedPage
      frame={frame}
      id={bulk.id}
      fileName={bulk.fileName}
      counts={counts}
      isFinished={bulk.finishedAt !== null}
      rows={shown}
      nextUrl={
        rows.length > shown.length ? `${frame.paths.upload(bulk.id)}?after=${shown.at(-1)?.row ?? 0}` : null
      }
    />,
  )
}

export const sendResults: Handle = async (visit) => {
  const bulk = await findVisible(visit)
  if (bulk === null) return sendNotFound(visit)
  return sendCsv(visit.reply, await bulkResultsCsv(visit.ctx, bulk.id), `invitations-${bulk.id}.csv`)
}

/** Whoever uploaded it, and who reads everybody's invitations. */
async function findVisible({ ctx, request, person }: Visit): Promise<BulkInvitations | null> {
  // Its routes have the id in their path.
  const { id } = request.params as { readonly id: string }
  return ctx.db.transaction(async (tx) => {
    const bulk = await requireBulk(tx, id).catch((error: unknown) => {
      if (error instanceof NotFound) return null
      throw error
    })
    if (bulk === null) return null
    if (bulk.submitter.kind === 'user' && bulk.submitter.userId === person.userId) return bulk
    const roles = await rolesOf(tx, person.userId)
    const readers: readonly string[] = [
      directoryRoleTemplates.globalAdministrator,
      ...invitationReaders.anyOf,
    ]
    return readers.some((role) => roles.has(role)) ? bulk : null
  })
}

const sendNotFound = ({ frame: { t, tenant }, reply }: Visit): FastifyReply =>
  sendPage(reply, <ProblemPage t={t} tenant={tenant} title={t('invitations.forbidden.title')} />, 404)

/** `attachment`: a browser must not show a stranger's text as a page of ours. */
const sendCsv = (reply: FastifyReply, text: string, fileName: string): FastifyReply =>
  reply
    .headers({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .send(text)
