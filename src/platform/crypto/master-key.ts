import type { KeyObject } from 'node:crypto'
import { createHash, createSecretKey } from 'node:crypto'

/** One key of the operator. A `KeyObject`, because that shows nothing when it is logged or serialised by mistake. */
export interface MasterKey {
  /** The operator's name for it, for people only; the fingerprint where none was given. */
  readonly id: string
  /** First 12 hex digits of the key's SHA-256. Sealed values carry it, so renaming a key breaks nothing. */
  readonly fingerprint: string
  readonly key: KeyObject
}

/** The first encrypts; all decrypt. */
export type MasterKeys = readonly [MasterKey, ...MasterKey[]]

/** The text is no usable master key. The message says what to do and never repeats the text. */
export class InvalidMasterKey extends Error {
  override readonly name = 'InvalidMasterKey'
}

/**
 * Anybody can read this key here. It lets a clone start without any setting; production must refuse it, see
 * `usesDevelopmentMasterKey`.
 */
export const developmentMasterKey: string = Buffer.from('xenia-insecure-development-key!!').toString('base64')

/**
 * Parses `XENIA_MASTER_KEY`: 32 random bytes as base64, base64url or hex; to rotate, several separated by commas,
 * each optionally named (`2027:<key>,2026:<key>`). Throws `InvalidMasterKey`.
 */
export function parseMasterKey(text: string): MasterKeys {
  const [first, ...others] = text.split(',').map((part) => parseOne(part.trim()))
  if (first === undefined) throw new InvalidMasterKey(`The master key is empty. ${HOW_TO_MAKE_ONE}`)
  const keys: MasterKeys = [first, ...others]
  for (const property of ['id', 'fingerprint'] as const) {
    if (new Set(keys.map((key) => key[property])).size < keys.length) {
      throw new InvalidMasterKey('Two master keys have the same id or are the same key.')
    }
  }
  return keys
}

/** True when any of the keys is the published one; even for decryption only, it would let anybody forge secrets. */
export function usesDevelopmentMasterKey(keys: readonly MasterKey[]): boolean {
  const [published] = parseMasterKey(developmentMasterKey)
  return keys.some((key) => key.fingerprint === published.fingerprint)
}

const HOW_TO_MAKE_ONE = 'Make one with `openssl rand -base64 32`.'

function parseOne(part: string): MasterKey {
  const colon = part.indexOf(':')
  const id = colon === -1 ? undefined : part.slice(0, colon)
  if (id !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
    throw new InvalidMasterKey(
      'The id of a master key is 1 to 32 letters, digits, `-` or `_`, before a colon.',
    )
  }
  const bytes = decode(part.slice(colon + 1))
  if (bytes === undefined || bytes.length !== 32) {
    throw new InvalidMasterKey(`The master key is not 32 bytes in base64 or hex. ${HOW_TO_MAKE_ONE}`)
  }
  // 32 random bytes practically never have fewer than 12 distinct values; `000…` and typed patterns have.
  if (new Set(bytes).size < 12) {
    throw new InvalidMasterKey(`The master key is not random. ${HOW_TO_MAKE_ONE}`)
  }
  const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return { id: id ?? fingerprint, fingerprint, key: createSecretKey(bytes) }
}

function decode(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  // `Buffer.from` skips what it does not know, so a mistyped key would silently become another one.
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}
