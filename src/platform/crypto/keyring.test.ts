import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SealFault } from './keyring.ts'
import {
  createKeyring,
  deploymentScope,
  developmentMasterKey,
  InvalidMasterKey,
  parseMasterKey,
  SealBroken,
  usesDevelopmentMasterKey,
} from './keyring.ts'

const older = randomBytes(32).toString('base64')
const newer = randomBytes(32).toString('hex')
const keyring = createKeyring(parseMasterKey(older))

function faultOf(action: () => unknown): SealFault | 'none' {
  try {
    action()
    return 'none'
  } catch (error) {
    if (error instanceof SealBroken) return error.kind
    throw error
  }
}

describe('master keys', () => {
  test('base64, base64url and hex of the same bytes are the same key', () => {
    const bytes = randomBytes(32)
    const forms = (['base64', 'base64url', 'hex'] as const).map((form) =>
      parseMasterKey(bytes.toString(form)),
    )
    expect(new Set(forms.map(([key]) => key.fingerprint)).size).toBe(1)
  })

  test('several keys keep their order and names', () => {
    const keys = parseMasterKey(`2027:${newer}, 2026:${older}`)
    expect(keys.map((key) => key.id)).toEqual(['2027', '2026'])
  })

  test.each([
    ['nothing', ''],
    ['too short', randomBytes(16).toString('base64')],
    ['too long', randomBytes(33).toString('hex')],
    ['a passphrase', 'correct horse battery staple and so on'],
    ['a typing error in it', `${older.slice(0, 20)}*${older.slice(21)}`],
    ['zeros', '0'.repeat(64)],
    ['a pattern', 'deadbeef'.repeat(8)],
    ['an empty place', `${older},`],
    ['a bad id', `my key:${older}`],
    ['one id twice', `a:${older},a:${newer}`],
    ['one key twice', `a:${older},b:${older}`],
  ])('%s is refused, and the message does not repeat it', (_, text) => {
    const parse = () => parseMasterKey(text)
    expect(parse).toThrow(InvalidMasterKey)
    try {
      parse()
    } catch (error) {
      for (const word of text.split(/[:,]/).filter((part) => part.length > 8)) {
        expect(String(error)).not.toContain(word)
      }
    }
  })

  test('the development key is recognised in any spelling and position', () => {
    const hex = Buffer.from(developmentMasterKey, 'base64').toString('hex')
    expect(usesDevelopmentMasterKey(parseMasterKey(developmentMasterKey))).toBe(true)
    expect(usesDevelopmentMasterKey(parseMasterKey(`new:${newer},old:${hex}`))).toBe(true)
    expect(usesDevelopmentMasterKey(parseMasterKey(newer))).toBe(false)
  })

  test('a key shows nothing of itself when logged', () => {
    const keys = parseMasterKey(newer)
    const shown = JSON.stringify(keys) + inspect(keys, { depth: 9 })
    expect(shown).not.toContain(newer)
    expect(shown).not.toContain(newer.slice(20, 40))
  })
})

describe('sealing', () => {
  test('what was sealed opens again, for any purpose, tenant and bytes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uint8Array(), (purpose, tenantId, plain) => {
        const sealed = keyring.seal(purpose, tenantId, plain)
        expect(new Uint8Array(keyring.open(purpose, tenantId, sealed))).toEqual(plain)
      }),
    )
  })

  test('text is sealed as UTF-8, and twice the same text looks different', () => {
    const one = keyring.seal('client-secret', 't', 'schlüssel 🔑')
    expect(keyring.open('client-secret', 't', one).toString()).toBe('schlüssel 🔑')
    expect(keyring.seal('client-secret', 't', 'schlüssel 🔑')).not.toBe(one)
  })

  test('another tenant or purpose cannot open it, not even by moving the border between the two', () => {
    const sealed = keyring.seal('ab', 'c', 'x')
    expect(faultOf(() => keyring.open('ab', 'd', sealed))).toBe('tampered')
    expect(faultOf(() => keyring.open('a', 'bc', sealed))).toBe('tampered')
    expect(faultOf(() => keyring.open('ab', deploymentScope, sealed))).toBe('tampered')
    expect(keyring.open('ab', 'c', sealed).toString()).toBe('x')
  })

  test('any changed character is noticed', () => {
    const sealed = keyring.seal('p', 't', 'some secret')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'
    const place = fc.nat(sealed.length - 1)
    fc.assert(
      fc.property(place, fc.constantFrom(...alphabet), (at, character) => {
        fc.pre(sealed[at] !== character)
        expect(
          faultOf(() => keyring.open('p', 't', sealed.slice(0, at) + character + sealed.slice(at + 1))),
        ).not.toBe('none')
      }),
      { numRuns: 500 },
    )
  })

  test('cut, empty and foreign texts are malformed, never a crash', () => {
    for (const text of [
      '',
      'x1',
      keyring.currentPrefix,
      `${keyring.currentPrefix}AAAA`,
      'x1.a.AAAA',
      'plain text',
      older,
    ]) {
      expect(faultOf(() => keyring.open('p', 't', text))).toBe('malformed')
    }
    const sealed = keyring.seal('p', 't', 'some secret')
    expect(faultOf(() => keyring.open('p', 't', sealed.slice(0, -4)))).toBe('tampered')
  })

  test('after a rotation the old value opens, new ones use the new key, and the old key may leave', () => {
    const before = keyring.seal('p', 't', 'x')
    const during = createKeyring(parseMasterKey(`2027:${newer},2026:${older}`))
    expect(during.open('p', 't', before).toString()).toBe('x')
    expect(before.startsWith(during.currentPrefix)).toBe(false)

    const again = during.seal('p', 't', 'x')
    expect(again.startsWith(during.currentPrefix)).toBe(true)

    const after = createKeyring(parseMasterKey(newer))
    expect(faultOf(() => after.open('p', 't', before))).toBe('unknownKey')
    expect(after.open('p', 't', again).toString()).toBe('x')
  })

  test('naming or renaming a key changes nothing for what it sealed', () => {
    const sealed = createKeyring(parseMasterKey(newer)).seal('p', 't', 'x')
    const named = createKeyring(parseMasterKey(`main:${newer}`))
    expect(named.open('p', 't', sealed).toString()).toBe('x')
    expect(sealed.startsWith(named.currentPrefix)).toBe(true)
  })

  test('a forged fingerprint does not help another key', () => {
    const theirs = createKeyring(parseMasterKey(newer)).seal('p', 't', 'x')
    const forged = keyring.currentPrefix + theirs.split('.')[2]
    expect(faultOf(() => keyring.open('p', 't', forged))).toBe('tampered')
  })
})

describe('keyed digests', () => {
  test('a digest verifies only for its purpose and data', () => {
    const mac = keyring.hmac('skip-token', 'tenant:page 2')
    expect(keyring.verifyHmac('skip-token', 'tenant:page 2', mac)).toBe(true)
    expect(keyring.verifyHmac('skip-token', 'tenant:page 3', mac)).toBe(false)
    expect(keyring.verifyHmac('ticket', 'tenant:page 2', mac)).toBe(false)
  })

  test('a digest has exactly one spelling', () => {
    const mac = keyring.hmac('p', 'd')
    // The last character carries two unused bits: a lenient decoder takes four spellings.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const accepted = [...alphabet].filter((last) => keyring.verifyHmac('p', 'd', mac.slice(0, -1) + last))
    expect(accepted).toEqual([mac.slice(-1)])
    for (const wrong of ['', `${mac}=`, ` ${mac}`, mac.slice(1)]) {
      expect(keyring.verifyHmac('p', 'd', wrong)).toBe(false)
    }
  })

  test('digests outlive a rotation', () => {
    const mac = keyring.hmac('p', 'd')
    const during = createKeyring(parseMasterKey(`${newer},${older}`))
    expect(during.verifyHmac('p', 'd', mac)).toBe(true)
    expect(during.hmac('p', 'd')).not.toBe(mac)
    expect(createKeyring(parseMasterKey(newer)).verifyHmac('p', 'd', mac)).toBe(false)
  })
})
