import { sql } from 'kysely'
import type { Sql } from '../graph/index.ts'
import type { DirectoryObjectType } from './directory-objects.ts'
import { roleCatalogue } from './roles/catalogue.ts'

/**
 * A relation between directory objects as SQL: rows of `tenant_id, owner_id, object_id, object_type`. The objects
 * may be deleted; whoever reads joins them with what exists.
 */
export interface Relation {
  readonly rows: Sql
  /** Types that its objects can have. */
  readonly types: readonly DirectoryObjectType[]
  /** Its objects are what the owner is in, so those with hidden membership are not shown to everybody (GRA-38). */
  readonly upwards?: true
}

const principals = ['user', 'group', 'servicePrincipal'] as const

export const members: Relation = {
  rows: sql`select tenant_id, group_id as owner_id, member_id as object_id, member_type as object_type
    from group_members`,
  types: principals,
}

export const owners: Relation = {
  rows: sql`select tenant_id, group_id as owner_id, owner_id as object_id, owner_type as object_type
    from group_owners`,
  types: ['user', 'servicePrincipal'],
}

export const sponsors: Relation = {
  rows: sql`select tenant_id, user_id as owner_id, sponsor_id as object_id, sponsor_type as object_type
    from user_sponsors`,
  types: ['user', 'group'],
}

export const sponsorOf: Relation = {
  rows: sql`select tenant_id, sponsor_id as owner_id, user_id as object_id, 'user' as object_type
    from user_sponsors`,
  types: ['user'],
}

export const manager: Relation = {
  rows: sql`select tenant_id, id as owner_id, manager_id as object_id, 'user' as object_type
    from users where manager_id is not null`,
  types: ['user'],
}

export const directReports: Relation = {
  rows: sql`select tenant_id, manager_id as owner_id, id as object_id, 'user' as object_type
    from users where manager_id is not null`,
  types: ['user'],
}

export const ownedObjects: Relation = {
  rows: sql`select tenant_id, owner_id, group_id as object_id, 'group' as object_type from group_owners
    union all
    select owned.tenant_id, owned.owner_id, owned.object_id,
           case when application.id is null then 'servicePrincipal' else 'application' end
      from application_owners as owned
      left join applications as application
        on application.tenant_id = owned.tenant_id and application.id = owned.object_id`,
  types: ['group', 'servicePrincipal', 'application'],
}

export const roleMembers: Relation = {
  rows: sql`select tenant_id, role_template_id as owner_id, principal_id as object_id, principal_type as object_type
    from directory_role_assignments`,
  types: principals,
}

/** Groups that the object is in itself, and roles that it holds itself (GRA-38). */
export const memberOf: Relation = {
  rows: sql`select tenant_id, member_id as owner_id, group_id as object_id, 'group' as object_type
      from group_members
    union all
    select tenant_id, principal_id, role_template_id, 'directoryRole' from directory_role_assignments`,
  types: ['group', 'directoryRole'],
  upwards: true,
}

/**
 * Groups, nested ones included, and the roles of the object and of its groups that hold roles (GRA-38). Unless
 * `hidden`, nothing that lies beyond a group with hidden membership shows either: it would tell who is in it.
 */
export const transitiveMemberOf = (id: string, { hidden }: { readonly hidden: boolean }): Relation => ({
  rows: sql`
    with recursive above as (
      select groups.tenant_id, groups.id, groups.is_assignable_to_role, true as direct
        from group_members as member
        join groups on groups.tenant_id = member.tenant_id and groups.id = member.group_id
         and groups.deleted_date_time is null
         and (${hidden} or groups.visibility is distinct from 'HiddenMembership')
       where member.member_id = ${id}::uuid
      union
      select groups.tenant_id, groups.id, groups.is_assignable_to_role, false
        from above
        join group_members as member on member.tenant_id = above.tenant_id and member.member_id = above.id
        join groups on groups.tenant_id = member.tenant_id and groups.id = member.group_id
         and groups.deleted_date_time is null
         and (${hidden} or groups.visibility is distinct from 'HiddenMembership')
    )
    select distinct tenant_id, ${id}::uuid as owner_id, id as object_id, 'group' as object_type
      from above where id <> ${id}::uuid
    union
    select tenant_id, ${id}::uuid, role_template_id, 'directoryRole' from directory_role_assignments
     where principal_id = ${id}::uuid
    union
    select held.tenant_id, ${id}::uuid, held.role_template_id, 'directoryRole'
      from above
      join directory_role_assignments as held
        on held.tenant_id = above.tenant_id and held.principal_id = above.id
     where above.direct and above.is_assignable_to_role`,
  types: ['group', 'directoryRole'],
})

/**
 * Everything in the group, nested groups and their members included; cycles end (GRA-38). Unless `hidden`, nested
 * groups with hidden membership keep their members to themselves.
 */
export const transitiveMembers = (id: string, { hidden }: { readonly hidden: boolean }): Relation => ({
  rows: sql`
    with recursive below as (
      select member.tenant_id, member.member_id as id, member.member_type as type
        from group_members as member
       where member.group_id = ${id}::uuid
      union
      select member.tenant_id, member.member_id, member.member_type
        from below
        join groups on groups.tenant_id = below.tenant_id and groups.id = below.id
         and groups.deleted_date_time is null
         and (${hidden} or groups.visibility is distinct from 'HiddenMembership')
        join group_members as member on member.tenant_id = groups.tenant_id and member.group_id = groups.id
       where below.type = 'group'
    )
    select tenant_id, ${id}::uuid as owner_id, id as object_id, type as object_type
      from below where id <> ${id}::uuid`,
  types: principals,
})

/** What exists of one type, in the columns that collections of mixed types share. */
export const existing: Readonly<Record<DirectoryObjectType, Sql>> = {
  user: sql`select tenant_id, id, display_name, display_name_key, null::text as visibility
    from users where deleted_date_time is null`,
  group: sql`select tenant_id, id, display_name, display_name_key, visibility
    from groups where deleted_date_time is null`,
  servicePrincipal: sql`select tenant_id, id, display_name, display_name_key, null::text as visibility
    from service_principals where deleted_date_time is null`,
  application: sql`select tenant_id, id, display_name, display_name_key, null::text as visibility
    from applications where deleted_date_time is null`,
  directoryRole: sql`select active.tenant_id, role.id, role.display_name, role.display_name_key, null::text as visibility
    from directory_roles as active join ${roleCatalogue} as role on role.id = active.role_template_id`,
}
