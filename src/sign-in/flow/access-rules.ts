import { type Decision, decided, refused } from './decision.ts'
import type { Admission } from './model.ts'

export interface AccessFacts {
  readonly admission: Admission
  readonly account: { readonly enabled: boolean; readonly userPrincipalName: string } | null
  readonly assignment: 'assigned' | 'missing'
  readonly clientKind: 'application' | 'tenant' | 'firstParty'
  readonly byTicket: boolean
  /** What was answered to "stay signed in?", now or once with "don't ask me again"; `null`: not asked yet. */
  readonly stay: 'yes' | 'no' | null
  /** Sessions from before do not count. In real time, as sessions are. */
  readonly sessionsValidFrom: Date
}

/** May the account go on to this application, and is there one more question? */
export function admit(facts: AccessFacts): Decision {
  const { admission, account } = facts
  const about = {
    identifier: account?.userPrincipalName ?? null,
    userId: admission.userId,
    homeTenantId: admission.homeTenantId,
  }
  // Told only now: before the proof nobody learns what exists.
  if (account === null || !account.enabled) {
    return decided(refused('accountDisabled', about), 'USR-1', 'The account is blocked.')
  }
  if (facts.assignment === 'missing') {
    return decided(refused('notAssigned', about), 'GRA-59', 'The application is for assigned people only.')
  }
  if (mayStay(facts) && facts.stay === null) {
    return decided({ kind: 'staySignedIn', admission }, 'SES-1', 'A password was typed.')
  }
  return decided(
    {
      kind: 'finished',
      result: {
        kind: 'signedIn',
        admission,
        notBefore: facts.sessionsValidFrom,
        remember: mayStay(facts) && facts.stay === 'yes',
      },
    },
    'SES-1',
    'Nothing is left to ask.',
  )
}

/**
 * "Stay signed in?" is for those who have a password here. A guest's session is as long as the home tenant's is
 * good for, or a day after a passcode (OTP-3); and nothing stands between an invitation and its application.
 */
const mayStay = ({ admission, clientKind, byTicket }: AccessFacts): boolean =>
  admission.provenBy === 'password' && clientKind !== 'tenant' && !byTicket
