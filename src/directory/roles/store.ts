import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'

export type PrincipalType = 'user' | 'group' | 'servicePrincipal'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    directory_roles: { tenant_id: string; role_template_id: string; activated_at: Date }
    directory_role_assignments: {
      tenant_id: string
      role_template_id: string
      principal_id: string
      principal_type: PrincipalType
      assigned_at: Date
    }
  }
}

/** Activates the role; says whether it was not active before. */
export async function activate(tx: Tx, tenantId: string, roleId: string, at: Date): Promise<boolean> {
  const result = await tx
    .insertInto('directory_roles')
    .values({ tenant_id: tenantId, role_template_id: roleId, activated_at: at })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'role_template_id']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Template ids of the activated roles. */
export async function findActivated(tx: Tx): Promise<ReadonlySet<string>> {
  const rows = await tx.selectFrom('directory_roles').select('role_template_id').execute()
  return new Set(rows.map((row) => row.role_template_id))
}

/** Waits for other writers who take away the same role. */
export async function lockRole(tx: Tx, roleId: string): Promise<void> {
  await tx
    .selectFrom('directory_roles')
    .select('role_template_id')
    .where('role_template_id', '=', roleId)
    .forNoKeyUpdate()
    .execute()
}

/** Says whether the principal did not have the role before. */
export async function insertAssignment(
  tx: Tx,
  tenantId: string,
  roleId: string,
  principal: { readonly id: string; readonly type: PrincipalType },
  at: Date,
): Promise<boolean> {
  const result = await tx
    .insertInto('directory_role_assignments')
    .values({
      tenant_id: tenantId,
      role_template_id: roleId,
      principal_id: principal.id,
      principal_type: principal.type,
      assigned_at: at,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'role_template_id', 'principal_id']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function deleteAssignment(tx: Tx, roleId: string, principalId: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('directory_role_assignments')
    .where('role_template_id', '=', roleId)
    .where('principal_id', '=', principalId)
    .executeTakeFirst()
  return result.numDeletedRows === 1n
}

/** Role template ids that the principal holds now: its own, and through groups that may hold roles. */
export async function findRolesOf(tx: Tx, principalId: string): Promise<ReadonlySet<string>> {
  if (!isGuid(principalId)) return new Set()
  const { rows } = await sql<{ id: string }>`
    select role_template_id as id from directory_role_assignments where principal_id = ${principalId}
    union
    select assignment.role_template_id
      from group_members as member
      join groups on groups.tenant_id = member.tenant_id and groups.id = member.group_id
       and groups.is_assignable_to_role and groups.deleted_date_time is null
      join directory_role_assignments as assignment
        on assignment.tenant_id = member.tenant_id and assignment.principal_id = member.group_id
     where member.member_id = ${principalId}`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** How many people hold the role who can sign in: enabled, not deleted, directly or through a group. */
export async function countHolders(tx: Tx, roleId: string): Promise<number> {
  const { rows } = await sql<{ holders: number }>`
    with principals as (
      select tenant_id, principal_id as id from directory_role_assignments where role_template_id = ${roleId}
      union
      select member.tenant_id, member.member_id
        from directory_role_assignments as assignment
        join groups on groups.tenant_id = assignment.tenant_id and groups.id = assignment.principal_id
         and groups.is_assignable_to_role and groups.deleted_date_time is null
        join group_members as member
          on member.tenant_id = groups.tenant_id and member.group_id = groups.id
       where assignment.role_template_id = ${roleId}
    )
    select count(*) as holders
      from users join principals on principals.tenant_id = users.tenant_id and principals.id = users.id
     where users.account_enabled and users.deleted_date_time is null`.execute(tx)
  return rows[0]?.holders ?? 0
}

/** Is any of these objects assigned the role directly? */
export async function isAssigned(tx: Tx, roleId: string, principalIds: readonly string[]): Promise<boolean> {
  if (principalIds.length === 0) return false
  const row = await tx
    .selectFrom('directory_role_assignments')
    .select('principal_id')
    .where('role_template_id', '=', roleId)
    .where('principal_id', 'in', [...principalIds])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
