import { sql } from 'kysely'
import { defineEntity, filters, property, type Source, type Sql } from '../../graph/index.ts'
import { isGuid } from '../../platform/ids.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { objectType } from '../object-types.ts'
import { loadRelated } from '../related.ts'
import {
  apiApplication,
  appRole,
  authenticationBehaviors,
  informationalUrl,
  keyCredential,
  optionalClaims,
  passwordCredential,
  publicClientApplication,
  requiredResourceAccess,
  spaApplication,
  webApplication,
} from './complex-types.ts'
import { owners } from './owner-relation.ts'
import { findApplicationByAppId, findIdByUniqueName } from './store.ts'

const both = { create: 'optional', update: true, default: true } as const
const items = { default: ['eq', 'startsWith'], advanced: ['ne', 'not', 'ge', 'le', 'count'] } as const

/** The credentials of an application of one kind, as JSON in the order of their start; secrets have no text here. */
const credentials =
  (kind: 'password' | 'key', members: Sql) =>
  (alias: string): Sql =>
    sql`(select coalesce(jsonb_agg(jsonb_build_object(
            'keyId', stored.key_id, 'displayName', stored.display_name,
            'startDateTime', stored.start_date_time, 'endDateTime', stored.end_date_time, ${members})
            order by stored.start_date_time, stored.key_id), '[]')
          from application_credentials as stored
         where stored.tenant_id = ${sql.ref(`${alias}.tenant_id`)}
           and stored.application_id = ${sql.ref(`${alias}.id`)} and stored.kind = ${sql.lit(kind)})`

// `encode` breaks base64 into lines.
const base64 = (column: string): Sql => sql`translate(encode(${sql.ref(column)}, 'base64'), E'\n', '')`

/** The applications that are there. */
export const applicationSource: Source = {
  from: sql`applications as application`,
  alias: 'application',
  where: sql`application.deleted_date_time is null`,
}

/** application in Graph (graph-conventions.md, section 2). Everything is returned without `$select`. */
export const application = objectType(
  defineEntity({
    name: 'application',
    set: 'applications',
    base: directoryObject,
    alternateKeys: {
      appId: async (tx, appId) =>
        isGuid(appId) ? (await findApplicationByAppId(tx, appId.toLowerCase()))?.id : undefined,
      uniqueName: findIdByUniqueName,
    },
    navigation: {
      owners: {
        target: 'directoryObject',
        collection: true,
        bind: 'create',
        load: (tx, ids, options) => loadRelated(tx, ids, owners, options),
      },
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
        filter: { default: ['eq', 'in'], advanced: ['ne', 'not'] },
      }),
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
      description: property.string({ ...both, filter: filters.directoryText, search: 'tokens' }),
      notes: property.string(both),
      uniqueName: property.string({ ...both, folded: true, filter: filters.directoryValue }),
      publisherDomain: property.string({ default: true, filter: filters.directoryText }),
      signInAudience: property.string({ ...both, filter: filters.directoryValue }),
      identifierUris: property.collection('Edm.String', { ...both, filter: items }),
      tags: property.collection('Edm.String', { ...both, filter: items }),
      createdDateTime: property.dateTimeOffset({
        nullable: false,
        default: true,
        filter: filters.directoryDate,
        sort: 'advanced',
      }),
      groupMembershipClaims: property.string(both),
      isFallbackPublicClient: property.boolean(both),
      nativeAuthenticationApisEnabled: property.string(both),
      serviceManagementReference: property.string(both),
      api: property.complex(apiApplication, both),
      appRoles: property.collection(appRole, { ...both, storage: 'jsonb' }),
      web: property.complex(webApplication, both),
      spa: property.complex(spaApplication, both),
      publicClient: property.complex(publicClientApplication, both),
      requiredResourceAccess: property.collection(requiredResourceAccess, { ...both, storage: 'jsonb' }),
      optionalClaims: property.complex(optionalClaims, both),
      info: property.complex(informationalUrl, both),
      authenticationBehaviors: property.complex(authenticationBehaviors, both),
      passwordCredentials: property.collection(passwordCredential, {
        default: true,
        create: 'optional',
        sql: credentials('password', sql`'hint', stored.hint`),
      }),
      keyCredentials: property.collection(keyCredential, {
        ...both,
        sql: credentials(
          'key',
          sql`'type', stored.key_type, 'usage', 'Verify', 'key', ${base64('stored.key_value')},
              'customKeyIdentifier', ${base64('stored.custom_key_identifier')}`,
        ),
      }),
    },
  }),
  applicationSource,
)
