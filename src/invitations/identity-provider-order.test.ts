import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { organisationalIdentity } from '../directory/index.ts'
import { tenant } from './facts.fixture.ts'
import {
  decideProvider,
  decideProviderOfGuest,
  defaultRedemptionConfiguration,
  type FallbackProvider,
  type OrganizationalAccount,
  type PrimaryProvider,
  type ProviderFacts,
} from './identity-provider-order.ts'

const homeTenantId = tenant('f')
const found: OrganizationalAccount = { kind: 'found', homeTenantId }
const federation = { issuer: 'https://idp.fabrikam.com' }

/** Somebody of whom nothing is known but the address. */
const decide = (
  facts: Partial<Omit<ProviderFacts, 'configuration'>> = {},
  primary: readonly PrimaryProvider[] = defaultRedemptionConfiguration.primary,
  fallback: FallbackProvider = 'defaultConfiguredIdp',
) => {
  const decision = decideProvider({
    domain: 'fabrikam.com',
    organizationalAccount: { kind: 'noTenant' },
    federation: null,
    googleIsConfigured: false,
    microsoftAccount: 'notConfigured',
    passcodesEnabled: true,
    ...facts,
    configuration: { primary, fallback },
  })
  return decision.outcome === 'signIn'
    ? decision.methods
        .map((method) => ('isNew' in method && method.isNew ? `new ${method.kind}` : method.kind))
        .join(' or ')
    : decision.outcome
}

describe('RED-4: the default order, each step only when those before do not apply', () => {
  const everything = {
    domain: 'gmail.com',
    organizationalAccount: found,
    federation,
    googleIsConfigured: true,
    microsoftAccount: 'unknown' as const,
  }

  test.each([
    ['(1) organisational account', {}, 'organization'],
    ['(2) federation', { organizationalAccount: { kind: 'noTenant' } as const }, 'federation'],
    ['(3) Google', { organizationalAccount: { kind: 'noTenant' } as const, federation: null }, 'google'],
  ])('%s', (_step, change, method) => {
    expect(decide({ ...everything, ...change })).toBe(method)
  })

  test('(4) an existing Microsoft account, (5) a passcode, (6) a new Microsoft account, else no way', () => {
    expect(decide({ microsoftAccount: 'exists' })).toBe('microsoftAccount')
    expect(decide({ microsoftAccount: 'unknown' })).toBe('passcode')
    expect(decide({ microsoftAccount: 'unknown', passcodesEnabled: false })).toBe('new microsoftAccount')
    expect(decide({ passcodesEnabled: false })).toBe('noWay')
  })

  test.each([
    ['an unmanaged tenant is never used', { kind: 'unmanaged' }, 'passcode'],
    ['a tenant without the account leaves the next method', { kind: 'absent', homeTenantId }, 'passcode'],
    [
      'RED-16: a tenant whose own sign-in is federated decides there',
      { kind: 'federatedAtHome', homeTenantId },
      'organization',
    ],
  ] as const)('%s', (_what, organizationalAccount, method) => {
    expect(decide({ organizationalAccount })).toBe(method)
  })

  test('a silent home tenant is waited for: a passcode taken instead would stay for good (RED-9)', () => {
    const organizationalAccount: OrganizationalAccount = { kind: 'noAnswer', homeTenantId }
    expect(decide({ organizationalAccount, federation })).toBe('tryLater')
    expect(
      decide({ organizationalAccount, federation }, ['externalFederation', 'azureActiveDirectory']),
    ).toBe('federation')
    expect(decide({ organizationalAccount }, [])).toBe('passcode')
  })

  test.each([
    ['gmail.com', true, 'google'],
    ['googlemail.com', true, 'google'],
    ['gmail.com', false, 'passcode'],
    ['sub.gmail.com', true, 'passcode'],
    ['workspace-customer.com', true, 'passcode'],
  ])('IDP-1: Google for %s, set up: %s → %s', (domain, googleIsConfigured, method) => {
    expect(decide({ domain, googleIsConfigured })).toBe(method)
  })
})

describe('RED-5: known as organisational account and as Microsoft account', () => {
  const both = { organizationalAccount: found, microsoftAccount: 'exists' } as const

  test('the person is asked which', () => {
    expect(decide(both)).toBe('organization or microsoftAccount')
    expect(decide(both, ['azureActiveDirectory'], 'microsoftAccount')).toBe(
      'organization or microsoftAccount',
    )
  })

  test('not where Microsoft accounts are switched off as fallback, nor when none exists', () => {
    expect(decide(both, ['azureActiveDirectory'], 'emailOneTimePasscode')).toBe('organization')
    expect(decide({ ...both, microsoftAccount: 'unknown' })).toBe('organization')
  })
})

describe('RED-7: the order is configurable', () => {
  test('an empty primary list leaves only the fallback', () => {
    expect(
      decide({ organizationalAccount: found, federation, googleIsConfigured: true, domain: 'gmail.com' }, []),
    ).toBe('passcode')
  })

  test('what is not named is not used', () => {
    expect(decide({ organizationalAccount: found, federation }, ['socialIdentityProviders'])).toBe('passcode')
  })

  test('emailOneTimePasscode: a Microsoft account is never used', () => {
    expect(decide({ microsoftAccount: 'exists' }, [], 'emailOneTimePasscode')).toBe('passcode')
    expect(decide({ microsoftAccount: 'exists', passcodesEnabled: false }, [], 'emailOneTimePasscode')).toBe(
      'noWay',
    )
  })

  test('microsoftAccount: a passcode is never used', () => {
    expect(decide({ microsoftAccount: 'unknown' }, [], 'microsoftAccount')).toBe('new microsoftAccount')
    expect(decide({ microsoftAccount: 'notConfigured' }, [], 'microsoftAccount')).toBe('noWay')
  })
})

test('RED-8: for a domain verified by another tenant the organisation wins, unless federation is placed above', () => {
  const facts = { organizationalAccount: found, federation }
  expect(decide(facts)).toBe('organization')
  expect(decide(facts, ['externalFederation', 'azureActiveDirectory'])).toBe('federation')
})

describe('properties', () => {
  const anyFacts = fc.record({
    domain: fc.constantFrom('fabrikam.com', 'gmail.com'),
    organizationalAccount: fc.constantFrom<OrganizationalAccount>(
      { kind: 'noTenant' },
      found,
      { kind: 'absent', homeTenantId },
      { kind: 'federatedAtHome', homeTenantId },
      { kind: 'unmanaged' },
      { kind: 'noAnswer', homeTenantId },
    ),
    federation: fc.constantFrom(null, federation),
    googleIsConfigured: fc.boolean(),
    microsoftAccount: fc.constantFrom('notConfigured' as const, 'exists' as const, 'unknown' as const),
    passcodesEnabled: fc.boolean(),
  })
  const anyPrimary = fc.shuffledSubarray([...defaultRedemptionConfiguration.primary])
  const anyFallback = fc.constantFrom<FallbackProvider>(
    'defaultConfiguredIdp',
    'emailOneTimePasscode',
    'microsoftAccount',
  )

  test('OTP-2: a passcode only when nothing else applies', () => {
    fc.assert(
      fc.property(anyFacts, anyPrimary, anyFallback, (facts, primary, fallback) => {
        fc.pre(decide(facts, primary, fallback) === 'passcode')
        const without = decide({ ...facts, passcodesEnabled: false }, primary, fallback)
        // A Microsoft account that does not exist yet comes after the passcode.
        expect(['noWay', facts.microsoftAccount === 'unknown' ? 'new microsoftAccount' : 'noWay']).toContain(
          without,
        )
      }),
    )
  })

  test('RED-7: what stands behind the first provider that applies never matters', () => {
    fc.assert(
      fc.property(anyFacts, anyPrimary, fc.nat(3), anyFallback, (facts, primary, length, fallback) => {
        const front = primary.slice(0, length)
        const withoutFallback = {
          ...facts,
          passcodesEnabled: false,
          microsoftAccount: 'notConfigured',
        } as const
        fc.pre(decide(withoutFallback, front, fallback) !== 'noWay')
        expect(decide(facts, primary, fallback)).toBe(decide(facts, front, fallback))
      }),
    )
  })
})

describe('RED-9: an accepted guest signs in with what they redeemed with', () => {
  const own = {
    signInType: 'userPrincipalName',
    issuer: 'contoso.xenia.test',
    issuerAssignedId: 'x#EXT#@contoso.xenia.test',
  }
  const federated = (issuer: string, issuerAssignedId = 's') => ({
    signInType: 'federated',
    issuer,
    issuerAssignedId,
  })

  test.each([
    [
      'an organisation',
      organisationalIdentity(homeTenantId, 'ann-at-home'),
      { kind: 'organization', homeTenantId },
    ],
    ['a passcode', federated('mail', 'ann@fabrikam.com'), { kind: 'passcode' }],
    ['Google', federated('google.com'), { kind: 'google' }],
    ['a Microsoft account', federated('MicrosoftAccount'), { kind: 'microsoftAccount', isNew: false }],
    [
      'a federation',
      federated('https://idp.fabrikam.com'),
      { kind: 'federation', issuer: 'https://idp.fabrikam.com' },
    ],
  ])('%s', (_what, identity, method) => {
    expect(decideProviderOfGuest([own, identity], true)).toMatchObject({
      outcome: 'signIn',
      methods: [method],
    })
  })

  test('OTP-4: passcodes switched off lock out those who redeemed by one, and nobody else', () => {
    expect(decideProviderOfGuest([own, federated('mail')], false)).toMatchObject({
      outcome: 'noWay',
      because: [{ rule: 'OTP-4' }],
    })
    expect(decideProviderOfGuest([own, federated('google.com')], false).outcome).toBe('signIn')
  })

  test('RED-14: without an account elsewhere there is no way', () => {
    expect(decideProviderOfGuest([own], true).outcome).toBe('noWay')
  })
})
