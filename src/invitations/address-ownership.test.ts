import { describe, expect, test } from 'vitest'
import { whyOwns } from './address-ownership.ts'
import { byCode, fabrikam } from './facts.fixture.ts'
import type { Redeemer } from './model.ts'

describe('RED-10: which accounts own the invited address', () => {
  test.each([['userPrincipalName'], ['mail'], ['proxyAddress'], ['emailClaim']] as const)(
    'an organisation says so: %s (RED-2)',
    (from) => {
      expect(whyOwns(fabrikam('ann@fabrikam.com', from), 'Ann@Fabrikam.com')).toMatchObject({
        rule: 'RED-10',
      })
    },
  )

  test('an organisation has no say over a domain that it has not verified', () => {
    expect(whyOwns(fabrikam('ann@gmail.com', 'mail'), 'ann@gmail.com')).toBeNull()
    expect(whyOwns(fabrikam('ann@sub.fabrikam.com', 'mail'), 'ann@sub.fabrikam.com')).toBeNull()
    expect(whyOwns(fabrikam('ann@fabrikam.com', 'mail', ['evil.example']), 'ann@fabrikam.com')).toBeNull()
  })

  test('domains compare in ASCII form', () => {
    const redeemer = fabrikam('ann@münchen.de', 'mail', ['xn--mnchen-3ya.de'])
    expect(whyOwns(redeemer, 'ann@xn--mnchen-3ya.de')).not.toBeNull()
  })

  test('IDP-7: a federation only within its domain list', () => {
    const redeemer = (domains: string[]): Redeemer => ({
      kind: 'federation',
      issuer: 'https://idp.fabrikam.com',
      subject: 's',
      domains,
      address: 'ann@fabrikam.com',
    })
    expect(whyOwns(redeemer(['fabrikam.com']), 'ann@fabrikam.com')).not.toBeNull()
    expect(whyOwns(redeemer(['fabrikam.org']), 'ann@fabrikam.com')).toBeNull()
  })

  test('a social account only with a verified email claim', () => {
    const redeemer = (addressIsVerified: boolean): Redeemer => ({
      kind: 'social',
      issuer: 'google.com',
      subject: 's',
      address: 'ann@gmail.com',
      addressIsVerified,
    })
    expect(whyOwns(redeemer(true), 'ann@gmail.com')).not.toBeNull()
    expect(whyOwns(redeemer(false), 'ann@gmail.com')).toBeNull()
  })

  test('a passcode only for the mailbox that it was sent to', () => {
    expect(whyOwns(byCode('ann@fabrikam.com'), 'ann@fabrikam.com')).not.toBeNull()
    expect(whyOwns(byCode('bob@fabrikam.com'), 'ann@fabrikam.com')).toBeNull()
  })
})
