import { sql } from 'kysely'
import { defineEntity, filters, property, type Source } from '../../graph/index.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { objectType } from '../object-types.ts'
import { loadRelated } from '../related.ts'
import { roleMembers } from '../relations.ts'
import { findBuiltInRole } from './built-in.ts'
import { roleCatalogue } from './catalogue.ts'

/** The tenant's activated roles. */
export const directoryRoles: Source = {
  from: sql`(select active.tenant_id, listed.*, null::timestamptz as deleted_date_time
    from directory_roles as active join ${roleCatalogue} as listed on listed.id = active.role_template_id) as r`,
  alias: 'r',
}

/** directoryRole in Graph. */
export const directoryRole = objectType(
  defineEntity({
    name: 'directoryRole',
    set: 'directoryRoles',
    base: directoryObject,
    // GRA-17
    paging: 'none',
    alternateKeys: { roleTemplateId: async (_, value) => findBuiltInRole(value)?.id },
    navigation: {
      members: {
        target: 'directoryObject',
        collection: true,
        load: (tx, ids, options) => loadRelated(tx, ids, roleMembers, options),
      },
    },
    properties: {
      deletedDateTime: property.dateTimeOffset({ default: true }),
      displayName: property.string({
        default: true,
        folded: true,
        filter: filters.directoryText,
        sort: 'default',
      }),
      description: property.string({ default: true }),
      roleTemplateId: property.string({
        default: true,
        create: 'required',
        column: 'id',
        storage: 'uuid',
        filter: { default: ['eq', 'in'] },
      }),
    },
  }),
  directoryRoles,
)

/** directoryRoleTemplate in Graph: every built-in role, activated or not. */
export const directoryRoleTemplate = defineEntity({
  name: 'directoryRoleTemplate',
  set: 'directoryRoleTemplates',
  base: directoryObject,
  paging: 'none',
  properties: {
    deletedDateTime: property.dateTimeOffset({ default: true, sql: () => sql`null::timestamptz` }),
    displayName: property.string({ default: true, folded: true }),
    description: property.string({ default: true }),
  },
})

export const directoryRoleTemplates: Source = {
  from: sql`${roleCatalogue} as t`,
  alias: 't',
}
