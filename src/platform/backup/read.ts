import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import { createKeyring, type MasterKeys } from '../crypto/keyring.ts'
import {
  FORMAT_VERSION,
  type Header,
  headerShape,
  MAC_PURPOSE,
  rowsShape,
  type Section,
  type Summary,
  sealShape,
  sectionEndShape,
  sectionShape,
  summaryShape,
} from './model.ts'
import { BackupRefused } from './refused.ts'

/** What a file holds, in the order in which it holds it. */
export type Item =
  | { readonly kind: 'header'; readonly header: Header }
  | { readonly kind: 'section'; readonly section: Section }
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'sectionEnd'; readonly rows: number }
  /** Only after this the file is known to be whole and what the holder of the master key wrote. */
  | { readonly kind: 'end'; readonly summary: Summary }

/**
 * Reads a backup from beginning to end. Throws `BackupRefused` as soon as something is wrong, which may be at the
 * very end: what was read until then counts for nothing.
 */
export async function* readBackup(path: string, masterKeys: MasterKeys): AsyncGenerator<Item> {
  const keyring = createKeyring(masterKeys)
  const input = createByteReader(unzipped(path))
  try {
    const header = parseHeader(await input.line(), path)
    requireMasterKey(masterKeys, header.masterKey)
    yield { kind: 'header', header }

    const sections: { name: string; rows: number }[] = []
    for (;;) {
      const text = await input.line()
      const section = sectionShape.safeParse(parseJson(text)).data
      if (section === undefined) {
        const summary = parse(summaryShape, text)
        const digest = input.digest()
        const { mac } = parse(sealShape, await input.line())
        const honest = keyring.verifyHmac(MAC_PURPOSE, digest, mac)
        if (!honest || !(await input.atEnd())) throw damaged('it was changed after it was written')
        if (JSON.stringify(summary.sections) !== JSON.stringify(sections)) throw damaged('tables are missing')
        for (const fingerprint of summary.sealedUnder) requireMasterKey(masterKeys, fingerprint)
        yield { kind: 'end', summary }
        return
      }
      yield { kind: 'section', section }
      const digest = createHash('sha256')
      for (;;) {
        const next = await input.line()
        const rows = rowsShape.safeParse(parseJson(next)).data
        if (rows === undefined) {
          const end = parse(sectionEndShape, next)
          if (end.sha256 !== digest.digest('hex'))
            throw damaged(`the rows of ${section.section} were changed`)
          sections.push({ name: section.section, rows: end.rows })
          yield { kind: 'sectionEnd', rows: end.rows }
          break
        }
        const bytes = await input.bytes(rows.bytes)
        digest.update(bytes)
        yield { kind: 'rows', bytes }
      }
    }
  } finally {
    input.close()
  }
}

const damaged = (why: string, cause?: unknown): BackupRefused =>
  new BackupRefused(
    'damaged',
    `This is not a whole backup: ${why}. Nothing was changed. Take another copy of it.`,
    {
      cause,
    },
  )

function parseHeader(text: string, path: string): Header {
  const value = parseJson(text)
  const parsed = headerShape.safeParse(value)
  if (!parsed.success) throw damaged(`${path} does not begin as a backup of Xenia does`)
  if (parsed.data.version > FORMAT_VERSION) {
    throw new BackupRefused(
      'newer',
      `${path} was made by Xenia ${parsed.data.program}, which is newer than this one. Restore with that version.`,
    )
  }
  return parsed.data
}

function requireMasterKey(masterKeys: MasterKeys, fingerprint: string): void {
  if (masterKeys.some((key) => key.fingerprint === fingerprint)) return
  const present = masterKeys.map((key) => key.fingerprint).join(', ')
  throw new BackupRefused(
    'otherMasterKey',
    `The backup needs the master key with the fingerprint ${fingerprint}; XENIA_MASTER_KEY holds ${present}. ` +
      'Set the key of the deployment that was backed up, or list it after the present one.',
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged('it cannot be read', cause)
  }
}

function parse<S extends z.ZodType>(shape: S, text: string): z.output<S> {
  const parsed = shape.safeParse(parseJson(text))
  if (!parsed.success) throw damaged('it cannot be read', parsed.error)
  return parsed.data
}

/** Lines are short; what is longer is no line of ours. */
const LONGEST_LINE_BYTES = 4_000_000

interface ByteReader {
  /** Up to the next line end, without it. */
  line(): Promise<string>
  bytes(count: number): Promise<Buffer>
  /** SHA-256 of everything given out so far. */
  digest(): Buffer
  atEnd(): Promise<boolean>
  close(): void
}

function createByteReader(source: AsyncIterator<Buffer> & { destroy(): void }): ByteReader {
  const hash = createHash('sha256')
  let pending: Buffer = Buffer.alloc(0)

  /** `undefined`: there is no more. */
  const next = async (): Promise<Buffer | undefined> => {
    const result = await source.next().catch((cause: unknown) => {
      throw zipFault(cause)
    })
    return result.done === true ? undefined : result.value
  }
  const expectNext = async (): Promise<Buffer> => {
    const bytes = await next()
    if (bytes === undefined) throw damaged('its end is missing')
    return bytes
  }
  const take = (count: number): Buffer => {
    const taken = pending.subarray(0, count)
    pending = pending.subarray(count)
    hash.update(taken)
    return taken
  }
  return {
    async line() {
      for (let from = 0; ; ) {
        const end = pending.indexOf(10, from)
        if (end !== -1) return take(end + 1).toString('utf8', 0, end)
        from = pending.length
        if (from > LONGEST_LINE_BYTES) throw damaged('it cannot be read')
        pending = Buffer.concat([pending, await expectNext()])
      }
    },
    async bytes(count) {
      // Joined once: a row may be many megabytes long.
      const parts = [pending]
      for (let length = pending.length; length < count; ) {
        const part = await expectNext()
        parts.push(part)
        length += part.length
      }
      if (parts.length > 1) pending = Buffer.concat(parts)
      return take(count)
    },
    digest: () => hash.copy().digest(),
    atEnd: async () => pending.length === 0 && (await next()) === undefined,
    close: () => source.destroy(),
  }
}

function unzipped(path: string): AsyncIterator<Buffer> & { destroy(): void } {
  const file = createReadStream(path)
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  // `pipe` passes no error on, and the reader listens to the end of the chain.
  file.on('error', (error) => gunzip.destroy(error))
  file.pipe(gunzip)
  const iterator: AsyncIterator<Buffer> = gunzip[Symbol.asyncIterator]()
  return {
    next: () => iterator.next(),
    destroy() {
      file.destroy()
      gunzip.destroy()
    },
  }
}

function zipFault(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'Z_BUF_ERROR') return damaged('its end is missing', cause)
  if (typeof code === 'string' && code.startsWith('Z_')) return damaged('it cannot be unpacked', cause)
  if (code === 'ENOENT') return new BackupRefused('damaged', 'There is no such file.', { cause })
  return cause
}
