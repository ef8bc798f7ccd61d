/** Wakes sleepers early. */
export interface Bell {
  /** How often it has rung: read it before looking for work, and no ring in between is missed. */
  readonly rings: number
  ring(): void
  /** Returns after that time, or as soon as it rings; at once when it has rung since `heard`. */
  wait(heard: number, seconds: number): Promise<void>
}

export function createBell(): Bell {
  let rings = 0
  const sleepers = new Set<() => void>()
  return {
    get rings() {
      return rings
    },
    ring() {
      rings++
      for (const wake of [...sleepers]) wake()
    },
    wait(heard, seconds) {
      return new Promise((resolve) => {
        if (rings !== heard) return resolve()
        const wake = () => {
          clearTimeout(timer)
          sleepers.delete(wake)
          resolve()
        }
        // Waiting for work must not keep a program alive that is otherwise done.
        const timer = setTimeout(wake, seconds * 1000).unref()
        sleepers.add(wake)
      })
    },
  }
}
