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

/**
 * A moment of the product's clock in the time of the outside world, where tokens and sessions live: clients check
 * their times with clocks of their own, which nobody moved (decision 0007).
 */
export const inRealTime = (clock: Clock, moment: Date): Date =>
  new Date(moment.getTime() - (clock.now().getTime() - systemClock.now().getTime()))

/**
 * The first full second after `moment`. Sessions and tokens carry whole seconds: what must end everything begun
 * until now ends everything begun in this second too.
 */
export const endOfSecond = (moment: Date): Date => new Date((Math.floor(moment.getTime() / 1000) + 1) * 1000)

/** The full second that `moment` lies in: what is valid from here on includes all that begins now. */
export const startOfSecond = (moment: Date): Date => new Date(Math.floor(moment.getTime() / 1000) * 1000)
