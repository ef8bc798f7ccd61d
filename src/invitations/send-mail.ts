import type { OrganizationFacts } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import { NotFound } from '../platform/errors.ts'
import type { Mail } from '../platform/mail/index.ts'
import { findTenant } from '../tenants/index.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { invitationMail, type MailTenant, notificationMail, type RenderedMail } from './mail.tsx'
import type { Caller } from './model.ts'
import { sendersUrl } from './paths.ts'
import type { StoredInvitation } from './store.ts'

/** This tenant as mails show it. */
export async function readMailTenant(
  ctx: Context,
  tx: Tx,
  {
    organization,
    primaryDomain,
  }: { readonly organization: OrganizationFacts; readonly primaryDomain: string },
): Promise<MailTenant> {
  const tenant = await findTenant(tx, ctx.tenantId)
  if (tenant === null) throw new NotFound(ctx.tenantId)
  return {
    displayName: tenant.displayName,
    primaryDomain,
    privacyStatementUrl: organization.privacyProfile.statementUrl,
  }
}

export interface InvitationMailOrder {
  readonly kind: 'invitation' | 'notification'
  readonly tenant: MailTenant
  readonly caller: Caller
  readonly invitation: Pick<
    StoredInvitation,
    'address' | 'redirectUrl' | 'language' | 'customMessage' | 'copyTo' | 'state'
  >
  readonly acceptUrl: string
}

/** Puts the mail of an invitation into the outbox, in the caller's transaction (INV-12). */
export async function queueInvitationMail(
  { mailer, deployment }: Pick<InvitationDependencies, 'mailer' | 'deployment'>,
  ctx: Context,
  tx: Tx,
  { kind, tenant, caller, invitation, acceptUrl }: InvitationMailOrder,
): Promise<void> {
  const { address, redirectUrl, language, customMessage, copyTo, state } = invitation
  const facts = {
    language,
    tenant,
    inviter: {
      displayName: caller.displayName,
      mail: caller.kind === 'user' ? caller.mail : null,
      photoContentId: null,
    },
    address,
    redirectUrl,
    blockUrl: sendersUrl(deployment.baseUrl, ctx.tenantId, address),
    customMessage,
  }
  const expiresAt = state.kind === 'pendingAcceptance' ? state.expiresAt : null
  const rendered =
    kind === 'invitation' ? invitationMail({ ...facts, acceptUrl, expiresAt }) : notificationMail(facts)
  await mailer.queue(tx, ctx, {
    ...mailOf(kind, address, rendered),
    ...(copyTo === null ? {} : { cc: [{ address: copyTo }] }),
    // A link that leads nowhere any more only confuses.
    ...(expiresAt === null ? {} : { usefulUntil: expiresAt }),
  })
}

/** A rendered mail, addressed. */
export const mailOf = (
  kind: string,
  address: string,
  { fromName, replyTo, subject, html, text, language, headers }: RenderedMail,
): Mail => ({
  kind,
  to: [{ address }],
  fromName,
  ...(replyTo === null ? {} : { replyTo: { address: replyTo } }),
  subject,
  html,
  text,
  language,
  // The outbox marks every mail as automatic itself (RFC 3834).
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Auto-Submitted')),
})
