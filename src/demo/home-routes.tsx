import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deployment } from '../platform/deployment.ts'
import { XeniaError } from '../platform/errors.ts'
import { parseTenantId, type TenantId } from '../platform/ids.ts'
import { type DevelopmentMailbox, mailboxPath } from '../platform/mail/index.ts'
import { awaitMail } from './await-mail.ts'
import type { DemoDescription, DemoTenant, DemoUser } from './model.ts'
import { HomePage, type HomePageProps } from './pages/home.tsx'
import { AlreadyGuestPage, InvitedPage } from './pages/invited.tsx'
import { RefusedFormPage } from './pages/refused-form.tsx'
import { homePath, invitedPath, invitePath } from './paths.ts'
import { type PageTools, sendPage } from './send-page.ts'

/** An invitation as the demo asks for it: the same service as `POST /invitations`, as the named user. */
export interface DemoInvitation {
  readonly tenantId: TenantId
  /** Adele Vance. */
  readonly inviterId: string
  readonly emailAddress: string
  readonly displayName: string | null
  readonly redirectUrl: string
}

export interface HomeRouteOptions {
  readonly deployment: Pick<Deployment, 'baseUrl' | 'keyring'>
  /** What `ensureDemo` answered. */
  readonly demo: DemoDescription | null
  readonly mailbox: Pick<DevelopmentMailbox, 'onMail'>
  /** Path of the page on which somebody of that tenant sees where they are a guest; no link without it. */
  readonly myOrganizationsPath?: (tenantId: string) => string
  /** Sends a mail, too. Throws what the service throws; tells whether the person was in already (INV-8). */
  inviteGuest(invitation: DemoInvitation): Promise<'invited' | 'alreadyGuest'>
  /** How long to wait for the mail before the next page is shown without it. 5,000 unless given. */
  readonly mailPatienceMilliseconds?: number
}

/** The first page, and what its button does. */
export function homeRoutes(options: HomeRouteOptions, { t, forms }: PageTools): FastifyPluginAsync {
  const { deployment, demo, mailbox } = options
  const host = demo?.tenants.find(({ key }) => key === 'contoso')

  const showHome = (request: FastifyRequest, reply: FastifyReply, refused: HomePageProps['refused']) =>
    sendPage(
      reply,
      <HomePage
        t={t}
        csrf={forms.token(request, reply)}
        demo={demo}
        myOrganizationsUrl={(id) => options.myOrganizationsPath?.(id) ?? null}
        refused={refused}
      />,
      refused === null ? 200 : 400,
    )

  return async (app) => {
    app.get(homePath, async (request, reply) => showHome(request, reply, null))
    if (demo === null || host === undefined) return
    const { application, inviter, tenantId } = hostFacts(host)

    app.post(invitePath, async (request, reply) => {
      const body = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      if (!forms.sentByUs(request, body.get('csrf') ?? '')) {
        return sendPage(reply, <RefusedFormPage t={t} baseUrl={deployment.baseUrl} />, 403)
      }
      const address = body.get('address')?.trim() ?? ''
      const mail = awaitMail(mailbox, address, options.mailPatienceMilliseconds ?? 5_000)
      try {
        const outcome = await options.inviteGuest({
          tenantId,
          inviterId: inviter.id,
          emailAddress: address,
          displayName: personOf(demo, address)?.displayName ?? null,
          redirectUrl: application.signInUrl,
        })
        const query = new URLSearchParams({ address })
        if (outcome === 'alreadyGuest') query.set('already', '')
        else {
          const arrived = await mail.arrived
          if (arrived !== null) query.set('mail', arrived.id)
        }
        return await reply.redirect(`${invitedPath}?${query}`, 303)
      } catch (error) {
        if (!(error instanceof XeniaError)) throw error
        return showHome(request, reply, { address, why: error.message })
      } finally {
        mail.stop()
      }
    })

    app.get<{ Querystring: Readonly<Record<string, string>> }>(invitedPath, async (request, reply) => {
      const { address = '', mail, already } = request.query
      const shared = { t, address, person: personOf(demo, address), hostName: host.displayName, application }
      if (already !== undefined) return sendPage(reply, <AlreadyGuestPage {...shared} />)
      const mailUrl = mail !== undefined && /^\d+$/.test(mail) ? `${mailboxPath}/${mail}` : null
      return sendPage(reply, <InvitedPage {...shared} mailUrl={mailUrl} />)
    })
  }
}

function hostFacts({ id, applications: [application], users: [inviter] }: DemoTenant) {
  const tenantId = parseTenantId(id)
  if (tenantId === null || application === undefined || inviter === undefined) {
    throw new TypeError('The demo’s host has an application and an administrator.')
  }
  return { tenantId, application, inviter }
}

const personOf = (demo: DemoDescription, address: string): DemoUser | null =>
  demo.tenants
    .flatMap(({ users }) => users)
    .find(({ userPrincipalName }) => userPrincipalName === address.toLowerCase()) ?? null
