import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { takeOwnership } from './ownership.ts'
import { processScope } from './processes.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xenia-test-'))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

const take = (isServing = false) => takeOwnership(directory, async () => isServing)

describe('the ownership of a data directory', () => {
  test('is held by one at a time, and can be taken again after its release', async () => {
    const first = await take()
    await expect(take()).rejects.toMatchObject({ failure: 'inUse' })
    first.release()
    const second = await take()
    await expect(take()).rejects.toMatchObject({ failure: 'inUse' })
    second.release()
  })

  test('goes to exactly one of many that find a dead owner, and never to a second', async () => {
    writeFileSync(join(directory, 'owner-7'), `${process.pid}\nanother start\n${processScope()}\nheld\n`)
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => take()))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    await expect(take()).rejects.toMatchObject({ failure: 'inUse' })
  })

  test('of another container is respected while its server answers', async () => {
    writeFileSync(join(directory, 'owner-1'), '1\nmark\nelsewhere pid:[1]\nheld\n')
    await expect(take(true)).rejects.toThrow(/process 1 on elsewhere/)
    await take(false)
  })

  test('is not lost to a file that a power failure tore', async () => {
    writeFileSync(join(directory, 'owner-3'), '')
    await take()
  })

  test('leaves one file, however often it changes hands', async () => {
    for (let times = 0; times < 5; times += 1) (await take()).release()
    expect(readdirSync(directory)).toEqual(['owner-5'])
  })
})
