import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import type { GroupRelation, MemberType, OwnerType } from './model.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    group_members: {
      tenant_id: string
      group_id: string
      member_id: string
      member_type: MemberType
      added_at: Date
    }
    group_owners: {
      tenant_id: string
      group_id: string
      owner_id: string
      owner_type: OwnerType
      added_at: Date
    }
  }
}

/** Adds the objects that are not there yet and returns their ids. */
export async function insertRelated(
  tx: Tx,
  tenantId: string,
  relation: GroupRelation,
  groupId: string,
  objects: readonly { readonly id: string; readonly type: MemberType }[],
  at: Date,
): Promise<readonly string[]> {
  if (objects.length === 0) return []
  if (relation === 'members') {
    const rows = await tx
      .insertInto('group_members')
      .values(
        objects.map(({ id, type }) => ({
          tenant_id: tenantId,
          group_id: groupId,
          member_id: id,
          member_type: type,
          added_at: at,
        })),
      )
      .onConflict((conflict) => conflict.columns(['tenant_id', 'group_id', 'member_id']).doNothing())
      .returning('member_id as id')
      .execute()
    return rows.map((row) => row.id)
  }
  const rows = await tx
    .insertInto('group_owners')
    .values(
      objects.map(({ id, type }) => ({
        tenant_id: tenantId,
        group_id: groupId,
        owner_id: id,
        owner_type: type === 'servicePrincipal' ? type : 'user',
        added_at: at,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'group_id', 'owner_id']).doNothing())
    .returning('owner_id as id')
    .execute()
  return rows.map((row) => row.id)
}

export async function deleteRelated(
  tx: Tx,
  relation: GroupRelation,
  groupId: string,
  objectId: string,
): Promise<boolean> {
  const result =
    relation === 'members'
      ? await tx
          .deleteFrom('group_members')
          .where('group_id', '=', groupId)
          .where('member_id', '=', objectId)
          .executeTakeFirst()
      : await tx
          .deleteFrom('group_owners')
          .where('group_id', '=', groupId)
          .where('owner_id', '=', objectId)
          .executeTakeFirst()
  return result.numDeletedRows === 1n
}

/** How many owners the group has that are not deleted. */
export async function countOwners(tx: Tx, groupId: string): Promise<number> {
  const { rows } = await sql<{ owners: number }>`
    select count(*) as owners from group_owners as owner
     where owner.group_id = ${groupId}
       and (exists (select from users where users.tenant_id = owner.tenant_id and users.id = owner.owner_id
                       and users.deleted_date_time is null)
         or exists (select from service_principals as principal
                     where principal.tenant_id = owner.tenant_id and principal.id = owner.owner_id
                       and principal.deleted_date_time is null))`.execute(tx)
  return rows[0]?.owners ?? 0
}

/** Ids of the groups that an object is in, nested ones included; cycles end, deleted groups break the chain. */
export async function findTransitiveGroups(
  tx: Tx,
  memberId: string,
  onlySecurityEnabled = false,
): Promise<readonly string[]> {
  if (!isGuid(memberId)) return []
  const { rows } = await sql<{ id: string }>`
    with recursive above as (
      select groups.tenant_id, groups.id, groups.security_enabled
        from group_members as member
        join groups on groups.tenant_id = member.tenant_id and groups.id = member.group_id
         and groups.deleted_date_time is null
       where member.member_id = ${memberId}
      union
      select groups.tenant_id, groups.id, groups.security_enabled
        from above
        join group_members as member on member.tenant_id = above.tenant_id and member.member_id = above.id
        join groups on groups.tenant_id = member.tenant_id and groups.id = member.group_id
         and groups.deleted_date_time is null
    )
    select id from above
     where (security_enabled or not ${onlySecurityEnabled})
       -- A group in a cycle is above itself, but is no member of itself.
       and id <> ${memberId}
     order by id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Which of `groupIds` the object is in, nested groups included. */
export async function findMemberships(
  tx: Tx,
  memberId: string,
  groupIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const all = new Set(await findTransitiveGroups(tx, memberId))
  return new Set(groupIds.map((id) => id.toLowerCase()).filter((id) => all.has(id)))
}

/** Users in the group, nested groups included, not deleted. */
export async function findTransitiveUsers(tx: Tx, groupId: string): Promise<readonly string[]> {
  if (!isGuid(groupId)) return []
  const { rows } = await sql<{ id: string }>`
    with recursive below as (
      select member.tenant_id, member.member_id as id, member.member_type as type
        from group_members as member
       where member.group_id = ${groupId}
      union
      select member.tenant_id, member.member_id, member.member_type
        from below
        join groups on groups.tenant_id = below.tenant_id and groups.id = below.id
         and groups.deleted_date_time is null
        join group_members as member on member.tenant_id = groups.tenant_id and member.group_id = groups.id
       where below.type = 'group'
    )
    select users.id from below
      join users on users.tenant_id = below.tenant_id and users.id = below.id and users.deleted_date_time is null
     where below.type = 'user' order by users.id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Is the object a direct member, or an owner, of the group? */
export async function isRelated(
  tx: Tx,
  relation: GroupRelation,
  groupId: string,
  objectId: string,
): Promise<boolean> {
  const row =
    relation === 'members'
      ? await tx
          .selectFrom('group_members')
          .select('member_id')
          .where('group_id', '=', groupId)
          .where('member_id', '=', objectId)
          .executeTakeFirst()
      : await tx
          .selectFrom('group_owners')
          .select('owner_id')
          .where('group_id', '=', groupId)
          .where('owner_id', '=', objectId)
          .executeTakeFirst()
  return row !== undefined
}

/** Which of these groups keep their membership hidden. */
export async function findHidden(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .selectFrom('groups')
    .select('id')
    .where('id', 'in', [...ids])
    .where('visibility', '=', 'HiddenMembership')
    .execute()
  return new Set(rows.map((row) => row.id))
}
