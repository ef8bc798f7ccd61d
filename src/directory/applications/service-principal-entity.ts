import { sql } from 'kysely'
import { defineEntity, filters, graphAppId, property, type Source, type Sql } from '../../graph/index.ts'
import { isGuid } from '../../platform/ids.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { objectType } from '../object-types.ts'
import { loadRelated } from '../related.ts'
import { memberOf } from '../relations.ts'
import { loadAssignments } from './assignment-entity.ts'
import {
  appRole,
  informationalUrl,
  keyCredential,
  passwordCredential,
  permissionScope,
} from './complex-types.ts'
import { graphPermissions } from './declared-by.ts'
import { owners } from './owner-relation.ts'
import { findByAppId } from './service-principal-store.ts'

const both = { create: 'optional', update: true, default: true } as const
const items = { default: ['eq', 'startsWith'], advanced: ['ne', 'not', 'ge', 'le', 'count'] } as const

export const servicePrincipalSource: Source = {
  from: sql`service_principals as principal`,
  alias: 'principal',
  where: sql`principal.deleted_date_time is null`,
}

/** What the row says, but for the Graph API what this program knows (`declaredBy`). */
function declared(column: string, ofGraph: readonly unknown[]): (alias: string) => Sql {
  const json = JSON.stringify(ofGraph)
  return (alias) =>
    sql`case when ${sql.ref(`${alias}.app_id`)} = ${graphAppId} then ${json}::jsonb else ${sql.ref(`${alias}.${column}`)} end`
}

/** servicePrincipal in Graph (graph-conventions.md, section 2). What it copies from the application is read-only. */
export const servicePrincipal = objectType(
  defineEntity({
    name: 'servicePrincipal',
    set: 'servicePrincipals',
    base: directoryObject,
    alternateKeys: {
      appId: async (tx, appId) => {
        const found = isGuid(appId) ? await findByAppId(tx, appId.toLowerCase()) : null
        return found === null || found.deletedDateTime !== null ? undefined : found.id
      },
    },
    navigation: {
      owners: {
        target: 'directoryObject',
        collection: true,
        load: (tx, ids, options) => loadRelated(tx, ids, owners, options),
      },
      memberOf: {
        target: 'directoryObject',
        collection: true,
        load: (tx, ids, options) => loadRelated(tx, ids, memberOf, options),
      },
      appRoleAssignedTo: {
        target: 'appRoleAssignment',
        collection: true,
        contained: true,
        load: (tx, ids, options) => loadAssignments(tx, 'resource', ids, options),
      },
      appRoleAssignments: {
        target: 'appRoleAssignment',
        collection: true,
        contained: true,
        load: (tx, ids, options) => loadAssignments(tx, 'principal', ids, options),
      },
      oauth2PermissionGrants: { target: 'oAuth2PermissionGrant', collection: true },
    },
    properties: {
      deletedDateTime: property.dateTimeOffset({
        default: true,
        filter: { advanced: ['eq', 'ge', 'le', 'not', 'ne', 'null'] },
        sort: 'advanced',
      }),
      appId: property.string({
        storage: 'uuid',
        default: true,
        create: 'required',
        filter: { default: ['eq', 'in'], advanced: ['ne', 'not'] },
      }),
      displayName: property.string({
        ...both,
        nullable: false,
        folded: true,
        filter: filters.directoryText,
        sort: 'default',
        search: 'tokens',
      }),
      appDisplayName: property.string({ default: true, filter: filters.directoryText }),
      description: property.string({ ...both, filter: filters.directoryText, search: 'tokens' }),
      notes: property.string(both),
      accountEnabled: property.boolean({ ...both, filter: filters.directoryValue }),
      appOwnerOrganizationId: property.guid({
        column: 'app_owner_tenant_id',
        default: true,
        filter: { default: ['eq', 'in'], advanced: ['ne', 'not', 'null'] },
      }),
      appRoleAssignmentRequired: property.boolean({ ...both, nullable: false }),
      appRoles: property.collection(appRole, {
        default: true,
        sql: declared('app_roles', graphPermissions.appRoles),
      }),
      oauth2PermissionScopes: property.collection(permissionScope, {
        default: true,
        sql: declared('oauth2_permission_scopes', graphPermissions.scopes),
      }),
      replyUrls: property.collection('Edm.String', { default: true }),
      servicePrincipalNames: property.collection('Edm.String', { default: true, filter: items }),
      servicePrincipalType: property.string({ default: true, filter: filters.directoryValue }),
      signInAudience: property.string({ default: true, filter: filters.directoryValue }),
      tags: property.collection('Edm.String', { ...both, filter: items }),
      homepage: property.string({ default: true }),
      loginUrl: property.string(both),
      logoutUrl: property.string({ default: true }),
      preferredSingleSignOnMode: property.string({ ...both, filter: filters.directoryValue }),
      notificationEmailAddresses: property.collection('Edm.String', both),
      info: property.complex(informationalUrl, { default: true }),
      createdDateTime: property.dateTimeOffset({
        default: true,
        filter: filters.directoryDate,
        sort: 'advanced',
      }),
      // Secrets and keys are the application's; Graph shows the empty lists of a service principal of its own.
      keyCredentials: property.collection(keyCredential, { default: true, sql: () => sql`'[]'::jsonb` }),
      passwordCredentials: property.collection(passwordCredential, {
        default: true,
        sql: () => sql`'[]'::jsonb`,
      }),
    },
  }),
  servicePrincipalSource,
)
