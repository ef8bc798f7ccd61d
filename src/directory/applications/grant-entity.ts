import { sql } from 'kysely'
import { defineEntity, property, type Source } from '../../graph/index.ts'

const equal = { default: ['eq', 'in'], advanced: ['ne', 'not', 'null'] } as const

/** oAuth2PermissionGrant in Graph (graph-conventions.md, section 2). Only `scope` can be changed. */
export const oAuth2PermissionGrant = defineEntity({
  name: 'oAuth2PermissionGrant',
  set: 'oauth2PermissionGrants',
  ignoreCase: true,
  properties: {
    id: property.string({ storage: 'uuid', nullable: false, default: true, filter: equal }),
    clientId: property.string({
      storage: 'uuid',
      nullable: false,
      default: true,
      create: 'required',
      filter: equal,
    }),
    consentType: property.string({
      default: true,
      create: 'required',
      sql: (alias) =>
        sql`case when ${sql.ref(`${alias}.principal_id`)} is null then 'AllPrincipals' else 'Principal' end`,
      filter: equal,
    }),
    principalId: property.string({ storage: 'uuid', default: true, create: 'optional', filter: equal }),
    resourceId: property.string({
      storage: 'uuid',
      nullable: false,
      default: true,
      create: 'required',
      filter: equal,
    }),
    scope: property.string({
      default: true,
      create: 'optional',
      update: true,
      maxLength: 3_000,
      sql: (alias) => sql`array_to_string(${sql.ref(`${alias}.scopes`)}, ' ')`,
    }),
  },
})

export const grantSource: Source = { from: sql`oauth2_permission_grants as granted`, alias: 'granted' }

/** Grants to one client, or by one person. */
export const grantsOf = (side: 'client' | 'principal', id: string): Source => ({
  ...grantSource,
  where: side === 'client' ? sql`granted.client_id = ${id}::uuid` : sql`granted.principal_id = ${id}::uuid`,
})
