import { z } from 'zod'
import type { Context } from '../context.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { PermanentFailure } from '../jobs/index.ts'
import { safeText } from '../telemetry/redaction.ts'
import type { MailMetrics } from './model.ts'
import * as store from './store.ts'
import { type Letter, MailRefused, type MailTransport } from './transport.ts'

export const sealPurpose = 'mail body'

export interface Delivery {
  readonly transport: MailTransport
  readonly keyring: Keyring
  readonly fromAddress: string
  readonly metrics: MailMetrics | null
}

/** Longest try; nobody else begins one for a little longer, so that two never overlap. */
const SEND_SECONDS = 90
const CLAIM_SECONDS = 120

/**
 * One try to deliver one mail of the outbox. The claim before and the record after are one conditional statement
 * each, with the sending between them and outside of any transaction. A crash in that gap leads to a second copy
 * with the same Message-ID; nothing over SMTP can prevent that.
 */
export async function deliver(delivery: Delivery, ctx: Context, id: string, isLast: boolean): Promise<void> {
  const now = ctx.clock.now()
  const until = new Date(now.getTime() + CLAIM_SECONDS * 1000)
  const message = await ctx.db.transaction((tx) => store.claim(tx, id, now, until))
  if (message === null) return explainNothingClaimed(ctx, id)

  if (message.useful_until !== null && message.useful_until <= now) {
    await ctx.db.transaction((tx) => store.markFailed(tx, id, now, 'outdated', null))
    delivery.metrics?.countMail('failed')
    ctx.log.warn({ mailId: id, kind: message.kind }, 'Mail was outdated before it could be sent')
    return
  }
  const sent = await send(delivery, ctx, message).catch((error: unknown) =>
    recordFailure(delivery, ctx, message, error, isLast),
  )
  await ctx.db.transaction((tx) => store.markSent(tx, id, ctx.clock.now(), sent.refusedAddresses))
  delivery.metrics?.countMail('sent')
  ctx.log.info({ mailId: id, kind: message.kind, refused: sent.refusedAddresses.length }, 'Mail sent')
}

async function send(delivery: Delivery, ctx: Context, message: store.ClaimedMessage) {
  const letter = letterOf(delivery, ctx, message)
  return delivery.transport.send(letter, AbortSignal.timeout(SEND_SECONDS * 1000))
}

async function recordFailure(
  delivery: Delivery,
  ctx: Context,
  { id }: store.ClaimedMessage,
  error: unknown,
  isLast: boolean,
): Promise<never> {
  const reason = safeText(error instanceof Error ? error.message : String(error))
  if (error instanceof MailRefused) {
    await ctx.db.transaction((tx) => store.markFailed(tx, id, ctx.clock.now(), 'refused', reason))
    delivery.metrics?.countMail('failed')
    throw new PermanentFailure(reason, { cause: error })
  }
  if (isLast) {
    await ctx.db.transaction((tx) => store.markFailed(tx, id, ctx.clock.now(), 'givenUp', reason))
    delivery.metrics?.countMail('failed')
  } else {
    await ctx.db.transaction((tx) => store.release(tx, id, reason))
    delivery.metrics?.countMail('retried')
  }
  throw error
}

async function explainNothingClaimed(ctx: Context, id: string): Promise<void> {
  const message = await ctx.db.transaction((tx) => store.find(tx, id))
  // Sent before, by the try whose result got lost; or forgotten, which only happens to what is over.
  if (message === null || message.state === 'sent') return
  if (message.state === 'failed') throw new PermanentFailure('The body of this mail is no longer kept.')
  throw new Error('Another delivery of this mail is under way.')
}

const Body = z.object({ html: z.string(), text: z.string() })

function letterOf(delivery: Delivery, ctx: Context, message: store.ClaimedMessage): Letter {
  const { keyring, fromAddress } = delivery
  const opened = keyring.open(sealPurpose, ctx.tenantId, message.sealed_body).toString('utf8')
  return {
    messageId: message.message_id,
    date: message.queued_at,
    from: { address: fromAddress, name: message.from_name },
    to: message.to_recipients,
    cc: message.cc_recipients,
    replyTo: message.reply_to,
    subject: message.subject,
    language: message.language,
    headers: message.headers,
    ...Body.parse(JSON.parse(opened)),
  }
}
