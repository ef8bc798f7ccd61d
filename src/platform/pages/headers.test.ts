import { expect, test } from 'vitest'
import { contentSecurityPolicy, pageHeaders } from './headers.ts'

const nonce = 'q3Zy0k8xT1m5sWcVbN7uHg=='

test('a page may load our stylesheet and pictures, and nothing else', () => {
  expect(contentSecurityPolicy().split('; ')).toEqual([
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "script-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ])
})

test('a script runs only with the nonce of this answer', () => {
  expect(contentSecurityPolicy({ scriptNonce: nonce })).toContain(`script-src 'nonce-${nonce}'`)
})

test.each(['', 'short', `${nonce}' 'unsafe-inline`, 'q3Zy0k8xT1m5sWcVbN7uHg==; script-src *'])(
  'a nonce that is none is refused: %j',
  (bad) => {
    expect(() => contentSecurityPolicy({ scriptNonce: bad })).toThrow(RangeError)
  },
)

test('a form may also lead to the origins named, never to a part of an address', () => {
  const policy = contentSecurityPolicy({
    formAction: ['https://app.example/callback?x=1; script-src *', 'http://localhost:3000/cb'],
  })
  expect(policy).toContain("form-action 'self' https://app.example http://localhost:3000;")
  expect(policy).not.toContain('script-src *')
})

test('a native application’s scheme is named without its path', () => {
  expect(contentSecurityPolicy({ formAction: ['com.example.app:/callback'] })).toContain(
    "form-action 'self' com.example.app:;",
  )
})

test('a malformed form target is refused', () => {
  expect(() => contentSecurityPolicy({ formAction: ['not an address'] })).toThrow()
})

test('where the end of a sign-in cannot be known, form-action is left out and the rest stays', () => {
  const policy = contentSecurityPolicy({ formAction: 'any' })
  expect(policy).not.toContain('form-action')
  expect(policy).toContain("frame-ancestors 'none'")
})

test('a page is never stored, framed, sniffed or shared across origins', () => {
  expect(pageHeaders()).toMatchObject({
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  })
})

test('the referrer stays with us, and form posts keep their Origin header', () => {
  expect(pageHeaders()['referrer-policy']).toBe('same-origin')
})

test('a page that may be a popup keeps its opener, as msal-browser needs', () => {
  expect(pageHeaders({ mayBePopup: true })['cross-origin-opener-policy']).toBe('unsafe-none')
})
