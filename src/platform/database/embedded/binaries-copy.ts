import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'

/** Static libraries and build files are for compiling against PostgreSQL; symlinks are made afterwards. */
function neededEntries(directory: string) {
  return readdirSync(directory, { withFileTypes: true }).filter(
    (entry) =>
      !entry.isSymbolicLink() && !entry.name.endsWith('.a') && !['pkgconfig', 'pgxs'].includes(entry.name),
  )
}

/** Copies so that everyone may read and only we may write, whatever the umask. */
function copyTree(from: string, to: string): void {
  mkdirSync(to)
  chmodSync(to, 0o755)
  for (const entry of neededEntries(from)) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) copyTree(source, target)
    else {
      copyFileSync(source, target)
      chmodSync(target, (statSync(source).mode & 0o100) === 0 ? 0o644 : 0o755)
    }
  }
}

/** Where everyone may write, somebody else could have put a server of theirs under our name. */
function isOurs(directory: string): boolean {
  const stats = lstatSync(directory, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0
}

/** Cleaners of temporary directories take single old files away. */
function isComplete(copy: string, original: string): boolean {
  return neededEntries(original).every((entry) => {
    const path = join(copy, entry.name)
    return entry.isDirectory() ? isComplete(path, join(original, entry.name)) : existsSync(path)
  })
}

/** Makes `<directory>/native` a whole copy of the tree, or keeps the one there, and returns its path. */
export function copyInto(directory: string, original: string): string {
  const copy = join(directory, 'native')
  if (isOurs(directory) && isComplete(copy, original)) return copy

  // Renamed into place, so a program killed meanwhile leaves no half copy under the real name.
  const draft = `${directory}.${randomUUID()}`
  try {
    mkdirSync(draft)
    chmodSync(draft, 0o755)
    copyTree(original, join(draft, 'native'))
    if (isOurs(directory)) rmSync(directory, { recursive: true })
    renameSync(draft, directory)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return copy
}
