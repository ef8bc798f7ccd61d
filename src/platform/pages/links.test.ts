import { expect, test } from 'vitest'
import { contactLink, onwardAddress, webAddress } from './links.ts'

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,hello',
  'vbscript:x',
  'ftp://example.com',
  'privacy.html',
  '//example.com',
  '',
])('%j never becomes a link', (url) => {
  expect(webAddress(url)).toBeNull()
})

test('web addresses pass', () => {
  expect(webAddress('https://contoso.example/privacy')).toBe('https://contoso.example/privacy')
})

test.each([
  ['help@contoso.example', 'mailto:help@contoso.example'],
  ['https://help.contoso.example', 'https://help.contoso.example/'],
  ['+49 30 901820', null],
  ['javascript:alert(1)//@x', null],
  ['help@contoso.example?bcc=all@contoso.example', null],
])('the contact %j leads to %j', (contact, href) => {
  expect(contactLink(contact)).toBe(href)
})

test.each(['javascript:alert(1)', 'data:text/html,x', 'blob:https://a/b', 'file:///etc/passwd', 'nowhere'])(
  'a sign-in never ends at %j',
  (url) => {
    expect(() => onwardAddress(url)).toThrow(RangeError)
  },
)

test.each(['https://app.example/cb?code=1', 'msal1b1c://auth', 'com.example.app:/oauth'])(
  'a sign-in may end at %j',
  (url) => {
    expect(onwardAddress(url)).toBe(url)
  },
)
