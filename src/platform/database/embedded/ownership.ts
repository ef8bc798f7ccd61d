import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './error.ts'
import { processScope, startMark } from './processes.ts'

/**
 * The right of one program to a data directory; it ends with `release()` or with the process.
 *
 * Node has no file lock that dies with its process, so the owner is written down: process id and start mark in
 * `owner-<n>`. The highest number counts. To take over from a dead owner a program creates `owner-<n+1>`, which
 * only one can do, and looks again whether that is the highest. The highest file is never deleted, only marked
 * as released; otherwise a slow contender could create a number that was already spent.
 */
export interface Ownership {
  release(): void
}

interface Owner {
  readonly pid: number
  readonly startMark: string
  readonly scope: string
  readonly state: 'held' | 'released'
}

const prefix = 'owner-'

function highestNumber(directory: string): number {
  const numbers = readdirSync(directory)
    .filter((name) => /^owner-\d+$/.test(name))
    .map((name) => Number(name.slice(prefix.length)))
  return Math.max(0, ...numbers)
}

/** Undefined for a file that is gone or torn (power failed while it was written): then nobody holds it. */
function readOwner(path: string): Owner | undefined {
  try {
    const [pid, mark, scope, state] = readFileSync(path, 'utf8').split('\n')
    if (pid === undefined || mark === undefined || scope === undefined) return undefined
    if (state !== 'held' && state !== 'released') return undefined
    return { pid: Number(pid), startMark: mark, scope, state }
  } catch {
    return undefined
  }
}

function textOf(owner: Owner): string {
  return [owner.pid, owner.startMark, owner.scope, owner.state, ''].join('\n')
}

async function holds(owner: Owner, isServing: () => Promise<boolean>): Promise<boolean> {
  if (owner.state === 'released') return false
  // Another container on the same volume: its processes cannot be seen from here, but its server answers.
  if (owner.scope !== processScope()) return isServing()
  return (await startMark(owner.pid)) === owner.startMark
}

function refusal(directory: string, owner: Owner): EmbeddedPostgresError {
  const who =
    owner.pid === process.pid && owner.scope === processScope()
      ? 'this same program'
      : `another Xenia (process ${owner.pid} on ${owner.scope.split(' ')[0]})`
  return new EmbeddedPostgresError(
    'inUse',
    `The database in ${directory} is in use by ${who}. Stop that one first, or give this one a directory of ` +
      'its own (XENIA_DATA_DIR), or let both use one PostgreSQL server (DATABASE_URL).',
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Creates the file whole or not at all; false when somebody else was first. */
function createExclusively(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}.${randomUUID()}`
  // World-readable: it holds no secret, and a later start may run under another account.
  writeFileSync(draft, text, { mode: 0o644 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    // ENOENT: a winner of a higher number already swept our draft away.
    if (hasCode(error, 'EEXIST') || hasCode(error, 'ENOENT')) return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function release(directory: string, number: number, owner: Owner): void {
  // The whole directory may have been removed while we ran.
  if (!existsSync(directory)) return
  const path = join(directory, prefix + number)
  // Renamed into place, so no reader ever sees half of it.
  const draft = `${path}.${process.pid}.released`
  writeFileSync(draft, textOf({ ...owner, state: 'released' }), { mode: 0o644 })
  renameSync(draft, path)
}

/**
 * Takes the directory or throws `EmbeddedPostgresError` ('inUse').
 * @param isServing whether a server answers at this directory's endpoint; asked only when the owner's process
 *   lives where we cannot see it.
 */
export async function takeOwnership(
  directory: string,
  isServing: () => Promise<boolean>,
): Promise<Ownership> {
  const self: Owner = {
    pid: process.pid,
    startMark: (await startMark(process.pid)) ?? 'unknown',
    scope: processScope(),
    state: 'held',
  }
  for (;;) {
    const current = highestNumber(directory)
    const owner = readOwner(join(directory, prefix + current))
    if (owner && (await holds(owner, isServing))) throw refusal(directory, owner)

    const mine = current + 1
    if (!createExclusively(join(directory, prefix + mine), textOf(self))) continue
    if (highestNumber(directory) > mine) {
      rmSync(join(directory, prefix + mine), { force: true })
      continue
    }
    removeOlder(directory, mine)
    return { release: () => release(directory, mine, self) }
  }
}

function removeOlder(directory: string, mine: number): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix)) continue
    // Also the drafts (`owner-3.1234.…`) that a killed program left.
    if (Number.parseInt(name.slice(prefix.length), 10) < mine) rmSync(join(directory, name), { force: true })
  }
}
