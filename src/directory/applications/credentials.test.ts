import 'reflect-metadata'
import { generateKeyPairSync } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  checkSecret,
  digestOf,
  parseKey,
  type StoredSecret,
  secretLifetime,
  secretText,
} from './credentials.ts'

const now = new Date('2026-03-01T12:00:00Z')
const days = (count: number) => new Date(now.getTime() + count * 86_400_000)

describe('the lifetime of a secret', () => {
  test('is two years when nobody says otherwise', () => {
    expect(secretLifetime({}, now)).toEqual({ start: now, end: days(730) })
  })

  test.each([
    ['that ends before it begins', { start: days(2), end: days(1) }],
    ['that ends when it begins', { start: days(1), end: days(1) }],
    ['that is over', { start: days(-2), end: days(-1) }],
    ['of more than two years', { end: days(732) }],
  ])('is refused for one %s', (_, wish) => {
    expect(secretLifetime(wish, now)).toHaveProperty('problem')
  })
})

describe('a secret', () => {
  const stored = (text: string, start: Date, end: Date): StoredSecret => ({
    keyId: text,
    digest: digestOf(text),
    start,
    end,
  })
  const secrets = [
    stored('current', days(-1), days(1)),
    stored('old', days(-9), days(-1)),
    stored('coming', days(1), days(9)),
  ]

  test('is accepted from its start until just before its end', () => {
    expect(checkSecret(secrets, 'current', now)).toEqual({ outcome: 'accepted', keyId: 'current' })
    expect(checkSecret(secrets, 'current', days(-1))).toMatchObject({ outcome: 'accepted' })
    expect(checkSecret(secrets, 'current', days(1))).toEqual({ outcome: 'refused', reason: 'expired' })
  })

  test('that is right but not valid is told apart from one that is wrong', () => {
    expect(checkSecret(secrets, 'old', now)).toEqual({ outcome: 'refused', reason: 'expired' })
    expect(checkSecret(secrets, 'coming', now)).toEqual({ outcome: 'refused', reason: 'notYetValid' })
    expect(checkSecret(secrets, 'guess', now)).toEqual({ outcome: 'refused', reason: 'wrong' })
    expect(checkSecret([], 'guess', now)).toEqual({ outcome: 'refused', reason: 'wrong' })
  })

  test('no other text opens', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text !== 'current')
        expect(checkSecret(secrets, text, now).outcome).toBe('refused')
      }),
    )
  })

  test('has the mark that secret scanners look for', () => {
    expect(secretText('abcdef')).toBe('abc~def')
  })
})

describe('a key', () => {
  let certificate: x509.X509Certificate
  beforeAll(async () => {
    const algorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Orders',
      notBefore: days(-1),
      notAfter: days(30),
      keys,
      signingAlgorithm: algorithm,
    })
  })

  test('is read from a certificate, in DER or PEM, with the thumbprints that MSAL sends', async () => {
    const sha1 = Buffer.from(await certificate.getThumbprint('SHA-1'))
    const sha256 = Buffer.from(await certificate.getThumbprint('SHA-256'))
    const fromDer = parseKey('AsymmetricX509Cert', Buffer.from(certificate.rawData))
    expect(fromDer).toMatchObject({
      customKeyIdentifier: sha1,
      publicJwk: {
        kty: 'RSA',
        kid: sha1.toString('hex').toUpperCase(),
        x5t: sha1.toString('base64url'),
        'x5t#S256': sha256.toString('base64url'),
      },
      start: days(-1),
      end: days(30),
    })
    expect(parseKey('AsymmetricX509Cert', Buffer.from(certificate.toString('pem')))).toEqual(fromDer)
  })

  test('is read from a public JWK, whatever else that says', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = publicKey.export({ format: 'jwk' })
    const parsed = parseKey(
      'JsonWebKey',
      Buffer.from(JSON.stringify({ ...jwk, kid: 'mine', jku: 'https://evil.example' })),
    )
    expect(parsed).toMatchObject({ type: 'JsonWebKey', publicJwk: { ...jwk, kid: 'mine', use: 'sig' } })
    expect(parsed).not.toHaveProperty('publicJwk.jku')
  })

  const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits })
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  test.each<[string, string, () => Buffer]>([
    ['that is no certificate', 'AsymmetricX509Cert', () => Buffer.from('hello')],
    ['of unknown type', 'Symmetric', () => Buffer.from('hello')],
    ['that is private', 'JsonWebKey', () => json(rsa(2048).privateKey.export({ format: 'jwk' }))],
    ['that is shared', 'JsonWebKey', () => json({ kty: 'oct', k: 'c2VjcmV0' })],
    ['of 1024 bits', 'JsonWebKey', () => json(rsa(1024).publicKey.export({ format: 'jwk' }))],
    [
      'that lacks a member',
      'JsonWebKey',
      () => json({ ...rsa(2048).publicKey.export({ format: 'jwk' }), e: undefined }),
    ],
    [
      'that is no point of its curve',
      'JsonWebKey',
      () => json({ kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' }),
    ],
    ['on an unknown curve', 'JsonWebKey', () => json({ kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA' })],
    ['that is a list', 'JsonWebKey', () => json([])],
    ['that is not JSON', 'JsonWebKey', () => Buffer.from('{')],
    ['of 16 KB and a byte', 'JsonWebKey', () => Buffer.alloc(16_385)],
  ])('%s is refused', (_, type, bytes) => {
    expect(parseKey(type, bytes())).toHaveProperty('problem')
  })
})
