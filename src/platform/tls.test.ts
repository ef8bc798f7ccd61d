import { X509Certificate } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { Server } from 'node:https'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'
import { fromFiles, InvalidTlsFiles, selfSigned } from './tls.ts'

let directory: string
let cleanups: (() => Promise<unknown>)[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'xenia-tls-'))
  cleanups = [() => rm(directory, { recursive: true })]
})
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

const inDays = (days: number): Clock => ({
  now: () => new Date(systemClock.now().getTime() + days * 86_400_000),
})

async function serve(certificate: { key: string; cert: string }): Promise<number> {
  const server: Server = createServer({ ...certificate }, (_, response) => void response.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  // A server that listens on TCP has an `AddressInfo`.
  return (server.address() as AddressInfo).port
}

async function get(url: string, caFile: string | null): Promise<string> {
  const agent = new Agent({ connect: caFile === null ? {} : { ca: await readFile(caFile, 'utf8') } })
  try {
    const answer = await request(url, { dispatcher: agent })
    return await answer.body.text()
  } finally {
    await agent.destroy()
  }
}

describe('self-signed', () => {
  test('a client that trusts the authority is served; one that does not refuses', async () => {
    const certificate = await selfSigned({ directory, hostnames: [] })
    const port = await serve(certificate)
    expect(await get(`https://localhost:${port}/`, certificate.caFile)).toBe('hello')
    await expect(get(`https://localhost:${port}/`, null)).rejects.toThrow(/certificate/)
  })

  test('it names localhost, both loopback addresses and what was asked for', async () => {
    const { cert } = await selfSigned({ directory, hostnames: ['login.contoso.test', '10.1.2.3'] })
    const leaf = new X509Certificate(cert)
    for (const name of ['localhost', 'login.contoso.test']) expect(leaf.checkHost(name)).toBe(name)
    for (const address of ['127.0.0.1', '::1', '10.1.2.3']) expect(leaf.checkIP(address)).toBe(address)
    expect(leaf.checkHost('fabrikam.test')).toBeUndefined()
    expect(leaf.ca).toBe(false)
  })

  test('a restart keeps everything', async () => {
    const first = await selfSigned({ directory, hostnames: [] })
    expect(await selfSigned({ directory, hostnames: [] })).toEqual(first)
  })

  test('near its end the certificate is renewed by the same authority, so given trust holds', async () => {
    const first = await selfSigned({ directory, hostnames: [] })
    const ca = await readFile(first.caFile, 'utf8')
    expect(await selfSigned({ directory, hostnames: [], clock: inDays(149) })).toEqual(first)

    const renewed = await selfSigned({ directory, hostnames: [], clock: inDays(151) })
    expect(renewed.cert).not.toBe(first.cert)
    expect(renewed.validTo > first.validTo).toBe(true)
    expect(await readFile(first.caFile, 'utf8')).toBe(ca)
    expect(new X509Certificate(renewed.cert).verify(new X509Certificate(ca).publicKey)).toBe(true)
  })

  test('near its end the authority is renewed, and the certificate with it', async () => {
    const first = await selfSigned({ directory, hostnames: [] })
    const ca = await readFile(first.caFile, 'utf8')
    const later = await selfSigned({ directory, hostnames: [], clock: inDays(1650) })
    const newCa = await readFile(later.caFile, 'utf8')
    expect(newCa).not.toBe(ca)
    expect(new X509Certificate(later.cert).verify(new X509Certificate(newCa).publicKey)).toBe(true)
  })

  test('a new name gets a new certificate; a name less does not', async () => {
    const first = await selfSigned({ directory, hostnames: ['a.test'] })
    const wider = await selfSigned({ directory, hostnames: ['a.test', 'b.test'] })
    expect(new X509Certificate(wider.cert).checkHost('b.test')).toBe('b.test')
    expect(wider.cert).not.toBe(first.cert)
    expect((await selfSigned({ directory, hostnames: [] })).cert).toBe(wider.cert)
  })

  test('keys are readable by their owner only, even after a careless copy', async () => {
    await selfSigned({ directory, hostnames: [] })
    const modes = async () => {
      const files = (await readdir(directory)).sort()
      return Promise.all(
        files.map(async (file) => [file, ((await stat(join(directory, file))).mode & 0o777).toString(8)]),
      )
    }
    const expected = [
      ['development-ca-with-key.pem', '600'],
      ['development-ca.pem', '644'],
      ['server-with-key.pem', '600'],
    ]
    expect(await modes()).toEqual(expected)
    await chmod(join(directory, 'server-with-key.pem'), 0o644)
    await selfSigned({ directory, hostnames: [] })
    expect(await modes()).toEqual(expected)
  })

  test('a damaged file is made again', async () => {
    await selfSigned({ directory, hostnames: [] })
    await writeFile(join(directory, 'development-ca-with-key.pem'), 'half a fi')
    const again = await selfSigned({ directory, hostnames: [] })
    expect(await get(`https://localhost:${await serve(again)}/`, again.caFile)).toBe('hello')
  })
})

describe('from files', () => {
  async function files(): Promise<{ cert: string; key: string }> {
    const made = await selfSigned({ directory, hostnames: [] })
    const paths = { cert: join(directory, 'c.pem'), key: join(directory, 'k.pem') }
    await writeFile(paths.cert, made.cert)
    await writeFile(paths.key, made.key)
    return paths
  }

  test('a matching pair serves https', async () => {
    const { cert, key } = await files()
    const loaded = await fromFiles(cert, key)
    expect(
      await get(`https://localhost:${await serve(loaded)}/`, join(directory, 'development-ca.pem')),
    ).toBe('hello')
  })

  test('each mistake is named with its file', async () => {
    const { cert, key } = await files()
    const refusal = async (certPath: string, keyPath: string, clock?: Clock) => {
      const error: unknown = await fromFiles(certPath, keyPath, clock).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(InvalidTlsFiles)
      return String(error)
    }
    const absent = join(directory, 'absent.pem')
    expect(await refusal(absent, key)).toMatch(/certificate file .*absent\.pem cannot be read \(ENOENT\)/)
    expect(await refusal(cert, absent)).toMatch(/key file .*absent\.pem cannot be read \(ENOENT\)/)
    expect(await refusal(key, key)).toMatch(/k\.pem holds no certificate/)
    expect(await refusal(cert, cert)).toMatch(/c\.pem holds no private key/)
    expect(await refusal(cert, join(directory, 'development-ca-with-key.pem'))).toMatch(
      /does not belong to the first/,
    )
    expect(await refusal(cert, key, inDays(181))).toMatch(/ended on .* Renew it/)
    expect(await refusal(cert, key, inDays(-2))).toMatch(/begins only on .* clock right/)

    const encrypted = join(directory, 'encrypted.pem')
    await writeFile(
      encrypted,
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
    )
    expect(await refusal(cert, encrypted)).toMatch(/encrypted\. Store it without a passphrase/)
  })
})
