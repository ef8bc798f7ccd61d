import { createHash, createPublicKey, timingSafeEqual, X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'

const DAY = 86_400_000
/** A secret that nobody has to renew is a secret that nobody remembers; two years is what Entra's portal allows. */
export const MAX_SECRET_DAYS = 731
const MAX_NAME = 120

/** A secret as Graph lists it: everything but the secret, of which only the first characters are kept. */
export interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly hint: string
  readonly startDateTime: Date
  readonly endDateTime: Date
}

export type KeyType = 'AsymmetricX509Cert' | 'JsonWebKey'

/** A public key that proves the application's signature (`private_key_jwt`). */
export interface KeyCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly type: KeyType
  /** DER of the certificate, or the public JWK as JSON text. */
  readonly key: Buffer
  /** SHA-1 of the certificate (`x5t`), or the RFC 7638 thumbprint of the JWK. */
  readonly customKeyIdentifier: Buffer
  readonly startDateTime: Date
  readonly endDateTime: Date
  readonly publicJwk: JWK
}

export interface Lifetime {
  readonly start: Date
  readonly end: Date
}

/**
 * The lifetime of a new secret, or what is wrong with the wished one. Without wishes: from now, for two years.
 */
export function secretLifetime(
  wish: { readonly start?: Date | undefined; readonly end?: Date | undefined },
  now: Date,
): Lifetime | { readonly problem: string } {
  const start = wish.start ?? now
  const end = wish.end ?? new Date(start.getTime() + 730 * DAY)
  if (end <= start) return { problem: 'endDateTime must be after startDateTime.' }
  if (end <= now) return { problem: 'endDateTime must be in the future.' }
  if (end.getTime() - start.getTime() > MAX_SECRET_DAYS * DAY) {
    return { problem: `A secret lives at most ${MAX_SECRET_DAYS} days; give an earlier endDateTime.` }
  }
  return { start, end }
}

export const credentialNameProblem = (name: string | null): string | null =>
  name !== null && name.length > MAX_NAME ? `displayName has at most ${MAX_NAME} characters.` : null

export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest()

/**
 * The text of a new secret from a random token: with a tilde in fourth place, which secret scanners know as the
 * mark of an Entra secret.
 */
export const secretText = (token: string): string => `${token.slice(0, 3)}~${token.slice(3)}`

/** The stored form of a secret, as `checkSecret` sees it. */
export interface StoredSecret extends Lifetime {
  readonly keyId: string
  readonly digest: Buffer
}

export type SecretVerdict =
  | { readonly outcome: 'accepted'; readonly keyId: string }
  /** `expired` and `notYetValid` only when the text is right: a guesser learns nothing. */
  | { readonly outcome: 'refused'; readonly reason: 'wrong' | 'expired' | 'notYetValid' }

/** Is `secret` one of an application's secrets, and valid now? Compares digests in constant time. */
export function checkSecret(stored: readonly StoredSecret[], secret: string, now: Date): SecretVerdict {
  const digest = digestOf(secret)
  const matches = stored.filter((candidate) => timingSafeEqual(candidate.digest, digest))
  const valid = matches.find(({ start, end }) => start <= now && now < end)
  if (valid !== undefined) return { outcome: 'accepted', keyId: valid.keyId }
  const [match] = matches
  if (match === undefined) return { outcome: 'refused', reason: 'wrong' }
  return { outcome: 'refused', reason: match.end <= now ? 'expired' : 'notYetValid' }
}

export type ParsedKey =
  | (Pick<KeyCredential, 'type' | 'key' | 'customKeyIdentifier' | 'publicJwk'> & Partial<Lifetime>)
  | { readonly problem: string }

const MAX_KEY_BYTES = 16_384

/** Reads what a caller sent as `key`: a certificate (DER or PEM) or, our addition, a public JWK as JSON. */
export function parseKey(type: string, bytes: Buffer): ParsedKey {
  if (bytes.length > MAX_KEY_BYTES) return { problem: `A key has at most ${MAX_KEY_BYTES} bytes.` }
  if (type === 'AsymmetricX509Cert') return parseCertificate(bytes)
  if (type === 'JsonWebKey') return parseJwk(bytes)
  return { problem: "The type of a key is 'AsymmetricX509Cert', or 'JsonWebKey' for a public JWK." }
}

function parseCertificate(bytes: Buffer): ParsedKey {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(bytes)
  } catch {
    return { problem: 'The key is not an X.509 certificate in DER or PEM.' }
  }
  const exported = certificate.publicKey.export({ format: 'jwk' })
  const problem = weakness(exported)
  if (problem !== null) return { problem }
  const thumbprint = createHash('sha1').update(certificate.raw).digest()
  return {
    type: 'AsymmetricX509Cert',
    key: certificate.raw,
    customKeyIdentifier: thumbprint,
    publicJwk: {
      ...exported,
      use: 'sig',
      // MSAL names its certificate in the header: `x5t` (SHA-1), newer versions `x5t#S256`; `kid` is sent by some.
      kid: thumbprint.toString('hex').toUpperCase(),
      x5t: thumbprint.toString('base64url'),
      'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
    } as JWK, // Node types a JWK more loosely than jose does.
    start: certificate.validFromDate,
    end: certificate.validToDate,
  }
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

function parseJwk(bytes: Buffer): ParsedKey {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return { problem: 'The key is not JSON.' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'The key is not a JWK.' }
  if (PRIVATE_MEMBERS.some((member) => member in value)) {
    return { problem: 'The JWK has private members; keep those and send the public key only.' }
  }
  const { kty, n, e, crv, x, y, kid } = value as Readonly<Record<string, unknown>> // Members are checked one by one below.
  const problem = weakness({ kty, n, crv })
  if (problem !== null) return { problem }
  const members: Record<string, unknown> =
    kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  if (!Object.values(members).every((member) => typeof member === 'string')) {
    return { problem: 'The JWK lacks a member that its kind of key needs.' }
  }
  try {
    createPublicKey({ key: members as JWK, format: 'jwk' }) // The members were checked to be strings.
  } catch {
    return { problem: 'The JWK is not a valid public key.' }
  }
  // RFC 7638 §3: the required members in lexicographic order, without white space.
  const thumbprint = createHash('sha256').update(JSON.stringify(members)).digest()
  const name = typeof kid === 'string' && kid !== '' ? kid : thumbprint.toString('base64url')
  return {
    type: 'JsonWebKey',
    key: Buffer.from(JSON.stringify({ ...members, kid: name })),
    customKeyIdentifier: thumbprint,
    publicJwk: { ...members, kid: name, use: 'sig' } as JWK, // The members were checked to be strings.
  }
}

function weakness(jwk: {
  readonly kty?: unknown
  readonly n?: unknown
  readonly crv?: unknown
}): string | null {
  if (jwk['kty'] === 'RSA') {
    const bits = Buffer.from(String(jwk['n'] ?? ''), 'base64url').length * 8
    return bits >= 2_048 ? null : 'An RSA key has at least 2048 bits (RFC 7518 §3.3).'
  }
  if (jwk['kty'] === 'EC' && ['P-256', 'P-384', 'P-521'].includes(String(jwk['crv']))) return null
  if (jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519') return null
  return 'The key is neither RSA, nor EC on P-256, P-384 or P-521, nor Ed25519.'
}
