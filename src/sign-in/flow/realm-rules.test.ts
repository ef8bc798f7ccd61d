import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { organisationalIdentity } from '../../directory/index.ts'
import type { ProviderDecision, SignInMethod } from '../../invitations/index.ts'
import { asHome, parseTenantId } from '../../platform/ids.ts'
import { findRealm, type RealmFacts } from './realm-rules.ts'

const tenantId = parseTenantId('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')
if (tenantId === null) throw new TypeError('A GUID.')
const home = asHome(tenantId)

const because = [{ rule: 'RED-4', message: 'x' }]

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
    inBrowser: true,
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
    ['an invitation with a passcode, in a browser', { byTicket: true }, { kind: 'codeWanted', again: false }],
    [
      'an invitation with a passcode, scanned',
      { byTicket: true, inBrowser: false },
      { kind: 'offerPasscode' },
    ],
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
