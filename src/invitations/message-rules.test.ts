import { describe, expect, test } from 'vitest'
import { app, holder, invitation, person } from './facts.fixture.ts'
import type { InvitationFacts } from './invitation-facts.ts'
import { chooseLanguage, warningHeader } from './message-rules.ts'
import type { InvitationRequest } from './request-rules.ts'
import { decideInvitation } from './rules.ts'

function mailOf(asked: Partial<InvitationRequest>, facts: Parameters<typeof invitation>[1] = {}) {
  const all: InvitationFacts = invitation({ sendInvitationMessage: true, ...asked }, facts)
  const decision = decideInvitation(all)
  if (decision.outcome === 'refused') throw new Error(decision.message)
  return decision.mail
}

test('INV-12: mail goes only when sendInvitationMessage is true', () => {
  expect(mailOf({ sendInvitationMessage: false })).toMatchObject({
    kind: 'none',
    because: [{ rule: 'INV-12' }],
  })
  expect(mailOf({})).toMatchObject({ kind: 'invitation', language: 'en-US', copyTo: null, warnings: [] })
})

test('INV-15: one CC recipient is carried over', () => {
  expect(mailOf({ ccRecipients: ['boss@contoso.com'] })).toMatchObject({ copyTo: 'boss@contoso.com' })
})

describe('INV-13: the custom message', () => {
  const customizedMessageBody = '  Welcome!  '

  test('stays when a person with mail invites', () => {
    expect(mailOf({ customizedMessageBody })).toMatchObject({ customMessage: 'Welcome!', warnings: [] })
  })

  test.each([
    ['the inviter has no mail here', person({ mail: null })],
    ['the inviter is an application', app()],
  ])('is dropped with a warning when %s', (_why, caller) => {
    expect(mailOf({ customizedMessageBody }, { caller })).toMatchObject({
      kind: 'invitation',
      customMessage: null,
      warnings: [expect.stringContaining('left out')],
    })
  })

  test('an empty one is no message, and worth no warning', () => {
    expect(mailOf({ customizedMessageBody: ' \n ' }, { caller: app() })).toMatchObject({
      customMessage: null,
      warnings: [],
    })
  })

  test('the Warning header quotes its text (RFC 7234 §5.5)', () => {
    expect(warningHeader('a "b" \\c')).toBe('199 - "a \\"b\\" \\\\c"')
  })
})

test('INV-16: a person who has blocked this tenant becomes a guest but gets no mail', () => {
  const decision = decideInvitation(invitation({ sendInvitationMessage: true }, { unsubscribed: true }))
  expect(decision).toMatchObject({
    effect: { kind: 'createGuest' },
    mail: { kind: 'none', because: [{ rule: 'INV-16', message: 'Email not sent, user unsubscribed' }] },
  })
})

test('RED-15: where both tenants skip consent, a notification takes the place of the invitation', () => {
  expect(mailOf({}, { automaticRedemption: true })).toMatchObject({ kind: 'notification' })
  expect(mailOf({ sendInvitationMessage: false }, { automaticRedemption: true })).toMatchObject({
    kind: 'none',
  })
})

describe('INV-14: the language', () => {
  test.each([
    ['the message first', { message: 'de', guest: 'en-US', homeTenant: 'en', resourceTenant: 'en' }, 'de-DE'],
    ['then the guest', { message: null, guest: 'de-AT', homeTenant: 'en', resourceTenant: 'en' }, 'de-DE'],
    ['then the home tenant', { message: null, guest: null, homeTenant: 'DE', resourceTenant: 'en' }, 'de-DE'],
    [
      'then the resource tenant',
      { message: null, guest: null, homeTenant: null, resourceTenant: 'de-DE' },
      'de-DE',
    ],
    ['then English (US)', { message: null, guest: null, homeTenant: null, resourceTenant: null }, 'en-US'],
    [
      'a language that we do not write gives way to the next wish',
      { message: 'fr-FR', guest: 'de', homeTenant: null, resourceTenant: null },
      'de-DE',
    ],
    [
      'and English is a wish like any other',
      { message: 'en-GB', guest: 'de', homeTenant: 'de', resourceTenant: 'de' },
      'en-US',
    ],
  ] as const)('%s', (_what, wishes, language) => {
    expect(chooseLanguage(wishes)).toBe(language)
  })

  test('is taken from request, account and tenants', () => {
    expect(mailOf({ messageLanguage: 'de' })).toMatchObject({ language: 'de-DE' })
    const guest = { holders: [holder(['mail'], { preferredLanguage: 'de' })] }
    expect(mailOf({}, guest)).toMatchObject({ language: 'de-DE' })
    expect(mailOf({}, { languages: { homeTenant: 'de', resourceTenant: 'en' } })).toMatchObject({
      language: 'de-DE',
    })
  })
})
