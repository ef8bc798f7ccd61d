import { expect, test } from 'vitest'
import { remembered, shortMemory } from './remembered.ts'

test('a thing is known for five seconds from its setting, however often it is asked for', () => {
  const clock = { now: 0 }
  const memory = shortMemory<string>(() => clock.now)
  memory.set('a', 'one')
  clock.now = 4_999
  expect(memory.get('a')).toBe('one')
  clock.now = 5_000
  expect(memory.get('a')).toBeUndefined()
  memory.set('a', 'two')
  clock.now = 9_999
  expect(memory.get('a')).toBe('two')
})

test('a thing that will soon be forgotten says so, and no other does', () => {
  const clock = { now: 0 }
  const memory = shortMemory<string>(() => clock.now)
  memory.set('a', 'one')
  const said = [3_499, 3_500, 4_999, 5_000].map((now) => {
    clock.now = now
    return memory.endsSoon('a')
  })
  expect(said).toEqual([false, true, true, false])
  expect(memory.endsSoon('never set')).toBe(false)
})

test('of more than a thousand things the oldest are forgotten', () => {
  const memory = shortMemory<number>(() => 0)
  for (let at = 0; at < 1_001; at += 1) memory.set(String(at), at)
  memory.set('1', -1)
  memory.set('new', 1)
  expect(memory.get('0')).toBeUndefined()
  expect(memory.get('2')).toBeUndefined()
  expect(memory.get('1')).toBe(-1)
  expect(memory.get('3')).toBe(3)
})

test('what was not found, or could not be asked for, is asked for again', async () => {
  const answers: (object | null | Error)[] = [null, new Error('lost'), { id: 1 }]
  let asked = 0
  const look = remembered(async () => {
    const answer = answers[asked]
    asked += 1
    if (answer instanceof Error) throw answer
    return answer ?? null
  })
  expect(await look.find('a')).toBeNull()
  await expect(look.find('a')).rejects.toThrow('lost')
  expect(await look.find('a')).toEqual({ id: 1 })
  expect(await look.find('a')).toEqual({ id: 1 })
  expect(asked).toBe(3)
  await look.find('a', 'fresh')
  expect(asked).toBe(4)
})

test('a failure does not take away what was learnt after it', async () => {
  const failing = Promise.withResolvers<object | null>()
  const look = remembered(() => failing.promise)
  const first = look.find('a')
  look.learn('a', Promise.resolve({ id: 2 }))
  failing.reject(new Error('late'))
  await expect(first).rejects.toThrow('late')
  expect(await look.find('a')).toEqual({ id: 2 })
})
