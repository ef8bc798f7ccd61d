import { parseOptions } from '@node-rs/argon2'
import { describe, expect, test } from 'vitest'
import { Unavailable } from './errors.ts'
import { createPasswordHasher, judgePassword } from './passwords.ts'

describe('hashing', () => {
  const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })

  test('the right password verifies, any other does not, and the same one hashes differently each time', async () => {
    const stored = await hasher.hash('tr0ub4dor&3')
    expect(await hasher.verify(stored, 'tr0ub4dor&3')).toBe(true)
    expect(await hasher.verify(stored, 'tr0ub4dor&4')).toBe(false)
    expect(await hasher.verify(stored, '')).toBe(false)
    expect(await hasher.hash('tr0ub4dor&3')).not.toBe(stored)
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  test('one letter spelled in two ways of Unicode is one letter', async () => {
    const stored = await hasher.hash('Schl\u00fcssel-dienst')
    expect(await hasher.verify(stored, 'Schlu\u0308ssel-dienst')).toBe(true)
  })

  test('nobody is verified against nothing', async () => {
    expect(await hasher.verify(null, 'anything')).toBe(false)
    expect(await hasher.verify(null, '')).toBe(false)
    expect(await hasher.verifyDummy()).toBe(false)
  })

  test('a password longer than anyone may have is refused, whatever is stored', async () => {
    const stored = await hasher.hash('')
    expect(await hasher.verify(stored, 'x'.repeat(5000))).toBe(false)
  })

  test('what is stored but is no hash is a fault, and frees its place in the queue', async () => {
    const single = createPasswordHasher({ concurrency: 1, queueLimit: 0 })
    await expect(single.verify('plain', 'plain')).rejects.toThrow()
    await expect(single.verify('plain', 'plain')).rejects.not.toBeInstanceOf(Unavailable)
    expect(await single.verifyDummy()).toBe(false)
  })

  test('a hash of another cost or kind asks to be made again', async () => {
    expect(hasher.needsRehash(await hasher.hash('x'))).toBe(false)
    const tail = '$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    expect(hasher.needsRehash(`$argon2id$v=19$m=4096,t=2,p=1${tail}`)).toBe(true)
    expect(hasher.needsRehash(`$argon2i$v=19$m=19456,t=2,p=1${tail}`)).toBe(true)
    expect(hasher.needsRehash(`$argon2id$v=19$m=19456,t=2,p=1${tail}`)).toBe(false)
  })

  test('someone unknown costs exactly what someone known costs', async () => {
    const seen: string[] = []
    const engine = {
      hash: async () => '',
      verify: async (stored: string) => {
        seen.push(stored)
        return true
      },
    }
    const spying = createPasswordHasher({ concurrency: 1, queueLimit: 1, engine })
    expect(await spying.verify(null, 'guess')).toBe(false)
    expect(await spying.verifyDummy()).toBe(false)
    const usual = parseOptions(await hasher.hash('x'))
    expect(seen.map((stored) => parseOptions(stored))).toEqual([usual, usual])
  })
})

describe('the bounded queue', () => {
  function manual() {
    const release: (() => void)[] = []
    let most = 0
    const verify = () => {
      most = Math.max(most, release.length + 1)
      return new Promise<boolean>((resolve) => release.push(() => resolve(true)))
    }
    const finishOne = async () => {
      release.shift()?.()
      await new Promise(setImmediate)
    }
    return {
      engine: { hash: async () => '', verify },
      finishOne,
      running: () => release.length,
      most: () => most,
    }
  }

  test('runs so many at a time, lets so many wait in order, and refuses the next at once', async () => {
    const work = manual()
    const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 3, engine: work.engine })
    const order: number[] = []
    const calls = [0, 1, 2, 3, 4].map(async (call) => {
      await hasher.verify('stored', 'x')
      order.push(call)
    })
    expect(work.running()).toBe(2)
    expect(hasher.waiting()).toBe(3)

    const refused = await hasher.verify('stored', 'x').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Unavailable)
    expect(refused).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 2 })
    await expect(hasher.hash('x')).rejects.toBeInstanceOf(Unavailable)
    await expect(hasher.verifyDummy()).rejects.toBeInstanceOf(Unavailable)

    await work.finishOne()
    expect(hasher.waiting()).toBe(2)
    const late = hasher.verify('stored', 'x')
    while (work.running() > 0) await work.finishOne()
    await Promise.all([...calls, late])
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(work.most()).toBe(2)
    expect(hasher.waiting()).toBe(0)
  })
})

describe('strength', () => {
  test.each([
    ['short', 'Xk9#qL2', 'tooShort'],
    ['long', 'x'.repeat(257), 'tooLong'],
    ['the commonest', 'password', 'tooGuessable'],
    ['the commonest, dressed up', 'P@ssw0rd1', 'tooGuessable'],
    ['the commonest, backwards', 'drowssap', 'tooGuessable'],
    ['a season and year', 'Summer2026', 'tooGuessable'],
    ['digits in a row', '1234567890', 'tooGuessable'],
    ['one letter', 'aaaaaaaaaaaaaaaa', 'tooGuessable'],
    ['a repeated word', 'dragondragon', 'tooGuessable'],
    ['a walk over the keyboard', 'qwertyuiop', 'tooGuessable'],
  ])('PWD-1: %s is refused', (_, password, reason) => {
    expect(judgePassword(password).reasons).toContain(reason)
  })

  test('PWD-1: a good one has no reason against it, and length alone can make it good', () => {
    for (const password of [
      'vQ7#mLx2pR',
      'ladder mist copper violin',
      'Пароль-для-гостей-47',
      '🦊🪁🧭🪴🧊🥁🪵🧶',
    ]) {
      expect(judgePassword(password)).toMatchObject({ reasons: [] })
    }
    const long = `${'ladder mist copper violin '.repeat(9)}end of it`
    expect(judgePassword(long).reasons).toEqual([])
  })

  test('PWD-1: length counts characters, so 8 emoji are 8 and 256 of any kind are allowed', () => {
    expect(judgePassword('🦊🪁🧭🪴🧊🥁🪵').reasons).toContain('tooShort')
    const longest = Array.from({ length: 256 }, (_, index) => String.fromCodePoint(0x4e00 + index * 7)).join(
      '',
    )
    expect(judgePassword(longest).reasons).toEqual([])
    expect(judgePassword(`${longest}x`).reasons).toEqual(['tooLong'])
  })

  test.each([
    ['maria.santos@fabrikam.example', 'Maria-9xk#Lw2z'],
    ['maria.santos@fabrikam.example', 'go-FABRIKAM-9xkLw2z!'],
    ['Zoë Straßer', 'straßer-9xk#Lw2z'],
  ])('PWD-1: words of %s may not stand in it', (input, password) => {
    expect(judgePassword(password).reasons).toEqual([])
    expect(judgePassword(password, [input]).reasons).toEqual(['containsUserInput'])
  })

  test('PWD-1: short words of a name are no reason', () => {
    expect(judgePassword('vQ7#mLx2pR', ['Li Q7', '', 'mLx']).reasons).toEqual([])
  })
})
