import { graphAppId } from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { announce } from '../changes.ts'
import { GRAPH_NAMES } from './declared-by.ts'
import { findByAppId, insertServicePrincipal } from './service-principal-store.ts'
import { emptyInfo } from './settings.ts'

const NAME = 'Xenia Graph'

/**
 * Gives a tenant the service principal of the product's own API, to which permissions are granted. Does nothing
 * where it is there: the permissions themselves are the program's (`declaredBy`), so nothing needs renewing at a
 * start. A `TenantInitialiser`.
 */
export async function ensureGraphServicePrincipal(ctx: Context, tx: Tx): Promise<void> {
  if ((await findByAppId(tx, graphAppId)) !== null) return
  const id = ctx.ids.guid()
  await insertServicePrincipal(
    tx,
    ctx.tenantId,
    {
      id,
      appId: graphAppId,
      appOwnerTenantId: null,
      servicePrincipalType: 'Application',
      displayName: NAME,
      description: null,
      notes: null,
      accountEnabled: true,
      appRoleAssignmentRequired: false,
      tags: [],
      loginUrl: null,
      preferredSingleSignOnMode: null,
      notificationEmailAddresses: [],
      appDisplayName: NAME,
      signInAudience: 'AzureADMultipleOrgs',
      appRoles: [],
      oauth2PermissionScopes: [],
      replyUrls: [],
      servicePrincipalNames: [graphAppId, ...GRAPH_NAMES],
      homepage: null,
      logoutUrl: null,
      info: emptyInfo,
      createdDateTime: ctx.clock.now(),
      deletedDateTime: null,
    },
    null,
  )
  announce(ctx, tx, { objectType: 'servicePrincipal', objectId: id, change: 'created' })
}
