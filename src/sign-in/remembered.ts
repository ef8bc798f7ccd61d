/** Every token request asks; what an administrator changes is in force this much later at the latest. */
const FRESH_MILLISECONDS = 5_000
/** Whoever comes again before the end finds it renewed. */
const SOON_MILLISECONDS = 1_500
const MOST = 1_000

/** A look-up whose answers are remembered for five seconds, those that are under way included. */
export interface Remembered<V extends object> {
  /** `fresh`: as of now. */
  find(key: string, fresh?: 'fresh'): Promise<V | null>
  knows(key: string): boolean
  /** Known, but not for long. */
  endsSoon(key: string): boolean
  /** Takes an answer that came with another. */
  learn(key: string, value: Promise<V | null>): void
}

export function remembered<V extends object>(load: (key: string) => Promise<V | null>): Remembered<V> {
  const known = shortMemory<Promise<V | null>>()
  const learn = (key: string, value: Promise<V | null>) => {
    known.set(key, value)
    const forget = () => void (known.get(key) === value && known.delete(key))
    // What is not there may be made in this moment: a guest is nobody until the invitation is accepted.
    value.then((found) => found ?? forget(), forget)
  }
  return {
    knows: (key) => known.get(key) !== undefined,
    endsSoon: known.endsSoon,
    learn,
    find(key, fresh) {
      const found = fresh === undefined ? known.get(key) : undefined
      if (found !== undefined) return found
      const value = load(key)
      learn(key, value)
      return value
    },
  }
}

export interface ShortMemory<V> {
  get(key: string): V | undefined
  endsSoon(key: string): boolean
  set(key: string, value: V): void
  delete(key: string): void
}

/**
 * The last thousand things of the last five seconds. Every tenant has several of these, so an empty one must cost
 * nothing; an LRU cache takes 50 KiB for its thousand places at once.
 */
export function shortMemory<V>(now: () => number = () => performance.now()): ShortMemory<V> {
  // In the order of their setting, which is the order of their ends.
  const entries = new Map<string, { readonly value: V; readonly until: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      return entry !== undefined && entry.until > now() ? entry.value : undefined
    },
    endsSoon(key) {
      const left = (entries.get(key)?.until ?? 0) - now()
      return left > 0 && left <= SOON_MILLISECONDS
    },
    set(key, value) {
      const moment = now()
      entries.delete(key)
      entries.set(key, { value, until: moment + FRESH_MILLISECONDS })
      for (const [oldest, { until }] of entries) {
        if (until > moment && entries.size <= MOST) break
        entries.delete(oldest)
      }
    },
    delete: (key) => void entries.delete(key),
  }
}
