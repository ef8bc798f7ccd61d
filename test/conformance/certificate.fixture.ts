// The certificate library registers its parts by decorators, which need this loaded before it.
import 'reflect-metadata'
import { KeyObject } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate as an administrator uploads it, and what the application keeps to itself. */
export interface ClientCertificate {
  /** Base64 of the DER form, for `keyCredentials`. */
  readonly base64: string
  readonly pem: string
  readonly privateKey: string
  /** Of the DER form, in hex, as MSAL wants it. */
  readonly thumbprintSha256: string
}

const DAY = 86_400_000

/** RSA, since Microsoft's libraries sign assertions with nothing else. */
export async function makeCertificate(now: Date): Promise<ClientCertificate> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Daemon',
    notBefore: new Date(now.getTime() - DAY),
    notAfter: new Date(now.getTime() + 30 * DAY),
    keys,
    signingAlgorithm: algorithm,
  })
  return {
    base64: Buffer.from(certificate.rawData).toString('base64'),
    pem: certificate.toString('pem'),
    privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprintSha256: Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex'),
  }
}
