import { sql } from 'kysely'
import { defineEntity, filters, type Navigation, property, type Source } from '../../graph/index.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { objectType } from '../object-types.ts'
import { loadRelated } from '../related.ts'
import { memberOf, members, owners, type Relation } from '../relations.ts'
import { findGroupIdByUniqueName } from './store.ts'

const related = (relation: Relation, bind?: 'both'): Navigation => ({
  target: 'directoryObject',
  collection: true,
  load: (tx, ids, options) => loadRelated(tx, ids, relation, options),
  ...(bind !== undefined && { bind }),
})

const both = { create: 'optional', update: true, default: true } as const
const flag = { nullable: false, create: 'required', update: true, default: true } as const

/** Groups that are not deleted. */
export const groups: Source = {
  from: sql`groups as g`,
  alias: 'g',
  where: sql`g.deleted_date_time is null`,
}

/** group in Graph (graph-conventions.md, section 2). Everything is returned without `$select`. */
export const group = objectType(
  defineEntity({
    name: 'group',
    set: 'groups',
    base: directoryObject,
    alternateKeys: { uniqueName: findGroupIdByUniqueName },
    navigation: {
      members: related(members, 'both'),
      owners: related(owners, 'both'),
      memberOf: related(memberOf),
      transitiveMembers: { target: 'directoryObject', collection: true },
      transitiveMemberOf: { target: 'directoryObject', collection: true },
    },
    properties: {
      deletedDateTime: property.dateTimeOffset({
        default: true,
        filter: { advanced: ['eq', 'ge', 'le', 'not', 'ne', 'null'] },
        sort: 'advanced',
      }),
      displayName: property.string({
        nullable: false,
        create: 'required',
        update: true,
        default: true,
        folded: true,
        filter: filters.directoryText,
        sort: 'default',
        search: 'tokens',
      }),
      description: property.string({
        ...both,
        filter: { default: ['eq', 'in', 'startsWith'], advanced: ['ne', 'not', 'null'] },
        search: 'tokens',
      }),
      mailEnabled: property.boolean({ ...flag, filter: filters.directoryValue }),
      mailNickname: property.string({ ...flag, folded: true, filter: filters.directoryText }),
      securityEnabled: property.boolean({ ...flag, filter: filters.directoryValue }),
      groupTypes: property.collection('Edm.String', {
        ...both,
        filter: { default: ['eq'], advanced: ['not', 'count'] },
      }),
      membershipRule: property.string(both),
      membershipRuleProcessingState: property.string(both),
      isAssignableToRole: property.boolean({
        create: 'optional',
        default: true,
        filter: { default: ['eq'], advanced: ['ne', 'not'] },
      }),
      visibility: property.string(both),
      mail: property.string({ default: true, folded: true, filter: filters.directoryAddress }),
      uniqueName: property.string({ ...both, folded: true, filter: filters.directoryText }),
      createdDateTime: property.dateTimeOffset({
        nullable: false,
        default: true,
        filter: filters.directoryDate,
        sort: 'advanced',
      }),
      onPremisesSyncEnabled: property.boolean({
        default: true,
        filter: { default: ['eq', 'in'], advanced: ['ne', 'not', 'null'] },
      }),
      isManagementRestricted: property.boolean({ default: true, sql: () => sql`null::boolean` }),
      securityIdentifier: property.string({
        default: true,
        sql: (alias) => sql`security_identifier(${sql.ref(`${alias}.id`)})`,
      }),
    },
  }),
  groups,
)
