import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identityOf } from './address-ownership.ts'
import { account, blockedBy, byCode, fabrikam, now, offer, tenant } from './facts.fixture.ts'
import { ticketEnd } from './invitation-states.ts'
import { nothingBlocks, type Redeemer, type Ticket } from './model.ts'
import { decideRedemption, landingAfter, type RedemptionFacts } from './redeem-rules.ts'

const later = new Date(now.getTime() + 1_000)
const ticket: Ticket = { invitationId: 'inv-1', issuedAt: now, expiresAt: null }

const ann = fabrikam('Ann@Fabrikam.com')
const bob = fabrikam('bob@fabrikam.com')

const at = (facts: Partial<RedemptionFacts> = {}): RedemptionFacts => ({
  invitation: offer(),
  ticket,
  guest: account(),
  redeemer: ann,
  signedInFor: 'thisRedemption',
  provedAddresses: [],
  passcodesEnabled: true,
  redeemersUserId: null,
  domainList: nothingBlocks,
  crossTenant: nothingBlocks,
  ...facts,
})
const decide = (facts: Partial<RedemptionFacts> = {}, when = now) => decideRedemption(at(facts), when)

describe('RED-14: who owns the invited address is shown the permissions to review', () => {
  test('with an organisational account: known here by home tenant and object, not by address', () => {
    expect(decide()).toMatchObject({
      outcome: 'accept',
      identity: {
        signInType: 'federated',
        issuer: 'ExternalAzureAD',
        issuerAssignedId: `${tenant('f')}/ann-at-home`,
      },
      endInternalPassword: false,
    })
  })

  test('with a passcode: known as the mailbox', () => {
    expect(decide({ redeemer: byCode('ANN@fabrikam.com') })).toMatchObject({
      outcome: 'accept',
      identity: { issuer: 'mail', issuerAssignedId: 'ann@fabrikam.com' },
    })
  })

  test('with another provider: known by its subject', () => {
    const redeemer: Redeemer = {
      kind: 'social',
      issuer: 'google.com',
      subject: '1234',
      address: 'a@b.c',
      addressIsVerified: true,
    }
    expect(identityOf(redeemer)).toEqual({
      signInType: 'federated',
      issuer: 'google.com',
      issuerAssignedId: '1234',
    })
  })

  test('CNV-3: a conversion by passcode ends the old password; by another account it stays', () => {
    const invitation = offer({ purpose: 'conversion' })
    expect(decide({ invitation, redeemer: byCode('ann@fabrikam.com') })).toMatchObject({
      endInternalPassword: true,
    })
    expect(decide({ invitation })).toMatchObject({ endInternalPassword: false })
  })
})

describe('RED-10: an account that does not own the address', () => {
  test('signed in for this redemption: a code to the invited mailbox is needed', () => {
    expect(decide({ redeemer: bob })).toMatchObject({ outcome: 'needsPasscode', address: 'ann@fabrikam.com' })
  })

  test('signed in before the link was opened: said so before anything happens, with a way to switch', () => {
    expect(decide({ redeemer: bob, signedInFor: 'somethingElse' })).toMatchObject({
      outcome: 'wrongAccount',
      passcodeOffered: true,
    })
  })

  test('the code entered: accepted with that account (RED-2, an alias)', () => {
    expect(decide({ redeemer: bob, provedAddresses: ['Ann@fabrikam.com'] })).toMatchObject({
      outcome: 'accept',
      identity: { issuer: 'ExternalAzureAD' },
      because: [{ message: expect.stringContaining('code mailed') }],
    })
    expect(decide()).toMatchObject({ because: [{ message: expect.stringContaining('userPrincipalName') }] })
  })

  test('a code for another mailbox proves nothing', () => {
    expect(decide({ redeemer: bob, provedAddresses: ['bob@fabrikam.com'] })).toMatchObject({
      outcome: 'needsPasscode',
    })
  })

  test('OTP-4: where passcodes are off, no code helps, not even one entered a moment ago', () => {
    const off = { passcodesEnabled: false }
    expect(decide({ redeemer: bob, ...off })).toMatchObject({
      outcome: 'wrongAccount',
      passcodeOffered: false,
    })
    expect(decide({ redeemer: bob, provedAddresses: ['ann@fabrikam.com'], ...off }).outcome).toBe(
      'wrongAccount',
    )
    expect(decide({ redeemer: byCode('ann@fabrikam.com'), ...off }).outcome).toBe('wrongAccount')
  })

  test('nobody signed in: sign in first', () => {
    expect(decide({ redeemer: null }).outcome).toBe('signIn')
  })

  test('an account that is another user here already is not linked twice', () => {
    expect(decide({ redeemersUserId: 'guest-2' })).toMatchObject({
      outcome: 'accountInUse',
      userId: 'guest-2',
    })
    expect(decide({ redeemersUserId: 'guest-1' }).outcome).toBe('accept')
  })
})

describe('links that are over', () => {
  test('RED-13: a used link leads to the application, whoever is signed in and whatever is blocked by now (RED-11)', () => {
    const guest = account({ externalUserState: 'Accepted' })
    for (const redeemer of [null, ann, bob]) {
      const facts = { guest, redeemer, domainList: blockedBy('COL-5'), crossTenant: blockedBy('EVAL-7') }
      expect(decide(facts).outcome).toBe('alreadyAccepted')
    }
    expect(decide({ guest, ticket: { ...ticket, expiresAt: now } }, later).outcome).toBe('alreadyAccepted')
  })

  test('INV-8: an older ticket leads there, too, once a newer one was redeemed', () => {
    const guest = account({ externalUserState: 'Accepted' })
    expect(
      decide({ guest, invitation: offer({ state: { kind: 'pendingAcceptance', expiresAt: null } }) }).outcome,
    ).toBe('alreadyAccepted')
  })

  test('RST-2: after a reset neither the replaced nor the used invitation opens anything', () => {
    expect(decide({ invitation: offer({ state: { kind: 'superseded', at: now } }) }).outcome).toBe(
      'superseded',
    )
    expect(
      decide({ invitation: offer({ state: { kind: 'completed', at: now, how: 'redeemed' } }) }).outcome,
    ).toBe('superseded')
  })

  test('INV-17: revoked, or its user deleted', () => {
    expect(decide({ invitation: offer({ state: { kind: 'revoked', at: now, byId: 'ada' } }) }).outcome).toBe(
      'revoked',
    )
    expect(decide({ guest: null }).outcome).toBe('revoked')
  })

  test('INV-11: an expired ticket asks for a new invitation, to the moment', () => {
    const timed = { ticket: { ...ticket, expiresAt: later } }
    expect(decide(timed, now).outcome).toBe('accept')
    expect(decide(timed, later).outcome).toBe('expired')
  })

  test('INV-11: an older ticket ends even if the invitation was sent again; a direct link ends with the newest', () => {
    const invitation = offer({ state: { kind: 'pendingAcceptance', expiresAt: later } })
    expect(decide({ invitation, ticket: { ...ticket, expiresAt: now } }, now).outcome).toBe('expired')
    expect(decide({ invitation, ticket: null }, now).outcome).toBe('accept')
    expect(decide({ invitation, ticket: null }, later).outcome).toBe('expired')
  })

  test('INV-11: without a lifetime an invitation never ends', () => {
    expect(ticketEnd(now, null)).toBeNull()
    expect(decide({}, new Date('2126-01-01T00:00:00Z')).outcome).toBe('accept')
    expect(ticketEnd(now, 7)).toEqual(new Date('2026-03-08T12:00:00Z'))
  })
})

describe('RED-11: checked again at redemption', () => {
  test.each([
    ['domainList', { domainList: blockedBy('COL-5') }, 'RED-11'],
    ['crossTenant', { crossTenant: blockedBy('EVAL-7') }, 'RED-11'],
    ['account', { guest: account({ accountEnabled: false }) }, 'INV-10'],
  ] as const)('blocked by %s, before anybody has to sign in', (by, facts, rule) => {
    for (const redeemer of [null, ann, bob]) {
      expect(decide({ ...facts, redeemer })).toMatchObject({
        outcome: 'blocked',
        by,
        because: expect.arrayContaining([expect.objectContaining({ rule })]),
      })
    }
  })
})

describe('RED-10: properties', () => {
  const blocks: readonly Partial<RedemptionFacts>[] = [
    { guest: null },
    { guest: account({ accountEnabled: false }) },
    { invitation: offer({ state: { kind: 'revoked', at: now, byId: 'ada' } }) },
    { invitation: offer({ state: { kind: 'superseded', at: now } }) },
    { ticket: { ...ticket, expiresAt: now } },
    { domainList: blockedBy('COL-5') },
    { crossTenant: blockedBy('EVAL-7') },
    { redeemersUserId: 'guest-2' },
    { redeemer: null },
  ]
  const anyAddress = fc.constantFrom(
    'ann@fabrikam.com',
    'bob@fabrikam.com',
    'ann@gmail.com',
    'ANN@FABRIKAM.COM',
  )
  const anyDomains = fc.subarray(['fabrikam.com', 'gmail.com', 'evil.example'])
  const anyRedeemer = fc.oneof(
    fc.tuple(anyAddress, anyDomains).map(([address, domains]) => fabrikam(address, 'mail', domains)),
    anyAddress.map(byCode),
    fc.tuple(anyAddress, fc.boolean()).map(
      ([address, addressIsVerified]): Redeemer => ({
        kind: 'social',
        issuer: 'x',
        subject: 's',
        address,
        addressIsVerified,
      }),
    ),
    fc.tuple(anyAddress, anyDomains).map(
      ([address, domains]): Redeemer => ({
        kind: 'federation',
        issuer: 'i',
        subject: 's',
        address,
        domains,
      }),
    ),
  )
  const anyCase = fc.record({
    redeemer: anyRedeemer,
    provedAddresses: fc.subarray(['ann@fabrikam.com', 'bob@fabrikam.com']),
    passcodesEnabled: fc.boolean(),
    signedInFor: fc.constantFrom('thisRedemption' as const, 'somethingElse' as const),
  })

  test('nobody accepts without authority over the address', () => {
    fc.assert(
      fc.property(anyCase, (facts) => {
        if (decide(facts).outcome !== 'accept') return
        const { redeemer, provedAddresses } = facts
        const domainIsTheirs =
          'homeVerifiedDomains' in redeemer
            ? redeemer.homeVerifiedDomains
            : 'domains' in redeemer
              ? redeemer.domains
              : ['fabrikam.com']
        const addresses =
          redeemer.kind === 'organization' ? redeemer.addresses.map((one) => one.address) : [redeemer.address]
        const says =
          addresses.some((address) => address.toLowerCase() === 'ann@fabrikam.com') &&
          domainIsTheirs.includes('fabrikam.com')
        expect(says || provedAddresses.includes('ann@fabrikam.com')).toBe(true)
      }),
    )
  })

  test('one more block never lets anybody in', () => {
    fc.assert(
      fc.property(anyCase, fc.subarray([...blocks], { minLength: 1 }), (facts, some) => {
        expect(decide(Object.assign({}, facts, ...some)).outcome).not.toBe('accept')
      }),
    )
  })

  test('every answer says why', () => {
    fc.assert(
      fc.property(anyCase, fc.subarray([...blocks]), (facts, some) => {
        expect(decide(Object.assign({}, facts, ...some)).because.length).toBeGreaterThan(0)
      }),
    )
  })
})

test('RED-13: after consent a mail link leads to its redirect address, a direct link to the application or the launcher', () => {
  expect(landingAfter({ kind: 'mailLink', redirectUrl: 'https://a.b/' })).toBe('https://a.b/')
  expect(landingAfter({ kind: 'directLink', application: 'https://c.d/' })).toBe('https://c.d/')
  expect(landingAfter({ kind: 'directLink', application: null })).toBeNull()
})
