import { created, type EntityType, type GraphRow, type Route, route } from '../graph/index.ts'
import { MethodNotAllowed } from '../platform/errors.ts'
import { callerOfGraph } from './caller.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { invitation } from './entity.ts'
import { statusOf } from './invitation-states.ts'
import { warningHeader } from './message-rules.ts'
import { invitationBody } from './request-body.ts'
import type { InvitationRequest } from './request-rules.ts'
import { type Invited, invite } from './service.ts'

export const inviteEntities: readonly EntityType[] = [invitation]

/** `POST /invitations`, and nothing else there (INV-17). */
export const inviteRoutes = (dependencies: InvitationDependencies): readonly Route[] => [
  route({
    method: 'POST',
    path: '/invitations',
    permissions: { delegated: ['User.Invite.All'], application: ['User.Invite.All'] },
    body: invitationBody,
    handle: async ({ context, caller, body }) => {
      const invited = await invite(dependencies, context, callerOfGraph(caller), body)
      const { warnings } = invited
      return created(invitation, presentInvited(invited, body), {
        related: ['invitedUser'],
        headers: warnings.length === 0 ? {} : { warning: warnings.map(warningHeader).join(', ') },
      })
    },
  }),
  // What is there but cannot be read, changed or deleted: 405 rather than "no such segment".
  ...(['GET', 'PATCH', 'DELETE'] as const).map((method) =>
    route({
      method,
      path: '/invitations/{id}',
      permissions: 'signedIn',
      handle: async () => {
        throw new MethodNotAllowed('Specified HTTP method is not allowed for the request target.')
      },
    }),
  ),
]

/** The invitation as Graph answers it, once: nobody reads its link again. */
export const presentInvited = (invited: Invited, request: InvitationRequest): GraphRow => {
  const { invitation: made, user, redeemUrl } = invited
  return {
    id: made.id,
    inviteRedeemUrl: redeemUrl,
    invitedUserDisplayName: request.invitedUserDisplayName,
    invitedUserType: user.userType,
    invitedUserEmailAddress: made.address,
    sendInvitationMessage: request.sendInvitationMessage,
    resetRedemption: request.resetRedemption,
    inviteRedirectUrl: made.redirectUrl,
    status: statusOf(made.state),
    invitedUserMessageInfo: {
      ccRecipients: request.ccRecipients.map((address) => ({ emailAddress: { address, name: null } })),
      customizedMessageBody: request.customizedMessageBody,
      messageLanguage: request.messageLanguage,
    },
    invitedUser: { id: user.id },
  }
}
