import type { KeyObject } from 'node:crypto'
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { MasterKeys } from './master-key.ts'

export * from './master-key.ts'

/** What belongs to the whole deployment and not to one tenant is sealed under this name. */
export const deploymentScope = 'deployment'

export type SealFault = 'malformed' | 'unknownKey' | 'tampered'

/**
 * A sealed value cannot be opened: it is no sealed value, its master key is not configured, or it was changed,
 * belongs to another purpose or another tenant (`tampered`). Never shown to callers: a bare server fault.
 */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  readonly kind: SealFault
  constructor(kind: SealFault, message: string) {
    super(message)
    this.kind = kind
  }
}

/** Encryption at rest and keyed digests under the operator's master key. Stateless: nodes need only the same key. */
export interface Keyring {
  /**
   * AES-256-GCM under a key of its own for this purpose and tenant: one line of text for a column. Equal input
   * gives different output every time, so it cannot be searched for.
   */
  seal(purpose: string, tenantId: string, plain: Uint8Array | string): string
  /** Only with the purpose and tenant that it was sealed for. Throws `SealBroken`. */
  open(purpose: string, tenantId: string, sealed: string): Buffer
  /**
   * How every value sealed under the first master key begins. What begins otherwise (`NOT LIKE prefix || '%'`;
   * it holds no wildcard) is to be sealed again before the older key may go.
   */
  readonly currentPrefix: string
  /**
   * HMAC-SHA256, base64url, under a key of its own for this purpose. Data of several parts must be unambiguous
   * when joined (`a` + `bc` is `ab` + `c`): separate them. Put the tenant's id in where it matters.
   */
  hmac(purpose: string, data: string | Uint8Array): string
  /** In constant time and under every configured key, so tokens outlive a rotation. */
  verifyHmac(purpose: string, data: string | Uint8Array, mac: string): boolean
}

const VERSION = 'x1'
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createKeyring(masterKeys: MasterKeys): Keyring {
  const [current] = masterKeys
  const byFingerprint = new Map(masterKeys.map(({ fingerprint, key }) => [fingerprint, key]))
  const currentPrefix = `${VERSION}.${current.fingerprint}.`
  const macKeys = memoize((purpose) => masterKeys.map(({ key }) => derive(key, ['hmac', purpose])))

  return {
    seal(purpose, tenantId, plain) {
      const context = ['seal', purpose, tenantId]
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', derive(current.key, context), nonce)
      cipher.setAAD(encodeParts([VERSION, ...context]))
      const body = Buffer.concat([
        nonce,
        typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain),
        cipher.final(),
        cipher.getAuthTag(),
      ])
      return currentPrefix + body.toString('base64url')
    },

    open(purpose, tenantId, sealed) {
      const { fingerprint, body } = parse(sealed)
      const key = byFingerprint.get(fingerprint)
      if (key === undefined) {
        throw new SealBroken(
          'unknownKey',
          `Sealed under master key '${fingerprint}', which is not configured.`,
        )
      }
      const context = ['seal', purpose, tenantId]
      const decipher = createDecipheriv('aes-256-gcm', derive(key, context), body.subarray(0, NONCE_BYTES), {
        // Without this, Node accepts tags cut down to four bytes, which can be guessed.
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(encodeParts([VERSION, ...context]))
      decipher.setAuthTag(body.subarray(-TAG_BYTES))
      const plain = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES))
      try {
        return Buffer.concat([plain, decipher.final()])
      } catch {
        throw new SealBroken(
          'tampered',
          `A sealed value of purpose '${purpose}' was changed or is another's.`,
        )
      }
    },

    currentPrefix,

    hmac: (purpose, data) =>
      createHmac('sha256', macKeys(purpose)[0] ?? current.key)
        .update(data)
        .digest('base64url'),

    verifyHmac(purpose, data, mac) {
      const given = Buffer.from(mac, 'base64url')
      // Re-encoded, because base64url decoding forgives: one token must have one spelling.
      if (given.length !== 32 || given.toString('base64url') !== mac) return false
      return macKeys(purpose)
        .map((key) => timingSafeEqual(createHmac('sha256', key).update(data).digest(), given))
        .includes(true)
    },
  }
}

function parse(sealed: string): { fingerprint: string; body: Buffer } {
  const match = /^x1\.([0-9a-f]{12})\.([A-Za-z0-9_-]+)$/.exec(sealed)
  const body = Buffer.from(match?.[2] ?? '', 'base64url')
  if (
    match?.[1] === undefined ||
    body.length < NONCE_BYTES + TAG_BYTES ||
    body.toString('base64url') !== match[2]
  ) {
    throw new SealBroken('malformed', 'This is not a sealed value.')
  }
  return { fingerprint: match[1], body }
}

/**
 * RFC 5869. A key per purpose and tenant: a value copied to another row of another tenant cannot be opened there,
 * and random 96-bit nonces stay far below the 2^32 messages that one GCM key allows.
 */
function derive(master: KeyObject, context: readonly string[]): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', master, 'xenia keyring 1', encodeParts(context), 32)))
}

/** Each part with its length before it, so that no two lists look alike. */
function encodeParts(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(Buffer.byteLength(part))
      return [length, Buffer.from(part)]
    }),
  )
}

/** Purposes are constants of the program, so this never grows. */
function memoize<T>(make: (purpose: string) => T): (purpose: string) => T {
  const known = new Map<string, T>()
  return (purpose) => {
    const before = known.get(purpose)
    if (before !== undefined) return before
    const made = make(purpose)
    known.set(purpose, made)
    return made
  }
}
