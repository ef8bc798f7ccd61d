import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import { isGuid } from '../../platform/ids.ts'
import type { Address, AddressKind, ObjectIdentity, StoredPassword, User } from './model.ts'
import { aliased, columns, rowOf, type UserTable, userOf } from './table.ts'

/**
 * Inserts the user unless the user principal name is taken; says whether it did. A transaction survives the refusal.
 */
export async function insertUser(tx: Tx, tenantId: string, user: User): Promise<boolean> {
  const row = { ...rowOf(user), tenant_id: tenantId }
  const result = await tx
    .insertInto('users')
    // `rowOf` names each column of the table, with a value of its type.
    .values(
      row as unknown as UserTable & {
        identities: string
        on_premises_extension_attributes: string
        more: string
      },
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_principal_name_key' as 'id']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function updateUser(tx: Tx, id: string, changes: Partial<User>): Promise<void> {
  const row = rowOf(changes)
  if (Object.keys(row).length === 0) return
  await tx.updateTable('users').set(row).where('id', '=', id).execute()
}

/** A user who is not deleted. `forUpdate` makes other writers of this user wait until this transaction ends. */
export async function findUser(
  tx: Tx,
  id: string,
  lock: 'no lock' | 'for update' = 'no lock',
): Promise<User | null> {
  if (!isGuid(id)) return null
  let query = tx
    .selectFrom('users')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_date_time', 'is', null)
  if (lock === 'for update') query = query.forNoKeyUpdate()
  const row = await query.executeTakeFirst()
  return row === undefined ? null : userOf(row)
}

/** A user in deletedItems, deleted at or after `since`. Locked. */
export async function findDeletedUser(tx: Tx, id: string, since: Date): Promise<User | null> {
  if (!isGuid(id)) return null
  const row = await tx
    .selectFrom('users')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_date_time', '>=', since)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? null : userOf(row)
}

export async function findUserByPrincipalName(tx: Tx, name: string): Promise<User | null> {
  const row = await tx
    .selectFrom('users')
    .select(columns)
    .where(sql<boolean>`user_principal_name_key = lower(${name})`)
    .where('deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : userOf(row)
}

/** A user that an address leads to, and by which of its addresses. */
export interface AddressMatch {
  readonly user: User
  readonly kinds: readonly AddressKind[]
}

/** Everyone that an address leads to, users who are not deleted only; by id. */
export async function findUsersByAddress(tx: Tx, address: string): Promise<readonly AddressMatch[]> {
  const found = await tx
    .selectFrom('user_addresses')
    .select(['user_id', 'kind'])
    .where('address', '=', lowered(address))
    .execute()
  if (found.length === 0) return []
  // Two reads by key. As one join it goes wrong in a tenant that has just grown: until the next ANALYZE the planner
  // takes the tenant for small and walks through all of its users.
  const users = await tx
    .selectFrom('users')
    .select(columns)
    .where(sql<boolean>`id = any(${found.map((row) => row.user_id)}::uuid[])`)
    .where('deleted_date_time', 'is', null)
    .orderBy('id')
    .execute()
  return users.map((row) => ({
    user: userOf(row),
    kinds: found.filter((match) => match.user_id === row.id).map((match) => match.kind),
  }))
}

// Lowered by the database, on both sides: its idea of lower case and JavaScript's differ in a few letters.
const lowered = (text: string): RawBuilder<string> => sql<string>`lower(${text})`

export async function findUserByIdentity(tx: Tx, identity: ObjectIdentity): Promise<User | null> {
  const row = await tx
    .selectFrom('user_identities')
    .innerJoin('users', (join) =>
      join
        .onRef('users.tenant_id', '=', 'user_identities.tenant_id')
        .onRef('users.id', '=', 'user_identities.user_id'),
    )
    .select(aliased)
    .where('sign_in_type', '=', identity.signInType)
    .where('issuer', '=', identity.issuer)
    .where('issuer_assigned_id', '=', identity.issuerAssignedId)
    .where('users.deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : userOf(row)
}

/** Which of these addresses are somebody's proxy address; lower case. */
export async function findTakenProxyAddresses(
  tx: Tx,
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  if (addresses.length === 0) return new Set()
  const rows = await tx
    .selectFrom('user_addresses')
    .select('address')
    .where('kind', '=', 'proxy')
    .where('address', 'in', addresses.map(lowered))
    .execute()
  return new Set(rows.map((row) => row.address))
}

/**
 * Makes the look-up rows say what the user says. Fails on the unique index when somebody else has a proxy address
 * or an identity of the list.
 */
export async function replaceAddresses(
  tx: Tx,
  tenantId: string,
  userId: string,
  addresses: readonly Address[],
): Promise<void> {
  await tx.deleteFrom('user_addresses').where('user_id', '=', userId).execute()
  await insertAddresses(tx, tenantId, userId, addresses)
}

/** The same for a user who has none yet. */
export async function insertAddresses(
  tx: Tx,
  tenantId: string,
  userId: string,
  addresses: readonly Address[],
): Promise<void> {
  if (addresses.length === 0) return
  const rows = addresses.map(({ address, kind }) => ({
    tenant_id: tenantId,
    address: lowered(address),
    kind,
    user_id: userId,
  }))
  await tx
    .insertInto('user_addresses')
    .values(rows)
    // The same address twice in one list; another user's proxy address is caught by the unique index on those.
    .onConflict((conflict) => conflict.columns(['tenant_id', 'address', 'kind', 'user_id']).doNothing())
    .execute()
}

export async function replaceIdentities(
  tx: Tx,
  tenantId: string,
  userId: string,
  identities: readonly ObjectIdentity[],
): Promise<void> {
  await tx.deleteFrom('user_identities').where('user_id', '=', userId).execute()
  await insertIdentities(tx, tenantId, userId, identities)
}

/** The same for a user who has none yet. */
export async function insertIdentities(
  tx: Tx,
  tenantId: string,
  userId: string,
  identities: readonly ObjectIdentity[],
): Promise<void> {
  if (identities.length === 0) return
  const rows = identities.map((identity) => ({
    tenant_id: tenantId,
    sign_in_type: identity.signInType,
    issuer: identity.issuer,
    issuer_assigned_id: identity.issuerAssignedId,
    user_id: userId,
  }))
  await tx.insertInto('user_identities').values(rows).execute()
}

export async function savePassword(
  tx: Tx,
  tenantId: string,
  userId: string,
  password: StoredPassword,
): Promise<void> {
  const facts = {
    hash: password.hash,
    force_change: password.forceChange,
    force_change_with_mfa: password.forceChangeWithMfa,
    changed_at: password.changedAt,
  }
  await tx
    .insertInto('user_passwords')
    .values({ tenant_id: tenantId, user_id: userId, ...facts })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(facts))
    .execute()
}

export async function deletePassword(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('user_passwords').where('user_id', '=', userId).execute()
}

export async function findPassword(tx: Tx, userId: string): Promise<StoredPassword | null> {
  const row = await tx
    .selectFrom('user_passwords')
    .select(['hash', 'force_change', 'force_change_with_mfa', 'changed_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    hash: row.hash,
    forceChange: row.force_change,
    forceChangeWithMfa: row.force_change_with_mfa,
    changedAt: row.changed_at,
  }
}

/** Removes the row for ever, and by its foreign keys everything that hangs on it. */
export async function purgeUser(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('users').set({ manager_id: null }).where('manager_id', '=', id).execute()
  await tx.deleteFrom('users').where('id', '=', id).execute()
}

/** Ids of users deleted before `before`, oldest first. */
export async function findExpiredUsers(tx: Tx, before: Date, limit: number): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('users')
    .select('id')
    .where('deleted_date_time', '<', before)
    .orderBy('deleted_date_time')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}
