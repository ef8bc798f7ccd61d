import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'

/** A fresh key pair for RS256, as JWKs that carry `kid`, `alg` and `use`. */
export interface GeneratedSigningKey {
  /** RFC 7638 thumbprint: names the key and nothing else. */
  readonly keyId: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
}

const generate = promisify(generateKeyPair)

/** Takes up to a second, off the event loop; never call it inside a transaction. */
export async function generateSigningKey(): Promise<GeneratedSigningKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 })
  const publicPart = await exportJWK(publicKey)
  const keyId = await calculateJwkThumbprint(publicPart)
  const shared = { kid: keyId, alg: 'RS256', use: 'sig' }
  return {
    keyId,
    publicJwk: { ...publicPart, ...shared },
    privateJwk: { ...(await exportJWK(privateKey)), ...shared },
  }
}
