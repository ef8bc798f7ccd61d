import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { movableClock } from '../platform/clock.ts'
import { createSkipTokens, type TokenBinding } from './skip-token.ts'

const binding: TokenBinding = {
  tenantId: '11111111-1111-4111-8111-111111111111',
  path: '/users',
  options: new Map([
    ['$top', '5'],
    ['$filter', "a eq 'b'"],
  ]),
}
const next = { values: ['Ada', null], id: '00000000-0000-4000-8000-000000000001' }
const make = () => {
  const clock = movableClock()
  return { clock, tokens: createSkipTokens(randomBytes(32), clock) }
}
const expired = expect.objectContaining({ code: 'Directory_ExpiredPageToken' })

describe('page tokens', () => {
  test('GRA-16: a token gives back the place it was issued for', () => {
    const { tokens } = make()
    expect(tokens.open(binding, tokens.issue(binding, next))).toEqual(next)
  })
  test('GRA-16: the order of options and $skiptoken itself do not matter', () => {
    const { tokens } = make()
    const reordered = new Map([...binding.options].reverse()).set('$skiptoken', 'x')
    expect(tokens.open({ ...binding, options: reordered }, tokens.issue(binding, next))).toEqual(next)
  })
  test('GRA-16: after 24 hours it is expired', () => {
    const { clock, tokens } = make()
    const token = tokens.issue(binding, next)
    clock.advance(24 * 3_600_000 - 2000)
    expect(tokens.open(binding, token)).toEqual(next)
    clock.advance(3000)
    expect(() => tokens.open(binding, token)).toThrow(expired)
  })
  test.each<[string, Partial<TokenBinding>]>([
    ['another tenant', { tenantId: '22222222-2222-4222-8222-222222222222' }],
    ['another path', { path: '/groups' }],
    ['another option', { options: new Map([['$top', '6']]) }],
    ['one option more', { options: new Map([...binding.options, ['$select', 'id']]) }],
  ])('GRA-16: %s does not get in with it', (_, change) => {
    const { tokens } = make()
    const token = tokens.issue(binding, next)
    expect(() => tokens.open({ ...binding, ...change }, token)).toThrow(expired)
  })
  test('GRA-16: another deployment’s key does not fit', () => {
    expect(() => make().tokens.open(binding, make().tokens.issue(binding, next))).toThrow(expired)
  })
  test('GRA-16: a changed or invented token is refused and nothing else happens', () => {
    const { tokens } = make()
    const bytes = Buffer.from(tokens.issue(binding, next), 'base64url')
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(() => tokens.open(binding, changed.toString('base64url'))).toThrow(expired)
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => tokens.open(binding, text)).toThrow(expired)
      }),
    )
  })
})
