import type { Insertable, Selectable } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import { declaredBy } from './declared-by.ts'
import type {
  ForeignApplication,
  OptionalClaims,
  ServicePrincipal,
  ServicePrincipalSettings,
} from './model.ts'
import type { Among } from './store.ts'
import type { ServicePrincipalTable } from './tables.ts'

const columns = [
  'id',
  'app_id',
  'app_owner_tenant_id',
  'service_principal_type',
  'display_name',
  'description',
  'notes',
  'account_enabled',
  'app_role_assignment_required',
  'tags',
  'login_url',
  'preferred_single_sign_on_mode',
  'notification_email_addresses',
  'app_display_name',
  'sign_in_audience',
  'app_roles',
  'oauth2_permission_scopes',
  'reply_urls',
  'service_principal_names',
  'homepage',
  'logout_url',
  'info',
  'created_date_time',
  'deleted_date_time',
] as const satisfies readonly (keyof ServicePrincipalTable)[]

type Row = Pick<Selectable<ServicePrincipalTable>, (typeof columns)[number]>

const toServicePrincipal = (row: Row): ServicePrincipal => {
  const declared = declaredBy(row.app_id, { appRoles: row.app_roles, scopes: row.oauth2_permission_scopes })
  return {
    id: row.id,
    appId: row.app_id,
    appOwnerTenantId: row.app_owner_tenant_id,
    servicePrincipalType: row.service_principal_type,
    displayName: row.display_name,
    description: row.description,
    notes: row.notes,
    accountEnabled: row.account_enabled,
    appRoleAssignmentRequired: row.app_role_assignment_required,
    tags: row.tags,
    loginUrl: row.login_url,
    preferredSingleSignOnMode: row.preferred_single_sign_on_mode,
    notificationEmailAddresses: row.notification_email_addresses,
    appDisplayName: row.app_display_name,
    signInAudience: row.sign_in_audience,
    appRoles: declared.appRoles,
    oauth2PermissionScopes: declared.scopes,
    replyUrls: row.reply_urls,
    servicePrincipalNames: row.service_principal_names,
    homepage: row.homepage,
    logoutUrl: row.logout_url,
    info: row.info,
    createdDateTime: row.created_date_time,
    deletedDateTime: row.deleted_date_time,
  }
}

/** The properties that follow the application and are nobody's to set here. */
export type ApplicationCopy = Pick<
  ServicePrincipal,
  | 'appDisplayName'
  | 'signInAudience'
  | 'appRoles'
  | 'oauth2PermissionScopes'
  | 'replyUrls'
  | 'servicePrincipalNames'
  | 'homepage'
  | 'logoutUrl'
  | 'info'
>

const toCopiedColumns = (copy: ApplicationCopy) => ({
  app_display_name: copy.appDisplayName,
  sign_in_audience: copy.signInAudience,
  app_roles: JSON.stringify(copy.appRoles),
  oauth2_permission_scopes: JSON.stringify(copy.oauth2PermissionScopes),
  reply_urls: copy.replyUrls,
  service_principal_names: copy.servicePrincipalNames,
  homepage: copy.homepage,
  logout_url: copy.logoutUrl,
  info: JSON.stringify(copy.info),
})

const toSettingColumns = (settings: ServicePrincipalSettings) => ({
  display_name: settings.displayName,
  description: settings.description,
  notes: settings.notes,
  account_enabled: settings.accountEnabled,
  app_role_assignment_required: settings.appRoleAssignmentRequired,
  tags: settings.tags,
  login_url: settings.loginUrl,
  preferred_single_sign_on_mode: settings.preferredSingleSignOnMode,
  notification_email_addresses: settings.notificationEmailAddresses,
})

export async function insertServicePrincipal(
  tx: Tx,
  tenantId: string,
  servicePrincipal: ServicePrincipal,
  foreign: ForeignApplication | null,
): Promise<void> {
  const row: Insertable<ServicePrincipalTable> = {
    tenant_id: tenantId,
    id: servicePrincipal.id,
    app_id: servicePrincipal.appId,
    app_owner_tenant_id: servicePrincipal.appOwnerTenantId,
    service_principal_type: servicePrincipal.servicePrincipalType,
    foreign_application: foreign === null ? null : JSON.stringify(foreign),
    created_date_time: servicePrincipal.createdDateTime,
    deleted_date_time: servicePrincipal.deletedDateTime,
    ...toSettingColumns(servicePrincipal),
    ...toCopiedColumns(servicePrincipal),
  }
  await tx.insertInto('service_principals').values(row).execute()
}

/**
 * Renews the copies in the service principal of `appId`, deleted or not. Returns its id, null when there is none.
 * A display name that nobody changed follows the application's.
 */
export async function saveCopy(
  tx: Tx,
  appId: string,
  copy: ApplicationCopy,
  foreign: ForeignApplication | null,
): Promise<string | null> {
  const row = await tx
    .updateTable('service_principals')
    .set((eb) => ({
      ...toCopiedColumns(copy),
      display_name: eb
        .case()
        .when('display_name', '=', eb.ref('app_display_name'))
        .then(copy.appDisplayName)
        .else(eb.ref('display_name'))
        .end(),
      foreign_application: foreign === null ? null : JSON.stringify(foreign),
    }))
    .where('app_id', '=', appId)
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

export async function saveServicePrincipalSettings(
  tx: Tx,
  id: string,
  settings: ServicePrincipalSettings,
): Promise<void> {
  await tx.updateTable('service_principals').set(toSettingColumns(settings)).where('id', '=', id).execute()
}

/** Finds a service principal and locks it until the transaction ends. */
export async function lockServicePrincipal(
  tx: Tx,
  id: string,
  among: Among,
): Promise<ServicePrincipal | null> {
  let query = tx.selectFrom('service_principals').select(columns).where('id', '=', id).forNoKeyUpdate()
  if (among === 'present') query = query.where('deleted_date_time', 'is', null)
  if (among === 'deleted') query = query.where('deleted_date_time', 'is not', null)
  const row = await query.executeTakeFirst()
  return row === undefined ? null : toServicePrincipal(row)
}

export async function findServicePrincipal(tx: Tx, id: string): Promise<ServicePrincipal | null> {
  const row = await tx
    .selectFrom('service_principals')
    .select(columns)
    .where('id', '=', id)
    .where('deleted_date_time', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : toServicePrincipal(row)
}

/** The service principal of an application, deleted ones included: there is never more than one. */
export async function findByAppId(tx: Tx, appId: string): Promise<ServicePrincipal | null> {
  const row = await tx
    .selectFrom('service_principals')
    .select(columns)
    .where('app_id', '=', appId)
    .executeTakeFirst()
  return row === undefined ? null : toServicePrincipal(row)
}

/** Optional claims are the application's; those of a foreign one are in its owner's description. */
export async function findOptionalClaims(tx: Tx, appId: string): Promise<OptionalClaims | null> {
  const row = await tx
    .selectFrom('service_principals as principal')
    .leftJoin('applications as application', (join) =>
      join
        .onRef('application.tenant_id', '=', 'principal.tenant_id')
        .onRef('application.app_id', '=', 'principal.app_id'),
    )
    .select(['application.optional_claims', 'principal.foreign_application'])
    .where('principal.app_id', '=', appId)
    .executeTakeFirst()
  return row?.optional_claims ?? row?.foreign_application?.optionalClaims ?? null
}

export async function setServicePrincipalDeleted(tx: Tx, id: string, deletedAt: Date | null): Promise<void> {
  await tx
    .updateTable('service_principals')
    .set({ deleted_date_time: deletedAt })
    .where('id', '=', id)
    .execute()
}

/** Removes the row and, by cascade, the assignments to it and its permission grants. */
export async function purgeServicePrincipal(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('service_principals').where('id', '=', id).execute()
}
