import { sql } from 'kysely'
import { defineComplexType, defineEntity, property, type Source, type Sql } from '../../graph/index.ts'
import { directoryObject } from '../directory-object-entity.ts'

const privacyProfile = defineComplexType('privacyProfile', {
  contactEmail: property.string({ maxLength: 254 }),
  statementUrl: property.string({ maxLength: 255 }),
})

const verifiedDomain = defineComplexType('verifiedDomain', {
  capabilities: property.string(),
  isDefault: property.boolean(),
  isInitial: property.boolean(),
  name: property.string(),
  type: property.string(),
})

const assignedPlan = defineComplexType('assignedPlan', {
  assignedDateTime: property.dateTimeOffset(),
  capabilityStatus: property.string(),
  service: property.string(),
  servicePlanId: property.guid(),
})

const setting =
  (name: string) =>
  (alias: string): Sql =>
    sql`${sql.ref(`${alias}.settings`)}->>${sql.lit(name)}`

const settings =
  (name: string) =>
  (alias: string): Sql =>
    sql`array(select jsonb_array_elements_text(coalesce(${sql.ref(`${alias}.settings`)}->${sql.lit(name)}, '[]')))`

const text = (name: string) => property.string({ default: true, sql: setting(name) })
const mails = { update: true, default: true, maxItems: 20, maxLength: 254 } as const

/** organization in Graph: the tenant itself, the only one in its collection. */
export const organization = defineEntity({
  name: 'organization',
  set: 'organization',
  base: directoryObject,
  properties: {
    deletedDateTime: property.dateTimeOffset({ default: true }),
    displayName: property.string({ default: true }),
    tenantType: property.string({ default: true }),
    createdDateTime: property.dateTimeOffset({ default: true }),
    countryLetterCode: property.string({ default: true }),
    preferredLanguage: property.string({ default: true, update: true }),
    privacyProfile: property.complex(privacyProfile, {
      default: true,
      update: true,
      sql: (alias) => sql`case when ${sql.ref(`${alias}.privacy_contact_email`)} is null
          and ${sql.ref(`${alias}.privacy_statement_url`)} is null then null
        else jsonb_build_object('contactEmail', ${sql.ref(`${alias}.privacy_contact_email`)},
          'statementUrl', ${sql.ref(`${alias}.privacy_statement_url`)}) end`,
    }),
    technicalNotificationMails: property.collection('Edm.String', mails),
    marketingNotificationEmails: property.collection('Edm.String', {
      ...mails,
      sql: settings('marketingNotificationEmails'),
    }),
    securityComplianceNotificationMails: property.collection('Edm.String', {
      ...mails,
      sql: settings('securityComplianceNotificationMails'),
    }),
    securityComplianceNotificationPhones: property.collection('Edm.String', {
      update: true,
      default: true,
      maxItems: 20,
      maxLength: 64,
      sql: settings('securityComplianceNotificationPhones'),
    }),
    businessPhones: property.collection('Edm.String', { default: true, sql: settings('businessPhones') }),
    city: text('city'),
    country: text('country'),
    postalCode: text('postalCode'),
    state: text('state'),
    street: text('street'),
    defaultUsageLocation: text('defaultUsageLocation'),
    onPremisesSyncEnabled: property.boolean({ default: true, sql: () => sql`null::boolean` }),
    onPremisesLastSyncDateTime: property.dateTimeOffset({ default: true, sql: () => sql`null::timestamptz` }),
    assignedPlans: property.collection(assignedPlan, { default: true, sql: () => sql`'[]'::jsonb` }),
    verifiedDomains: property.collection(verifiedDomain, { default: true }),
  },
})

/** The tenant of the transaction. The reference tables know no row-level security, so the tenant is named. */
export const organizations = (tenantId: string): Source => ({
  from: sql`(
    select tenant.tenant_id, tenant.tenant_id as id, tenant.display_name, tenant.tenant_type,
           tenant.created_at as created_date_time, null::timestamptz as deleted_date_time,
           own.country_letter_code, coalesce(own.preferred_language, 'en-US') as preferred_language,
           own.privacy_contact_email, own.privacy_statement_url,
           coalesce(own.technical_notification_mails, '{}') as technical_notification_mails,
           coalesce(own.settings, '{}') as settings,
           (select coalesce(jsonb_agg(jsonb_build_object('capabilities', 'Email', 'isDefault', domain.is_default,
                     'isInitial', domain.is_initial, 'name', domain.name, 'type', 'Managed')
                     order by domain.is_initial desc, domain.name), '[]')
              from domains as domain
             where domain.tenant_id = tenant.tenant_id and domain.verified_at is not null) as verified_domains
      from tenants as tenant
      left join organizations as own on own.tenant_id = tenant.tenant_id
     where tenant.tenant_id = ${tenantId}::uuid) as o`,
  alias: 'o',
})
