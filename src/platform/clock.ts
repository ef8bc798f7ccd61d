/** The one source of time. Nothing in the product calls `Date.now()` or `new Date()` for the present moment. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that runs with the system's but can be moved forward; for development and tests. */
export interface MovableClock extends Clock {
  /** Milliseconds by which this clock is ahead of the system's. */
  readonly offsetMilliseconds: number
  /** Moves the clock. Never backwards: rows already written would lie in the future. Throws `RangeError`. */
  advance(milliseconds: number): void
}

export function movableClock(base: Clock = systemClock, startOffsetMilliseconds = 0): MovableClock {
  let offset = startOffsetMilliseconds
  return {
    get offsetMilliseconds() {
      return offset
    },
    now: () => new Date(base.now().getTime() + offset),
    advance(milliseconds) {
      if (!Number.isFinite(milliseconds) || milliseconds < 0)
        throw new RangeError('The clock only moves forward.')
      offset += milliseconds
    },
  }
}
