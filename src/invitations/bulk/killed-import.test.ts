import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { createJobRunner } from '../../platform/jobs/index.ts'
import { file, url } from '../csv.fixture.ts'
import { testWorld } from '../world.fixture.ts'
import { bulkJob } from './job.ts'
import { submitBulk } from './service.ts'
import * as store from './store.ts'

const { connection, database } = ownDatabase()
const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

/** What `bin/xenia.ts` does first: mails are written in .tsx, which Node does not compile itself. */
const PAGES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  import { compileTsx } from '${new URL('../../../bin/tsx.ts', import.meta.url).href}'
  registerHooks({ load: compileTsx })
`)}`

const ROWS = 1_000
const ENOUGH_TO_BE_IN_THE_MIDDLE = 150

test('kill -9 in the middle of a thousand rows: afterwards every row was done exactly once', async () => {
  const world = testWorld({ database })
  const contoso = await world.organization()
  const job = bulkJob(world.dependencies)
  const rows = Array.from({ length: ROWS }, (_, n) => `guest${n}@fabrikam.example,${url},true,`)
  const submitter = { kind: 'user', userId: contoso.admin.id, mayWriteUsers: true } as const
  const bulk = await submitBulk(world.dependencies, job, contoso.ctx, submitter, {
    csv: Buffer.from(file(...rows)),
    fileName: 'partners.csv',
  })
  const counts = () => contoso.ctx.db.transaction((tx) => store.countRows(tx, bulk.id))

  const program = fileURLToPath(new URL('killed-import.fixture.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', PAGES, program, JSON.stringify(connection)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanups.push(() => child.kill('SIGKILL'))
  let dots = 0
  for await (const chunk of child.stdout) {
    dots += String(chunk).length
    if (dots >= ENOUGH_TO_BE_IN_THE_MIDDLE) break
  }
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  const atDeath = await counts()
  expect(atDeath.invited).toBeGreaterThan(0)
  expect(atDeath.waiting).toBeGreaterThan(0)
  expect(atDeath.failed).toBe(0)

  const runner = createJobRunner({
    deployment: world.deployment,
    connection,
    jobs: [job],
    pollSeconds: 0.1,
    heartbeatSeconds: 0.1,
    deadAfterSeconds: 1,
  })
  cleanups.push(() => runner.stop(1))
  await runner.start()
  await vi.waitFor(
    async () => {
      const found = await contoso.ctx.db.transaction((tx) => store.findBulk(tx, bulk.id))
      expect(found?.finishedAt).not.toBeNull()
    },
    { timeout: 60_000, interval: 100 },
  )
  expect(await counts()).toEqual({ waiting: 0, invited: ROWS, alreadyAccepted: 0, failed: 0 })
  // One guest, one invitation, one ticket and one mail for each row: nothing twice, nothing lost.
  expect(await contoso.count('users')).toBe(ROWS + 1)
  expect(await contoso.count('invitations')).toBe(ROWS)
  expect(await contoso.count('invitation_tickets')).toBe(ROWS)
  expect(await contoso.count('outbox_messages')).toBe(ROWS)
  const audits = (await contoso.audits()).map(({ activity }) => activity)
  expect(audits.filter((activity) => activity === 'Invite external user')).toHaveLength(ROWS)
  expect(audits.filter((activity) => activity.startsWith('Bulk'))).toHaveLength(1)
}, 90_000)
