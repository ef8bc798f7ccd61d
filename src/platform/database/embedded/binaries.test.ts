import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BinaryPackage, findBinaryPackage, usableBinaries } from './binaries.ts'

/** An account that owns nothing here, so only what is open to everyone is open to it. */
const stranger = { uid: 65533, gid: 65533 }

let directory: string
let installed: BinaryPackage
let place: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xenia-test-'))
  chmodSync(directory, 0o755)
  const root = join(directory, 'package')
  installed = { native: join(root, 'native'), version: '18.4.0' }
  place = join(directory, 'place')
  for (const folder of ['bin', 'lib/pkgconfig', 'share'])
    mkdirSync(join(installed.native, folder), { recursive: true })
  writeFileSync(join(installed.native, 'bin/postgres'), 'program', { mode: 0o755 })
  writeFileSync(join(installed.native, 'lib/libpq.so.5.18'), 'library')
  writeFileSync(join(installed.native, 'lib/libpq.a'), 'for compiling')
  writeFileSync(join(installed.native, 'share/zone'), 'data')
  writeFileSync(
    join(installed.native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  )
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

const close = (path: string) => chmodSync(path, 0o700)

describe('the binaries of the embedded database', () => {
  test('are used where they lie, with the symlinks that npm cannot pack', () => {
    expect(usableBinaries(installed, stranger, [place])).toBe(installed.native)
    expect(readlinkSync(join(installed.native, 'lib/libpq.so.5'))).toBe('libpq.so.5.18')
    expect(existsSync(place)).toBe(false)
  })

  test('are copied, open to everyone and without what only compilers need, when the installation is closed', () => {
    close(join(directory, 'package'))
    close(join(installed.native, 'bin/postgres'))
    const copy = usableBinaries(installed, stranger, [place])
    expect(copy).toBe(join(place, 'xenia-postgresql-18.4.0', 'native'))
    expect(statSync(join(copy, 'bin/postgres')).mode & 0o777).toBe(0o755)
    expect(statSync(join(copy, 'lib/libpq.so.5.18')).mode & 0o777).toBe(0o644)
    expect(readlinkSync(join(copy, 'lib/libpq.so.5'))).toBe('libpq.so.5.18')
    expect(existsSync(join(copy, 'lib/libpq.a'))).toBe(false)
  })

  test('are copied once, and again when a file of the copy is gone', () => {
    close(join(directory, 'package'))
    const copy = usableBinaries(installed, stranger, [place])
    const first = statSync(copy).ino
    expect(statSync(usableBinaries(installed, stranger, [place])).ino).toBe(first)

    rmSync(join(copy, 'share/zone'))
    usableBinaries(installed, stranger, [place])
    expect(existsSync(join(copy, 'share/zone'))).toBe(true)
  })

  test('are copied past a place that is closed, and past a copy that others may write to', () => {
    close(join(directory, 'package'))
    const closed = join(directory, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const planted = join(directory, 'planted')
    mkdirSync(join(planted, 'xenia-postgresql-18.4.0', 'native'), { recursive: true })
    chmodSync(join(planted, 'xenia-postgresql-18.4.0'), 0o777)
    const copy = usableBinaries(installed, stranger, [join(closed, 'inside'), planted, place])
    expect(copy).toBe(join(place, 'xenia-postgresql-18.4.0', 'native'))
  })

  test('missing a place to copy to, the message says what to do', () => {
    close(join(directory, 'package'))
    expect(() => usableBinaries(installed, stranger, [])).toThrow(/XENIA_DATA_DIR.*DATABASE_URL/)
  })

  test('missing for a platform, the message says what to do', () => {
    expect(() => findBinaryPackage('plan9', 'mips')).toThrow(
      /plan9-mips\) is not installed\. Set DATABASE_URL .*--omit=optional/,
    )
  })
})
