import { readOrganization } from './directory/index.ts'
import { PASSCODE_LIFETIME_MINUTES } from './federation/index.ts'
import { passcodeMail } from './invitations/index.ts'
import type { Tx } from './platform/database/index.ts'
import type { TenantId } from './platform/ids.ts'
import type { Mailer } from './platform/mail/index.ts'
import type { MailPasscode } from './sign-in/index.ts'
import { findDomains, findTenant } from './tenants/index.ts'

/** Mails the codes of sign-in in the tenant's name. A mail that would come after its code has expired is not sent. */
export const passcodeMails =
  (mailer: Mailer): MailPasscode =>
  async (ctx, tx, { address, code, expiresAt, language }) => {
    const tenant = await senderOf(tx, ctx.tenantId)
    const mail = passcodeMail({ language, tenant, code, lifetimeMinutes: PASSCODE_LIFETIME_MINUTES })
    await mailer.queue(tx, ctx, {
      kind: 'passcode',
      to: [{ address }],
      fromName: mail.fromName,
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      language,
      usefulUntil: expiresAt,
    })
  }

async function senderOf(tx: Tx, tenantId: TenantId) {
  const tenant = await findTenant(tx, tenantId)
  if (tenant === null) throw new Error(`Tenant ${tenantId} does not exist.`)
  const domains = await findDomains(tx, tenantId)
  const primary = domains.find(
    ({ isDefault, verification }) => isDefault && verification.state === 'verified',
  )
  return {
    displayName: tenant.displayName,
    primaryDomain: primary?.name ?? tenant.initialDomain,
    privacyStatementUrl: (await readOrganization(tx)).privacyProfile.statementUrl,
  }
}
