import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { pageHeaders, render } from '../pages/index.ts'
import type { DevelopmentMailbox } from './development-mailbox.ts'
import { framedHtml, frameHeaders, linksOf } from './mailbox-html.ts'
import { MailboxPage, MailPage, mailboxPath, mailViews } from './mailbox-pages.tsx'
import type { ReceivedMail } from './mailbox-store.ts'

const Filter = z.object({
  to: z
    .string()
    .max(320)
    .optional()
    .transform((to) => (to === undefined || to.trim() === '' ? undefined : to.trim())),
})
const View = z.object({ view: z.enum(mailViews).catch('html') })
const Id = z.object({ id: z.string() })

/**
 * The development mailbox in the browser and for scripts. It shows every tenant's mail with its tickets and codes
 * to whoever asks: register it in development only.
 */
export function registerMailbox(app: FastifyInstance, mailbox: DevelopmentMailbox): void {
  const found = async (params: unknown): Promise<ReceivedMail | null> => mailbox.get(Id.parse(params).id)

  app.get(mailboxPath, async (request, reply) => {
    const { to } = Filter.catch({ to: undefined }).parse(request.query)
    const mails = await mailbox.list({ to })
    return reply.headers(pageHeaders()).send(render(<MailboxPage mails={mails} to={to ?? ''} />))
  })

  app.get(`${mailboxPath}.json`, async (request, reply) => {
    const filter = Filter.safeParse(request.query)
    if (!filter.success) return reply.status(400).send({ error: 'to is one address.' })
    const mails = await mailbox.list(filter.data)
    return reply.header('cache-control', 'no-store').send({ value: mails.map(present) })
  })

  app.post(`${mailboxPath}/clear`, async (request, reply) => {
    // Any page may post here; only our own is meant. (RFC: Fetch Metadata; scripts send no such header.)
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin') return reply.status(403).send()
    await mailbox.clear()
    return reply.redirect(mailboxPath, 303)
  })

  app.get(`${mailboxPath}/:id`, async (request, reply) => {
    const mail = await found(request.params)
    if (mail === null) return notFound(reply)
    const { view } = View.parse(request.query)
    const headers = pageHeaders()
    return reply
      .headers(headers)
      .header('content-security-policy', `${headers['content-security-policy']}; frame-src 'self'`)
      .send(render(<MailPage mail={mail} view={view} />))
  })

  app.get(`${mailboxPath}/:id/html`, async (request, reply) => {
    const mail = await found(request.params)
    if (mail === null || mail.html === null) return notFound(reply)
    return reply.headers(frameHeaders).send(framedHtml(mail.html))
  })
}

const notFound = (reply: FastifyReply) =>
  reply.status(404).type('text/plain; charset=utf-8').send('There is no such mail (any more).\n')

const present = (mail: ReceivedMail) => ({
  id: mail.id,
  receivedDateTime: mail.receivedAt.toISOString(),
  from: mail.from,
  to: mail.recipients,
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  links: linksOf(mail),
})
