/** The door of sign-in: protocol endpoints and pages of all tenants, and who is signed in. */
export { forgetExpiredArtifacts } from './engine/adapter.ts'
export type { AccountFacts } from './engine/facts.ts'
export { createEngineHost, type EngineHost, type TenantEngine } from './engine/host.ts'
export { mountEngine } from './engine/http.ts'
export { openEngineDirectory } from './engine-directory.ts'
export { XENIA_PAGES_APP_ID } from './first-party.ts'
export { createSignIn, type SignIn } from './flow/create-sign-in.ts'
export type { MailPasscode, SignInDependencies, SignInPolicies } from './flow/dependencies.ts'
export type { OwnSignIns, SignedInPerson } from './flow/own-sign-in.tsx'
export type {
  OpenedTicket,
  RedemptionJudgement,
  RedemptionPort,
  RedemptionRequest,
} from './flow/redemption-port.ts'
export { purgeSignIns } from './flow/store.ts'
export { createGraphAuthentication } from './graph-authentication.ts'
export { myOrganizationsPath } from './my-organizations.tsx'
