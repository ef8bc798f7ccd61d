import { sql } from 'kysely'
import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { type ErrorDetail, Invalid } from '../../platform/errors.ts'
import { modifiedProperties } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import { isMailAddress } from '../users/judge-facts.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    organizations: {
      tenant_id: string
      preferred_language: string
      privacy_contact_email: string | null
      privacy_statement_url: string | null
      technical_notification_mails: readonly string[]
      country_letter_code: string | null
      settings: unknown
    }
  }
}

/** Whom people from outside turn to, and where it says what becomes of their data. */
export interface PrivacyProfile {
  readonly contactEmail: string | null
  readonly statementUrl: string | null
}

/** What the organisation says of itself and may change. */
export interface OrganizationFacts {
  readonly preferredLanguage: string
  readonly privacyProfile: PrivacyProfile
  readonly technicalNotificationMails: readonly string[]
  readonly marketingNotificationEmails: readonly string[]
  readonly securityComplianceNotificationMails: readonly string[]
  readonly securityComplianceNotificationPhones: readonly string[]
}

export interface OrganizationChanges extends Partial<Omit<OrganizationFacts, 'privacyProfile'>> {
  /** Members merge (GRA-30); null clears both. */
  readonly privacyProfile?: Partial<PrivacyProfile> | null
}

/** What the tenant of the transaction says of itself; defaults where it has said nothing. */
export async function readOrganization(tx: Tx): Promise<OrganizationFacts> {
  const { rows } = await sql<OrganizationFacts & PrivacyProfile>`
    select preferred_language as "preferredLanguage", privacy_contact_email as "contactEmail",
           privacy_statement_url as "statementUrl", technical_notification_mails as "technicalNotificationMails",
           coalesce(settings->'marketingNotificationEmails', '[]') as "marketingNotificationEmails",
           coalesce(settings->'securityComplianceNotificationMails', '[]') as "securityComplianceNotificationMails",
           coalesce(settings->'securityComplianceNotificationPhones', '[]') as "securityComplianceNotificationPhones"
      from organizations`.execute(tx)
  const [row] = rows
  return {
    preferredLanguage: row?.preferredLanguage ?? 'en-US',
    privacyProfile: { contactEmail: row?.contactEmail ?? null, statementUrl: row?.statementUrl ?? null },
    technicalNotificationMails: row?.technicalNotificationMails ?? [],
    marketingNotificationEmails: row?.marketingNotificationEmails ?? [],
    securityComplianceNotificationMails: row?.securityComplianceNotificationMails ?? [],
    securityComplianceNotificationPhones: row?.securityComplianceNotificationPhones ?? [],
  }
}

/** Changes what was supplied. 400 names every value that is wrong. */
export async function updateOrganization(ctx: Context, changes: OrganizationChanges): Promise<void> {
  const problems = judgeOrganization(changes)
  const [first] = problems
  if (first !== undefined) throw new Invalid(first.message, { details: problems })
  await ctx.db.transaction(async (tx) => {
    await sql`insert into organizations (tenant_id) values (${ctx.tenantId}) on conflict do nothing`.execute(
      tx,
    )
    await sql`select 1 from organizations for no key update`.execute(tx)
    const before = await readOrganization(tx)
    const after: OrganizationFacts = {
      ...before,
      ...changes,
      privacyProfile:
        changes.privacyProfile === null
          ? { contactEmail: null, statementUrl: null }
          : { ...before.privacyProfile, ...changes.privacyProfile },
    }
    const old: Readonly<Record<string, unknown>> = { ...before }
    const properties = Object.entries(after)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]))
      .map(([name]) => name)
    if (properties.length === 0) return
    await save(ctx, tx, after)
    announce(ctx, tx, {
      objectType: 'organization',
      objectId: ctx.tenantId,
      change: 'updated',
      detail: { properties },
    })
    await recordAudit(ctx, tx, {
      activity: 'Update company',
      category: 'DirectoryManagement',
      operationType: 'Update',
      targets: [
        {
          id: ctx.tenantId,
          type: 'Directory',
          modifiedProperties: modifiedProperties(properties, old, { ...after }),
        },
      ],
    })
  })
}

async function save(ctx: Context, tx: Tx, facts: OrganizationFacts): Promise<void> {
  const settings = {
    marketingNotificationEmails: facts.marketingNotificationEmails,
    securityComplianceNotificationMails: facts.securityComplianceNotificationMails,
    securityComplianceNotificationPhones: facts.securityComplianceNotificationPhones,
  }
  await sql`
    update organizations
       set preferred_language = ${facts.preferredLanguage},
           privacy_contact_email = ${facts.privacyProfile.contactEmail},
           privacy_statement_url = ${facts.privacyProfile.statementUrl},
           technical_notification_mails = ${[...facts.technicalNotificationMails]}::text[],
           settings = settings || ${JSON.stringify(settings)}::jsonb
     where tenant_id = ${ctx.tenantId}`.execute(tx)
}

const refusal = (target: string, message: string): ErrorDetail => ({
  code: 'InvalidValue',
  target,
  message: `Invalid value specified for property '${target}': ${message}`,
})

/** What is wrong with the values; empty when nothing is. */
export function judgeOrganization(changes: OrganizationChanges): readonly ErrorDetail[] {
  const found: ErrorDetail[] = []
  const { contactEmail, statementUrl } = changes.privacyProfile ?? {}
  if (typeof contactEmail === 'string' && !isMailAddress(contactEmail)) {
    found.push(refusal('privacyProfile', 'contactEmail must be an e-mail address.'))
  }
  // Guests are sent there by the consent page: a script or file address would run in its place.
  if (typeof statementUrl === 'string' && !isWebAddress(statementUrl)) {
    found.push(refusal('privacyProfile', 'statementUrl must be an absolute https address.'))
  }
  if (
    changes.preferredLanguage !== undefined &&
    !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(changes.preferredLanguage)
  ) {
    found.push(refusal('preferredLanguage', 'a language tag such as en-US.'))
  }
  const lists = [
    'technicalNotificationMails',
    'marketingNotificationEmails',
    'securityComplianceNotificationMails',
  ] as const
  for (const name of lists) {
    if (!(changes[name] ?? []).every(isMailAddress)) found.push(refusal(name, 'e-mail addresses only.'))
  }
  return found
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  const isLoopback = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1'
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))
}
