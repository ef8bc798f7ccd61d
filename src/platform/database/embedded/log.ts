import { closeSync, copyFileSync, fchownSync, openSync, readSync, statSync, truncateSync } from 'node:fs'
import type { Place } from './place.ts'

/**
 * The server writes its log itself, into a file: a pipe to us would break when we are killed and it lives on. The
 * file is opened for appending, so it can be emptied while the server writes.
 */
const largestLogBytes = 5_000_000
const checkEveryMilliseconds = 60_000

/** Keeps one older log beside the present one. */
function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size <= largestLogBytes) return
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}

/** Returns a descriptor for the server's standard error, to be closed once the server has it. */
export function openLog(place: Place): number {
  rotate(place.logFile)
  const descriptor = openSync(place.logFile, 'a', 0o600)
  if (place.account) fchownSync(descriptor, place.account.uid, place.account.gid)
  return descriptor
}

/** Bounds the log of a server that runs for months. Returns the end of it. */
export function watchLog(place: Place): () => void {
  const timer = setInterval(() => {
    try {
      rotate(place.logFile)
    } catch {
      // A full disk, say. The database matters more than its log; the next minute tries again.
    }
  }, checkEveryMilliseconds)
  timer.unref()
  return () => clearInterval(timer)
}

export function logSize(place: Place): number {
  return statSync(place.logFile, { throwIfNoEntry: false })?.size ?? 0
}

/** What the server wrote since the log had this size; of that the last 4,000 bytes. */
export function logSince(place: Place, size: number): string {
  const end = logSize(place)
  const buffer = Buffer.alloc(Math.min(4000, Math.max(0, end - size)))
  const descriptor = openSync(place.logFile, 'r')
  readSync(descriptor, buffer, 0, buffer.length, end - buffer.length)
  closeSync(descriptor)
  return buffer.toString('utf8').trim()
}
