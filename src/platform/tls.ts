import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import type { KeyAndCertificate } from './development-authority.ts'

/** What an https server needs, PEM. */
export interface ServerCertificate {
  readonly key: string
  /** The server's certificate first, then those above it. */
  readonly cert: string
  readonly validTo: Date
}

export interface SelfSignedCertificate extends ServerCertificate {
  /** The certificate that clients must trust: import it, or start Node programs with `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string
}

export interface SelfSignedOptions {
  readonly directory: string
  /** Names and addresses beside `localhost`, `127.0.0.1` and `::1`. */
  readonly hostnames: readonly string[]
  /** The machine's clock, not the one that demonstrations move: browsers judge certificates by theirs. */
  readonly clock?: Clock
}

const DAY = 86_400_000
const CA_LIFE = { days: 1825, renewDays: 180 }
// Renewed at the next start; a month is longer than most programs run without one.
const LEAF_LIFE = { days: 180, renewDays: 30 }

/**
 * For development: an authority of this data directory, and a certificate from it for this machine's names. Both
 * survive restarts, so that trust given once lasts, and are renewed when near their end or when a name is missing.
 * Each key lies in one file with its certificate, mode 0600, and files are replaced whole: two programs that start
 * at once never leave a pair that does not match.
 */
export async function selfSigned(options: SelfSignedOptions): Promise<SelfSignedCertificate> {
  const now = (options.clock ?? systemClock).now()
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...options.hostnames])]
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const authorityPath = join(options.directory, 'development-ca-with-key.pem')
  const leafPath = join(options.directory, 'server-with-key.pem')
  const caFile = join(options.directory, 'development-ca.pem')

  let authority = await readPair(authorityPath)
  if (authority === null || !lasts(authority, now, CA_LIFE.renewDays)) {
    authority = parse(await (await maker()).makeAuthority(now, CA_LIFE.days))
    await replace(authorityPath, authority.key + authority.cert, 0o600)
  }
  await replace(caFile, authority.cert, 0o644)

  let leaf = await readPair(leafPath)
  if (leaf === null || !lasts(leaf, now, LEAF_LIFE.renewDays) || !fits(leaf, authority, names)) {
    leaf = parse(await (await maker()).makeLeaf(authority, names, now, LEAF_LIFE.days))
    await replace(leafPath, leaf.key + leaf.cert, 0o600)
  }
  return { key: leaf.key, cert: leaf.cert, validTo: leaf.parsed.validToDate, caFile }
}

interface Pair extends KeyAndCertificate {
  readonly parsed: X509Certificate
}

const parse = (made: KeyAndCertificate): Pair => ({ ...made, parsed: new X509Certificate(made.cert) })

/** Loaded only when something must be made: it takes longer than all the rest of a start. */
const maker = () => import('./development-authority.ts')

const lasts = ({ parsed }: Pair, now: Date, days: number): boolean =>
  parsed.validFromDate <= now && parsed.validToDate.getTime() - now.getTime() > days * DAY

const fits = (leaf: Pair, authority: Pair, names: readonly string[]): boolean =>
  leaf.parsed.verify(authority.parsed.publicKey) &&
  names.every(
    (name) => (isIP(name) === 0 ? leaf.parsed.checkHost(name) : leaf.parsed.checkIP(name)) !== undefined,
  )

/** `null` when absent or unusable: then it is simply made again. */
async function readPair(path: string): Promise<Pair | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const key = text?.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/)?.[0]
  const cert = text?.match(/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n/)?.[0]
  if (key === undefined || cert === undefined) return null
  try {
    const parsed = new X509Certificate(cert)
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return null
    // A copied directory may have lost it.
    await chmod(path, 0o600)
    return { key, cert, parsed }
  } catch {
    return null
  }
}

async function replace(path: string, content: string, mode: number): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => null)
  if (before === content) return
  const fresh = `${path}.${process.pid}.new`
  await writeFile(fresh, content, { mode })
  await rename(fresh, path)
}

/** The certificate files of the configuration cannot be used; the message says why and what to do. */
export class InvalidTlsFiles extends Error {
  override readonly name = 'InvalidTlsFiles'
}

/** Reads and checks the operator's own files (PEM), so that a mistake is found at start. Throws `InvalidTlsFiles`. */
export async function fromFiles(
  certPath: string,
  keyPath: string,
  clock: Clock = systemClock,
): Promise<ServerCertificate> {
  const [cert, key] = await Promise.all([readPem(certPath, 'certificate'), readPem(keyPath, 'key')])
  const parsed = attempt(
    () => new X509Certificate(cert),
    `${certPath} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).`,
  )
  const privateKey = attempt(
    () => createPrivateKey(key),
    /ENCRYPTED/.test(key)
      ? `The key in ${keyPath} is encrypted. Store it without a passphrase, readable only by this program.`
      : `${keyPath} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----).`,
  )
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new InvalidTlsFiles(
      `The key in ${keyPath} does not belong to the first certificate in ${certPath}. The server's own certificate must come first, those above it after.`,
    )
  }
  const now = clock.now()
  if (parsed.validToDate <= now) {
    throw new InvalidTlsFiles(
      `The certificate in ${certPath} ended on ${parsed.validToDate.toISOString()}. Renew it.`,
    )
  }
  if (parsed.validFromDate > now) {
    throw new InvalidTlsFiles(
      `The certificate in ${certPath} begins only on ${parsed.validFromDate.toISOString()}. Is this machine's clock right?`,
    )
  }
  return { key, cert, validTo: parsed.validToDate }
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new InvalidTlsFiles(`The TLS ${what} file ${path} cannot be read (${reason}).`, { cause })
  }
}

function attempt<T>(action: () => T, otherwise: string): T {
  try {
    return action()
  } catch (cause) {
    throw new InvalidTlsFiles(otherwise, { cause })
  }
}
