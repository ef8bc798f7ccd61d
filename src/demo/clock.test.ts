import { afterEach, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { type MovableClock, movableClock } from '../platform/clock.ts'
import { Invalid } from '../platform/errors.ts'
import { CLOCK_OFFSET_SETTING, readSetting } from '../platform/settings.ts'
import { type ClockHands, catchUp, moveClock } from './clock.ts'

const HOUR = 3_600_000
const YEAR = 365 * 86_400_000
const { database } = ownDatabase()

interface Node extends ClockHands {
  readonly clock: MovableClock
  readonly woken: { times: number }
}

const node = (offset = 0): Node => {
  const woken = { times: 0 }
  return {
    database,
    clock: movableClock(undefined, offset),
    woken,
    clockMoved: () => {
      woken.times += 1
    },
  }
}

const stored = () => database.platform.transaction((tx) => readSetting(tx, CLOCK_OFFSET_SETTING))

afterEach(() => database.pool.query('delete from deployment_settings'))

describe('the development clock', () => {
  test('moves, wakes the jobs, and stays where it is over a restart', async () => {
    const before = node()
    await moveClock(before, HOUR)
    await moveClock(before, 2 * HOUR)
    expect(before.clock.offsetMilliseconds).toBe(3 * HOUR)
    expect(before.woken.times).toBe(2)
    expect(await stored()).toBe(3 * HOUR)
  })

  test('reaches the other nodes, and wakes their jobs once', async () => {
    const [here, there] = [node(), node()]
    await moveClock(here, HOUR)
    await catchUp(there)
    await catchUp(there)
    expect(there.clock.offsetMilliseconds).toBe(HOUR)
    expect(there.woken.times).toBe(1)
  })

  test('moved by two people at once goes by both', async () => {
    const nodes = Array.from({ length: 5 }, () => node())
    await Promise.all(nodes.map((one) => moveClock(one, HOUR)))
    await Promise.all(nodes.map(catchUp))
    expect(nodes.map(({ clock }) => clock.offsetMilliseconds)).toEqual(nodes.map(() => 5 * HOUR))
  })

  test('catching up before anybody moved it does nothing', async () => {
    const fresh = node()
    await catchUp(fresh)
    expect(fresh.clock.offsetMilliseconds).toBe(0)
    expect(fresh.woken.times).toBe(0)
  })

  test.each([0, -HOUR, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('does not move by %d', async (wrong) => {
    const still = node()
    await expect(moveClock(still, wrong)).rejects.toThrow(Invalid)
    expect(still.clock.offsetMilliseconds).toBe(0)
    expect(await stored()).toBeUndefined()
  })

  test('stays within ten years, however it gets there', async () => {
    const far = node()
    await expect(moveClock(far, 11 * YEAR)).rejects.toThrow(Invalid)
    expect(await stored()).toBeUndefined()
    await moveClock(far, 9 * YEAR)
    await expect(moveClock(far, 2 * YEAR)).rejects.toThrow(Invalid)
    expect(far.clock.offsetMilliseconds).toBe(9 * YEAR)
    expect(await stored()).toBe(9 * YEAR)
  })
})
