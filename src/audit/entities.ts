import { type RawBuilder, sql } from 'kysely'
import { defineComplexType, defineEntity, property, type Source } from '../graph/index.ts'

const text = { default: ['eq', 'ne', 'in', 'startsWith', 'not', 'null'] } as const
const value = { default: ['eq', 'ne', 'in', 'not', 'null'] } as const
const date = { default: ['eq', 'ge', 'le', 'gt', 'lt'] } as const
/** Graph: 1,000 by default and at most (GRA-17). */
const paging = { default: 1_000, maximum: 1_000 }

const userIdentity = defineComplexType('userIdentity', {
  id: property.string(),
  displayName: property.string({ caseSensitive: false }),
  userPrincipalName: property.string({ caseSensitive: false }),
  ipAddress: property.string(),
})

const appIdentity = defineComplexType('appIdentity', {
  appId: property.string(),
  displayName: property.string(),
  servicePrincipalId: property.string(),
  servicePrincipalName: property.string(),
})

const auditActivityInitiator = defineComplexType('auditActivityInitiator', {
  app: property.complex(appIdentity),
  user: property.complex(userIdentity),
})

const modifiedProperty = defineComplexType('modifiedProperty', {
  displayName: property.string(),
  newValue: property.string(),
  oldValue: property.string(),
})

const targetResource = defineComplexType('targetResource', {
  displayName: property.string(),
  groupType: property.string(),
  id: property.string(),
  modifiedProperties: property.collection(modifiedProperty),
  type: property.string(),
  userPrincipalName: property.string(),
})

const keyValue = defineComplexType('keyValue', { key: property.string(), value: property.string() })

/** directoryAudit in Graph (graph-conventions.md, section 2; GRA-66). */
export const directoryAudit = defineEntity({
  name: 'directoryAudit',
  set: 'auditLogs/directoryAudits',
  paging,
  defaultOrder: [{ property: 'activityDateTime', descending: true }],
  properties: {
    id: property.string({ storage: 'uuid', nullable: false, default: true, filter: value }),
    activityDateTime: property.dateTimeOffset({
      nullable: false,
      default: true,
      filter: date,
      sort: 'default',
    }),
    activityDisplayName: property.string({ nullable: false, default: true, filter: text }),
    category: property.string({ nullable: false, default: true, filter: value }),
    operationType: property.string({ default: true, filter: value }),
    correlationId: property.string({ storage: 'uuid', default: true, filter: value }),
    loggedByService: property.string({ default: true, filter: value }),
    result: property.string({ default: true, filter: value }),
    resultReason: property.string({ default: true, filter: text }),
    initiatedBy: property.complex(auditActivityInitiator, {
      nullable: false,
      default: true,
      filter: {
        paths: {
          'user/id': value,
          'user/displayName': text,
          'user/userPrincipalName': text,
          'app/appId': value,
          'app/displayName': text,
        },
      },
    }),
    targetResources: property.collection(targetResource, {
      default: true,
      filter: {
        default: ['count'],
        paths: { id: value, displayName: text, type: value, userPrincipalName: text },
      },
    }),
    additionalDetails: property.collection(keyValue, { default: true }),
  },
})

export const directoryAuditSource: Source = { from: sql`directory_audits as audit`, alias: 'audit' }

const signInStatus = defineComplexType('signInStatus', {
  additionalDetails: property.string(),
  errorCode: property.int32(),
  failureReason: property.string(),
})

const authenticationDetail = defineComplexType('authenticationDetail', {
  authenticationMethod: property.string(),
  authenticationMethodDetail: property.string(),
  authenticationStepDateTime: property.dateTimeOffset(),
  authenticationStepRequirement: property.string(),
  authenticationStepResultDetail: property.string(),
  succeeded: property.boolean(),
})

const appliedConditionalAccessPolicy = defineComplexType('appliedConditionalAccessPolicy', {
  displayName: property.string(),
  enforcedGrantControls: property.collection('Edm.String'),
  enforcedSessionControls: property.collection('Edm.String'),
  id: property.string(),
  result: property.string(),
})

const deviceDetail = defineComplexType('deviceDetail', {
  browser: property.string(),
  deviceId: property.string(),
  displayName: property.string(),
  isCompliant: property.boolean(),
  isManaged: property.boolean(),
  operatingSystem: property.string(),
  trustType: property.string(),
})

const signInLocation = defineComplexType('signInLocation', {
  city: property.string(),
  countryOrRegion: property.string(),
  state: property.string(),
})

/** Kept for clients that read them; this product rates no risk and locates nobody. */
const nothing = (literal: 'none' | 'notApplied') => () => sql`${sql.lit(literal)}`

const column = (name: string) => (alias: string) => sql.ref(`${alias}.${name}`)

/** signIn in Graph, with its beta members that this product shows in v1.0 too (graph-conventions.md, section 2). */
export const signIn = defineEntity({
  name: 'signIn',
  set: 'auditLogs/signIns',
  paging,
  defaultOrder: [{ property: 'createdDateTime', descending: true }],
  properties: {
    id: property.string({ storage: 'uuid', nullable: false, default: true, filter: value }),
    createdDateTime: property.dateTimeOffset({
      nullable: false,
      default: true,
      filter: date,
      sort: 'default',
    }),
    userId: property.string({ storage: 'uuid', default: true, filter: value }),
    userDisplayName: property.string({ default: true, caseSensitive: false, filter: text }),
    userPrincipalName: property.string({ default: true, caseSensitive: false, filter: text }),
    userType: property.string({ default: true, filter: value }),
    appId: property.string({ default: true, filter: value }),
    appDisplayName: property.string({ default: true, caseSensitive: false, filter: text }),
    resourceId: property.string({ default: true, filter: value }),
    resourceDisplayName: property.string({ default: true, caseSensitive: false, filter: text }),
    homeTenantId: property.string({ storage: 'uuid', default: true, filter: value }),
    resourceTenantId: property.string({ storage: 'uuid', default: true, filter: value }),
    crossTenantAccessType: property.string({ default: true, filter: value }),
    ipAddress: property.string({ default: true, filter: text }),
    userAgent: property.string({ default: true }),
    clientAppUsed: property.string({ default: true, filter: value }),
    isInteractive: property.boolean({ default: true, filter: value }),
    correlationId: property.string({ storage: 'uuid', default: true, filter: value }),
    status: property.complex(signInStatus, {
      default: true,
      sql: (alias) => sql`jsonb_build_object('errorCode', ${column('error_code')(alias)},
        'failureReason', ${column('failure_reason')(alias)},
        'additionalDetails', ${column('additional_details')(alias)})`,
      filter: {
        paths: {
          errorCode: { default: ['eq', 'ne', 'in', 'gt', 'lt', 'ge', 'le'], sql: column('error_code') },
          failureReason: { ...text, sql: column('failure_reason') },
        },
      },
    }),
    signInEventTypes: property.collection('Edm.String', {
      default: true,
      sql: eventTypes,
      filter: { default: ['eq', 'ne', 'not'] },
    }),
    authenticationDetails: property.collection(authenticationDetail, { default: true }),
    authenticationRequirement: property.string({
      default: true,
      sql: (alias) => sql`case when jsonb_array_length(${sql.ref(`${alias}.authentication_details`)}) > 1
        then 'multiFactorAuthentication' else 'singleFactorAuthentication' end`,
      filter: value,
    }),
    conditionalAccessStatus: property.string({ default: true, sql: nothing('notApplied'), filter: value }),
    appliedConditionalAccessPolicies: property.collection(appliedConditionalAccessPolicy, {
      default: true,
      sql: () => sql`'[]'::jsonb`,
    }),
    deviceDetail: property.complex(deviceDetail, { default: true, sql: () => sql`'{}'::jsonb` }),
    location: property.complex(signInLocation, { default: true, sql: () => sql`'{}'::jsonb` }),
    riskDetail: property.string({ default: true, sql: nothing('none') }),
    riskLevelAggregated: property.string({ default: true, sql: nothing('none'), filter: value }),
    riskLevelDuringSignIn: property.string({ default: true, sql: nothing('none'), filter: value }),
    riskState: property.string({ default: true, sql: nothing('none'), filter: value }),
    riskEventTypes_v2: property.collection('Edm.String', { default: true, sql: () => sql`'{}'::text[]` }),
    servicePrincipalId: property.string({ default: true, sql: () => sql`null::text` }),
    servicePrincipalName: property.string({ default: true, sql: () => sql`null::text` }),
  },
})

export const signInSource: Source = { from: sql`sign_ins as entry`, alias: 'entry' }

/** A sign-in without a user is an application's own. */
function eventTypes(alias: string): RawBuilder<unknown> {
  return sql`case when ${sql.ref(`${alias}.is_interactive`)} then array['interactiveUser']
    when ${sql.ref(`${alias}.user_id`)} is null then array['servicePrincipal']
    else array['nonInteractiveUser'] end`
}
