import { recordAudit } from '../audit/index.ts'
import { readOrganization } from '../directory/index.ts'
import {
  acceptPasscode,
  issuePasscode,
  PASSCODE_LIFETIME_MINUTES,
  type PasscodeVerdict,
} from '../federation/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import { findDomains } from '../tenants/index.ts'
import { addressKey } from './address.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { passcodeMail } from './mail.tsx'
import type { MailLanguage } from './message-rules.ts'
import { mailOf, readMailTenant } from './send-mail.ts'
import * as store from './sender-store.ts'
import { wasEverInvited } from './store.ts'

/**
 * INV-16: what the owner of a mailbox decides about invitations of the tenant of `ctx`. Everything but asking for a
 * code needs the mailbox proved first; keeping that proof, for a day at most (OTP-3), is for the pages.
 */
export interface InvitationSenders {
  /**
   * Mails a code. Says nothing of whether the mailbox is known here: one that was never invited gets no mail and the
   * same answer.
   */
  sendCode(ctx: Context, address: string, language: MailLanguage): Promise<'sent' | 'tooMany' | 'malformed'>
  prove(ctx: Context, address: string, code: string): Promise<PasscodeVerdict>
  /** Since when this tenant is blocked; null: it may send. */
  blockedSince(ctx: Context, address: string): Promise<Date | null>
  /** Again for one who is blocked changes nothing. */
  block(ctx: Context, address: string): Promise<void>
  unblock(ctx: Context, address: string): Promise<void>
}

export const createInvitationSenders = (dependencies: InvitationDependencies): InvitationSenders => ({
  sendCode: (ctx, address, language) => sendCode(dependencies, ctx, address, language),
  prove: (ctx, address, code) =>
    ctx.db.transaction((tx) =>
      acceptPasscode(ctx, tx, dependencies.deployment.keyring, 'invitationSenders', keyOf(address), code),
    ),
  blockedSince: (ctx, address) => ctx.db.transaction((tx) => store.blockedSince(tx, keyOf(address))),
  block: (ctx, address) =>
    ctx.db.transaction(async (tx) => {
      const key = keyOf(address)
      const isNew = await store.insertBlock(tx, ctx.tenantId, key, ctx.clock.now())
      if (isNew) await audit(ctx, tx, 'Email unsubscribed', key)
    }),
  unblock: (ctx, address) =>
    ctx.db.transaction(async (tx) => {
      const key = keyOf(address)
      if (await store.deleteBlock(tx, key)) await audit(ctx, tx, 'Email subscribed', key)
    }),
})

const keyOf = (address: string): string => addressKey(address) ?? address.trim().toLowerCase()

async function sendCode(
  { mailer, deployment }: InvitationDependencies,
  ctx: Context,
  address: string,
  language: MailLanguage,
): Promise<'sent' | 'tooMany' | 'malformed'> {
  const key = addressKey(address)
  if (key === null) return 'malformed'
  return ctx.db.transaction(async (tx) => {
    const issued = await issuePasscode(ctx, tx, deployment.keyring, 'invitationSenders', key)
    if (issued.outcome === 'tooMany') return 'tooMany'
    const isKnown = (await wasEverInvited(tx, key)) || (await store.isBlocked(tx, key))
    // Anybody could otherwise have codes mailed to anybody.
    if (!isKnown) return 'sent'
    const organization = await readOrganization(tx)
    const domains = await findDomains(tx, ctx.tenantId)
    const tenant = await readMailTenant(ctx, tx, {
      organization,
      primaryDomain: domains.find(({ isDefault }) => isDefault)?.name ?? '',
    })
    const rendered = passcodeMail({
      language,
      tenant,
      code: issued.code,
      lifetimeMinutes: PASSCODE_LIFETIME_MINUTES,
    })
    await mailer.queue(tx, ctx, { ...mailOf('passcode', key, rendered), usefulUntil: issued.expiresAt })
    return 'sent'
  })
}

const audit = (ctx: Context, tx: Tx, activity: string, key: string): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'UserManagement',
    operationType: 'Update',
    service: 'Invited Users',
    targets: [],
    details: [{ key: 'InvitedUserEmailAddress', value: key }],
  })
