import { expect, test } from 'vitest'
import { parseScopes, presentScopes } from './scopes.ts'

test.each([
  ['openid profile', ['openid', 'profile'], null],
  ['User.Read openid', ['openid'], { identifier: null, permissions: ['User.Read'] }],
  ['api://crm/read api://crm/write', [], { identifier: 'api://crm', permissions: ['read', 'write'] }],
  [
    'https://api.contoso.com/v1/read',
    [],
    { identifier: 'https://api.contoso.com/v1', permissions: ['read'] },
  ],
  [
    'api://crm/.default offline_access',
    ['offline_access'],
    { identifier: 'api://crm', permissions: 'default' },
  ],
  // RFC 6749 §3.3 keeps the double slash of an identifier that ends in one.
  [
    'https://api.contoso.com//.default',
    [],
    { identifier: 'https://api.contoso.com/', permissions: 'default' },
  ],
  ['  openid   openid ', ['openid'], null],
  ['', [], null],
])('scope "%s" is understood', (text, openId, resource) => {
  expect(parseScopes(text)).toEqual({ outcome: 'parsed', scopes: { openId, resource } })
})

test.each([
  ['api://a/read api://b/read', 'AADSTS28000'],
  ['api://a/read User.Read', 'AADSTS28000'],
  ['api://a/.default api://a/read', 'AADSTS70011'],
  ['api://a/', 'AADSTS70011'],
])('scope "%s" is refused with %s', (text, code) => {
  expect(parseScopes(text)).toMatchObject({ outcome: 'refused', code })
})

test('scopes come back in the words of the request', () => {
  expect(presentScopes(['openid'], 'api://crm', ['read'])).toBe('api://crm/read openid')
  expect(presentScopes(['openid'], null, ['User.Read'])).toBe('User.Read openid')
})
