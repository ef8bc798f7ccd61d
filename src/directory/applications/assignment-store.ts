import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import type { AppRoleAssignment, PrincipalType } from './model.ts'

/** Adds an assignment; false when the principal has that role of that resource already. */
export async function insertAssignment(
  tx: Tx,
  tenantId: string,
  assignment: AppRoleAssignment,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('app_role_assignments')
    .values({
      tenant_id: tenantId,
      id: assignment.id,
      app_role_id: assignment.appRoleId,
      principal_id: assignment.principalId,
      principal_type: assignment.principalType,
      resource_id: assignment.resourceId,
      created_date_time: assignment.createdDateTime,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'resource_id', 'principal_id', 'app_role_id']).doNothing(),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function findAssignment(tx: Tx, id: string): Promise<AppRoleAssignment | null> {
  const row = await tx
    .selectFrom('app_role_assignments')
    .select(['id', 'app_role_id', 'principal_id', 'principal_type', 'resource_id', 'created_date_time'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    id: row.id,
    appRoleId: row.app_role_id,
    principalId: row.principal_id,
    principalType: row.principal_type,
    resourceId: row.resource_id,
    createdDateTime: row.created_date_time,
  }
}

export async function deleteAssignment(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('app_role_assignments').where('id', '=', id).execute()
}

/** Forgets the assignments of a purged principal. */
export async function deleteAssignmentsOf(tx: Tx, principalId: string): Promise<void> {
  await tx.deleteFrom('app_role_assignments').where('principal_id', '=', principalId).execute()
}

/** Roles that a resource no longer declares cannot be held. */
export async function deleteAssignmentsToRoles(
  tx: Tx,
  resourceId: string,
  roleIds: readonly string[],
): Promise<void> {
  if (roleIds.length === 0) return
  await tx
    .deleteFrom('app_role_assignments')
    .where('resource_id', '=', resourceId)
    .where('app_role_id', 'in', roleIds)
    .execute()
}

export interface Principal {
  readonly type: PrincipalType
  readonly displayName: string
}

/** What `id` is in this tenant, if it can be assigned to an application; deleted objects cannot. */
export async function findPrincipal(tx: Tx, id: string): Promise<Principal | null> {
  const { rows } = await sql<Principal>`
    select 'User' as type, display_name as "displayName" from users where id = ${id} and deleted_date_time is null
    union all
    select 'Group', display_name from groups where id = ${id} and deleted_date_time is null
    union all
    select 'ServicePrincipal', display_name from service_principals where id = ${id} and deleted_date_time is null
    limit 1`.execute(tx)
  return rows[0] ?? null
}

/**
 * Ids of the roles of `resourceId` that the principal holds, itself or through groups at any depth; the zero GUID
 * stands for default access. One statement, each step of which is an index range (see the EXPLAIN test). A deleted
 * group gives nothing and passes nothing on; `union` stops at circles.
 */
export async function findEffectiveRoleIds(
  tx: Tx,
  principalId: string,
  resourceId: string,
): Promise<readonly string[]> {
  const { rows } = await effectiveRoleIds(principalId, resourceId).execute(tx)
  return rows.map((row) => row.app_role_id)
}

/** Exported for the test that looks at its plan. */
export const effectiveRoleIds = (principalId: string, resourceId: string) => sql<{ app_role_id: string }>`
  with recursive above (tenant_id, id) as (
    select parent.tenant_id, parent.id
      from group_members as member
      join groups as parent on parent.tenant_id = member.tenant_id and parent.id = member.group_id
       and parent.deleted_date_time is null
     where member.member_id = ${principalId}
    union
    select parent.tenant_id, parent.id
      from above
      join group_members as member on member.tenant_id = above.tenant_id and member.member_id = above.id
      join groups as parent on parent.tenant_id = member.tenant_id and parent.id = member.group_id
       and parent.deleted_date_time is null
  )
  select app_role_id from app_role_assignments
   where resource_id = ${resourceId} and principal_id = ${principalId}
  union
  select assignment.app_role_id
    from above
    join app_role_assignments as assignment on assignment.tenant_id = above.tenant_id
     and assignment.resource_id = ${resourceId} and assignment.principal_id = above.id`

/** Ids of the roles that exactly this principal holds, not through groups. */
export async function findDirectRoleIds(
  tx: Tx,
  principalId: string,
  resourceId: string,
): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('app_role_assignments')
    .select('app_role_id')
    .where('resource_id', '=', resourceId)
    .where('principal_id', '=', principalId)
    .execute()
  return rows.map((row) => row.app_role_id)
}
