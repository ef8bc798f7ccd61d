import { defineComplexType, defineEntity, property } from '../graph/index.ts'

const emailAddress = defineComplexType('emailAddress', {
  address: property.string({ create: 'required', maxLength: 320 }),
  name: property.string({ maxLength: 256 }),
})

const recipient = defineComplexType('recipient', {
  emailAddress: property.complex(emailAddress, { create: 'required', nullable: false }),
})

const invitedUserMessageInfo = defineComplexType('invitedUserMessageInfo', {
  ccRecipients: property.collection(recipient, { nullable: true }),
  customizedMessageBody: property.string(),
  messageLanguage: property.string(),
})

const writable = { default: true, create: 'optional' } as const

/** invitation in Graph (§2.2). Nothing reads it back: what was sent is listed as `sentInvitation`. */
export const invitation = defineEntity({
  name: 'invitation',
  set: 'invitations',
  properties: {
    id: property.string({ default: true, nullable: false }),
    inviteRedeemUrl: property.string({ default: true }),
    invitedUserDisplayName: property.string(writable),
    invitedUserType: property.string(writable),
    invitedUserEmailAddress: property.string(writable),
    sendInvitationMessage: property.boolean(writable),
    resetRedemption: property.boolean(writable),
    inviteRedirectUrl: property.string(writable),
    status: property.string({ default: true }),
    invitedUserMessageInfo: property.complex(invitedUserMessageInfo, writable),
  },
  navigation: {
    invitedUser: { target: 'user', collection: false },
    invitedUserSponsors: { target: 'directoryObject', collection: true, bind: 'create' },
  },
})
