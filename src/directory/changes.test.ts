import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { testDatabase } from '../../test/kit/database.ts'
import { makeTenant, type TestTenant } from '../../test/kit/tenant.ts'
import { recordAudit } from '../audit/index.ts'
import { announce, type FeedEntry, latestPosition, readChanges } from './changes.ts'

const database = testDatabase()

const read = (ctx: TestTenant, after = 0, limit = 10_000): Promise<readonly FeedEntry[]> =>
  ctx.db.transaction((tx) => readChanges(tx, after, limit))

/** Follows the feed as its readers do: from where it stopped, until `last` entries were seen. */
async function follow(ctx: TestTenant, last: number): Promise<readonly FeedEntry[]> {
  const seen: FeedEntry[] = []
  while (seen.length < last) {
    // Small pages make the reader overlap with writers as often as it can.
    seen.push(...(await read(ctx, seen.at(-1)?.position ?? 0, 7)))
  }
  return seen
}

test('a reader that follows the feed beside many writers sees every entry once, in order, without a gap', async () => {
  const ctx = await makeTenant(database)
  const writers = 24
  const each = 20
  const written: string[] = []
  const write = async (writer: number) => {
    for (let round = 0; round < each; round++) {
      const ids = [`${writer}/${round}/a`, `${writer}/${round}/b`]
      await ctx.db.transaction(async (tx) => {
        announce(ctx, tx, { objectType: 'user', objectId: `${writer}/${round}/a`, change: 'created' })
        // The transaction stays open for a varying while after it announced, so commits overtake one another.
        for (let at = 0; at < (writer + round) % 4; at++) await sql`select pg_sleep(0)`.execute(tx)
        announce(ctx, tx, { objectType: 'user', objectId: `${writer}/${round}/b`, change: 'updated' })
      })
      written.push(...ids)
    }
  }
  const total = writers * each * 2
  const [seen, secondReader] = await Promise.all([
    follow(ctx, total),
    follow(ctx, total),
    ...Array.from({ length: writers }, (_, writer) => write(writer)),
  ])

  expect(seen.map((entry) => entry.position)).toEqual(Array.from({ length: total }, (_, at) => at + 1))
  expect(seen.map((entry) => entry.objectId).toSorted()).toEqual(written.toSorted())
  expect(secondReader).toEqual(seen)
  // Entries of one transaction stand together and in the order in which they were announced.
  for (let at = 0; at < total; at += 2) {
    expect(seen[at + 1]?.objectId).toBe(seen[at]?.objectId.replace('/a', '/b'))
  }
  expect(await ctx.db.transaction(latestPosition)).toBe(total)
})

test('a transaction that began first and commits last comes last, and was not skipped', async () => {
  const ctx = await makeTenant(database)
  const begun = Promise.withResolvers<void>()
  const mayCommit = Promise.withResolvers<void>()
  const slow = ctx.db.transaction(async (tx) => {
    announce(ctx, tx, { objectType: 'user', objectId: 'slow', change: 'created' })
    await sql`select 1`.execute(tx)
    begun.resolve()
    await mayCommit.promise
  })
  await begun.promise
  await ctx.db.transaction(async (tx) =>
    announce(ctx, tx, { objectType: 'user', objectId: 'fast', change: 'created' }),
  )
  const early = await read(ctx)
  expect(early.map((entry) => entry.objectId)).toEqual(['fast'])
  mayCommit.resolve()
  await slow
  expect((await read(ctx, early.at(-1)?.position)).map((entry) => entry.objectId)).toEqual(['slow'])
})

test('a transaction that rolls back leaves neither entry nor gap', async () => {
  const ctx = await makeTenant(database)
  const add = (objectId: string, fail: boolean) =>
    ctx.db.transaction(async (tx) => {
      announce(ctx, tx, { objectType: 'group', objectId, change: 'created' })
      await sql`select 1`.execute(tx)
      if (fail) throw new Error('changed my mind')
    })
  await add('one', false)
  await expect(add('never', true)).rejects.toThrow('changed my mind')
  await add('two', false)
  expect((await read(ctx)).map(({ position, objectId }) => [position, objectId])).toEqual([
    [1, 'one'],
    [2, 'two'],
  ])
})

test('a write, its feed entry and its audit record are one transaction: a failure of any undoes all', async () => {
  const ctx = await makeTenant(database)
  const counts = () =>
    ctx.db.transaction(async (tx) => {
      const { rows } = await sql<{ organizations: number; changes: number; audits: number }>`
        select (select count(*) from organizations) as organizations, (select count(*) from changes) as changes,
               (select count(*) from directory_audits) as audits`.execute(tx)
      return rows[0]
    })
  const write = (detail: string) =>
    ctx.db.transaction(async (tx) => {
      await sql`insert into organizations (tenant_id) values (${ctx.tenantId})`.execute(tx)
      await recordAudit(ctx, tx, {
        activity: 'Update company',
        category: 'DirectoryManagement',
        operationType: 'Update',
        targets: [],
      })
      announce(ctx, tx, { objectType: 'organization', objectId: detail, change: 'updated' })
    })
  // A NUL cannot be stored as text, so the feed entry fails: after the write and the audit record, just before commit.
  await expect(write('\u0000')).rejects.toThrow()
  expect(await counts()).toEqual({ organizations: 0, changes: 0, audits: 0 })
  await write(ctx.tenantId)
  expect(await counts()).toEqual({ organizations: 1, changes: 1, audits: 1 })
  // The reverse: the write fails (same key), so no entry appears.
  await expect(write(ctx.tenantId)).rejects.toThrow('duplicate key')
  expect(await counts()).toEqual({ organizations: 1, changes: 1, audits: 1 })
})

test('a tenant follows its own feed only, which counts by itself', async () => {
  const [one, two] = [await makeTenant(database), await makeTenant(database)]
  for (const ctx of [one, two, two]) {
    await ctx.db.transaction(async (tx) =>
      announce(ctx, tx, { objectType: 'user', objectId: ctx.tenantId, change: 'created' }),
    )
  }
  expect((await read(one)).map(({ position, objectId }) => [position, objectId])).toEqual([[1, one.tenantId]])
  expect((await read(two)).map(({ position }) => position)).toEqual([1, 2])
})
