import { sql } from 'kysely'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { testDatabase } from '../../../test/kit/database.ts'
import { testDeployment } from '../../../test/kit/deployment.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { movableClock } from '../clock.ts'
import type { Context } from '../context.ts'
import { randomIds } from '../ids.ts'
import { runAttempt } from './attempt.ts'
import {
  createJobRunner,
  defineJob,
  discardDeadLetter,
  enqueue,
  type JobRunner,
  listDeadLetters,
  PermanentFailure,
  retryDeadLetter,
} from './index.ts'
import { claim, releaseJobsOf, settle } from './queue.ts'

const database = testDatabase()
const runners: JobRunner[] = []
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop())))

interface Seen {
  readonly ctx: Context
  readonly subject: string
  readonly number: number
  readonly isLast: boolean
}

/** A job that notes each try, and a runner of it on the tenant's clock. */
function scene(tenant: TestTenant, behave: (seen: Seen) => void = () => {}, maxAttempts = 3) {
  const seen: Seen[] = []
  const job = defineJob({
    name: `jobs-test.${randomIds.guid()}`,
    schema: z.object({ subject: z.string() }),
    maxAttempts,
    async run(ctx, { payload, number, isLast }) {
      const note = { ctx, subject: payload.subject, number, isLast }
      seen.push(note)
      behave(note)
    },
  })
  const outcomes: string[] = []
  const runner = createJobRunner({
    deployment: { ...testDeployment(database), clock: tenant.clock },
    connection: inject('database'),
    jobs: [job],
    metrics: { countJob: (_name, outcome) => void outcomes.push(outcome) },
  })
  runners.push(runner)
  const leave = (subject: string, options = {}, by: TestTenant = tenant) =>
    by.db.transaction((tx) => enqueue(tx, by, job, { subject }, options))
  return { job, seen, runner, leave, outcomes }
}

const fail = (error: Error) => () => {
  throw error
}

const HOUR = 3_600_000

describe('a job', () => {
  test('runs once, in its tenant, with the correlation id of the request that left it', async () => {
    const tenant = await makeTenant(database)
    const { seen, runner, leave, outcomes } = scene(tenant)
    await leave('hello')
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 1, failed: 0 })
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 0 })
    expect(seen).toMatchObject([
      {
        subject: 'hello',
        number: 1,
        isLast: false,
        ctx: {
          tenantId: tenant.tenantId,
          correlationId: tenant.correlationId,
          actor: { kind: 'system', name: expect.stringContaining('jobs-test.') },
        },
      },
    ])
    expect(outcomes).toEqual(['done'])
  })

  test('does not exist when the transaction that leaves it is rolled back', async () => {
    const tenant = await makeTenant(database)
    const { job, runner } = scene(tenant)
    const work = tenant.db.transaction(async (tx) => {
      await enqueue(tx, tenant, job, { subject: 'never' })
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 0 })
  })

  test('is refused with a payload that it would not accept', async () => {
    const tenant = await makeTenant(database)
    const { job } = scene(tenant)
    // The cast stands for a caller that got its data past the compiler.
    const wrong = { subject: 42 } as unknown as { subject: string }
    await expect(tenant.db.transaction((tx) => enqueue(tx, tenant, job, wrong))).rejects.toThrow(z.ZodError)
  })

  test('waits for its time by the product’s clock, which in development runs ahead', async () => {
    const tenant = await makeTenant(database)
    const { seen, runner, leave } = scene(tenant)
    await leave('tomorrow', { runAt: new Date(tenant.clock.now().getTime() + 24 * HOUR) })
    tenant.clock.advance(23 * HOUR)
    await runner.runPending(tenant)
    expect(seen).toEqual([])
    tenant.clock.advance(HOUR)
    await runner.runPending(tenant)
    expect(seen).toHaveLength(1)
  })

  test('keeps its time and its pauses where a test’s clock stands years behind', async () => {
    const clock = movableClock({ now: () => new Date('2001-01-01T00:00:00Z') })
    const tenant = { ...(await makeTenant(database)), clock }
    const { seen, runner, leave } = scene(tenant, ({ number }) => {
      if (number === 1) throw new Error('once')
    })
    await leave('later', { runAt: new Date('2001-01-02T00:00:00Z') })
    await leave('now')
    await runner.runPending(tenant)
    expect(seen.map(({ subject }) => subject)).toEqual(['now'])
    clock.advance(3_000)
    await runner.runPending(tenant)
    expect(seen.map(({ subject }) => subject)).toEqual(['now', 'now'])
    clock.advance(24 * HOUR)
    await runner.runPending(tenant)
    expect(seen.at(-1)?.subject).toBe('later')
  })

  test('with a key replaces the one that waits, and never another tenant’s', async () => {
    const [tenant, other] = [await makeTenant(database), await makeTenant(database)]
    const { seen, runner, leave } = scene(tenant)
    await leave('first', { key: 'same' })
    await leave('theirs', { key: 'same' }, other)
    await leave('second', { key: 'same' })
    await runner.runPending(tenant)
    await runner.runPending(other)
    expect(seen.map(({ subject, ctx }) => [subject, ctx.tenantId])).toEqual([
      ['second', tenant.tenantId],
      ['theirs', other.tenantId],
    ])
  })
})

describe('a failing job', () => {
  test('is tried again after growing pauses of the product’s clock and becomes a dead letter', async () => {
    const tenant = await makeTenant(database)
    const { seen, runner, leave, outcomes } = scene(tenant, fail(new Error('no luck')))
    await leave('x')
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 1 })
    tenant.clock.advance(2_000)
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 0 })
    tenant.clock.advance(1_000)
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 1 })
    tenant.clock.advance(3_000)
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 0 })
    expect(await listDeadLetters(database, tenant)).toEqual([])
    tenant.clock.advance(5_000)
    await runner.runPending(tenant)
    tenant.clock.advance(1_000 * HOUR)
    await runner.runPending(tenant)

    expect(seen.map(({ number, isLast }) => [number, isLast])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ])
    expect(outcomes).toEqual(['retried', 'retried', 'dead'])
    expect(await listDeadLetters(database, tenant)).toMatchObject([
      { tenantId: tenant.tenantId, payload: { subject: 'x' }, attempts: 3, lastError: 'no luck' },
    ])
  })

  test('that says no try can help is a dead letter at once', async () => {
    const tenant = await makeTenant(database)
    const { seen, runner, leave } = scene(tenant, fail(new PermanentFailure('The address does not exist.')))
    await leave('x')
    await runner.runPending(tenant)
    tenant.clock.advance(HOUR)
    await runner.runPending(tenant)
    expect(seen).toHaveLength(1)
    expect(await listDeadLetters(database, tenant)).toHaveLength(1)
  })

  test('whose stored payload is no longer understood is a dead letter at once', async () => {
    const tenant = await makeTenant(database)
    const { job, seen, runner } = scene(tenant)
    const before = { ...job, schema: z.object({ address: z.string() }), run: async () => {} }
    await tenant.db.transaction((tx) => enqueue(tx, tenant, before, { address: 'old shape' }))
    await runner.runPending(tenant)
    expect(seen).toEqual([])
    expect(await listDeadLetters(database, tenant)).toMatchObject([
      { lastError: expect.stringContaining('subject') },
    ])
  })

  test('leaves no secret of its error in the database', async () => {
    const tenant = await makeTenant(database)
    const { runner, leave } = scene(tenant, fail(new Error('smtp://me:hunter2@host refused ?ticket=abc123')))
    await leave('x')
    await runner.runPending(tenant)
    const { rows } = await database.pool.query(
      `select last_error as error from graphile_worker._private_jobs where payload->>'tenantId' = $1`,
      [tenant.tenantId],
    )
    expect(rows).toEqual([{ error: expect.stringContaining('[redacted]') }])
    expect(JSON.stringify(rows)).not.toMatch(/hunter2|abc123/)
  })
})

test('a job that is taken while the program already ends is given back untouched', async () => {
  const tenant = await makeTenant(database)
  const { job, seen } = scene(tenant)
  const outcome = await runAttempt(
    {
      deployment: testDeployment(database),
      jobs: new Map([[job.name, job]]),
      recurring: new Map(),
      metrics: null,
    },
    { id: '1', name: job.name, payload: {}, attempts: 1, maxAttempts: 1 },
    AbortSignal.abort(),
  )
  expect(outcome).toMatchObject({ kind: 'failed', verdict: 'interrupted' })
  expect(seen).toEqual([])
})

test('a worker that was taken for dead cannot end the job that another has taken over', async () => {
  const tenant = await makeTenant(database)
  const { job, leave } = scene(tenant)
  await leave('x')
  const claimAs = (worker: string) =>
    claim(database.pool, {
      worker,
      names: [job.name],
      tenantId: tenant.tenantId,
      now: tenant.clock.now(),
    })
  const [silent, heir] = [randomIds.guid(), randomIds.guid()]
  const taken = await claimAs(silent)
  expect(await claimAs(heir)).toBeNull()
  await releaseJobsOf(database.pool, [silent])
  expect(await claimAs(heir)).toMatchObject({ id: taken?.id, attempts: 2 })

  const failed = { kind: 'failed', verdict: 'never', message: 'x', at: tenant.clock.now() } as const
  await settle(database.pool, silent, taken?.id ?? '', { kind: 'done' })
  await settle(database.pool, silent, taken?.id ?? '', failed)
  const { rows } = await database.pool.query(
    'select locked_by as worker, attempts from graphile_worker._private_jobs where id = $1',
    [taken?.id],
  )
  expect(rows).toEqual([{ worker: heir, attempts: 2 }])
})

describe('a dead letter', () => {
  const deadLetter = async (tenant: TestTenant) => {
    let broken = true
    const repair = () => {
      broken = false
    }
    const made = scene(tenant, () => {
      if (broken) throw new PermanentFailure('broken')
    })
    await made.leave('x')
    await made.runner.runPending(tenant)
    const [letter] = await listDeadLetters(database, tenant)
    if (letter === undefined) throw new Error('no dead letter')
    return { ...made, letter, repair }
  }

  test('runs again when it is retried, with all its tries', async () => {
    const tenant = await makeTenant(database)
    const { letter, seen, runner, repair } = await deadLetter(tenant)
    repair()
    expect(await retryDeadLetter(database, letter.id)).toBe(true)
    expect(await listDeadLetters(database, tenant)).toEqual([])
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 1, failed: 0 })
    expect(seen.map(({ number }) => number)).toEqual([1, 1])
    expect(await retryDeadLetter(database, letter.id)).toBe(false)
  })

  test('is gone when it is discarded', async () => {
    const tenant = await makeTenant(database)
    const { letter, runner } = await deadLetter(tenant)
    expect(await discardDeadLetter(database, letter.id)).toBe(true)
    expect(await discardDeadLetter(database, letter.id)).toBe(false)
    expect(await runner.runPending(tenant)).toEqual({ succeeded: 0, failed: 0 })
  })

  test.each(['', 'x', '-1', '99999999999999999999999999', '1; drop table tenants'])(
    'of the id %j does not exist, and asking is no error',
    async (id) => {
      expect(await retryDeadLetter(database, id)).toBe(false)
      expect(await discardDeadLetter(database, id)).toBe(false)
    },
  )

  test('is listed by tenant, job and page', async () => {
    const [tenant, other] = [await makeTenant(database), await makeTenant(database)]
    const { letter, leave, job, runner } = await deadLetter(tenant)
    await leave('second')
    await runner.runPending(tenant)
    await deadLetter(other)
    const idsOf = async (filter: object) => (await listDeadLetters(database, filter)).map(({ id }) => id)
    const [, second] = await idsOf({ tenantId: tenant.tenantId })
    expect(await idsOf({ name: job.name })).toEqual([letter.id, second])
    expect(await idsOf({ name: job.name, limit: 1 })).toEqual([letter.id])
    expect(await idsOf({ name: job.name, after: letter.id })).toEqual([second])
    expect(await idsOf({ tenantId: other.tenantId, name: job.name })).toEqual([])
  })
})

describe('the tenant role', () => {
  test('cannot name another tenant: the database takes it from the transaction', async () => {
    const [tenant, other] = [await makeTenant(database), await makeTenant(database)]
    const { job, seen, runner } = scene(tenant)
    const payload = { subject: 'x', tenantId: other.tenantId }
    await tenant.db.transaction((tx) => enqueue(tx, tenant, job, payload, { key: other.tenantId }))
    expect(await runner.runPending(other)).toEqual({ succeeded: 0, failed: 0 })
    await runner.runPending(tenant)
    expect(seen.map(({ ctx }) => ctx.tenantId)).toEqual([tenant.tenantId])
  })

  test('sees nothing of the queue and can take nothing out of it', async () => {
    const tenant = await makeTenant(database)
    for (const statement of [
      'select count(*) from graphile_worker._private_jobs',
      `select graphile_worker.add_job('x', '{}')`,
      'delete from graphile_worker._private_jobs',
      'select count(*) from job_nodes',
      'select count(*) from recurring_jobs',
    ]) {
      const attempt = tenant.db.transaction((tx) => sql.raw(statement).execute(tx))
      await expect(attempt, statement).rejects.toThrow(/permission denied/)
    }
  })

  test('is the only one that may leave a job: the platform role has no tenant', async () => {
    const { job } = scene(await makeTenant(database))
    const attempt = database.platform.transaction((tx) =>
      enqueue(tx, { correlationId: randomIds.guid() }, job, { subject: 'x' }),
    )
    await expect(attempt).rejects.toThrow(/permission denied/)
  })
})
