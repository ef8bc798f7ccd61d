import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

/** 256 random bits as 43 url-safe characters: tickets, session ids, codes that nobody types. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/**
 * SHA-256, base64url: how tokens are stored and looked up, so that a stolen database opens nothing. Only for
 * tokens that cannot be guessed: digests of short codes are reversed in no time, take `Keyring.hmac` for those.
 */
export const digestToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Compares without telling by its time how much was right, or how long the secret is. */
export function equalSecrets(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/**
 * A code for people to type, every value equally likely, leading zeros kept. At most 14 digits (the range of
 * `randomInt`). OTP-3: eight digits for passcodes.
 */
export function numericCode(digits = 8, randomBelow: (limit: number) => number = randomInt): string {
  if (!Number.isInteger(digits) || digits < 1 || digits > 14) throw new RangeError('1 to 14 digits.')
  return String(randomBelow(10 ** digits)).padStart(digits, '0')
}
