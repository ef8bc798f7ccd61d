import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid } from '../../platform/errors.ts'
import { announce } from '../changes.ts'
import { forgetObject } from '../forget-object.ts'
import { refuseFirstParty, refuseTooLate, requireServicePrincipal } from './guards.ts'
import type { ServicePrincipal } from './model.ts'
import { deleteOwnersOf } from './owner-store.ts'
import { recordServicePrincipal as record } from './service-principal-audit.ts'
import {
  findByAppId,
  purgeServicePrincipal as purgeRow,
  setServicePrincipalDeleted,
} from './service-principal-store.ts'
import { claimIdentifiers, findApplicationByAppId } from './store.ts'

/** Moves a service principal to deletedItems (GRA-56). Its assignments and grants stay for a restore. */
export async function deleteServicePrincipal(ctx: Context, tx: Tx, id: string): Promise<void> {
  const servicePrincipal = await requireServicePrincipal(tx, id, 'present')
  refuseFirstParty(servicePrincipal)
  await softDelete(ctx, tx, servicePrincipal)
}

/** GRA-57. 404 after thirty days; 400 while its own application is deleted, which is what to restore (GRA-59). */
export async function restoreServicePrincipal(ctx: Context, tx: Tx, id: string): Promise<ServicePrincipal> {
  const servicePrincipal = await requireServicePrincipal(tx, id, 'deleted')
  refuseTooLate(ctx, servicePrincipal)
  if (
    servicePrincipal.appOwnerTenantId === ctx.tenantId &&
    (await findApplicationByAppId(tx, servicePrincipal.appId)) === null
  ) {
    throw new Invalid('Restore the application; its service principal comes back with it.')
  }
  await restore(ctx, tx, servicePrincipal)
  return { ...servicePrincipal, deletedDateTime: null }
}

/** Removes a deleted service principal for good, and everything that it or others were granted through it. */
export async function purgeServicePrincipal(ctx: Context, tx: Tx, id: string): Promise<void> {
  await purge(ctx, tx, await requireServicePrincipal(tx, id, 'deleted'))
}

/** GRA-59: the service principal goes with its application. */
export async function softDeleteServicePrincipalOf(ctx: Context, tx: Tx, appId: string): Promise<void> {
  const servicePrincipal = await findByAppId(tx, appId)
  if (servicePrincipal !== null && servicePrincipal.deletedDateTime === null)
    await softDelete(ctx, tx, servicePrincipal)
}

/** GRA-59: and comes back with it. */
export async function restoreServicePrincipalOf(ctx: Context, tx: Tx, appId: string): Promise<void> {
  const servicePrincipal = await findByAppId(tx, appId)
  if (servicePrincipal !== null && servicePrincipal.deletedDateTime !== null)
    await restore(ctx, tx, servicePrincipal)
}

export async function purgeServicePrincipalOf(ctx: Context, tx: Tx, appId: string): Promise<void> {
  const servicePrincipal = await findByAppId(tx, appId)
  if (servicePrincipal !== null) await purge(ctx, tx, servicePrincipal)
}

async function softDelete(ctx: Context, tx: Tx, servicePrincipal: ServicePrincipal): Promise<void> {
  await setServicePrincipalDeleted(tx, servicePrincipal.id, ctx.clock.now())
  await record(ctx, tx, 'Remove service principal', 'Delete', servicePrincipal)
  announce(ctx, tx, { objectType: 'servicePrincipal', objectId: servicePrincipal.id, change: 'deleted' })
}

async function restore(ctx: Context, tx: Tx, servicePrincipal: ServicePrincipal): Promise<void> {
  await setServicePrincipalDeleted(tx, servicePrincipal.id, null)
  await record(ctx, tx, 'Restore service principal', 'Other', servicePrincipal)
  announce(ctx, tx, { objectType: 'servicePrincipal', objectId: servicePrincipal.id, change: 'restored' })
}

async function purge(ctx: Context, tx: Tx, servicePrincipal: ServicePrincipal): Promise<void> {
  const { id, appId, appOwnerTenantId } = servicePrincipal
  await forgetObject(tx, id)
  await deleteOwnersOf(tx, id)
  // An own application keeps its names; a foreign one has no other home here.
  if (appOwnerTenantId !== ctx.tenantId) await claimIdentifiers(tx, ctx.tenantId, appId, [])
  await purgeRow(tx, id)
  await record(ctx, tx, 'Hard delete service principal', 'Delete', servicePrincipal)
  announce(ctx, tx, { objectType: 'servicePrincipal', objectId: id, change: 'purged' })
}
