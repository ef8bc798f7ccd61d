// The certificate library registers its parts by decorators, which need this loaded before it.
import 'reflect-metadata'
import { createPrivateKey, KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

/** Both PEM; the key is PKCS #8, the certificate may carry those above it. */
export interface KeyAndCertificate {
  readonly key: string
  readonly cert: string
}

const DAY = 86_400_000
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate authority for development. Whoever has its key can pose as any server to those who trust it. */
export async function makeAuthority(now: Date, days: number): Promise<KeyAndCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Xenia development CA ${now.toISOString().slice(0, 10)}`,
    ...validity(now, days),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      // It signs servers only, and no authority below it.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return pair(keys.privateKey, [certificate.toString('pem')])
}

/** A certificate for these host names and addresses, with the authority's after it. */
export async function makeLeaf(
  authority: KeyAndCertificate,
  names: readonly string[],
  now: Date,
  days: number,
): Promise<KeyAndCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const pkcs8 = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' })
  const signingKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ALGORITHM, false, ['sign'])
  const issuer = new x509.X509Certificate(authority.cert)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Xenia development server',
    issuer: issuer.subject,
    ...validity(now, days),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return pair(keys.privateKey, [certificate.toString('pem'), authority.cert])
}

const validity = (now: Date, days: number) => ({
  // A day back, for machines in the same house whose clocks are behind.
  notBefore: new Date(now.getTime() - DAY),
  notAfter: new Date(now.getTime() + days * DAY),
})

function pair(privateKey: CryptoKey, chain: readonly string[]): KeyAndCertificate {
  const cert = chain.map((pem) => `${pem.trim()}\n`).join('')
  const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key, cert }
}
