import type { Actor } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { AuditRecord, SignInRecord } from './model.ts'

declare module '../platform/database/schema.ts' {
  interface Schema {
    directory_audits: DirectoryAuditTable
    sign_ins: SignInTable
  }
}

interface DirectoryAuditTable {
  tenant_id: string
  id: string
  activity_date_time: Date
  activity_display_name: string
  category: string
  operation_type: string
  correlation_id: string
  logged_by_service: string
  result: 'success' | 'failure' | 'timeout'
  result_reason: string
  /** jsonb, written as text: pg would send an array as a PostgreSQL array. */
  initiated_by: string
  target_resources: string
  additional_details: string
}

interface SignInTable {
  tenant_id: string
  id: string
  created_date_time: Date
  user_id: string | null
  user_display_name: string | null
  user_principal_name: string | null
  user_type: string | null
  app_id: string | null
  app_display_name: string | null
  resource_id: string | null
  resource_display_name: string | null
  home_tenant_id: string | null
  resource_tenant_id: string | null
  cross_tenant_access_type: string
  ip_address: string | null
  user_agent: string | null
  client_app_used: string | null
  is_interactive: boolean
  correlation_id: string
  error_code: number
  failure_reason: string | null
  additional_details: string | null
  authentication_details: string
}

export interface Stamp {
  readonly tenantId: string
  readonly id: string
  readonly at: Date
  readonly correlationId: string
}

export async function insertAudit(tx: Tx, stamp: Stamp, actor: Actor, record: AuditRecord): Promise<void> {
  await tx
    .insertInto('directory_audits')
    .values({
      tenant_id: stamp.tenantId,
      id: stamp.id,
      activity_date_time: stamp.at,
      activity_display_name: record.activity,
      category: record.category,
      operation_type: record.operationType,
      correlation_id: stamp.correlationId,
      logged_by_service: record.service ?? 'Core Directory',
      result: record.failure === undefined ? 'success' : 'failure',
      result_reason: record.failure ?? '',
      initiated_by: JSON.stringify(initiatedBy(actor)),
      target_resources: JSON.stringify(record.targets),
      additional_details: JSON.stringify(record.details ?? []),
    })
    .execute()
}

/** directoryAudit.initiatedBy: exactly one of `user` and `app` is set; the product itself appears as an app. */
function initiatedBy(actor: Actor): object {
  switch (actor.kind) {
    case 'user':
      return {
        user: {
          id: actor.userId,
          displayName: actor.displayName,
          userPrincipalName: actor.userPrincipalName,
          ipAddress: actor.ipAddress,
        },
        app: null,
      }
    case 'application':
      return {
        user: null,
        app: {
          appId: actor.appId,
          displayName: actor.displayName,
          servicePrincipalId: actor.servicePrincipalId,
          servicePrincipalName: null,
        },
      }
    case 'system':
      return {
        user: null,
        app: { appId: null, displayName: actor.name, servicePrincipalId: null, servicePrincipalName: null },
      }
    default:
      return actor satisfies never
  }
}

export async function insertSignIn(tx: Tx, stamp: Stamp, record: SignInRecord): Promise<void> {
  await tx
    .insertInto('sign_ins')
    .values({
      tenant_id: stamp.tenantId,
      id: stamp.id,
      created_date_time: stamp.at,
      user_id: record.userId,
      user_display_name: record.userDisplayName,
      user_principal_name: record.userPrincipalName,
      user_type: record.userType,
      app_id: record.appId,
      app_display_name: record.appDisplayName,
      resource_id: record.resourceId,
      resource_display_name: record.resourceDisplayName,
      home_tenant_id: record.homeTenantId,
      resource_tenant_id: record.resourceTenantId,
      cross_tenant_access_type: record.crossTenantAccessType,
      ip_address: record.ipAddress,
      user_agent: record.userAgent,
      client_app_used: record.clientAppUsed,
      is_interactive: record.isInteractive,
      correlation_id: stamp.correlationId,
      error_code: record.errorCode,
      failure_reason: record.failureReason,
      additional_details: null,
      authentication_details: JSON.stringify(record.authenticationDetails),
    })
    .execute()
}

const VISITED_TENANTS = 100

/** Other tenants where this person signed in successfully, with the latest time, newest first. */
export async function findVisitedTenants(
  tx: Tx,
  userId: string,
): Promise<readonly { readonly tenantId: string; readonly lastAt: Date }[]> {
  const rows = await tx
    .selectFrom('sign_ins')
    .select(({ fn }) => ['resource_tenant_id', fn.max('created_date_time').as('last_at')])
    .where('user_id', '=', userId)
    .where('error_code', '=', 0)
    .whereRef('resource_tenant_id', '<>', 'tenant_id')
    .groupBy('resource_tenant_id')
    .orderBy('last_at', 'desc')
    .limit(VISITED_TENANTS)
    .execute()
  return rows.flatMap(({ resource_tenant_id, last_at }) =>
    resource_tenant_id === null ? [] : [{ tenantId: resource_tenant_id, lastAt: last_at }],
  )
}
