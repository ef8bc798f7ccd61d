/** The sign-in pages: pure components. What they show is decided by the sign-in flow; here is only how. */
export * from './identifier.tsx'
export * from './passcode.tsx'
export * from './password.tsx'
export { Contact, ErrorPage, type ErrorPageProps } from './problem.tsx'
export * from './review-permissions.tsx'
export type { Frame, Posting } from './screen.tsx'
