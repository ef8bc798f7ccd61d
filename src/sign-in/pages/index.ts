/** The sign-in pages: pure components. What they show is decided by the sign-in flow; here is only how. */
export * from './accounts.tsx'
export * from './blocked.tsx'
export * from './cancelled.tsx'
export * from './consent.tsx'
export * from './device.tsx'
export * from './home-realm.tsx'
export * from './identifier.tsx'
export * from './invitation-senders.tsx'
export * from './invitation-state.tsx'
export * from './leaving.tsx'
export * from './my-organizations.tsx'
export * from './new-password.tsx'
export {
  EnterCodePage,
  type EnterCodePageProps,
  type PasscodeError,
  SendCodePage,
  type SendCodePageProps,
} from './passcode.tsx'
export * from './password.tsx'
export {
  ErrorPage,
  type ErrorPageProps,
  SessionExpiredPage,
  type SessionExpiredPageProps,
} from './problem.tsx'
export * from './review-permissions.tsx'
export type { Frame, Posting } from './screen.tsx'
export * from './sign-in-options.tsx'
export * from './sign-out.tsx'
export * from './wrong-account.tsx'
