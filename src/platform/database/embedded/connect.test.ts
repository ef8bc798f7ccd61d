import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedPostgres } from './connect.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'

let directory: string
let owner: EmbeddedPostgres

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'xenia-test-'))
  chmodSync(directory, 0o755)
  owner = await startEmbeddedPostgres({ dataDirectory: join(directory, 'data'), settings: { fsync: 'off' } })
})

afterAll(async () => {
  await owner.stop()
  rmSync(directory, { recursive: true, force: true })
})

test('a second program works beside the owner, and the owner’s end is not delayed by it', async () => {
  const connection = await connectEmbeddedPostgres(join(directory, 'data'))
  expect(connection).toEqual(owner.connection)
  const client = new Client(connection)
  client.on('error', () => {})
  await client.connect()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])

  await owner.stop()
  await expect(client.query('select 1')).rejects.toThrow()
  expect(await connectEmbeddedPostgres(join(directory, 'data'))).toBeUndefined()
})

test('a directory in which nothing was ever started is left alone', async () => {
  expect(await connectEmbeddedPostgres(join(directory, 'nothing'))).toBeUndefined()
  expect(existsSync(join(directory, 'nothing'))).toBe(false)
})
