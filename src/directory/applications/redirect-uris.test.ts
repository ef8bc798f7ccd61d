import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Platform, RedirectUris } from './model.ts'
import { matchRedirectUri, redirectUriProblems } from './redirect-uris.ts'

const uris = (platform: Platform, ...list: readonly string[]): RedirectUris => ({
  web: [],
  spa: [],
  publicClient: [],
  [platform]: list,
})
const messages = (all: RedirectUris) => redirectUriProblems(all).map((problem) => problem.message)

describe('a redirect URI is accepted', () => {
  test.each<[Platform, string]>([
    ['web', 'https://app.contoso.com/signin-oidc'],
    ['web', 'https://app.contoso.com:8443/a?tenant=1'],
    ['web', 'http://localhost:3000/redirect'],
    ['web', 'http://127.0.0.1/redirect'],
    ['spa', 'https://app.contoso.com'],
    ['spa', 'http://localhost:5173/'],
    ['publicClient', 'http://localhost'],
    ['publicClient', 'http://[::1]/done'],
    ['publicClient', 'msal5f0b2a1e://auth'],
    ['publicClient', 'com.contoso.app:/oauth2redirect'],
    ['publicClient', 'urn:ietf:wg:oauth:2.0:oob'],
    ['publicClient', 'https://login.contoso.com/nativeclient'],
  ])('on %s: %s', (platform, uri) => {
    expect(messages(uris(platform, uri))).toEqual([])
  })
})

describe('a redirect URI is refused, and the message names it', () => {
  test.each<[string, Platform, string]>([
    ['http beyond loopback', 'web', 'http://app.contoso.com/'],
    ['a host that begins like loopback', 'web', 'http://localhost.evil.example/'],
    ['a host that hides behind user information', 'web', 'https://app.contoso.com@evil.example/'],
    ['an empty user name', 'web', 'https://@evil.example/'],
    ['a fragment', 'web', 'https://app.contoso.com/#x'],
    ['a wildcard host', 'web', 'https://*.contoso.com/'],
    ['a wildcard path', 'spa', 'https://app.contoso.com/*'],
    ['a custom scheme on web', 'web', 'myapp://auth'],
    ['a custom scheme on spa', 'spa', 'myapp://auth'],
    ['javascript', 'publicClient', 'javascript:alert(1)'],
    ['data', 'publicClient', 'data:text/html,x'],
    ['a file', 'publicClient', 'file:///etc/passwd'],
    ['a scheme with nothing behind it', 'publicClient', 'myapp:'],
    ['a relative one', 'web', '/signin'],
    ['an empty one', 'web', ''],
    ['a backslash', 'web', 'https://evil.example\\@app.contoso.com/'],
    ['a space', 'web', 'https://app.contoso.com/a b'],
    ['a line break', 'web', 'https://app.contoso.com/\nhttps://evil.example'],
    ['letters that only look like ASCII', 'web', 'https://app.cоntoso.com/'],
    ['a loopback address in disguise', 'web', 'http://0x7f.1/'],
    ['a host with an escape', 'web', 'https://app%2econtoso.com/'],
    ['a host in upper case', 'web', 'https://APP.contoso.com/'],
    ['a web socket', 'web', 'wss://app.contoso.com/'],
    ['257 characters', 'web', `https://app.contoso.com/${'a'.repeat(257 - 24)}`],
  ])('%s', (_, platform, uri) => {
    const [message, ...others] = messages(uris(platform, uri))
    expect(others).toEqual([])
    expect(message).toContain(`'${uri}'`)
  })

  test('given twice on one platform', () => {
    expect(messages(uris('web', 'https://a.example/', 'https://a.example/'))).toEqual([
      "The redirect URI 'https://a.example/' is given more than once.",
    ])
  })

  test('given on two platforms', () => {
    const both = { web: ['https://a.example/'], spa: ['https://a.example/'], publicClient: [] }
    expect(redirectUriProblems(both)).toEqual([
      {
        target: 'spa/redirectUris',
        message: "The redirect URI 'https://a.example/' is given more than once.",
      },
    ])
  })

  test('the 257th', () => {
    const many = Array.from({ length: 257 }, (_, at) => `https://a.example/${at}`)
    expect(messages(uris('web', ...many))).toHaveLength(1)
    expect(messages(uris('web', ...many.slice(1)))).toEqual([])
  })
})

describe('a request matches a registered redirect URI', () => {
  const registered: RedirectUris = {
    web: ['https://app.example/done', 'http://localhost:3000/web'],
    spa: ['https://spa.example/'],
    publicClient: ['http://localhost', 'http://127.0.0.1/path', 'myapp://auth'],
  }

  test.each<[string, Platform]>([
    ['https://app.example/done', 'web'],
    ['https://spa.example/', 'spa'],
    ['myapp://auth', 'publicClient'],
    ['http://localhost:51234', 'publicClient'],
    ['http://localhost:51234/', 'publicClient'],
    ['http://127.0.0.1:8080/path', 'publicClient'],
  ])('%s belongs to %s', (uri, platform) => {
    expect(matchRedirectUri(registered, uri)).toBe(platform)
  })

  test.each([
    'https://app.example/done/',
    'https://app.example/done?x=1',
    'https://app.example/Done',
    'https://app.example:443/done',
    'https://app.example/done/../done',
    'https://app.example.evil.example/done',
    'http://localhost:3001/web',
    'http://localhost:51234/other',
    'http://localhost:51234/#x',
    'http://user@localhost:51234/',
    'http://127.0.0.1:8080/',
    'http://127.1:8080/path',
    'https://localhost:51234/',
    'myapp://auth/',
    '',
  ])('%s belongs to none', (uri) => {
    expect(matchRedirectUri(registered, uri)).toBeNull()
  })

  test('only as written, but for loopback', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.webUrl({ withQueryParameters: true }),
        (one, other) => {
          fc.pre(one !== other && !one.includes('localhost'))
          expect(matchRedirectUri(uris('web', one), other)).toBeNull()
          expect(matchRedirectUri(uris('web', one), one)).toBe('web')
        },
      ),
    )
  })
})
