import { graphAppId } from '../../graph/index.ts'
import type { Actor, Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { type ErrorDetail, Forbidden, Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { restorableSince } from '../retention.ts'
import type { Application, ServicePrincipal } from './model.ts'
import type { Owner } from './owner-store.ts'
import { findServicePrincipal, lockServicePrincipal } from './service-principal-store.ts'
import { type Among, lockApplication } from './store.ts'

/** Locks the application of `id`; 404 for another tenant's, a deleted one (unless asked for) and for what is no id. */
export async function requireApplication(tx: Tx, id: string, among: Among): Promise<Application> {
  const application = isGuid(id) ? await lockApplication(tx, id, among) : null
  if (application === null) throw new NotFound(id)
  return application
}

/** Locks the service principal of `id`, with the same refusals. */
export async function requireServicePrincipal(tx: Tx, id: string, among: Among): Promise<ServicePrincipal> {
  const servicePrincipal = isGuid(id) ? await lockServicePrincipal(tx, id, among) : null
  if (servicePrincipal === null) throw new NotFound(id)
  return servicePrincipal
}

/** Finds a service principal that is only looked at, without a lock: grants and assignments to it do not queue. */
export async function presentServicePrincipal(tx: Tx, id: string): Promise<ServicePrincipal> {
  const servicePrincipal = isGuid(id) ? await findServicePrincipal(tx, id) : null
  if (servicePrincipal === null) throw new NotFound(id)
  return servicePrincipal
}

/** GRA-58: after thirty days a deleted object is as good as gone, even if the purge has not come by yet. */
export function refuseTooLate(
  ctx: Context,
  deleted: { readonly id: string; readonly deletedDateTime: Date | null },
): void {
  const since = restorableSince(ctx.clock.now())
  if (deleted.deletedDateTime === null || deleted.deletedDateTime < since) throw new NotFound(deleted.id)
}

/** Who owns what this actor creates; the product itself owns nothing. */
export function ownerFor(actor: Actor): Owner | null {
  switch (actor.kind) {
    case 'user':
      return { id: actor.userId, type: 'user' }
    case 'application':
      return actor.servicePrincipalId === null
        ? null
        : { id: actor.servicePrincipalId, type: 'servicePrincipal' }
    case 'system':
      return null
    default:
      return actor satisfies never
  }
}

/** Throws one 400 that lists every problem; does nothing when there is none. */
export function refuse(problems: readonly ErrorDetail[]): void {
  if (problems.length === 0) return
  throw new Invalid(problems.map((problem) => problem.message).join(' '), { details: problems })
}

/** The product's own API is not a tenant's to switch off: nobody could switch it on again. */
export function refuseFirstParty(servicePrincipal: ServicePrincipal): void {
  if (servicePrincipal.appId === graphAppId) {
    throw new Forbidden(
      'The service principal of the Graph API belongs to the product and cannot be changed.',
    )
  }
}
