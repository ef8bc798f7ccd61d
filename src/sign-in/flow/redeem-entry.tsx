import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseRedeemLink } from '../../invitations/index.ts'
import { openContext } from '../../platform/deployment.ts'
import type { Tenant } from '../../tenants/index.ts'
import { InvitationUnavailablePage, LeavingPage } from '../pages/index.ts'
import { faceOf } from './branding.ts'
import type { SignInDependencies } from './dependencies.ts'
import type { OwnSignIns } from './own-sign-in.tsx'
import { sendError, sendPage } from './problems.tsx'
import { tenantById, translatorFor } from './visit.ts'

/**
 * The mail link (RED-1). Nothing is used up by opening it; who is signed in, and whether that is the invited person,
 * is looked at on the sign-in's own page.
 */
export function mountRedeemEntry(
  app: FastifyInstance,
  dependencies: SignInDependencies,
  own: OwnSignIns,
): void {
  const { deployment, redemption } = dependencies

  app.get<{ readonly Querystring: { readonly rd?: string } }>('/redeem', async (request, reply) => {
    const link =
      typeof request.query.rd === 'string' ? parseRedeemLink(deployment.baseUrl, request.query.rd) : null
    return open(request, reply, link?.tenantId ?? '', link?.ticket ?? '')
  })
  app.get<{
    readonly Params: { readonly tenant: string }
    readonly Querystring: { readonly ticket?: string }
  }>('/:tenant/redeem', (request, reply) => {
    const { ticket } = request.query
    return open(request, reply, request.params.tenant, typeof ticket === 'string' ? ticket : '')
  })

  async function open(
    request: FastifyRequest,
    reply: FastifyReply,
    tenantId: string,
    ticket: string,
  ): Promise<FastifyReply> {
    // A foreign ticket, a mistyped one and one of a tenant that never was look alike.
    const tenant = await tenantById(dependencies, tenantId)
    if (tenant === null) return unavailable(request, reply, null, 'unknown', null)
    const actor = { kind: 'system', name: 'Sign-in' } as const
    const ctx = openContext(deployment, tenant.id, actor, deployment.ids.guid())
    try {
      const opened = await redemption.openTicket(ctx, ticket)
      switch (opened.outcome) {
        case 'unknown':
          return unavailable(request, reply, null, 'unknown', null)
        case 'expired':
          return unavailable(request, reply, tenant, 'expired', opened.inviterContact)
        // RED-13: a second click on a used link goes to the application.
        case 'accepted':
          return goOn(request, reply, tenant, opened.redirectUrl)
        case 'open':
          return own.beginRedemption(reply, tenant, { ...opened, ticket })
      }
    } catch (cause) {
      return sendError(dependencies, request, reply, cause, { face: null })
    }
  }

  async function unavailable(
    request: FastifyRequest,
    reply: FastifyReply,
    tenant: Tenant | null,
    reason: 'expired' | 'unknown',
    inviterContact: string | null,
  ): Promise<FastifyReply> {
    const face = tenant === null ? null : await faceOf(dependencies, tenant)
    const t = translatorFor(request, face)
    return sendPage(
      reply,
      reason === 'expired' ? 410 : 404,
      <InvitationUnavailablePage
        t={t}
        tenant={face}
        trace={null}
        reason={reason}
        inviterContact={inviterContact}
      />,
    )
  }

  async function goOn(
    request: FastifyRequest,
    reply: FastifyReply,
    tenant: Tenant,
    url: string,
  ): Promise<FastifyReply> {
    const face = await faceOf(dependencies, tenant)
    const t = translatorFor(request, face)
    const page = (
      <LeavingPage t={t} tenant={face} trace={null} url={url} destinationName={new URL(url).host} />
    )
    return sendPage(reply, 200, page)
  }
}
