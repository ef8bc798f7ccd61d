import { sql } from 'kysely'
import {
  defineEntity,
  type ExpandOptions,
  filters,
  type GraphRow,
  getEntities,
  property,
  type Source,
  type Sql,
} from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'

/** The name of the object that `column` of the assignment points to, null once it is deleted. */
const principalName = (alias: string): Sql => {
  const of = (table: 'users' | 'groups' | 'service_principals', type: string): Sql =>
    sql`when ${sql.lit(type)} then (
      select named.display_name from ${sql.table(table)} as named
       where named.tenant_id = ${sql.ref(`${alias}.tenant_id`)} and named.id = ${sql.ref(`${alias}.principal_id`)}
         and named.deleted_date_time is null)`
  return sql`case ${sql.ref(`${alias}.principal_type`)} ${of('users', 'User')} ${of('groups', 'Group')}
    ${of('service_principals', 'ServicePrincipal')} end`
}

const resourceName = (alias: string): Sql => sql`(
  select resource.display_name from service_principals as resource
   where resource.tenant_id = ${sql.ref(`${alias}.tenant_id`)} and resource.id = ${sql.ref(`${alias}.resource_id`)}
     and resource.deleted_date_time is null)`

const equal = { default: ['eq', 'in'], advanced: ['ne', 'not'] } as const

/** appRoleAssignment in Graph (graph-conventions.md, section 2). Created as a whole, never changed. */
export const appRoleAssignment = defineEntity({
  name: 'appRoleAssignment',
  set: 'appRoleAssignments',
  advancedQueries: true,
  ignoreCase: true,
  properties: {
    id: property.string({ storage: 'uuid', nullable: false, default: true, filter: equal }),
    deletedDateTime: property.dateTimeOffset({ default: true, sql: () => sql`null::timestamptz` }),
    appRoleId: property.guid({ nullable: false, default: true, create: 'required', filter: equal }),
    createdDateTime: property.dateTimeOffset({ default: true, filter: filters.directoryDate }),
    principalDisplayName: property.string({
      default: true,
      sql: principalName,
      filter: filters.directoryText,
    }),
    principalId: property.guid({ default: true, create: 'required', filter: equal }),
    principalType: property.string({ default: true, filter: equal }),
    resourceDisplayName: property.string({ default: true, sql: resourceName, filter: filters.directoryText }),
    resourceId: property.guid({ default: true, create: 'required', filter: equal }),
  },
})

/** The assignments of a principal, or to a resource; those with a deleted other side are left out. */
export const assignmentSource = (side: 'principal' | 'resource', id: string): Source => ({
  from: sql`app_role_assignments as assignment`,
  alias: 'assignment',
  where:
    side === 'principal'
      ? sql`assignment.principal_id = ${id}::uuid and ${resourceName('assignment')} is not null`
      : sql`assignment.resource_id = ${id}::uuid and ${principalName('assignment')} is not null`,
})

/** The first assignments of each of many service principals, for `$expand` (GRA-18). */
export async function loadAssignments(
  tx: Tx,
  side: 'principal' | 'resource',
  ids: readonly string[],
  { limit, select }: ExpandOptions,
): Promise<ReadonlyMap<string, readonly GraphRow[]>> {
  const related = new Map<string, readonly GraphRow[]>()
  for (const id of ids.filter(isGuid)) {
    const { rows } = await sql<{ id: string }>`
      select id from app_role_assignments
       where ${sql.ref(`${side}_id`)} = ${id} order by id limit ${limit}`.execute(tx)
    const found = await getEntities(
      tx,
      appRoleAssignment,
      assignmentSource(side, id),
      rows.map((row) => row.id),
      select,
    )
    related.set(id, found)
  }
  return related
}
