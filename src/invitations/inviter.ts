import { findById } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import { isGuid } from '../platform/ids.ts'
import type { Caller } from './model.ts'
import type { StoredInvitation } from './store.ts'

/** Who answers for an invitation, as it is kept: an application by its service principal, where it has one. */
export function inviterOf(
  ctx: Context,
  caller: Caller,
): Pick<StoredInvitation, 'inviterId' | 'inviterKind' | 'inviterName'> {
  if (caller.kind === 'user') {
    return { inviterId: caller.userId, inviterKind: 'user', inviterName: caller.displayName }
  }
  const { actor } = ctx
  const principal = actor.kind === 'application' ? actor.servicePrincipalId : null
  return {
    inviterId: principal ?? caller.appId,
    inviterKind: 'application',
    inviterName: caller.displayName,
  }
}

/** Whom to ask for a new invitation: the inviter's mail address, while the inviter is here. */
export async function findInviterContact(
  tx: Tx,
  { inviterKind, inviterId }: StoredInvitation,
): Promise<string | null> {
  if (inviterKind !== 'user' || !isGuid(inviterId)) return null
  return (await findById(tx, inviterId))?.mail ?? null
}
