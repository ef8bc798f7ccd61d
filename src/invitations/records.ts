import { recordAudit } from '../audit/index.ts'
import { announce, type User } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { StoredInvitation } from './store.ts'

/** A record of the service `Invited Users` about one invitation and its guest (§6). */
export const auditInvitation = (
  ctx: Context,
  tx: Tx,
  activity: string,
  invitation: Pick<StoredInvitation, 'id' | 'address'>,
  user: Pick<User, 'id' | 'displayName' | 'userPrincipalName'>,
  operationType: 'Add' | 'Update' | 'Other',
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'UserManagement',
    operationType,
    service: 'Invited Users',
    targets: [
      {
        id: user.id,
        type: 'User',
        displayName: user.displayName,
        userPrincipalName: user.userPrincipalName,
      },
    ],
    details: [
      { key: 'InvitationId', value: invitation.id },
      { key: 'InvitedUserEmailAddress', value: invitation.address },
    ],
  })

export const announceUpdate = (ctx: Context, tx: Tx, id: string): void =>
  announce(ctx, tx, {
    objectType: 'invitation',
    objectId: id,
    change: 'updated',
    detail: { properties: ['status'] },
  })
