import type { Tx } from '../../platform/database/index.ts'
import type { PermissionGrant } from './model.ts'

const columns = ['id', 'client_id', 'resource_id', 'principal_id', 'scopes'] as const

interface Row {
  readonly id: string
  readonly client_id: string
  readonly resource_id: string
  readonly principal_id: string | null
  readonly scopes: readonly string[]
}

const toGrant = (row: Row): PermissionGrant => ({
  id: row.id,
  clientId: row.client_id,
  resourceId: row.resource_id,
  principalId: row.principal_id,
  scopes: row.scopes,
})

/** Adds a grant; false when there is one for the same client, resource and principal. */
export async function insertGrant(
  tx: Tx,
  tenantId: string,
  grant: PermissionGrant,
  now: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('oauth2_permission_grants')
    .values({
      tenant_id: tenantId,
      id: grant.id,
      client_id: grant.clientId,
      resource_id: grant.resourceId,
      principal_id: grant.principalId,
      scopes: grant.scopes,
      created_date_time: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'client_id', 'resource_id', 'principal_id']).doNothing(),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function findGrant(tx: Tx, id: string): Promise<PermissionGrant | null> {
  const row = await tx
    .selectFrom('oauth2_permission_grants')
    .select(columns)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : toGrant(row)
}

/** Finds a grant and locks it until the transaction ends. */
export async function lockGrant(tx: Tx, id: string): Promise<PermissionGrant | null> {
  const row = await tx
    .selectFrom('oauth2_permission_grants')
    .select(columns)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row === undefined ? null : toGrant(row)
}

export async function lockGrantOf(
  tx: Tx,
  clientId: string,
  resourceId: string,
  principalId: string | null,
): Promise<PermissionGrant | null> {
  const row = await tx
    .selectFrom('oauth2_permission_grants')
    .select(columns)
    .where('client_id', '=', clientId)
    .where('resource_id', '=', resourceId)
    .where('principal_id', principalId === null ? 'is' : '=', principalId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row === undefined ? null : toGrant(row)
}

export async function saveScopes(tx: Tx, id: string, scopes: readonly string[]): Promise<void> {
  await tx.updateTable('oauth2_permission_grants').set({ scopes }).where('id', '=', id).execute()
}

export async function deleteGrant(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('oauth2_permission_grants').where('id', '=', id).execute()
}

/** Forgets what a purged person consented to. */
export async function deleteGrantsOf(tx: Tx, principalId: string): Promise<void> {
  await tx.deleteFrom('oauth2_permission_grants').where('principal_id', '=', principalId).execute()
}

/** Scopes that everybody or this person granted the client on the resource, each once. */
export async function findGrantedScopes(
  tx: Tx,
  clientId: string,
  resourceId: string,
  principalId: string,
): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('oauth2_permission_grants')
    .select('scopes')
    .where('client_id', '=', clientId)
    .where('resource_id', '=', resourceId)
    .where((eb) => eb.or([eb('principal_id', 'is', null), eb('principal_id', '=', principalId)]))
    .execute()
  return [...new Set(rows.flatMap((row) => row.scopes))]
}

/** The same for every resource at once, by its application id. */
export async function findAllGrantedScopes(
  tx: Tx,
  clientId: string,
  principalId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await tx
    .selectFrom('oauth2_permission_grants as granted')
    .innerJoin('service_principals as resource', (join) =>
      join
        .onRef('resource.tenant_id', '=', 'granted.tenant_id')
        .onRef('resource.id', '=', 'granted.resource_id'),
    )
    .select(['resource.app_id', 'granted.scopes'])
    .where('granted.client_id', '=', clientId)
    .where('resource.deleted_date_time', 'is', null)
    .where((eb) =>
      eb.or([eb('granted.principal_id', 'is', null), eb('granted.principal_id', '=', principalId)]),
    )
    .execute()
  const byResource = Map.groupBy(rows, (row) => row.app_id)
  return new Map(
    [...byResource].map(([appId, grants]) => [appId, [...new Set(grants.flatMap((grant) => grant.scopes))]]),
  )
}
