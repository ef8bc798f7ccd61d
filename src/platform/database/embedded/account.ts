import { chownSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The account that runs initdb and the server when we are root, which PostgreSQL refuses to run as. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

const nobody: Account = { uid: 65534, gid: 65534 }

/**
 * Undefined unless we are root: then the server runs as we do. As root an existing cluster keeps its owner, so a
 * directory first used by an ordinary account can also be started by root.
 */
export function serverAccount(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(cluster, { throwIfNoEntry: false })
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : nobody
}

function permits(stats: Stats, account: Account, bit: 4 | 1): boolean {
  if (stats.uid === account.uid) return (stats.mode & (bit << 6)) !== 0
  if (stats.gid === account.gid) return (stats.mode & (bit << 3)) !== 0
  return (stats.mode & bit) !== 0
}

/**
 * May the account read this file, or for a directory enter it, from the root of the file system on? Judged by mode
 * bits alone: an access list that grants more only costs us a detour.
 */
export function canReach(account: Account | undefined, path: string): boolean {
  if (account === undefined) return true
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined || !permits(stats, account, stats.isDirectory() ? 1 : 4)) return false
  const parent = dirname(path)
  return parent === path || canReach(account, parent)
}

/** Makes the account the owner; nothing to do when the server runs under our own. */
export function handOver(path: string, account: Account | undefined): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid)
}
