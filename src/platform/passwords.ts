import { randomBytes } from 'node:crypto'
import { hash as argonHash, verify as argonVerify, parseOptions } from '@node-rs/argon2'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { Unavailable } from './errors.ts'

export interface PasswordHasherOptions {
  /** Hashes at a time. Each takes a libuv thread (four by default, shared with signing and DNS) and 19 MiB. */
  readonly concurrency: number
  /** How many may wait. Above that everyone is told to come back, rather than all waiting for minutes. */
  readonly queueLimit: number
  /** For tests. */
  readonly engine?: ArgonEngine
}

export interface ArgonEngine {
  hash(password: string, cost: typeof COST): Promise<string>
  verify(stored: string, password: string): Promise<boolean>
}

/** Every call but `needsRehash` throws `Unavailable` at once when the queue is full. */
export interface PasswordHasher {
  /** A PHC string for the database. */
  hash(password: string): Promise<string>
  /**
   * `null` for someone who does not exist or has no password: spends the same work and says no, so that nobody
   * learns by the time it takes who exists. Throws when what was stored is no argon2 hash.
   */
  verify(stored: string | null, password: string): Promise<boolean>
  /** `verify` with nothing stored; call it wherever the way ends before a password was compared. */
  verifyDummy(): Promise<false>
  /** True when it was made at another cost: hash again after the next successful sign-in. */
  needsRehash(stored: string): boolean
  /** How many calls wait now; for metrics. */
  waiting(): number
}

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }

/** PWD-1. Counted in characters as people see them, not in UTF-16 units. */
export const SHORTEST_PASSWORD = 8
export const LONGEST_PASSWORD = 256

export function createPasswordHasher(options: PasswordHasherOptions): PasswordHasher {
  const engine: ArgonEngine = options.engine ?? { hash: argonHash, verify: argonVerify }
  const queue = boundedQueue(options.concurrency, options.queueLimit)
  const dummy = dummyHash()
  const usual = parseOptions(dummy)

  const verify = async (stored: string | null, password: string): Promise<boolean> => {
    // Nobody has a longer one (`judgePassword`), so nobody's time is spent on normalising and hashing it.
    const tooLong = password.length > 4 * LONGEST_PASSWORD
    const matches = await queue(() =>
      engine.verify(stored ?? dummy, tooLong ? '' : password.normalize('NFKC')),
    )
    return matches && stored !== null && !tooLong
  }

  return {
    // NFKC: an `ü` typed on one keyboard must be the `ü` of another (NIST SP 800-63B §5.1.1.2).
    hash: (password) => queue(() => engine.hash(password.normalize('NFKC'), COST)),
    verify,
    verifyDummy: async () => {
      await verify(null, 'x')
      return false
    },
    needsRehash(stored) {
      const found = parseOptions(stored)
      const properties = [
        'algorithm',
        'version',
        'memoryCost',
        'timeCost',
        'parallelism',
        'outputLen',
      ] as const
      return properties.some((property) => found[property] !== usual[property])
    },
    waiting: queue.waiting,
  }
}

/** A hash of no password, at the usual cost. It is only written, not computed, so the first use is not slower. */
function dummyHash(): string {
  const { memoryCost, timeCost, parallelism, outputLen } = COST
  const encode = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  const cost = `m=${memoryCost},t=${timeCost},p=${parallelism}`
  return `$argon2id$v=19$${cost}$${encode(randomBytes(16))}$${encode(randomBytes(outputLen))}`
}

interface BoundedQueue {
  <T>(work: () => Promise<T>): Promise<T>
  waiting(): number
}

function boundedQueue(concurrency: number, queueLimit: number): BoundedQueue {
  const waiters: (() => void)[] = []
  let running = 0

  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < concurrency) running += 1
    else if (waiters.length < queueLimit) await new Promise<void>((resolve) => waiters.push(resolve))
    else throw new Unavailable('Too many sign-ins at this moment. Try again in a few seconds.', 2)
    try {
      return await work()
    } finally {
      // The place goes straight to the next in line, so nobody can slip in between.
      const next = waiters.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
  return Object.assign(run, { waiting: () => waiters.length })
}

export type PasswordWeakness = 'tooShort' | 'tooLong' | 'containsUserInput' | 'tooGuessable'

export interface PasswordJudgement {
  /** zxcvbn's: 0 falls at once, 4 holds. */
  readonly score: 0 | 1 | 2 | 3 | 4
  /** Empty when the password may be used. */
  readonly reasons: readonly PasswordWeakness[]
}

const LOWEST_SCORE = 2
// Longer is stronger anyway, and the estimator blocks the event loop for time that grows with the square.
const LONGEST_ESTIMATED = 64
const estimator = new ZxcvbnFactory({
  dictionary,
  graphs: adjacencyGraphs,
  maxLength: LONGEST_ESTIMATED,
})

/**
 * PWD-1: may this password be set? `userInputs` are what an attacker tries first: names, address, user name, the
 * organisation's name. Their words of four letters and more may not stand in it, in any case.
 */
export function judgePassword(password: string, userInputs: readonly string[] = []): PasswordJudgement {
  const normal = password.normalize('NFKC')
  const length = [...normal].length
  if (length > LONGEST_PASSWORD) return { score: 0, reasons: ['tooLong'] }

  const words = userInputs.flatMap(wordsOf)
  const { score } = estimator.check(normal, words)
  const lower = normal.toLowerCase()
  const reasons: PasswordWeakness[] = []
  if (length < SHORTEST_PASSWORD) reasons.push('tooShort')
  if (words.some((word) => word.length >= 4 && lower.includes(word))) reasons.push('containsUserInput')
  if (score < LOWEST_SCORE) reasons.push('tooGuessable')
  return { score, reasons }
}

function wordsOf(text: string): string[] {
  const whole = text.normalize('NFKC').toLowerCase()
  return [whole, ...whole.split(/[^\p{L}\p{N}]+/u)].filter((word) => word !== '')
}
