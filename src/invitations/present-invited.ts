import type { GraphRow } from '../graph/index.ts'
import { statusOf } from './invitation-states.ts'
import type { Invited } from './service.ts'

/** The invitation as Graph answers it, once: nobody reads its link again. */
export const presentInvited = ({ invitation, user, redeemUrl }: Invited): GraphRow => ({
  id: invitation.id,
  inviteRedeemUrl: redeemUrl,
  invitedUserDisplayName: invitation.displayName,
  invitedUserType: user.userType,
  invitedUserEmailAddress: invitation.address,
  sendInvitationMessage: invitation.sendsMail,
  resetRedemption: invitation.purpose === 'reset',
  inviteRedirectUrl: invitation.redirectUrl,
  status: statusOf(invitation.state),
  invitedUserMessageInfo: {
    ccRecipients:
      invitation.copyTo === null ? [] : [{ emailAddress: { address: invitation.copyTo, name: null } }],
    customizedMessageBody: invitation.customMessage,
    messageLanguage: invitation.language,
  },
  invitedUser: { id: user.id },
})
