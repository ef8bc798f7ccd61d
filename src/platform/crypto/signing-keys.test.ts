import { generateKeyPairSync, sign } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, importJWK, jwtVerify } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { GeneratedSigningKey, Signer } from './signing-keys.ts'
import { generateSigningKey, importSigner, signJwt } from './signing-keys.ts'

let key: GeneratedSigningKey
let signer: Signer

beforeAll(async () => {
  key = await generateSigningKey()
  signer = importSigner(key.privateJwk)
})

describe('signing keys', () => {
  test('a key is RS256 of 2048 bits, named by its RFC 7638 thumbprint', async () => {
    expect(key.publicJwk).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', kid: key.keyId })
    expect(Buffer.from(key.publicJwk.n ?? '', 'base64url')).toHaveLength(256)
    expect(await calculateJwkThumbprint(key.privateJwk)).toBe(key.keyId)
  })

  test('the public part holds nothing private', () => {
    expect(Object.keys(key.publicJwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  test('two keys differ', async () => {
    expect((await generateSigningKey()).keyId).not.toBe(key.keyId)
  })

  test('a signer shows nothing of its key when logged', () => {
    const shown = JSON.stringify(signer) + inspect(signer, { depth: 9 })
    expect(shown).not.toContain(key.privateJwk.d?.slice(0, 20) ?? 'absent')
  })

  test('a public key, a short one, one of another kind and one without a name do not sign', () => {
    const jwkOf = (pair: { privateKey: { export(options: { format: 'jwk' }): object } }) => ({
      ...pair.privateKey.export({ format: 'jwk' }),
      kid: 'x',
    })
    expect(() => importSigner(key.publicJwk)).toThrow(TypeError)
    expect(() => importSigner(jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 })))).toThrow(/2048/)
    expect(() => importSigner(jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })))).toThrow(TypeError)
    const { kid: _, ...nameless } = key.privateJwk
    expect(() => importSigner(nameless)).toThrow(TypeError)
  })
})

describe('signed tokens', () => {
  test('whatever the claims, jose verifies the token and reads the same claims', async () => {
    const publicKey = await importJWK(key.publicJwk)
    const claims = fc.dictionary(fc.string(), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(claims, fc.string(), async (payload, typ) => {
        const token = await signJwt({ typ }, payload, signer)
        const verified = await compactVerify(token, publicKey, { algorithms: ['RS256'] })
        // JSON has no -0 and gives `__proto__` no special meaning; compare as JSON does.
        expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual(
          JSON.parse(JSON.stringify(payload)),
        )
        expect(verified.protectedHeader).toEqual({ typ, alg: 'RS256', kid: key.keyId })
      }),
    )
  })

  test('a verifier finds the key by its name in a key set and checks the claims', async () => {
    const keys = createLocalJWKSet({ keys: [(await generateSigningKey()).publicJwk, key.publicJwk] })
    const claims = { iss: 'https://login.test', aud: 'api://x', iat: 1000, exp: 2000 }
    const token = await signJwt({ typ: 'JWT' }, claims, signer)
    const expected = {
      issuer: 'https://login.test',
      audience: 'api://x',
      typ: 'JWT',
      currentDate: new Date(1_500_000),
    }
    expect((await jwtVerify(token, keys, expected)).payload).toEqual(claims)
    await expect(jwtVerify(token, keys, { ...expected, typ: 'at+jwt' })).rejects.toThrow()
  })

  test('the header cannot choose another algorithm or key', async () => {
    const token = await signJwt({ typ: 'JWT', alg: 'none', kid: 'other' }, {}, signer)
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      typ: 'JWT',
      alg: 'RS256',
      kid: key.keyId,
    })
  })

  test('the signature is plain RS256: the same bytes as signing in one call', async () => {
    const token = await signJwt({ typ: 'JWT' }, { sub: 'maria' }, signer)
    const [head, body, signature] = token.split('.')
    expect(signature).toBe(
      sign('sha256', Buffer.from(`${head}.${body}`), signer.privateKey).toString('base64url'),
    )
  })
})
