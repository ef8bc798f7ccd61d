import type { OpenedTicket } from '../../invitations/index.ts'
import { type Decision, decided, refused } from './decision.ts'

export interface BeginningFacts {
  readonly prompt: 'login' | 'select_account' | 'consent'
  /** Why the engine asks: names of its checks. */
  readonly reasons: readonly string[]
  readonly loginHint: string | null
  readonly ticket: OpenedTicket | null
  /** Who is signed in to this tenant in this browser. */
  readonly session: {
    readonly userId: string
    readonly displayName: string | null
    readonly identifier: string
  } | null
  readonly knowsAccounts: boolean
}

/** The first page of a request to sign in. */
export function begin(facts: BeginningFacts): Decision {
  const { ticket, session, loginHint } = facts
  if (facts.prompt === 'consent')
    return decided({ kind: 'consent' }, 'GRA-56', 'The application asks for more.')
  if (ticket !== null) return beginRedemption(ticket, session)
  if (facts.reasons.includes('assignment_required') && session !== null) {
    const stage = refused('notAssigned', { identifier: session.identifier, userId: session.userId })
    return decided(stage, 'GRA-59', 'The application is for assigned people only.')
  }
  if (facts.prompt === 'select_account' && facts.knowsAccounts) {
    return decided({ kind: 'pickAccount' }, 'OIDC-3.1.2.1', 'prompt=select_account')
  }
  if (loginHint !== null && facts.prompt === 'login') {
    return decided(
      { kind: 'named', identifier: loginHint, prompt: null },
      'OIDC-3.1.2.1',
      'The application names the person.',
    )
  }
  const identifier = loginHint ?? session?.identifier ?? ''
  return decided({ kind: 'identifier', identifier, error: null }, 'RED-1', 'Nobody is named.')
}

function beginRedemption(ticket: OpenedTicket, session: BeginningFacts['session']): Decision {
  switch (ticket.outcome) {
    case 'unknown':
      return decided(
        { kind: 'unavailable', reason: 'unknown', inviterContact: null },
        'INV-8',
        'The ticket leads to nothing.',
      )
    case 'expired':
      return decided(
        { kind: 'unavailable', reason: 'expired', inviterContact: ticket.inviterContact },
        'INV-11',
        'The ticket has expired.',
      )
    case 'accepted':
      return decided({ kind: 'left', url: ticket.redirectUrl }, 'RED-13', 'Accepted before.')
    case 'open':
      // Before anything happens: the person may have meant the other account, or sit at somebody else's screen.
      return session !== null && session.userId !== ticket.invitedUserId
        ? decided(
            {
              kind: 'wrongAccount',
              at: 'thisTenant',
              current: { displayName: session.displayName, identifier: session.identifier },
              invitedAddress: ticket.address,
              provable: null,
            },
            'RED-10',
            'Somebody else is signed in.',
          )
        : decided(
            { kind: 'named', identifier: ticket.address, prompt: null },
            'RED-1',
            'The invitation names the person.',
          )
  }
}
