import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenedTicket } from '../../invitations/index.ts'
import { type BeginningFacts, begin } from './begin-rules.ts'

const openTicket: OpenedTicket = {
  outcome: 'open',
  address: 'maria@fabrikam.example',
  invitedUserId: 'guest',
  redirectUrl: 'https://app.example/',
}

describe('begin', () => {
  const facts: BeginningFacts = {
    prompt: 'login',
    reasons: ['no_session'],
    loginHint: null,
    ticket: null,
    session: null,
    knowsAccounts: false,
  }
  const ann = { userId: 'ann', displayName: 'Ann', identifier: 'ann@contoso.example' }

  test.each<[string, Partial<BeginningFacts>, object]>([
    ['nobody is named', {}, { kind: 'identifier', identifier: '' }],
    [
      'the application names somebody',
      { loginHint: 'x@y.example' },
      { kind: 'named', identifier: 'x@y.example' },
    ],
    ['somebody has to sign in again', { session: ann }, { kind: 'identifier', identifier: ann.identifier }],
    [
      'an account is to be picked',
      { prompt: 'select_account', knowsAccounts: true },
      { kind: 'pickAccount' },
    ],
    ['none is known to pick', { prompt: 'select_account' }, { kind: 'identifier' }],
    [
      'a name is no choice where one is to be picked',
      { prompt: 'select_account', loginHint: 'x@y.example' },
      { kind: 'identifier', identifier: 'x@y.example' },
    ],
    ['consent is missing', { prompt: 'consent', session: ann }, { kind: 'consent' }],
    [
      'GRA-59: the signed-in person is not assigned',
      { reasons: ['assignment_required'], session: ann },
      { kind: 'refused', why: 'notAssigned', userId: 'ann' },
    ],
  ])('%s', (_name, changed, stage) => {
    expect(begin({ ...facts, ...changed }).stage).toMatchObject(stage)
  })

  test.each<[string, OpenedTicket, object]>([
    ['INV-8: unknown', { outcome: 'unknown' }, { kind: 'unavailable', reason: 'unknown' }],
    [
      'INV-11: expired',
      { outcome: 'expired', inviterContact: 'ines@contoso.example' },
      { kind: 'unavailable', reason: 'expired', inviterContact: 'ines@contoso.example' },
    ],
    [
      'RED-13: accepted',
      { outcome: 'accepted', redirectUrl: 'https://app.example/' },
      { kind: 'left', url: 'https://app.example/' },
    ],
    ['RED-1: open', openTicket, { kind: 'named', identifier: 'maria@fabrikam.example' }],
  ])('an invitation, %s', (_name, ticket, stage) => {
    expect(begin({ ...facts, ticket }).stage).toMatchObject(stage)
  })

  test('RED-10: somebody else is signed in: said before anything else, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.option(fc.emailAddress()), fc.boolean(), (loginHint, knowsAccounts) => {
        const { stage } = begin({ ...facts, ticket: openTicket, session: ann, loginHint, knowsAccounts })
        expect(stage).toMatchObject({ kind: 'wrongAccount', at: 'thisTenant', provable: null })
      }),
    )
  })

  test('CNV-1: the invited person’s own session here is nobody else’s', () => {
    const session = { ...ann, userId: 'guest' }
    expect(begin({ ...facts, ticket: openTicket, session }).stage).toMatchObject({ kind: 'named' })
  })
})
