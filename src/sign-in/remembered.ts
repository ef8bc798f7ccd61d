import { LRUCache } from 'lru-cache'

/** Every token request asks; what an administrator changes is in force this much later at the latest. */
export const FRESH_MILLISECONDS = 5_000
export const REMEMBERED = 1_000

/** A look-up whose answers are remembered for five seconds, those that are under way included. */
export interface Remembered<V extends object> {
  /** `fresh`: as of now. */
  find(key: string, fresh?: 'fresh'): Promise<V | null>
  knows(key: string): boolean
  /** Takes an answer that came with another. */
  learn(key: string, value: Promise<V | null>): void
}

export function remembered<V extends object>(load: (key: string) => Promise<V | null>): Remembered<V> {
  const known = new LRUCache<string, { readonly value: Promise<V | null> }>({
    max: REMEMBERED,
    ttl: FRESH_MILLISECONDS,
  })
  const learn = (key: string, value: Promise<V | null>) => {
    const entry = { value }
    known.set(key, entry)
    const forget = () => void (known.peek(key) === entry && known.delete(key))
    // What is not there may be made in this moment: a guest is nobody until the invitation is accepted.
    value.then((found) => found ?? forget(), forget)
  }
  return {
    knows: (key) => known.has(key),
    learn,
    find(key, fresh) {
      const found = fresh === undefined ? known.get(key) : undefined
      if (found !== undefined) return found.value
      const value = load(key)
      learn(key, value)
      return value
    },
  }
}
