import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProvenPerson } from '../../federation/index.ts'
import type { RedemptionJudgement } from '../../invitations/index.ts'
import { asHome, parseTenantId } from '../../platform/ids.ts'
import { type AccountFacts, findAccount } from './account-rules.ts'

const tenantId = parseTenantId('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')
if (tenantId === null) throw new TypeError('A GUID.')
const home = asHome(tenantId)

const maria: ProvenPerson = {
  kind: 'organization',
  homeTenantId: home,
  homeObjectId: 'maria',
  userPrincipalName: 'maria@fabrikam.example',
  mail: null,
  displayName: 'Maria',
  methods: ['pwd', 'mfa'],
  signedInAt: new Date(0),
}
const gina: ProvenPerson = { kind: 'passcode', address: 'gina@mail.example', signedInAt: new Date(0) }

describe('whom a proof leads to', () => {
  const facts: AccountFacts = {
    person: maria,
    asked: null,
    user: null,
    redemption: { outcome: 'nobody' },
    byTicket: false,
    provedAddresses: [],
  }
  const accept: RedemptionJudgement = { outcome: 'accept', invitedUserId: 'guest', inviterName: 'Ines' }

  test.each<[string, Partial<AccountFacts>, object]>([
    ['RED-9: an accepted guest', { user: { id: 'g' }, redemption: null }, { kind: 'admitted' }],
    ['RED-3: nobody', {}, { kind: 'refused', why: 'notHere' }],
    ['RED-12: a pending guest', { redemption: accept }, { kind: 'review', invitedUserId: 'guest' }],
    [
      'RED-10: another address',
      { redemption: { outcome: 'wrongAccount', address: 'a@b.example', mayProve: true }, byTicket: true },
      { kind: 'wrongAccount', at: 'home', provable: maria, invitedAddress: 'a@b.example' },
    ],
    [
      'RED-10: an account that is a user here already cannot be kept',
      { redemption: { outcome: 'wrongAccount', address: 'a@b.example', mayProve: false }, byTicket: true },
      { kind: 'wrongAccount', provable: null },
    ],
    [
      'RED-11: the domain is blocked by now',
      { redemption: { outcome: 'blocked', by: 'domainList' } },
      { kind: 'refused', why: 'blockedHere' },
    ],
    [
      'INV-10: the guest is blocked',
      { redemption: { outcome: 'blocked', by: 'account' } },
      { kind: 'refused', why: 'accountDisabled' },
    ],
    [
      'INV-11: expired meanwhile',
      { redemption: { outcome: 'unavailable', reason: 'expired', inviterContact: null }, byTicket: true },
      { kind: 'unavailable', reason: 'expired' },
    ],
    [
      'RED-13: accepted by this person',
      { user: { id: 'g' }, redemption: { outcome: 'alreadyAccepted', redirectUrl: null }, byTicket: true },
      { kind: 'admitted' },
    ],
    [
      'RED-13: accepted by somebody else',
      {
        redemption: { outcome: 'alreadyAccepted', redirectUrl: 'https://app.example/' },
        byTicket: true,
      },
      { kind: 'left', url: 'https://app.example/' },
    ],
    [
      'somebody else came back from home: asked there again',
      {
        user: { id: 'nora' },
        asked: { prompt: null, identifier: 'maria@fabrikam.example', userId: 'maria-here' },
      },
      { kind: 'leaving', prompt: 'login', identifier: 'maria@fabrikam.example' },
    ],
    [
      'somebody else came back on purpose',
      {
        user: { id: 'nora' },
        asked: { prompt: 'login', identifier: 'maria@fabrikam.example', userId: 'maria-here' },
      },
      { kind: 'admitted' },
    ],
  ])('%s', (_name, changed, stage) => {
    expect(findAccount({ ...facts, ...changed }).stage).toMatchObject(stage)
  })

  test('a guest’s methods are those of the home sign-in, a code’s is otp', () => {
    const admission = (person: ProvenPerson) =>
      findAccount({ ...facts, person, user: { id: 'g' }, redemption: null }).stage
    expect(admission(maria)).toMatchObject({
      admission: { methods: ['pwd', 'mfa'], provenBy: 'organization', homeTenantId: home },
    })
    expect(admission(gina)).toMatchObject({
      admission: { methods: ['otp'], provenBy: 'passcode', homeTenantId: null },
    })
  })

  test('nothing but a judgement “accept” leads to the review', () => {
    const judgements: readonly RedemptionJudgement[] = [
      { outcome: 'nobody' },
      { outcome: 'alreadyAccepted', redirectUrl: null },
      { outcome: 'wrongAccount', address: 'a@b.example', mayProve: true },
      { outcome: 'unavailable', reason: 'unknown', inviterContact: null },
      { outcome: 'blocked', by: 'crossTenant' },
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...judgements),
        fc.constantFrom(maria, gina),
        fc.boolean(),
        fc.array(fc.emailAddress()),
        (redemption, person, byTicket, provedAddresses) => {
          const { stage } = findAccount({ ...facts, redemption, person, byTicket, provedAddresses })
          expect(stage.kind).not.toBe('review')
          expect(stage.kind).not.toBe('admitted')
        },
      ),
    )
  })
})
