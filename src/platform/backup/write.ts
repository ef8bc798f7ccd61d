import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { createKeyring, type MasterKeys } from '../crypto/keyring.ts'
import type { Rows } from './copy.ts'
import { type Header, MAC_PURPOSE, type Summary } from './model.ts'
import { BackupRefused } from './refused.ts'

export interface SectionSource {
  readonly section: string
  readonly columns: readonly string[]
  readonly rows: AsyncIterable<Rows>
}

/**
 * Writes the file, readable by this account alone, and gives back its size in bytes. It appears under its name only
 * when it is whole and on disk; what is there already is never replaced.
 */
export async function writeBackup(
  path: string,
  masterKeys: MasterKeys,
  header: Header,
  sections: AsyncIterable<SectionSource>,
): Promise<{ readonly summary: Summary; readonly bytes: number }> {
  const target = resolve(path)
  if (existsSync(target)) {
    throw new BackupRefused('fileExists', `${target} is there already. Choose another name or remove it.`)
  }
  const draft = `${target}.${process.pid}.partial`
  const summary: { sections: { name: string; rows: number }[]; sealedUnder: string[] } = {
    sections: [],
    sealedUnder: [],
  }
  try {
    await pipeline(
      Readable.from(content(masterKeys, header, sections, summary)),
      createGzip(),
      createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }),
    )
    await rename(draft, target)
    await flushDirectory(dirname(target))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return { summary, bytes: (await stat(target)).size }
}

async function* content(
  masterKeys: MasterKeys,
  header: Header,
  sections: AsyncIterable<SectionSource>,
  summary: { sections: { name: string; rows: number }[]; sealedUnder: string[] },
): AsyncGenerator<Buffer> {
  const whole = createHash('sha256')
  const note = (bytes: Buffer) => {
    whole.update(bytes)
    return bytes
  }
  const line = (value: object) => Buffer.from(`${JSON.stringify(value)}\n`)
  const sealed = new Set<string>()

  yield note(line(header))
  for await (const { section, columns, rows } of sections) {
    yield note(line({ section, columns }))
    const digest = createHash('sha256')
    let count = 0
    for await (const part of rows) {
      for (const fingerprint of fingerprintsIn(part.bytes, masterKeys)) sealed.add(fingerprint)
      digest.update(part.bytes)
      count += part.count
      yield note(line({ bytes: part.bytes.length }))
      yield note(part.bytes)
    }
    yield note(line({ rows: count, sha256: digest.digest('hex') }))
    summary.sections.push({ name: section, rows: count })
  }
  summary.sealedUnder = [...sealed].sort()
  yield note(line(summary))
  yield line({ mac: createKeyring(masterKeys).hmac(MAC_PURPOSE, whole.digest()) })
}

/**
 * Which of the configured keys values here are sealed under: only those are needed to restore. A retired key that
 * is still configured is not, and a text that only looks sealed names no configured key.
 */
function fingerprintsIn(rows: Buffer, masterKeys: MasterKeys): readonly string[] {
  return masterKeys
    .map(({ fingerprint }) => fingerprint)
    .filter((fingerprint) => rows.includes(`x1.${fingerprint}.`))
}

/** Otherwise a power failure may forget the name. Windows cannot open a directory. */
async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  await directory.sync().finally(() => directory.close())
}
