import fc from 'fast-check'
import { IntlMessageFormat } from 'intl-messageformat'
import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { describe, expect, test } from 'vitest'
import { type InvitationMailFacts, invitationMail, notificationMail, passcodeMail } from './mail.tsx'
import { mailCatalogues, plainName } from './mail-texts.ts'
import { mailLanguages } from './message-rules.ts'
import { enUS } from './messages/en-US.ts'

const tenant = {
  displayName: 'Contoso',
  primaryDomain: 'contoso.com',
  privacyStatementUrl: 'https://contoso.com/privacy',
}
const inviter = { displayName: 'Ada Admin', mail: 'ada@contoso.com', photoContentId: null }
const acceptUrl = 'https://login.example/redeem?rd=https%3A%2F%2Flogin.example%2Fredeem&a=b'

const facts = (changes: Partial<InvitationMailFacts> = {}): InvitationMailFacts => ({
  language: 'en-US',
  tenant,
  inviter,
  address: 'maria@fabrikam.com',
  redirectUrl: 'https://app.contoso.com/projects',
  blockUrl: 'https://login.example/block',
  customMessage: null,
  acceptUrl,
  expiresAt: null,
  ...changes,
})

/** The text that a reader sees, entities resolved. */
const visible = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')

describe('INV-12: what the invitation mail says', () => {
  const mail = invitationMail(facts())

  test('the subject names the inviter, From is on behalf of the tenant, replies reach the inviter', () => {
    expect(mail.subject).toBe('Ada Admin invited you to Contoso')
    expect(mail.fromName).toBe('Invitations on behalf of Contoso')
    expect(mail.replyTo).toBe('ada@contoso.com')
    expect(invitationMail(facts({ inviter: { ...inviter, mail: null } })).replyTo).toBeNull()
  })

  test.each([
    ['HTML', visible(mail.html)],
    ['text', mail.text],
  ])(
    '%s: warning, tenant with primary domain, inviter, destination, privacy link, block link',
    (_part, body) => {
      expect(body).toContain('Act on this mail only if you know')
      expect(body).toMatch(/Contoso[\s(]+contoso\.com/)
      expect(body).toContain('ada@contoso.com')
      expect(body).toContain(
        'This invitation is for maria@fabrikam.com. Accepting takes you to app.contoso.com.',
      )
      expect(body).toContain('Privacy statement of Contoso')
      expect(body).toContain('Block future invitations from Contoso')
      expect(body).toContain(acceptUrl)
    },
  )

  test('the warning stands before the way to accept', () => {
    for (const body of [visible(mail.html), mail.text]) {
      expect(body.indexOf('Act on this mail')).toBeLessThan(body.indexOf('Accept invitation'))
    }
  })

  test('button and plain address lead to the ticket; the links of the footer to their pages', () => {
    const links = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href?.replaceAll('&amp;', '&'))
    expect(links).toEqual([
      acceptUrl,
      acceptUrl,
      'https://contoso.com/privacy',
      'https://login.example/block',
    ])
    expect(mail.headers).toEqual({
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': '<https://login.example/block>',
    })
  })

  test.each([null, '', 'javascript:alert(1)', 'not an address'])(
    'privacy address %j: a note that none exists',
    (privacyStatementUrl) => {
      const { html, text } = invitationMail(facts({ tenant: { ...tenant, privacyStatementUrl } }))
      expect(visible(html)).toContain('Contoso has published no privacy statement.')
      expect(text).toContain('Contoso has published no privacy statement.')
      expect(html).not.toContain('javascript:')
    },
  )

  test('the photo is an attached one; without it initials stand there', () => {
    expect(invitationMail(facts({ inviter: { ...inviter, photoContentId: 'photo@x' } })).html).toContain(
      'src="cid:photo@x"',
    )
    expect(mail.html).not.toContain('<img')
    expect(visible(mail.html)).toContain('AA')
  })

  test('INV-11: the end of the invitation only when it has one', () => {
    expect(mail.text).not.toContain('until')
    const { html, text } = invitationMail(facts({ expiresAt: new Date('2026-03-08T12:00:00Z') }))
    expect(text).toContain('until March 8, 2026 at 12:00 PM UTC.')
    expect(visible(html)).toContain('until March 8, 2026 at 12:00 PM UTC.')
  })
})

describe('INV-12: the custom message', () => {
  const customMessage = 'Hi <b>Maria</b>,\r\n\r\n"see" & follow https://x.example\n<script>alert(1)</script>'

  test('is plain text with its line breaks, and stands in place of ours (INV-14)', () => {
    const { html, text } = invitationMail(facts({ customMessage }))
    expect(html).toContain('Hi &lt;b>Maria&lt;/b>,<br/><br/>')
    expect(html).not.toContain('<script')
    expect(text).toContain('> Hi <b>Maria</b>,\n> \n> "see" & follow https://x.example\n> <script>')
    for (const body of [visible(html), text]) expect(body).not.toContain('You need no new password')
  })

  test('without it our text stands there', () => {
    expect(invitationMail(facts()).text).toContain('You need no new password')
  })

  test('cannot pass for ours in the text part: each of its lines is marked', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', '>', '-', ' ') }), (words) => {
        const { text } = invitationMail(facts({ customMessage: words }))
        const part = text.slice(text.indexOf('Message from'), text.indexOf('Accept invitation:'))
        expect(
          part
            .trimEnd()
            .split('\n')
            .slice(1)
            .every((line) => line.startsWith('>')),
        ).toBe(true)
      }),
    )
  })
})

test('INV-12: no name breaks out of its line or of the markup', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom('<', '"', '&', '\r', '\n', '\u202e', '{', '}', "'", ' '),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  fc.assert(
    fc.property(name, name, fc.constantFrom(...mailLanguages), (inviterName, tenantName, language) => {
      const mail = invitationMail(
        facts({
          language,
          inviter: { ...inviter, displayName: inviterName },
          tenant: { ...tenant, displayName: tenantName },
        }),
      )
      const plain = invitationMail(facts({ language }))
      for (const line of [mail.subject, mail.fromName])
        expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      // The same elements, whatever the names: they stay text.
      const tags = (html: string) => html.match(/<[a-z!/][^\s>]*/gi)
      expect(tags(mail.html)).toEqual(tags(plain.html))
    }),
  )
})

test.each([
  ['Ada Admin', 'Ada Admin'],
  ['  Ada \r\n\t Admin ', 'Ada Admin'],
  ['Ada\u202e nimdA', 'Ada nimdA'],
  ['👩🏽‍🚀'.repeat(90), `${'👩🏽‍🚀'.repeat(79)}…`],
  ['x'.repeat(80), 'x'.repeat(80)],
])('INV-12: the name %j is written %j', (name, written) => {
  expect(plainName(name)).toBe(written)
})

test('RED-15: the notification names tenant and inviter, opens the destination, and asks for nothing', () => {
  const mail = notificationMail(facts())
  expect(mail.subject).toBe('You now have access to Contoso')
  for (const body of [visible(mail.html), mail.text]) {
    expect(body).toContain('Ada Admin')
    expect(body).toContain('There is nothing to accept')
    expect(body).toContain('Open app.contoso.com')
    expect(body).toContain('Block future invitations from Contoso')
    expect(body).not.toContain('Accept invitation')
    expect(body).not.toContain(acceptUrl)
  }
  expect(mail.html).toContain('href="https://app.contoso.com/projects"')
})

describe('OTP-3: the passcode mail', () => {
  const mail = passcodeMail({ language: 'en-US', tenant, code: '04815162', lifetimeMinutes: 30 })

  test.each([
    ['HTML', visible(mail.html)],
    ['text', mail.text],
  ])('%s: the code with its leading zero, how long it is valid, and the warning', (_part, body) => {
    expect(body).toContain('04815162')
    expect(body).toContain('30 minutes')
    expect(body).toContain('Only the newest code works')
    expect(body).toContain('Give it to nobody')
    expect(body).toContain('contoso.com')
  })

  test('the code is not in the subject or preview, which locked telephones show', () => {
    expect(mail.subject).toBe('Your code for Contoso')
    expect(mail.html.indexOf('04815162')).toBeGreaterThan(mail.html.indexOf('<h1'))
    expect(mail.replyTo).toBeNull()
  })
})

describe('INV-14: languages', () => {
  test('German mails are German, and say so to screen readers', () => {
    const mail = invitationMail(facts({ language: 'de-DE', expiresAt: new Date('2026-03-08T12:00:00Z') }))
    expect(mail.subject).toBe('Ada Admin hat Sie zu Contoso eingeladen')
    expect(mail.html).toContain('<html lang="de-DE"')
    expect(mail.text).toContain('bis 8. März 2026 um 12:00 UTC')
    expect(passcodeMail({ language: 'de-DE', tenant, code: '1', lifetimeMinutes: 30 }).text).toContain(
      '30 Minuten',
    )
    expect(notificationMail(facts({ language: 'de-DE' })).subject).toBe('Sie haben jetzt Zugang zu Contoso')
  })

  test.each(mailLanguages)(
    '%s has every text, and each takes the same values as in the source',
    (language) => {
      const valuesOf = (message: string) =>
        new IntlMessageFormat(message, language)
          .getAst()
          .flatMap((part) => ('value' in part && part.type === 1 ? [part.value] : []))
          .sort()
      expect(Object.keys(mailCatalogues[language]).sort()).toEqual(Object.keys(enUS).sort())
      for (const [key, message] of Object.entries(enUS)) {
        const translated = Object.entries(mailCatalogues[language]).find(([name]) => name === key)?.[1] ?? ''
        expect([...new Set(valuesOf(translated))], key).toEqual([...new Set(valuesOf(message))])
      }
    },
  )
})

test('INV-12: the mail arrives as written, through a real composer and parser', async () => {
  const mail = invitationMail(
    facts({ language: 'de-DE', tenant: { ...tenant, displayName: 'Größe "A" <GmbH>, Köln' } }),
  )
  const composed = await createTransport({ streamTransport: true, buffer: true }).sendMail({
    from: { name: mail.fromName, address: 'invitations@login.example' },
    to: 'maria@fabrikam.com',
    replyTo: mail.replyTo ?? [],
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: { ...mail.headers },
  })
  const parsed = await simpleParser(composed.message)
  expect(parsed.subject).toBe(mail.subject)
  expect(parsed.from?.value).toEqual([{ name: mail.fromName, address: 'invitations@login.example' }])
  expect(parsed.replyTo?.value[0]?.address).toBe('ada@contoso.com')
  expect(parsed.text?.trimEnd()).toBe(mail.text.trimEnd())
  expect(parsed.html).toBe(mail.html)
  expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
})
