import type { KeyObject } from 'node:crypto'
import { createPrivateKey, generateKeyPair, sign } from 'node:crypto'
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

/** A private key ready for use; keep it rather than parsing the JWK for each token. It shows nothing when logged. */
export interface Signer {
  readonly keyId: string
  readonly privateKey: KeyObject
}

/** Throws `TypeError` for anything but a private RSA key of at least 2048 bits (RFC 7518 §3.3) with a `kid`. */
export function importSigner(privateJwk: JWK): Signer {
  if (privateJwk.kid === undefined || privateJwk.kty !== 'RSA' || privateJwk.d === undefined) {
    throw new TypeError('A signing key is a private RSA key with a kid.')
  }
  const privateKey = createPrivateKey({ key: privateJwk, format: 'jwk' })
  if ((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new TypeError('A signing key has at least 2048 bits.')
  }
  return { keyId: privateJwk.kid, privateKey }
}

/**
 * A JWS in compact form (RFC 7515 §7.1), RS256. This is the hot path of token issuance: nothing but the signature,
 * on a libuv thread. `alg` and `kid` come from the key and cannot be given; set `typ`, because verifiers tell kinds
 * of tokens apart by it. Claims are the caller's, times included.
 */
export async function signJwt(
  header: { readonly typ: string } & Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  signer: Signer,
): Promise<string> {
  const head = encode({ ...header, alg: 'RS256', kid: signer.keyId })
  const signed = `${head}.${encode(payload)}`
  const signature = await signOnThread('sha256', Buffer.from(signed), signer.privateKey)
  return `${signed}.${signature.toString('base64url')}`
}

const signOnThread = (algorithm: string, data: Buffer, key: KeyObject): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    sign(algorithm, data, key, (error, signature) => (error === null ? resolve(signature) : reject(error)))
  })

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
