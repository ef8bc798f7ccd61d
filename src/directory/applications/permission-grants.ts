import { recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { announce } from '../changes.ts'
import { findPrincipal } from './assignment-store.ts'
import { deleteGrant, insertGrant, lockGrant, lockGrantOf, saveScopes } from './grant-store.ts'
import { presentServicePrincipal } from './guards.ts'
import type { PermissionGrant, PermissionScope } from './model.ts'
import { findServicePrincipal } from './service-principal-store.ts'

/** Everybody, or one person. */
export type GrantedBy = { readonly for: 'everybody' } | { readonly for: 'person'; readonly userId: string }

export interface NewPermissionGrant {
  readonly clientId: string
  readonly resourceId: string
  readonly grantedBy: GrantedBy
  readonly scopes: readonly string[]
}

/**
 * Grants delegated permissions of a resource to a client. 404 for an unknown client, resource or person, 400 for a
 * scope that the resource does not offer, 409 when a grant for the same three exists: change that one.
 */
export async function createPermissionGrant(
  ctx: Context,
  tx: Tx,
  request: NewPermissionGrant,
): Promise<PermissionGrant> {
  const grant = await prepared(ctx, tx, request)
  if (!(await insertGrant(tx, ctx.tenantId, grant, ctx.clock.now()))) {
    throw new Conflict('Permission entry already exists.', {
      code: 'Request_MultipleObjectsWithSameKeyValue',
    })
  }
  await record(ctx, tx, 'Add delegated permission grant', 'Assign', grant, [], grant.scopes)
  announce(ctx, tx, { objectType: 'oAuth2PermissionGrant', objectId: grant.id, change: 'created' })
  return grant
}

/** Replaces the scopes of a grant; an empty list leaves a grant of nothing, as in Graph. */
export async function updatePermissionGrant(
  ctx: Context,
  tx: Tx,
  id: string,
  scopes: readonly string[],
): Promise<PermissionGrant> {
  const before = await requireGrant(tx, id)
  const resource = await presentServicePrincipal(tx, before.resourceId)
  const wanted = [...new Set(scopes)]
  refuseUnknownScopes(resource.oauth2PermissionScopes, wanted)
  await saveScopes(tx, id, wanted)
  await record(ctx, tx, 'Update delegated permission grant', 'Update', before, before.scopes, wanted)
  announce(ctx, tx, {
    objectType: 'oAuth2PermissionGrant',
    objectId: id,
    change: 'updated',
    detail: { properties: ['scope'] },
  })
  return { ...before, scopes: wanted }
}

export async function deletePermissionGrant(ctx: Context, tx: Tx, id: string): Promise<void> {
  const grant = await requireGrant(tx, id)
  await deleteGrant(tx, id)
  await record(ctx, tx, 'Remove delegated permission grant', 'Unassign', grant, grant.scopes, [])
  announce(ctx, tx, { objectType: 'oAuth2PermissionGrant', objectId: id, change: 'deleted' })
}

/**
 * Records what a person, or an administrator for everybody, agreed to on the consent page: adds to what was granted
 * before. The sign-in scopes (openid, profile, email, offline_access) are scopes of the Graph API. Safe to run
 * twice and in parallel; records nothing when there is nothing new.
 */
export async function recordConsent(
  ctx: Context,
  tx: Tx,
  request: NewPermissionGrant,
): Promise<PermissionGrant> {
  const grant = await prepared(ctx, tx, request)
  const added = await insertGrant(tx, ctx.tenantId, grant, ctx.clock.now())
  const before = added ? null : await lockGrantOf(tx, grant.clientId, grant.resourceId, grant.principalId)
  const scopes = [...new Set([...(before?.scopes ?? []), ...grant.scopes])]
  const result = { ...(before ?? grant), scopes }
  if (before !== null) {
    if (scopes.length === before.scopes.length) return before
    await saveScopes(tx, before.id, scopes)
  }
  await record(ctx, tx, 'Consent to application', 'Assign', result, before?.scopes ?? [], scopes)
  announce(ctx, tx, {
    objectType: 'oAuth2PermissionGrant',
    objectId: result.id,
    change: before === null ? 'created' : 'updated',
  })
  return result
}

/** `scope` of Graph, separated by spaces, as a list without doubles. */
export const splitScopes = (scope: string): readonly string[] => [
  ...new Set(scope.split(' ').filter((value) => value !== '')),
]

async function prepared(ctx: Context, tx: Tx, request: NewPermissionGrant): Promise<PermissionGrant> {
  const client = await presentServicePrincipal(tx, request.clientId)
  const resource = await presentServicePrincipal(tx, request.resourceId)
  const principalId = request.grantedBy.for === 'person' ? request.grantedBy.userId.toLowerCase() : null
  if (principalId !== null) {
    const principal = isGuid(principalId) ? await findPrincipal(tx, principalId) : null
    if (principal === null || principal.type !== 'User') throw new NotFound(principalId)
  }
  const scopes = [...new Set(request.scopes)]
  refuseUnknownScopes(resource.oauth2PermissionScopes, scopes)
  return { id: ctx.ids.guid(), clientId: client.id, resourceId: resource.id, principalId, scopes }
}

function refuseUnknownScopes(offered: readonly PermissionScope[], wanted: readonly string[]): void {
  const values = new Set(offered.filter((scope) => scope.isEnabled).map((scope) => scope.value))
  const unknown = wanted.filter((value) => !values.has(value))
  if (unknown.length === 0) return
  const message = `The resource does not offer the scope ${unknown.map((value) => `'${value}'`).join(', ')}.`
  throw new Invalid(message, { details: [{ code: 'InvalidValue', target: 'scope', message }] })
}

async function requireGrant(tx: Tx, id: string): Promise<PermissionGrant> {
  const grant = isGuid(id) ? await lockGrant(tx, id) : null
  if (grant === null) throw new NotFound(id)
  return grant
}

async function record(
  ctx: Context,
  tx: Tx,
  activity: string,
  operationType: 'Assign' | 'Unassign' | 'Update',
  grant: PermissionGrant,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const client = await findServicePrincipal(tx, grant.clientId)
  const resource = await findServicePrincipal(tx, grant.resourceId)
  await recordAudit(ctx, tx, {
    activity,
    category: 'ApplicationManagement',
    operationType,
    targets: [
      {
        id: grant.clientId,
        type: 'ServicePrincipal',
        displayName: client?.displayName ?? null,
        modifiedProperties: [
          {
            displayName: 'DelegatedPermissionGrant.Scope',
            oldValue: JSON.stringify(before.join(' ')),
            newValue: JSON.stringify(after.join(' ')),
          },
          {
            displayName: 'DelegatedPermissionGrant.ConsentType',
            oldValue: null,
            newValue: JSON.stringify(grant.principalId === null ? 'AllPrincipals' : 'Principal'),
          },
        ],
      },
      { id: grant.resourceId, type: 'ServicePrincipal', displayName: resource?.displayName ?? null },
    ],
  })
}
