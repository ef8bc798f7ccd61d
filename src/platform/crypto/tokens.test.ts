import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestToken, equalSecrets, numericCode, randomToken } from './tokens.ts'

test('tokens carry 256 bits, are safe in URLs and never repeat', () => {
  const tokens = Array.from({ length: 1000 }, randomToken)
  expect(new Set(tokens).size).toBe(1000)
  for (const token of tokens) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  }
})

test('the digest of a token is SHA-256, so that it can be looked up', () => {
  // RFC 6234 §8.5, test 1.
  expect(Buffer.from(digestToken('abc'), 'base64url').toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('secrets are equal only when every character is', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(equalSecrets(one, one)).toBe(true)
      expect(equalSecrets(one, other)).toBe(one === other)
    }),
  )
})

test('OTP-3: a code has eight digits, leading zeros included, and every value comes from one draw', () => {
  expect(numericCode(8, () => 0)).toBe('00000000')
  expect(numericCode(8, (limit) => limit - 1)).toBe('99999999')
  expect(numericCode(8, () => 42)).toBe('00000042')
  // One draw below the number of codes: no modulo, so no digit is likelier than another.
  const limits: number[] = []
  numericCode(6, (limit) => limits.push(limit))
  expect(limits).toEqual([1_000_000])
  expect(numericCode()).toMatch(/^\d{8}$/)
})

test('a length that the random source cannot serve evenly is refused', () => {
  for (const digits of [0, -1, 1.5, 15, Number.NaN]) expect(() => numericCode(digits)).toThrow(RangeError)
})
