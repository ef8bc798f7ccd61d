import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll } from 'vitest'

/**
 * Makes this test process trust an authority, as `NODE_EXTRA_CA_CERTS` does for a program that is started with it:
 * client libraries then speak https to the server without being told anything.
 */
export function trustAuthority(caFile: string): void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, readFileSync(caFile, 'utf8')])
  afterAll(() => setDefaultCACertificates(before))
}
