/** The door of the module: who may invite, inviting, redeeming. */
export {
  addressKey,
  type MailAddress,
  parseInvitedAddress,
  parseMailAddress,
  sameMailbox,
} from './address.ts'
export { type GuestMatch, matchGuest } from './address-holders.ts'
export { identityOf, whyOwns } from './address-ownership.ts'
export {
  callerOfApplication,
  callerOfGraph,
  callerOfPerson,
  type FindCaller,
} from './caller.ts'
export type { InvitationDependencies } from './dependencies.ts'
export { answerNotificationLanguage } from './home-language.ts'
export {
  decideProvider,
  decideProviderOfGuest,
  defaultRedemptionConfiguration,
  type OrganizationalAccount,
  type ProviderDecision,
  type ProviderFacts,
  type RedemptionConfiguration,
  type SignInMethod,
} from './identity-provider-order.ts'
export { type PasscodeMailFacts, passcodeMail, type RenderedMail } from './mail.tsx'
export { chooseLanguage, type MailLanguage, mailLanguages } from './message-rules.ts'
export type { AccountFacts, AddressHolder, Invitation, InvitationState, Redeemer } from './model.ts'
export { mountInvitationPages } from './pages/mount.ts'
export type { InvitationPageDependencies, RequireSignedIn, SignedInPerson } from './pages/signed-in.ts'
export { sendersPath } from './paths.ts'
export {
  type CollaborationAttempt,
  defaultInvitationPolicy,
  type InvitationPolicy,
  type InvitationSettings,
} from './policy.ts'
export type { RedemptionDecision } from './redeem-rules.ts'
export { parseRedeemLink, type RedeemLink, redeemUrl } from './redeem-url.ts'
export { createRedemption } from './redemption.ts'
export type { OpenedTicket, Redemption, RedemptionJudgement, RedemptionRequest } from './redemption-model.ts'
export type { InvitationRequest } from './request-rules.ts'
export { invitationJobs, inviteEntities, inviteRoutes } from './routes.ts'
export { mailOf } from './send-mail.ts'
export { createInvitationSenders, type InvitationSenders } from './senders.ts'
export { type Invited, invite } from './service.ts'
