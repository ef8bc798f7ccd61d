import { sql } from 'kysely'
import {
  defineComplexType,
  defineEntity,
  type FilterOperator,
  filters,
  property,
  type Source,
  type Sql,
} from '../../graph/index.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { objectType } from '../object-types.ts'
import { userNavigation } from './navigation.ts'
import { findUserByPrincipalName } from './store.ts'

const passwordProfile = defineComplexType('passwordProfile', {
  password: property.string(),
  forceChangePasswordNextSignIn: property.boolean(),
  forceChangePasswordNextSignInWithMfa: property.boolean(),
})

const objectIdentity = defineComplexType('objectIdentity', {
  signInType: property.string(),
  issuer: property.string(),
  issuerAssignedId: property.string(),
})

const employeeOrgData = defineComplexType('employeeOrgData', {
  division: property.string(),
  costCenter: property.string(),
})

const extensionAttributeNames = Array.from({ length: 15 }, (_, at) => `extensionAttribute${at + 1}`)

const onPremisesExtensionAttributes = defineComplexType(
  'onPremisesExtensionAttributes',
  Object.fromEntries(extensionAttributeNames.map((name) => [name, property.string()])),
)

const both = { create: 'optional', update: true } as const
const text = { ...both, filter: filters.directoryText }
// GRA-22: nothing of these without an advanced query.
const advancedText = { ...both, filter: filters.advancedText }
const dateParts: readonly FilterOperator[] = ['eq', 'in', 'ge', 'le', 'gt', 'lt', 'ne', 'not', 'null']

const more =
  (name: string) =>
  (alias: string): Sql =>
    sql`${sql.ref(`${alias}.more`)}->>${sql.lit(name)}`

/** Addresses of a kind, from the look-up table: its index answers, and it holds them in lower case. */
const addressRows = (kind: 'proxy' | 'other') => (alias: string, item: string) => ({
  from: sql`(select tenant_id, user_id, written as v from user_addresses where kind = ${sql.lit(kind)}) as ${sql.ref(item)}`,
  where: sql<boolean>`${sql.ref(`${item}.tenant_id`)} = ${sql.ref(`${alias}.tenant_id`)}
    and ${sql.ref(`${item}.user_id`)} = ${sql.ref(`${alias}.id`)}`,
})

const identityPath = (column: string) => ({
  default: ['eq'] as const,
  sql: (item: string): Sql => sql.ref(`${item}.${column}`),
})

/** Users who are not deleted. */
export const users: Source = {
  from: sql`users as u`,
  alias: 'u',
  where: sql`u.deleted_date_time is null`,
}

/** user in Graph (graph-conventions.md, section 2; what works in queries: GRA-21, 22). */
export const user = objectType(
  defineEntity({
    name: 'user',
    set: 'users',
    base: directoryObject,
    navigation: userNavigation,
    alternateKeys: {
      userPrincipalName: async (tx, name) => (await findUserByPrincipalName(tx, name))?.id,
    },
    properties: {
      displayName: property.string({
        nullable: false,
        default: true,
        create: 'required',
        update: true,
        folded: true,
        filter: filters.directoryText,
        sort: 'default',
        search: 'tokens',
      }),
      userPrincipalName: property.string({
        nullable: false,
        default: true,
        create: 'required',
        update: true,
        folded: true,
        filter: filters.directoryAddress,
        sort: 'default',
        search: 'prefix',
      }),
      businessPhones: property.collection('Edm.String', { ...both, default: true }),
      givenName: property.string({ ...text, default: true, folded: true, search: 'prefix' }),
      surname: property.string({ ...text, default: true, folded: true, search: 'prefix' }),
      jobTitle: property.string({
        ...both,
        default: true,
        filter: { default: ['eq', 'in'], advanced: ['ne', 'not', 'null', 'ge', 'le'] },
      }),
      mail: property.string({
        ...both,
        default: true,
        folded: true,
        filter: filters.directoryAddress,
        search: 'prefix',
      }),
      mobilePhone: property.string({ ...advancedText, default: true }),
      officeLocation: property.string({ ...advancedText, default: true }),
      preferredLanguage: property.string({ ...advancedText, default: true }),

      accountEnabled: property.boolean({
        nullable: false,
        create: 'required',
        update: true,
        filter: filters.directoryValue,
      }),
      mailNickname: property.string({
        create: 'required',
        update: true,
        folded: true,
        filter: filters.directoryText,
      }),
      passwordProfile: property.complex(passwordProfile, { ...both, writeOnly: true, sql: null }),
      passwordPolicies: property.string(advancedText),
      userType: property.string({ ...text, nullable: false }),
      creationType: property.string({ filter: filters.directoryText }),
      externalUserState: property.string({ filter: filters.directoryText }),
      externalUserStateChangeDateTime: property.dateTimeOffset(),
      identities: property.collection(objectIdentity, {
        ...both,
        // RED-14: Graph does not tell the subject of an organisational account.
        sql: (alias) => sql`(select coalesce(jsonb_agg(
          case when entry->>'issuer' = 'ExternalAzureAD' then entry || '{"issuerAssignedId": null}' else entry end
          order by position), '[]')
        from jsonb_array_elements(${sql.ref(`${alias}.identities`)}) with ordinality as list (entry, position))`,
        caseSensitive: true,
        filter: {
          default: ['eq'],
          advanced: ['not'],
          // GRA-23: one without the other would name people of every account at an issuer.
          together: ['issuer', 'issuerAssignedId'],
          paths: {
            signInType: identityPath('sign_in_type'),
            issuer: identityPath('issuer'),
            issuerAssignedId: identityPath('issuer_assigned_id'),
          },
          rows: (alias, item) => ({
            from: sql`user_identities as ${sql.ref(item)}`,
            where: sql<boolean>`${sql.ref(`${item}.tenant_id`)} = ${sql.ref(`${alias}.tenant_id`)}
            and ${sql.ref(`${item}.user_id`)} = ${sql.ref(`${alias}.id`)}`,
          }),
        },
      }),
      otherMails: property.collection('Edm.String', {
        ...both,
        folded: true,
        filter: { ...filters.directoryAddress, rows: addressRows('other') },
      }),
      proxyAddresses: property.collection('Edm.String', {
        folded: true,
        filter: { ...filters.directoryAddress, rows: addressRows('proxy') },
      }),
      imAddresses: property.collection('Edm.String', { filter: filters.directoryText }),
      showInAddressList: property.boolean({
        ...both,
        filter: { advanced: ['eq', 'in', 'ne', 'not', 'null'] },
      }),
      usageLocation: property.string(text),
      department: property.string({ ...text, folded: true }),
      companyName: property.string(advancedText),
      employeeId: property.string({ ...text, folded: true }),
      employeeType: property.string(advancedText),
      employeeHireDate: property.dateTimeOffset({ ...both, filter: { advanced: dateParts } }),
      employeeLeaveDateTime: property.dateTimeOffset({
        ...both,
        sql: (alias) => sql`(${more('employeeLeaveDateTime')(alias)})::timestamptz`,
      }),
      employeeOrgData: property.complex(employeeOrgData, {
        ...both,
        sql: (alias) => sql`${sql.ref(`${alias}.more`)}->'employeeOrgData'`,
      }),
      streetAddress: property.string(advancedText),
      city: property.string(text),
      state: property.string(text),
      postalCode: property.string(advancedText),
      country: property.string(text),
      faxNumber: property.string({ ...both, maxLength: 64, sql: more('faxNumber') }),
      ageGroup: property.string({ ...both, sql: more('ageGroup') }),
      consentProvidedForMinor: property.string({ ...both, sql: more('consentProvidedForMinor') }),
      legalAgeGroupClassification: property.string({
        sql: (alias) => sql`case ${more('ageGroup')(alias)}
        when 'Adult' then 'Adult' when 'NotAdult' then 'NotAdult'
        when 'Minor' then case ${more('consentProvidedForMinor')(alias)}
          when 'Granted' then 'MinorWithParentalConsent' when 'Denied' then 'MinorWithOutParentalConsent'
          when 'NotRequired' then 'MinorNoParentalConsentRequired' end end`,
      }),
      isResourceAccount: property.boolean({
        ...both,
        sql: (alias) => sql`(${more('isResourceAccount')(alias)})::boolean`,
      }),
      createdDateTime: property.dateTimeOffset({
        nullable: false,
        filter: filters.directoryDate,
        sort: 'advanced',
      }),
      lastPasswordChangeDateTime: property.dateTimeOffset(),
      signInSessionsValidFromDateTime: property.dateTimeOffset(),
      securityIdentifier: property.string({
        sql: (alias) => sql`security_identifier(${sql.ref(`${alias}.id`)})`,
      }),
      isManagementRestricted: property.boolean({ sql: () => sql`null::boolean` }),
      onPremisesImmutableId: property.string(advancedText),
      onPremisesSamAccountName: property.string({ filter: filters.advancedText }),
      onPremisesUserPrincipalName: property.string(),
      onPremisesSyncEnabled: property.boolean(),
      onPremisesExtensionAttributes: property.complex(onPremisesExtensionAttributes, {
        ...both,
        nullable: false,
        filter: {
          paths: Object.fromEntries(extensionAttributeNames.map((name) => [name, filters.advancedText])),
        },
      }),
      onPremisesDistinguishedName: property.string({ sql: () => sql`null::text` }),
      onPremisesDomainName: property.string({ sql: () => sql`null::text` }),
      onPremisesLastSyncDateTime: property.dateTimeOffset({ sql: () => sql`null::timestamptz` }),
      onPremisesSecurityIdentifier: property.string({ sql: () => sql`null::text` }),
    },
  }),
  users,
)
