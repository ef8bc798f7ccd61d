import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { organisationalIdentity } from '../../directory/index.ts'
import type { ProvenPerson } from '../../federation/index.ts'
import type {
  OpenedTicket,
  ProviderDecision,
  RedemptionJudgement,
  SignInMethod,
} from '../../invitations/index.ts'
import { asHome, parseTenantId } from '../../platform/ids.ts'
import type { Admission } from './model.ts'
import {
  type AccessFacts,
  type AccountFacts,
  admit,
  type BeginningFacts,
  begin,
  findAccount,
  findRealm,
  type RealmFacts,
} from './rules.ts'

const tenantId = parseTenantId('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')
if (tenantId === null) throw new TypeError('A GUID.')
const home = asHome(tenantId)

const because = [{ rule: 'RED-4', message: 'x' }]
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

describe('RED-4: home realm', () => {
  const signIn = (method: SignInMethod): ProviderDecision => ({
    outcome: 'signIn',
    methods: [method],
    because,
  })
  const atHome = signIn({ kind: 'organization', homeTenantId: home })
  const byCode = signIn({ kind: 'passcode' })
  const facts: RealmFacts = {
    identifier: 'maria@fabrikam.example',
    prompt: null,
    clientKind: 'application',
    byTicket: false,
    clicked: true,
    account: null,
    wellFormed: true,
    ownDomain: false,
    provider: byCode,
  }
  const internal = { origin: 'internal', identities: [] } as const
  const external = { origin: 'external', identities: [organisationalIdentity(home, 'maria')] } as const

  test.each<[string, Partial<RealmFacts>, object]>([
    ['an account of this tenant', { account: internal, provider: null }, { kind: 'password' }],
    ['nobody, in the tenant’s own domain', { ownDomain: true, provider: null }, { kind: 'password' }],
    [
      'a guest from another tenant',
      { account: external, provider: atHome },
      { kind: 'leaving', homeTenantId: home },
    ],
    ['nobody here, somebody there', { provider: atHome }, { kind: 'leaving', homeTenantId: home }],
    ['nobody anywhere (OTP-3)', {}, { kind: 'offerPasscode', address: 'maria@fabrikam.example' }],
    ['no address', { wellFormed: false, provider: null }, { kind: 'identifier', error: 'malformed' }],
    ['no way', { provider: { outcome: 'noWay', because } }, { kind: 'identifier', error: 'noWayToSignIn' }],
    [
      'no way for an invitation',
      { byTicket: true, provider: { outcome: 'noWay', because } },
      { kind: 'refused', why: 'noWayToSignIn' },
    ],
    [
      'RED-9: a silent home tenant is waited for',
      { provider: { outcome: 'tryLater', homeTenantId: home, because } },
      { kind: 'refused', why: 'homeSilent' },
    ],
    [
      'CNV-1: an invitation to an internal user',
      { byTicket: true, account: internal, provider: atHome },
      { kind: 'leaving' },
    ],
    ['an invitation with a passcode, clicked', { byTicket: true }, { kind: 'codeWanted', again: false }],
    ['an invitation with a passcode, scanned', { byTicket: true, clicked: false }, { kind: 'offerPasscode' }],
  ])('%s', (_name, changed, stage) => {
    const decision = findRealm({ ...facts, ...changed })
    expect(decision.stage).toMatchObject(stage)
    expect(decision.because).not.toEqual([])
  })

  test('TRU-7: towards another tenant everybody gets the password page', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(internal, external, null),
        fc.boolean(),
        fc.boolean(),
        (account, ownDomain, wellFormed) => {
          const { stage } = findRealm({
            ...facts,
            clientKind: 'tenant',
            provider: null,
            account,
            ownDomain,
            wellFormed,
          })
          expect(stage).toMatchObject({ kind: 'password' })
        },
      ),
    )
  })

  test('OTP-3: an unknown address and a passcode guest lead to the same page', () => {
    const guest = { origin: 'external', identities: [] } as const
    expect(findRealm({ ...facts, account: guest }).stage).toEqual(findRealm(facts).stage)
  })
})

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
