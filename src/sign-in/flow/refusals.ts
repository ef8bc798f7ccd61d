import type { RefusalKind } from './model.ts'

/** The number that administrators search for, and the log's words. What the person reads is in the catalogue. */
export const refusals: Readonly<Record<RefusalKind, { readonly code: number; readonly reason: string }>> = {
  notHere: {
    code: 50020,
    reason: 'The account does not exist in this tenant and has no invitation open.',
  },
  accountDisabled: { code: 50057, reason: 'The user account is disabled.' },
  notAssigned: {
    code: 50105,
    reason: 'The user is not assigned to a role for the application, and only assigned users may use it.',
  },
  noWayToSignIn: {
    code: 50014,
    reason: 'The guest is pending, and no way to sign in is left to this address.',
  },
  homeSilent: { code: 90006, reason: 'The home tenant does not answer.' },
  homeNotBelieved: { code: 50012, reason: 'The answer of the home tenant could not be verified.' },
  homeDeclined: { code: 65004, reason: 'The sign-in at the home tenant was not finished.' },
  blockedAtHome: { code: 500212, reason: 'Outbound policy of the home tenant does not allow it.' },
  blockedHere: { code: 500213, reason: 'Policy of the resource tenant does not allow it.' },
}

export const PASSWORD_WRONG = { code: 50126, reason: 'Invalid user name or password.' }
export const CODE_WRONG = { code: 50181, reason: 'The one-time passcode was wrong or has expired.' }
export const PAUSED = { code: 50053, reason: 'Too many failed tries; sign-in is paused for this account.' }
export const DECLINED = { code: 65004, reason: 'The user declined.' }

export const aadsts = (code: number): string => `AADSTS${code}`
