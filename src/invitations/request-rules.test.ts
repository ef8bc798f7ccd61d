import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { request } from './facts.fixture.ts'
import { checkRequest, type InvitationRequest, redirectUrlProblem } from './request-rules.ts'

const check = (facts: Partial<InvitationRequest>) =>
  checkRequest(request(facts), { allowPlusAddressing: false })

test('INV-3: a well-formed request yields the address in normal form', () => {
  expect(check({ invitedUserEmailAddress: 'Ann@XN--Mnchen-3ya.de' })).toMatchObject({
    outcome: 'wellFormed',
    address: { text: 'Ann@xn--mnchen-3ya.de', key: 'ann@xn--mnchen-3ya.de' },
    redirectUrl: 'https://app.contoso.com/',
  })
})

const refused: readonly (readonly [string, Partial<InvitationRequest>, string])[] = [
  ['INV-3: a missing address', { invitedUserEmailAddress: null }, 'invitedUserEmailAddress'],
  ['INV-3: an empty address', { invitedUserEmailAddress: '' }, 'invitedUserEmailAddress'],
  [
    'INV-3: a plus in the address',
    { invitedUserEmailAddress: 'ann+x@fabrikam.com' },
    'invitedUserEmailAddress',
  ],
  [
    'INV-3: a non-ASCII local part',
    { invitedUserEmailAddress: 'zoë@fabrikam.com' },
    'invitedUserEmailAddress',
  ],
  ['INV-3: a non-ASCII domain', { invitedUserEmailAddress: 'zoe@münchen.de' }, 'invitedUserEmailAddress'],
  ['INV-4: a missing redirect address', { inviteRedirectUrl: null }, 'inviteRedirectUrl'],
  ['INV-4: an empty redirect address', { inviteRedirectUrl: '' }, 'inviteRedirectUrl'],
  ['INV-4: plain http', { inviteRedirectUrl: 'http://app.contoso.com/' }, 'inviteRedirectUrl'],
  ['INV-1: a display name of two lines', { invitedUserDisplayName: 'Ann\nLee' }, 'invitedUserDisplayName'],
  [
    'INV-1: a display name of 257 characters',
    { invitedUserDisplayName: 'x'.repeat(257) },
    'invitedUserDisplayName',
  ],
  [
    'INV-12: a message of 5,001 characters',
    { customizedMessageBody: 'x'.repeat(5_001) },
    'invitedUserMessageInfo',
  ],
  ['INV-12: a message with NUL', { customizedMessageBody: 'a\u0000b' }, 'invitedUserMessageInfo'],
  [
    'INV-12: a message with half a surrogate pair',
    { customizedMessageBody: 'a\ud83d' },
    'invitedUserMessageInfo',
  ],
  ['INV-14: a language that is no tag', { messageLanguage: 'english please' }, 'invitedUserMessageInfo'],
  [
    'INV-15: two CC recipients',
    { ccRecipients: ['a@contoso.com', 'b@contoso.com'] },
    'invitedUserMessageInfo',
  ],
  [
    'INV-15: a CC recipient that is no address',
    { ccRecipients: ['a@contoso.com\r\nBcc: x@y.z'] },
    'invitedUserMessageInfo',
  ],
  ['SPO-1: six sponsors', { sponsorIds: ['1', '2', '3', '4', '5', '6'] }, 'invitedUserSponsors'],
  ['RST-1: a reset without invitedUser.id', { resetRedemption: true }, 'invitedUser'],
]

test.each(refused)('%s is refused with 400 BadRequest, the field named', (name, facts, target) => {
  expect(check(facts)).toMatchObject({
    outcome: 'refused',
    kind: 'invalid',
    code: 'BadRequest',
    target,
    because: [{ rule: name.split(':')[0] }],
  })
})

test('INV-2: the body is looked at before the syntax of the address', () => {
  const both = check({ inviteRedirectUrl: 'nowhere', invitedUserEmailAddress: 'nobody' })
  expect(both).toMatchObject({ target: 'inviteRedirectUrl' })
})

test('INV-12: line breaks and tabs in a message pass; INV-15: so does one CC recipient; SPO-1: and five sponsors', () => {
  const facts = {
    customizedMessageBody: 'Dear Ann,\r\n\twelcome 🙂',
    ccRecipients: ["pat.o'neil@contoso.com"],
    sponsorIds: ['1', '2', '3', '4', '5'],
    messageLanguage: 'de-AT',
  }
  expect(check(facts).outcome).toBe('wellFormed')
})

test('INV-1, INV-4, INV-12: the longest name, redirect address and message pass', () => {
  const facts = {
    invitedUserDisplayName: 'x'.repeat(256),
    inviteRedirectUrl: 'https://app.contoso.com/'.padEnd(2_048, 'x'),
    customizedMessageBody: 'x'.repeat(5_000),
  }
  expect(check(facts).outcome).toBe('wellFormed')
})

describe('INV-4: where people may land', () => {
  test.each([
    'https://app.contoso.com',
    'https://app.contoso.com:8443/a?b=c#/d',
    'HTTPS://APP.CONTOSO.COM',
    'http://localhost:3000/x',
    'http://demo.localhost/',
    'http://127.0.0.1:3000',
    'http://[::1]:3000/',
    'https://münchen.de/',
  ])('%s passes', (url) => {
    expect(redirectUrlProblem(url)).toBeNull()
  })

  test.each([
    'app.contoso.com',
    '/inside',
    '//app.contoso.com',
    'https:app.contoso.com',
    'https:/app.contoso.com',
    'https://',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://app.contoso.com',
    'http://app.contoso.com',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example/',
    'http://10.0.0.1/',
    'https://contoso.com@evil.example/',
    'https://contoso.com\\@evil.example/',
    'https://app.contoso.com/ x',
    ' https://app.contoso.com/',
    'https://app.con\ntoso.com/',
    'https://app.contoso.com/\u0000',
    `https://app.contoso.com/${'x'.repeat(2_048)}`,
  ])('%j is refused', (url) => {
    expect(redirectUrlProblem(url)).not.toBeNull()
  })

  test('whatever passes is what a browser will open: absolute, https or loopback, nothing hidden', () => {
    const text = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc
        .tuple(
          fc.constantFrom('https://', 'http://', 'HTTPS:\\\\', 'https://a@', ''),
          fc.string({ unit: 'binary' }),
        )
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (url) => {
        if (redirectUrlProblem(url) !== null) return
        const { protocol, hostname, username } = new URL(url)
        expect(username).toBe('')
        if (protocol === 'https:') return
        expect(hostname).toMatch(/^(.*\.)?localhost$|^127\.|^\[::1\]$/)
      }),
    )
  })
})
