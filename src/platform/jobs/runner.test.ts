import { afterEach, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { testDatabase } from '../../../test/kit/database.ts'
import { testDeployment } from '../../../test/kit/deployment.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { type MovableClock, movableClock } from '../clock.ts'
import { randomIds } from '../ids.ts'
import {
  type Attempt,
  createJobRunner,
  defineJob,
  enqueue,
  type Job,
  type JobRunner,
  type JobRunnerOptions,
  listDeadLetters,
  type RecurringJob,
} from './index.ts'

// Job names of this file's own, so that these runners leave other tests' jobs alone.
const database = testDatabase()
const runners: JobRunner[] = []
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop(1))))

function runnerOf(clock: MovableClock, options: Partial<JobRunnerOptions>): JobRunner {
  const runner = createJobRunner({
    deployment: { ...testDeployment(database), clock },
    connection: inject('database'),
    jobs: [],
    pollSeconds: 1000,
    ...options,
  })
  runners.push(runner)
  return runner
}

const Payload = z.object({ text: z.string() })

const jobOf = (run: (attempt: Attempt<{ text: string }>) => Promise<void> | void): Job<typeof Payload> =>
  defineJob({
    name: `runner-test.${randomIds.guid()}`,
    schema: Payload,
    maxAttempts: 3,
    run: async (_ctx, attempt) => run(attempt),
  })

const leave = (tenant: TestTenant, job: Job<typeof Payload>, text: string, options = {}) =>
  tenant.db.transaction((tx) => enqueue(tx, tenant, job, { text }, options))

describe('a started runner', () => {
  test('takes a new job at once, since it is announced', async () => {
    const tenant = await makeTenant(database)
    const done = Promise.withResolvers<string>()
    const job = jobOf(({ payload }) => done.resolve(payload.text))
    await runnerOf(tenant.clock, { jobs: [job] }).start()
    await leave(tenant, job, 'now')
    expect(await done.promise).toBe('now')
  })

  test('finds a job that nothing announces, by polling alone', async () => {
    const tenant = await makeTenant(database)
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const job = jobOf(({ payload }) => (payload.text === 'first' ? first : second).resolve())
    await runnerOf(tenant.clock, { jobs: [job], pollSeconds: 0.2 }).start()
    await leave(tenant, job, 'first')
    await first.promise
    // A row beside the functions that notify.
    const envelope = {
      tenantId: tenant.tenantId,
      correlationId: tenant.correlationId,
      payload: { text: 'second' },
    }
    await database.pool.query(
      `insert into graphile_worker._private_jobs (task_id, payload)
       select id, $2 from graphile_worker._private_tasks where identifier = $1`,
      [job.name, JSON.stringify(envelope)],
    )
    await second.promise
  })

  test('runs what became due when the clock is moved', async () => {
    const tenant = await makeTenant(database)
    const seen: string[] = []
    const done = Promise.withResolvers<void>()
    const job = jobOf(({ payload }) => {
      seen.push(payload.text)
      if (payload.text === 'in 9 days') done.resolve()
    })
    const runner = runnerOf(tenant.clock, { jobs: [job], concurrency: 1 })
    await runner.start()
    const inDays = (days: number) => new Date(tenant.clock.now().getTime() + days * 86_400_000)
    await leave(tenant, job, 'in 9 days', { runAt: inDays(9) })
    await leave(tenant, job, 'in 11 days', { runAt: inDays(11) })
    tenant.clock.advance(10 * 86_400_000)
    runner.clockMoved()
    await done.promise
    await runner.stop()
    expect(seen).toEqual(['in 9 days'])
  })

  test('shares jobs with others so that each is run once', async () => {
    const tenant = await makeTenant(database)
    const seen: string[] = []
    const done = Promise.withResolvers<void>()
    const job = jobOf(({ payload }) => {
      if (seen.push(payload.text) === 200) done.resolve()
    })
    await Promise.all([1, 2].map(() => runnerOf(tenant.clock, { jobs: [job] }).start()))
    const texts = Array.from({ length: 200 }, (_, index) => String(index))
    await Promise.all(texts.map((text) => leave(tenant, job, text)))
    await done.promise
    await Promise.all(runners.splice(0).map((runner) => runner.stop()))
    expect(seen.toSorted()).toEqual(texts.toSorted())
  })
})

describe('stopping', () => {
  test('asks the running job to end, waits for it, and takes no other', async () => {
    const tenant = await makeTenant(database)
    const started = Promise.withResolvers<void>()
    const seen: string[] = []
    const job = jobOf(async ({ payload, signal }) => {
      seen.push(payload.text)
      started.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      seen.push('ended')
    })
    const runner = runnerOf(tenant.clock, { jobs: [job], concurrency: 1 })
    await runner.start()
    await leave(tenant, job, 'one')
    await leave(tenant, job, 'two')
    await started.promise
    await runner.stop()
    expect(seen).toEqual(['one', 'ended'])
    expect(await stateOf(tenant)).toEqual([{ text: 'two', attempts: 0, locked: false }])
  })

  test('does not count a try that it interrupted', async () => {
    const tenant = await makeTenant(database)
    const started = Promise.withResolvers<void>()
    const job = jobOf(async ({ signal }) => {
      started.resolve()
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    const runner = runnerOf(tenant.clock, { jobs: [{ ...job, maxAttempts: 1 }] })
    await runner.start()
    await leave(tenant, { ...job, maxAttempts: 1 }, 'one')
    await started.promise
    await runner.stop()
    expect(await stateOf(tenant)).toEqual([{ text: 'one', attempts: 0, locked: false }])
    expect(await listDeadLetters(database, tenant)).toEqual([])
  })

  test('gives back a job that does not end in time', async () => {
    const tenant = await makeTenant(database)
    const started = Promise.withResolvers<void>()
    const job = jobOf(async () => {
      started.resolve()
      await new Promise(() => {})
    })
    const runner = runnerOf(tenant.clock, { jobs: [job] })
    await runner.start()
    await leave(tenant, job, 'one')
    await started.promise
    await runner.stop(0.01)
    expect(await stateOf(tenant)).toEqual([{ text: 'one', attempts: 1, locked: false }])
  })
})

describe('a recurring job', () => {
  const recurringOf = (run: () => Promise<void> | void): RecurringJob => ({
    name: `runner-test.recurring.${randomIds.guid()}`,
    everySeconds: 60,
    run: async () => run(),
  })
  /** Its own queue only: `runPending` without a tenant takes everything that the runner knows. */
  const runnersOf = (clock: MovableClock, job: RecurringJob) =>
    [1, 2].map(() => runnerOf(clock, { recurring: [job] }))

  test('runs once per turn, however many nodes look', async () => {
    const clock = movableClock()
    let runs = 0
    const nodes = runnersOf(
      clock,
      recurringOf(() => void runs++),
    )
    const look = () => Promise.all(nodes.map((node) => node.runPending()))
    await look()
    await look()
    expect(runs).toBe(1)
    clock.advance(59_000)
    await look()
    expect(runs).toBe(1)
    clock.advance(1_000)
    await look()
    expect(runs).toBe(2)
    clock.advance(600_000)
    await look()
    expect(runs).toBe(3)
  })

  test('never runs beside itself', async () => {
    const clock = movableClock()
    const [started, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let runs = 0
    const [one, two] = runnersOf(
      clock,
      recurringOf(() => {
        runs++
        started.resolve()
        return finish.promise
      }),
    )
    const first = one?.runPending()
    await started.promise
    clock.advance(61_000)
    await two?.runPending()
    expect(runs).toBe(1)
    finish.resolve()
    await first
    await two?.runPending()
    expect(runs).toBe(2)
  })

  test('that fails leaves one dead letter, which its next turn removes', async () => {
    const clock = movableClock()
    const job = recurringOf(() => {
      throw new Error('no luck')
    })
    const [node] = runnersOf(clock, job)
    const dead = async () => (await listDeadLetters(database, { name: job.name })).length
    for (let turn = 0; turn < 12; turn++) {
      await node?.runPending()
      clock.advance(300_000)
    }
    expect(await dead()).toBeLessThanOrEqual(1)
    let deadSeen = false
    for (let turn = 0; turn < 12 && !deadSeen; turn++) {
      await node?.runPending()
      clock.advance(30_000)
      deadSeen = (await dead()) === 1
    }
    expect(deadSeen).toBe(true)
  })

  test('starts again after the clock was set back', async () => {
    const later = movableClock()
    later.advance(365 * 86_400_000)
    let runs = 0
    const job = recurringOf(() => void runs++)
    await runnerOf(later, { recurring: [job] }).runPending()
    await runnerOf(movableClock(), { recurring: [job] }).runPending()
    expect(runs).toBe(2)
  })
})

async function stateOf(tenant: TestTenant) {
  const { rows } = await database.pool.query(
    `select payload->'payload'->>'text' as text, attempts, locked_at is not null as locked
       from graphile_worker._private_jobs where payload->>'tenantId' = $1 order by id`,
    [tenant.tenantId],
  )
  return rows
}
