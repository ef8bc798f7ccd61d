import { describe, expect, test } from 'vitest'
import { identifierUriProblems } from './identifier-uris.ts'

const facts = {
  appId: '11111111-1111-4111-8111-111111111111',
  tenantId: '22222222-2222-4222-8222-222222222222',
  verifiedDomains: ['contoso.com'],
}

test.each([
  `api://${facts.appId}`,
  `api://${facts.tenantId}/orders`,
  'api://orders',
  'api://orders.contoso.com/v2',
  'https://contoso.com/orders',
  'https://api.contoso.com',
])('%s may name an application', (uri) => {
  expect(identifierUriProblems([uri], facts)).toEqual([])
})

describe('an identifier URI is refused', () => {
  test.each([
    ['on a domain of somebody else', 'https://fabrikam.com/orders'],
    ['on a domain that ends like ours', 'https://evilcontoso.com'],
    ['of the real Graph', 'https://graph.microsoft.com'],
    ["with another application's GUID", 'api://33333333-3333-4333-8333-333333333333'],
    ['with a slash at the end', 'api://orders/'],
    ['with a fragment', 'api://orders#x'],
    ['with a query', 'https://contoso.com/orders?x=1'],
    ['with a port', 'https://contoso.com:8443/orders'],
    ['with user information', 'https://contoso.com@evil.example'],
    ['with a wildcard', 'https://*.contoso.com'],
    ['with http', 'http://contoso.com/orders'],
    ['with another scheme', 'urn:orders'],
    ['with a segment that looks like .default', 'api://orders/.default'],
    ['that is empty', ''],
    ['of 256 characters', `api://${'a'.repeat(250)}`],
  ])('%s', (_, uri) => {
    expect(identifierUriProblems([uri], facts)).toEqual([expect.stringContaining(`'${uri}'`)])
  })

  test('given twice, in whatever case', () => {
    expect(identifierUriProblems(['api://orders', 'api://Orders'], facts)).toEqual([
      "The identifier URI 'api://Orders' is given more than once.",
    ])
  })
})
