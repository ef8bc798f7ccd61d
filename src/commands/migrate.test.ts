import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { expect, test, vi } from 'vitest'
import { migrationsDirectory } from '../open-deployment.ts'
import { migrateTo, migrationNames } from '../platform/database/migrate.ts'
import { commandLine } from './cli.fixture.ts'
import { serverDatabase } from './server-database.fixture.ts'

const { run, json } = commandLine()

vi.setConfig({ testTimeout: 60_000 })

async function older(): Promise<{ readonly DATABASE_URL: string }> {
  const { url } = await serverDatabase()
  const kysely = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }),
  })
  await kysely.transaction().execute((tx) => migrateTo(tx, migrationsDirectory, '0002-change-feed'))
  await kysely.destroy()
  return { DATABASE_URL: url }
}

test('migrate says what it ran, and then that nothing is left to run', async () => {
  const { url } = await serverDatabase()
  const names = await migrationNames(migrationsDirectory)
  expect(await json(['migrate'], { DATABASE_URL: url })).toEqual({ migrations: names })
  expect(await json(['migrate'], { DATABASE_URL: url })).toEqual({ migrations: [] })
})

test('an everyday command does not migrate a database that others use; migrate does', async () => {
  const settings = await older()
  const refused = await run(['tenant', 'list'], settings)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/waits for \d+ migration\(s\) of this version.*xenia migrate\n$/)
  expect(await run(['doctor'], settings)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/FAILED +migrations .*0003-.*\n.*→ Make a backup, then run: xenia migrate/),
  })
  await json(['migrate'], settings)
  expect(await json(['tenant', 'list'], settings)).toEqual({ tenants: [] })
})

test('a database that was migrated by a newer program is refused by every command', async () => {
  const database = await serverDatabase()
  const settings = { DATABASE_URL: database.url }
  await json(['migrate'], settings)
  await database.query("insert into schema_migrations (name, timestamp) values ('9999-tomorrow', 'x')")
  for (const words of [['tenant', 'list'], ['serve'], ['migrate']]) {
    const { code, stderr } = await run(words, settings)
    expect({ words, code, stderr }).toMatchObject({
      words,
      code: 1,
      stderr: expect.stringContaining('9999-tomorrow'),
    })
  }
  expect(await run(['doctor'], settings)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('a newer Xenia ran 9999-tomorrow'),
  })
})

test('an empty database is nobody’s yet: the first command makes it', async () => {
  const { url } = await serverDatabase()
  const settings = { DATABASE_URL: url }
  expect(await run(['backup', 'file'], settings)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing'),
  })
  expect(await json(['tenant', 'list'], settings)).toEqual({ tenants: [] })
})
