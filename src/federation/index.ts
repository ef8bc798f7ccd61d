export type { ProvenPerson } from './model.ts'
export {
  acceptPasscode,
  type IssuedPasscode,
  issuePasscode,
  PASSCODE_LENGTH,
  PASSCODE_LIFETIME_MINUTES,
  type PasscodeVerdict,
} from './one-time-passcode/service.ts'
export { forgetOldPasscodes, type PasscodePurpose } from './one-time-passcode/store.ts'
export { callbackPath, relyingPartyId, tenantOfRelyingParty } from './organizational/addresses.ts'
export {
  findOrganizationalAccount,
  type OrganizationalAccount,
  ownsAddress,
} from './organizational/discovery.ts'
export {
  beginOrganizationalSignIn,
  completeOrganizationalSignIn,
  type LegDependencies,
  type LegOutcome,
  type LegRequest,
  type LegState,
} from './organizational/leg.ts'
export {
  answerFindAccount,
  answerOwnsAddress,
  answerRelyingPartyMetadata,
  type RelyingParty,
} from './organizational/messages.ts'
export { relyingPartyOf } from './organizational/relying-party.ts'
