import { isIPv6 } from 'node:net'
import type { Context } from '../../platform/context.ts'
import type { Keyring } from '../../platform/crypto/keyring.ts'
import { Throttled } from '../../platform/errors.ts'
import { clearTries, countTry, forgiveTry, type ThrottleRule } from './store.ts'

/** LCK-1: ten tries, a minute, then twice as long after each further one; never for ever. */
export const PER_ACCOUNT: ThrottleRule = {
  allowed: 10,
  firstPauseSeconds: 60,
  longestPauseSeconds: 3_600,
  forgetAfterSeconds: 24 * 3_600,
}

/** Many people share one address behind a company's router. */
export const PER_ADDRESS: ThrottleRule = {
  allowed: 100,
  firstPauseSeconds: 60,
  longestPauseSeconds: 900,
  forgetAfterSeconds: 1_800,
}

/** Questions that tell a little without a proof: where an address signs in, whether a code is right. */
const PER_ADDRESS_QUESTIONS: ThrottleRule = {
  allowed: 300,
  firstPauseSeconds: 60,
  longestPauseSeconds: 900,
  forgetAfterSeconds: 1_800,
}

export interface Tried {
  readonly identifier: string
  /** A browser in which this account has signed in before has a counter of its own, which strangers cannot fill. */
  readonly familiarBrowser: string | null
  readonly ipAddress: string
}

export interface Throttle {
  /** Until when nothing may be tried; `null`: go ahead, the try is counted as failed until one of the others is called. */
  count(): Promise<Date | null>
  /** It was right. */
  succeeded(): Promise<void>
  /** It was not tried after all. */
  withdraw(): Promise<void>
}

/**
 * Guards one try. Counters are kept for whatever was typed, existing or not, so a pause tells nobody who exists;
 * they live in the database, so all nodes share them.
 */
export function throttleOf(ctx: Context, keyring: Keyring, tried: Tried): Throttle {
  const subjectOf = (...parts: readonly string[]): string =>
    keyring.hmac('sign-in-throttle', JSON.stringify([ctx.tenantId, ...parts]))
  const account = subjectOf('account', tried.identifier.toLowerCase(), tried.familiarBrowser ?? '')
  const address = subjectOf('address', networkOf(tried.ipAddress))
  // Always in this order: two tries at once would otherwise wait for each other.
  return {
    count: () =>
      ctx.db.transaction(async (tx) => {
        const now = ctx.clock.now()
        const paused = await countTry(tx, ctx.tenantId, address, PER_ADDRESS, now)
        return paused ?? countTry(tx, ctx.tenantId, account, PER_ACCOUNT, now)
      }),
    succeeded: () =>
      ctx.db.transaction(async (tx) => {
        await forgiveTry(tx, address, PER_ADDRESS)
        await clearTries(tx, account)
      }),
    withdraw: () =>
      ctx.db.transaction(async (tx) => {
        await forgiveTry(tx, address, PER_ADDRESS)
        await forgiveTry(tx, account, PER_ACCOUNT)
      }),
  }
}

/** Throws `Throttled` when too many such questions came from there. */
export async function countQuestion(ctx: Context, keyring: Keyring, ipAddress: string): Promise<void> {
  const subject = keyring.hmac(
    'sign-in-throttle',
    JSON.stringify([ctx.tenantId, 'questions', networkOf(ipAddress)]),
  )
  const now = ctx.clock.now()
  const until = await ctx.db.transaction((tx) =>
    countTry(tx, ctx.tenantId, subject, PER_ADDRESS_QUESTIONS, now),
  )
  if (until === null) return
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  throw new Throttled('Too many tries from this network.', seconds)
}

/** Whoever has one IPv6 address has the 2^64 beside it. */
export function networkOf(ipAddress: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(ipAddress)?.[1]
  if (mapped !== undefined || !isIPv6(ipAddress)) return mapped ?? ipAddress
  const [head = '', tail] = ipAddress.split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = (tail ?? '').split(':').filter((group) => group !== '')
  const groups =
    tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
