import type { Insertable, Selectable } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import type { Application, ApplicationSettings, Platform } from './model.ts'
import type { ApplicationTable } from './tables.ts'

const columns = [
  'id',
  'app_id',
  'display_name',
  'description',
  'notes',
  'sign_in_audience',
  'identifier_uris',
  'publisher_domain',
  'unique_name',
  'tags',
  'group_membership_claims',
  'is_fallback_public_client',
  'native_authentication_apis_enabled',
  'service_management_reference',
  'api',
  'app_roles',
  'web',
  'spa',
  'public_client',
  'required_resource_access',
  'optional_claims',
  'info',
  'authentication_behaviors',
  'created_date_time',
  'deleted_date_time',
] as const satisfies readonly (keyof ApplicationTable)[]

type Row = Pick<Selectable<ApplicationTable>, (typeof columns)[number]>

const toApplication = (row: Row): Application => ({
  id: row.id,
  appId: row.app_id,
  displayName: row.display_name,
  description: row.description,
  notes: row.notes,
  signInAudience: row.sign_in_audience,
  identifierUris: row.identifier_uris,
  publisherDomain: row.publisher_domain,
  uniqueName: row.unique_name,
  tags: row.tags,
  groupMembershipClaims: row.group_membership_claims,
  isFallbackPublicClient: row.is_fallback_public_client,
  nativeAuthenticationApisEnabled: row.native_authentication_apis_enabled,
  serviceManagementReference: row.service_management_reference,
  api: row.api,
  appRoles: row.app_roles,
  web: row.web,
  spa: row.spa,
  publicClient: row.public_client,
  requiredResourceAccess: row.required_resource_access,
  optionalClaims: row.optional_claims,
  info: row.info,
  authenticationBehaviors: row.authentication_behaviors,
  createdDateTime: row.created_date_time,
  deletedDateTime: row.deleted_date_time,
})

const toColumns = (settings: ApplicationSettings) => ({
  display_name: settings.displayName,
  description: settings.description,
  notes: settings.notes,
  sign_in_audience: settings.signInAudience,
  identifier_uris: settings.identifierUris,
  unique_name: settings.uniqueName,
  tags: settings.tags,
  group_membership_claims: settings.groupMembershipClaims,
  is_fallback_public_client: settings.isFallbackPublicClient,
  native_authentication_apis_enabled: settings.nativeAuthenticationApisEnabled,
  service_management_reference: settings.serviceManagementReference,
  api: JSON.stringify(settings.api),
  app_roles: JSON.stringify(settings.appRoles),
  web: JSON.stringify(settings.web),
  spa: JSON.stringify(settings.spa),
  public_client: JSON.stringify(settings.publicClient),
  required_resource_access: JSON.stringify(settings.requiredResourceAccess),
  optional_claims: settings.optionalClaims === null ? null : JSON.stringify(settings.optionalClaims),
  info: JSON.stringify(settings.info),
  authentication_behaviors:
    settings.authenticationBehaviors === null ? null : JSON.stringify(settings.authenticationBehaviors),
})

export async function insertApplication(tx: Tx, tenantId: string, application: Application): Promise<void> {
  const row: Insertable<ApplicationTable> = {
    tenant_id: tenantId,
    id: application.id,
    app_id: application.appId,
    publisher_domain: application.publisherDomain,
    created_date_time: application.createdDateTime,
    deleted_date_time: application.deletedDateTime,
    ...toColumns(application),
  }
  await tx.insertInto('applications').values(row).execute()
}

export async function saveSettings(tx: Tx, id: string, settings: ApplicationSettings): Promise<void> {
  await tx.updateTable('applications').set(toColumns(settings)).where('id', '=', id).execute()
}

/** Where an application may be looked for: among the living, in deletedItems, or in both. */
export type Among = 'present' | 'deleted' | 'all'

/** Finds an application and locks it until the transaction ends: writes replace whole collections. */
export async function lockApplication(tx: Tx, id: string, among: Among): Promise<Application | null> {
  let query = tx.selectFrom('applications').select(columns).where('id', '=', id).forNoKeyUpdate()
  if (among === 'present') query = query.where('deleted_date_time', 'is', null)
  if (among === 'deleted') query = query.where('deleted_date_time', 'is not', null)
  const row = await query.executeTakeFirst()
  return row === undefined ? null : toApplication(row)
}

export async function findApplication(tx: Tx, id: string): Promise<Application | null> {
  const row = await tx
    .selectFrom('applications')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : toApplication(row)
}

export async function findApplicationByAppId(tx: Tx, appId: string): Promise<Application | null> {
  const row = await tx
    .selectFrom('applications')
    .select(columns)
    .where('app_id', '=', appId)
    .where('deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : toApplication(row)
}

export async function findIdByUniqueName(tx: Tx, uniqueName: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('applications')
    .select('id')
    .where('unique_name_key', '=', uniqueName.toLowerCase())
    .where('deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row?.id
}

export async function setDeleted(tx: Tx, id: string, deletedAt: Date | null): Promise<void> {
  await tx.updateTable('applications').set({ deleted_date_time: deletedAt }).where('id', '=', id).execute()
}

/** Removes the row and, by cascade, its credentials. */
export async function purgeApplication(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('applications').where('id', '=', id).execute()
}

/** Redirect URIs of all platforms in one list, as `servicePrincipal.replyUrls` shows them. */
export const replyUrlsOf = (uris: Readonly<Record<Platform, readonly string[]>>): readonly string[] => [
  ...uris.web,
  ...uris.spa,
  ...uris.publicClient,
]

/**
 * Makes `identifiers` the names of `appId`. Returns the first one that another application holds, and then the
 * caller must roll back; null when all went well. Names are compared without case.
 */
export async function claimIdentifiers(
  tx: Tx,
  tenantId: string,
  appId: string,
  identifiers: readonly string[],
): Promise<string | null> {
  // In one order everywhere, so that two that claim the same names do not deadlock.
  const keys = [...new Set(identifiers.map((identifier) => identifier.toLowerCase()))].sort()
  await tx
    .deleteFrom('resource_identifiers')
    .where('app_id', '=', appId)
    .$if(keys.length > 0, (query) => query.where('identifier', 'not in', keys))
    .execute()
  if (keys.length === 0) return null
  await tx
    .insertInto('resource_identifiers')
    .values(keys.map((identifier) => ({ tenant_id: tenantId, identifier, app_id: appId })))
    .onConflict((conflict) => conflict.columns(['tenant_id', 'identifier']).doNothing())
    .execute()
  // A rival that inserted the same name and has not committed is waited for by the insert above.
  const held = await tx
    .selectFrom('resource_identifiers')
    .select('identifier')
    .where('identifier', 'in', keys)
    .where('app_id', '!=', appId)
    .executeTakeFirst()
  return identifiers.find((identifier) => identifier.toLowerCase() === held?.identifier) ?? null
}
