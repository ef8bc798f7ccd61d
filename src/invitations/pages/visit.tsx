import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { recordRefusal } from '../../audit/index.ts'
import { findById, readOrganization } from '../../directory/index.ts'
import type { Context } from '../../platform/context.ts'
import { openContext } from '../../platform/deployment.ts'
import { XeniaError } from '../../platform/errors.ts'
import { parseTenantId } from '../../platform/ids.ts'
import {
  lookUp,
  negotiateLanguage,
  pageHeaders,
  render,
  type TenantBranding,
  type Translator,
  translator,
} from '../../platform/pages/index.ts'
import { findDomains, findTenant, type Tenant } from '../../tenants/index.ts'
import { callerOfPerson, type FindCaller } from '../caller.ts'
import { adminPaths, type Frame } from './frame.tsx'
import { ProblemPage } from './problem.tsx'
import type { InvitationPageDependencies, SignedInPerson } from './signed-in.ts'

/** One request of a signed-in person to one of these pages. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** They are the actor of what they do here. */
  readonly ctx: Context
  readonly frame: Frame
  readonly person: SignedInPerson
  readonly findCaller: FindCaller
  /** Fields of the posted form. */
  readonly form: URLSearchParams
}

export type Handle = (visit: Visit) => Promise<FastifyReply>

interface TenantRoute {
  readonly Params: { readonly tenant: string }
}

/**
 * Wraps a page: finds the tenant, asks for a signed-in person, refuses foreign forms. `returnTo`: where a sign-in leads
 * back to; a form that was posted without a session leads to its page.
 */
export const visiting =
  (dependencies: InvitationPageDependencies, returnTo: (visited: FastifyRequest) => string, handle: Handle) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { deployment } = dependencies.invitations
    const tenant = await findTenantOf(dependencies, request)
    const language = negotiateLanguage({ acceptLanguage: request.headers['accept-language'] })
    if (tenant === null) {
      const t = translator(language)
      const page = <ProblemPage t={t} tenant={null} title={t('invitations.unknownTenant')} />
      return sendPage(reply, page, 404)
    }
    const person = await dependencies.requireSignedIn(request, reply, tenant, returnTo(request))
    if (person === null) return reply
    const correlationId = deployment.ids.guid()
    const anonymous = openContext(
      deployment,
      tenant.id,
      { kind: 'system', name: 'Invitation pages' },
      correlationId,
    )
    const face = await readFace(anonymous, tenant)
    const user = await anonymous.db.transaction((tx) => findById(tx, person.userId))
    const ctx: Context = {
      ...anonymous,
      actor: {
        kind: 'user',
        userId: person.userId,
        displayName: user?.displayName ?? null,
        userPrincipalName: user?.userPrincipalName ?? null,
        ipAddress: request.ip,
      },
    }
    const t = translatorFor(request, face.preferredLanguage)
    if (request.method === 'POST' && !person.isOurForm(request)) {
      return sendPage(
        reply,
        <ProblemPage
          t={t}
          tenant={face.branding}
          title={t('invitations.foreignForm')}
          text={t('invitations.foreignFormText')}
        />,
        403,
      )
    }
    return handle({
      request,
      reply,
      ctx,
      person,
      // On a page of ours people have all the rights that their roles give them.
      findCaller: callerOfPerson(person.userId, true),
      form: request.body instanceof URLSearchParams ? request.body : new URLSearchParams(),
      frame: {
        t,
        tenant: face.branding,
        trace: { correlationId, requestId: request.id, time: ctx.clock.now() },
        paths: adminPaths(tenant.id),
        csrf: person.csrf,
      },
    })
  }

/** Pages are addressed by the tenant's id only; domains are for people who type. */
async function findTenantOf(
  { invitations }: InvitationPageDependencies,
  request: FastifyRequest,
): Promise<Tenant | null> {
  // Every route here begins with the tenant.
  const { tenant: segment } = request.params as TenantRoute['Params']
  const id = parseTenantId(segment)
  if (id === null || id !== segment) return null
  return invitations.deployment.database.platform.transaction((tx) => findTenant(tx, id))
}

async function readFace(
  ctx: Context,
  tenant: Tenant,
): Promise<{ readonly branding: TenantBranding; readonly preferredLanguage: string }> {
  return ctx.db.transaction(async (tx) => {
    const organization = await readOrganization(tx)
    const domains = await findDomains(tx, ctx.tenantId)
    return {
      preferredLanguage: organization.preferredLanguage,
      branding: {
        displayName: tenant.displayName,
        domain: domains.find(({ isDefault }) => isDefault)?.name ?? tenant.initialDomain,
        privacyStatementUrl: organization.privacyProfile.statementUrl,
        helpContact: organization.technicalNotificationMails[0] ?? null,
        logoUrl: null,
      },
    }
  })
}

/** For an upload that was cut off before anybody looked at it. */
export function sendTooLarge(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const t = translator(negotiateLanguage({ acceptLanguage: request.headers['accept-language'] }))
  const page = (
    <ProblemPage t={t} tenant={null} title={t('bulk.checked.unusable')} text={t('bulk.fileHint')} />
  )
  return sendPage(reply, page, 413)
}

const translatorFor = (request: FastifyRequest, preferredLanguage: string): Translator =>
  translator(
    negotiateLanguage({
      acceptLanguage: request.headers['accept-language'],
      fallback: lookUp(preferredLanguage) ?? undefined,
    }),
  )

/** With a nonce of its own: the one script of these pages may run, and no other. */
export function sendPage(reply: FastifyReply, page: VNode, status = 200): FastifyReply {
  const nonce = randomBytes(18).toString('base64')
  return reply
    .status(status)
    .headers(pageHeaders({ scriptNonce: nonce }))
    .send(render(page, { nonce }))
}

export type Attempt<T> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'refused'; readonly error: XeniaError }

/** Does what a form asks for. A refusal is on record, as in the API (GRA-67), and is told on the page. */
export async function attempt<T>(
  ctx: Context,
  activity: string,
  work: () => Promise<T>,
): Promise<Attempt<T>> {
  try {
    return { outcome: 'done', value: await work() }
  } catch (error) {
    if (!(error instanceof XeniaError) || error.kind === 'unavailable') throw error
    await recordRefusal(ctx, {
      activity,
      category: 'UserManagement',
      operationType: 'Add',
      service: 'Invited Users',
      targets: [],
      failure: error.message,
    })
    return { outcome: 'refused', error }
  }
}
