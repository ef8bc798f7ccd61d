import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import type { Group } from './model.ts'

interface GroupTable {
  tenant_id: string
  id: string
  display_name: string
  description: string | null
  mail_enabled: boolean
  mail_nickname: string
  security_enabled: boolean
  group_types: readonly string[]
  membership_rule: string | null
  membership_rule_processing_state: 'On' | 'Paused' | null
  is_assignable_to_role: boolean
  visibility: 'Public' | 'Private' | 'HiddenMembership' | null
  mail: string | null
  unique_name: string | null
  on_premises_sync_enabled: boolean | null
  created_date_time: Date
  deleted_date_time: Date | null
}

declare module '../../platform/database/schema.ts' {
  interface Schema {
    groups: GroupTable
  }
}

const columns = [
  'id',
  'display_name as displayName',
  'description',
  'mail_enabled as mailEnabled',
  'mail_nickname as mailNickname',
  'security_enabled as securityEnabled',
  'group_types as groupTypes',
  'membership_rule as membershipRule',
  'membership_rule_processing_state as membershipRuleProcessingState',
  'is_assignable_to_role as isAssignableToRole',
  'visibility',
  'mail',
  'unique_name as uniqueName',
  'on_premises_sync_enabled as onPremisesSyncEnabled',
  'created_date_time as createdDateTime',
  'deleted_date_time as deletedDateTime',
] as const

const rowOf = (group: Group) => ({
  id: group.id,
  display_name: group.displayName,
  description: group.description,
  mail_enabled: group.mailEnabled,
  mail_nickname: group.mailNickname,
  security_enabled: group.securityEnabled,
  group_types: group.groupTypes,
  membership_rule: group.membershipRule,
  membership_rule_processing_state: group.membershipRuleProcessingState,
  is_assignable_to_role: group.isAssignableToRole,
  visibility: group.visibility,
  mail: group.mail,
  unique_name: group.uniqueName,
  on_premises_sync_enabled: group.onPremisesSyncEnabled,
  created_date_time: group.createdDateTime,
  deleted_date_time: group.deletedDateTime,
})

export async function insertGroup(tx: Tx, tenantId: string, group: Group): Promise<void> {
  await tx
    .insertInto('groups')
    .values({ tenant_id: tenantId, ...rowOf(group) })
    .execute()
}

export async function saveGroup(tx: Tx, group: Group): Promise<void> {
  await tx.updateTable('groups').set(rowOf(group)).where('id', '=', group.id).execute()
}

/** A group that is not deleted. `for update` makes other writers of this group wait. */
export async function findGroup(
  tx: Tx,
  id: string,
  lock: 'no lock' | 'for update' = 'no lock',
): Promise<Group | null> {
  if (!isGuid(id)) return null
  let query = tx
    .selectFrom('groups')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_date_time', 'is', null)
  if (lock === 'for update') query = query.forNoKeyUpdate()
  return (await query.executeTakeFirst()) ?? null
}

/** A group in deletedItems, deleted at or after `since`. Locked. */
export async function findDeletedGroup(tx: Tx, id: string, since: Date): Promise<Group | null> {
  if (!isGuid(id)) return null
  const group = await tx
    .selectFrom('groups')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_date_time', '>=', since)
    .forUpdate()
    .executeTakeFirst()
  return group ?? null
}

export async function findGroupIdByUniqueName(tx: Tx, name: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('groups')
    .select('id')
    .where(sql<boolean>`unique_name_key = lower(${name})`)
    .where('deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row?.id
}

/** Removes the row for ever; its members and owners go by their foreign keys. */
export async function purgeGroup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('groups').where('id', '=', id).execute()
}

/** Ids of groups deleted before `before`, oldest first. */
export async function findExpiredGroups(tx: Tx, before: Date, limit: number): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('groups')
    .select('id')
    .where('deleted_date_time', '<', before)
    .orderBy('deleted_date_time')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}
