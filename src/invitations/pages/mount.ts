import type { FastifyInstance, FastifyRequest } from 'fastify'
import { bulkJob } from '../bulk/job.ts'
import {
  checkUpload,
  sendResults,
  sendTemplate,
  showUpload,
  showUploaded,
  submitUpload,
} from './bulk-pages.tsx'
import { adminPaths } from './frame.tsx'
import { readUploads } from './multipart.ts'
import { bulkScript } from './script.ts'
import type { InvitationPageDependencies } from './signed-in.ts'
import { inviteFromPage, resendFromPage, revokeFromPage, showInvite, showList } from './single-pages.tsx'
import { type Handle, sendTooLarge, visiting } from './visit.tsx'

// The checked file comes back with the form that submits it, beside its other fields.
const UPLOAD_LIMIT_BYTES = 5 * 1024 * 1024

/** Puts the administrators' pages about invitations on the server; once, before it listens. */
export async function mountInvitationPages(
  server: FastifyInstance,
  dependencies: InvitationPageDependencies,
): Promise<void> {
  await server.register(async (app) => {
    await readUploads(app)
    app.setErrorHandler(async (error: { readonly statusCode?: number }, request, reply) => {
      if (error.statusCode !== 413) throw error
      return sendTooLarge(request, reply)
    })
    const list = '/:tenant/admin/invitations'
    const here = (request: FastifyRequest) => request.url
    const page = (path: string, handle: Handle) => {
      app.get(path, visiting(dependencies, here, handle))
    }
    // Whoever has to sign in first comes back to a page, never to a form that would be posted for them.
    const form = (path: string, backTo: 'list' | 'invite' | 'bulk', handle: Handle) => {
      const returnTo = (request: FastifyRequest) => {
        // Every path here begins with the tenant.
        const { tenant } = request.params as { readonly tenant: string }
        return adminPaths(tenant)[backTo]
      }
      app.post(path, { bodyLimit: UPLOAD_LIMIT_BYTES }, visiting(dependencies, returnTo, handle))
    }

    app.get(bulkScript.path, async (_request, reply) =>
      reply.headers(bulkScript.headers).send(bulkScript.body),
    )
    page(list, (visit) => showList(visit))
    form(`${list}/:id/resend`, 'list', resendFromPage(dependencies))
    form(`${list}/:id/revoke`, 'list', revokeFromPage)
    page(`${list}/new`, showInvite)
    form(`${list}/new`, 'invite', inviteFromPage(dependencies))
    page(`${list}/bulk`, (visit) => showUpload(visit))
    form(`${list}/bulk`, 'bulk', submitUpload(dependencies, bulkJob(dependencies.invitations)))
    form(`${list}/bulk/check`, 'bulk', checkUpload(dependencies))
    page(`${list}/bulk/template.csv`, sendTemplate)
    page(`${list}/bulk/:id`, showUploaded)
    page(`${list}/bulk/:id/results.csv`, sendResults)
  })
}
