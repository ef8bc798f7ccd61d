import type { Tx } from './index.ts'

const pending = new WeakMap<Tx, Map<symbol, () => Promise<void>>>()

/**
 * Runs `work` as the last thing inside `tx`, once per `key`. The change feed uses it to take its lock as late as
 * possible, so that writers of one tenant wait for each other only while they commit.
 */
export function beforeCommit(tx: Tx, key: symbol, work: () => Promise<void>): void {
  const hooks = pending.get(tx) ?? new Map<symbol, () => Promise<void>>()
  if (!hooks.has(key)) hooks.set(key, work)
  pending.set(tx, hooks)
}

export async function runBeforeCommit(tx: Tx): Promise<void> {
  for (const work of pending.get(tx)?.values() ?? []) await work()
  pending.delete(tx)
}
