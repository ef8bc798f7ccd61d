import { z } from 'zod'
import type { Context } from '../context.ts'
import type { Keyring } from '../crypto/keyring.ts'
import type { Tx } from '../database/index.ts'
import { defineJob, defineRecurring, enqueue, type Job, type RecurringJob } from '../jobs/index.ts'
import { type Delivery, deliver, sealPurpose } from './deliver.ts'
import { checkMail } from './message.ts'
import type { Mail, MailMetrics, OutboxMessage } from './model.ts'
import { forgetOldMail } from './retention.ts'
import * as store from './store.ts'
import { smtpTransport } from './transport.ts'

export interface MailOptions {
  readonly keyring: Keyring
  /** `smtp:` or `smtps:`, with user and password if need be. */
  readonly smtpUrl: string
  /** The sender address of everything; the name beside it is each mail's own. */
  readonly fromAddress: string
  readonly metrics?: MailMetrics
}

export interface Mailer {
  /**
   * Puts a mail into the tenant's outbox and leaves the job that delivers it, in the caller's transaction: after a
   * rollback nothing is sent. Throws `Invalid` for a mail that could not leave as meant (line breaks in headers,
   * malformed addresses). Returns the mail's id in the outbox.
   */
  queue(tx: Tx, ctx: Context, mail: Mail): Promise<string>
  /** The tenant's outbox, newest first, without bodies. */
  list(tx: Tx, limit?: number): Promise<readonly OutboxMessage[]>
  find(tx: Tx, id: string): Promise<OutboxMessage | null>
  /** For the job runner of whichever node has the role. */
  readonly jobs: readonly Job[]
  readonly recurring: readonly RecurringJob[]
  /** Closes the connections to the mail server. */
  close(): void
}

const Payload = z.object({ messageId: z.guid() })

/** RFC 5321 §4.5.4.1: give up after 4 to 5 days. The pauses of 25 tries add up to a little over four. */
const MOST_TRIES = 25

export function createMailer(options: MailOptions): Mailer {
  const transport = smtpTransport(options.smtpUrl)
  const delivery: Delivery = {
    transport,
    keyring: options.keyring,
    fromAddress: options.fromAddress,
    metrics: options.metrics ?? null,
  }
  const domain = options.fromAddress.slice(options.fromAddress.lastIndexOf('@') + 1)

  const deliverJob = defineJob({
    name: 'mail.deliver',
    schema: Payload,
    maxAttempts: MOST_TRIES,
    run: (ctx, { payload, isLast }) => deliver(delivery, ctx, payload.messageId, isLast),
  })

  return {
    async queue(tx, ctx, mail) {
      checkMail(mail)
      const id = ctx.ids.guid()
      await store.insert(tx, {
        tenant_id: ctx.tenantId,
        id,
        kind: mail.kind,
        correlation_id: ctx.correlationId,
        message_id: `${id}@${domain}`,
        from_name: mail.fromName ?? null,
        reply_to: mail.replyTo ?? null,
        to_recipients: mail.to,
        cc_recipients: mail.cc ?? [],
        subject: mail.subject,
        language: mail.language ?? null,
        headers: mail.headers ?? {},
        sealed_body: options.keyring.seal(
          sealPurpose,
          ctx.tenantId,
          JSON.stringify({ html: mail.html, text: mail.text }),
        ),
        queued_at: ctx.clock.now(),
        useful_until: mail.usefulUntil ?? null,
      })
      await enqueue(tx, ctx, deliverJob, { messageId: id })
      return id
    },
    list: (tx, limit = 100) => store.list(tx, limit),
    find: store.find,
    jobs: [deliverJob],
    recurring: [defineRecurring({ name: 'mail.forget', everySeconds: 86_400, run: forgetOldMail })],
    close: () => transport.close(),
  }
}
