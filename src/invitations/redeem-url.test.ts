import { describe, expect, test } from 'vitest'
import { randomToken } from '../platform/crypto/tokens.ts'
import { parseRedeemLink, redeemUrl } from './redeem-url.ts'

const base = 'https://login.example:8443'
const link = {
  tenantId: '72f988bf-86f1-41af-91ab-2d7cd011db47',
  userId: '0f9c4d2e-5a0e-4a53-8f7a-5d2bb1a3c9a1',
  ticket: randomToken(),
}
const rdOf = (url: string): string => new URL(url).searchParams.get('rd') ?? ''
const rd = rdOf(redeemUrl(base, link))

test('RED-1: the mail link carries tenant, user and ticket, and reads back', () => {
  const url = redeemUrl(base, link)
  expect(url).toMatch(
    /^https:\/\/login\.example:8443\/redeem\?rd=https%3A%2F%2Flogin\.example%3A8443%2Fredeem%3Ftenant%3D/,
  )
  expect(url).toMatch(/ver%3D2\.0$/)
  expect(parseRedeemLink(base, rd)).toEqual(link)
  expect(parseRedeemLink(`${base}/`, rd)).toEqual(link)
})

describe('RED-1: a tampered link is none', () => {
  test.each([
    ['another host', rd.replace('login.example', 'evil.example')],
    ['another scheme', rd.replace('https:', 'http:')],
    ['user information', rd.replace('login.example', 'x@login.example')],
    ['another path', rd.replace('/redeem', '/elsewhere')],
    ['a fragment', `${rd}#x`],
    ['a second ticket', `${rd}&ticket=${randomToken()}`],
    ['one more parameter', `${rd}&next=https://evil.example`],
    ['another version', rd.replace('2.0', '1.0')],
    ['a tenant that is no GUID', rd.replace(link.tenantId, 'contoso.com')],
    ['a user that is no GUID', rd.replace(link.userId, '1')],
    ['a shortened ticket', rd.replace(link.ticket, link.ticket.slice(1))],
    ['a ticket with other characters', rd.replace(link.ticket, `${link.ticket.slice(1)}%00`)],
    ['nothing', ''],
    ['a path', '/redeem'],
    ['a script', 'javascript:alert(1)'],
  ])('%s', (_what, tampered) => {
    expect(tampered).not.toBe(rd)
    expect(parseRedeemLink(base, tampered)).toBeNull()
  })
})
