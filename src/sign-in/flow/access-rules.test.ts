import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AccessFacts, admit } from './access-rules.ts'
import type { Admission } from './model.ts'

describe('admission', () => {
  const admission: Admission = {
    userId: 'ann',
    methods: ['pwd'],
    provenBy: 'password',
    homeTenantId: 'contoso',
    redeemed: false,
  }
  const facts: AccessFacts = {
    admission,
    account: { enabled: true, userPrincipalName: 'ann@contoso.example' },
    assignment: 'assigned',
    clientKind: 'application',
    byTicket: false,
    stay: null,
    sessionsValidFrom: new Date(0),
  }
  const finished = (remember: boolean) => ({ kind: 'finished', result: { kind: 'signedIn', remember } })

  test.each<[string, Partial<AccessFacts>, object]>([
    ['a password is asked whether to stay', {}, { kind: 'staySignedIn' }],
    ['yes stays', { stay: 'yes' }, finished(true)],
    ['no does not', { stay: 'no' }, finished(false)],
    ['not on the way to another tenant', { clientKind: 'tenant' }, finished(false)],
    ['not between an invitation and its application', { byTicket: true }, finished(false)],
    [
      'a blocked account',
      { account: { enabled: false, userPrincipalName: 'x' } },
      { why: 'accountDisabled' },
    ],
    ['a deleted account', { account: null }, { why: 'accountDisabled' }],
    ['GRA-59: not assigned', { assignment: 'missing' }, { why: 'notAssigned' }],
  ])('%s', (_name, changed, stage) => {
    expect(admit({ ...facts, ...changed }).stage).toMatchObject(stage)
  })

  test('OTP-3: whoever has no password here never stays for longer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('passcode' as const, 'organization' as const),
        fc.constantFrom('yes' as const, 'no' as const, null),
        (provenBy, stay) => {
          const { stage } = admit({ ...facts, admission: { ...admission, provenBy }, stay })
          expect(stage).toMatchObject(finished(false))
        },
      ),
    )
  })

  test('nobody is admitted who is blocked, deleted or not assigned, whatever else holds', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('yes' as const, 'no' as const, null),
        fc.constantFrom('application' as const, 'tenant' as const, 'firstParty' as const),
        (enabled, assigned, byTicket, stay, clientKind) => {
          const { stage } = admit({
            ...facts,
            account: { enabled, userPrincipalName: 'x' },
            assignment: assigned ? 'assigned' : 'missing',
            byTicket,
            stay,
            clientKind,
          })
          expect(stage.kind === 'refused').toBe(!(enabled && assigned))
        },
      ),
    )
  })
})
