import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { testDeployment } from '../../../test/kit/deployment.ts'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import { systemClock } from '../clock.ts'
import { silentLogger } from '../telemetry/log.ts'
import { countJobs } from './counts.ts'
import {
  createJobRunner,
  defineJob,
  enqueue,
  type Job,
  type JobRunner,
  type JobRunnerOptions,
} from './index.ts'
import { deadWorkers } from './queue.ts'

const { connection, database } = ownDatabase()
const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

function runnerOf(job: Job, options: Partial<JobRunnerOptions> = {}): JobRunner {
  const runner = createJobRunner({
    deployment: testDeployment(database),
    connection,
    jobs: [job],
    pollSeconds: 0.1,
    ...options,
  })
  cleanups.push(() => runner.stop(1))
  return runner
}

test('a job whose program is killed in the middle is run again by another node', async () => {
  const tenant = await makeTenant(database)
  const second = Promise.withResolvers<number>()
  const endless = defineJob({
    name: 'jobs-test.endless',
    schema: z.object({}),
    maxAttempts: 5,
    run: async (_ctx, attempt) => second.resolve(attempt.number),
  })
  const program = fileURLToPath(new URL('killed-node.fixture.ts', import.meta.url))
  const child = spawn(process.execPath, [program, JSON.stringify(connection)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanups.push(() => child.kill('SIGKILL'))
  await tenant.db.transaction((tx) => enqueue(tx, tenant, endless, {}))
  const [said] = await once(child.stdout, 'data')
  expect(String(said)).toBe('taken, try 1\n')
  expect(await countJobs(database.pool, systemClock.now())).toEqual({
    ready: 0,
    scheduled: 0,
    running: 1,
    dead: 0,
  })

  child.kill('SIGKILL')
  await once(child, 'exit')
  await runnerOf(endless, { heartbeatSeconds: 0.1, deadAfterSeconds: 1 }).start()
  expect(await second.promise).toBe(2)
})

test('a node that gives signs of life keeps its long job, a silent one does not', async () => {
  const tenant = await makeTenant(database)
  const started = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const long = defineJob({
    name: 'jobs-test.long',
    schema: z.object({}),
    maxAttempts: 5,
    async run() {
      started.resolve()
      await finish.promise
    },
  })
  await runnerOf(long, { heartbeatSeconds: 1000 }).start()
  await tenant.db.transaction((tx) => enqueue(tx, tenant, long, {}))
  await started.promise
  const anHourPasses = (table: string, column: string) =>
    database.pool.query(`update ${table} set ${column} = ${column} - interval '1 hour'`)

  await anHourPasses('graphile_worker._private_jobs', 'locked_at')
  expect(await deadWorkers(database.pool, 40)).toEqual([])
  await anHourPasses('job_nodes', 'seen_at')
  expect(await deadWorkers(database.pool, 40)).toEqual([expect.stringMatching(/^node-/)])
  finish.resolve()
})

test('a runner survives the loss of all its connections', async () => {
  const tenant = await makeTenant(database)
  const [lost, announced] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const job = defineJob({
    name: 'jobs-test.loss',
    schema: z.object({ last: z.boolean() }),
    maxAttempts: 5,
    async run(_ctx, { payload }) {
      if (payload.last) return announced.resolve()
      await database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'xenia-jobs'`,
      )
      lost.resolve()
    },
  })
  await runnerOf(job).start()
  await tenant.db.transaction((tx) => enqueue(tx, tenant, job, { last: false }))
  await lost.promise
  await tenant.db.transaction((tx) => enqueue(tx, tenant, job, { last: true }))
  await announced.promise
})

test('a result that cannot be written waits, and the job is not run again', async () => {
  const tenant = await makeTenant(database)
  const refused = Promise.withResolvers<void>()
  const log = { ...silentLogger, error: () => refused.resolve() }
  let runs = 0
  const job = defineJob({
    name: 'jobs-test.unwritten',
    schema: z.object({}),
    maxAttempts: 5,
    async run() {
      runs++
      await database.pool.query(REFUSE_RESULTS)
    },
  })
  const runner = runnerOf(job, {
    deployment: { ...testDeployment(database), log: { ...log, child: () => log } },
  })
  await runner.start()
  await tenant.db.transaction((tx) => enqueue(tx, tenant, job, {}))
  await refused.promise
  await database.pool.query('drop trigger refuse on graphile_worker._private_jobs')
  await runner.stop()
  expect(runs).toBe(1)
})

const REFUSE_RESULTS = `
  create function refuse() returns trigger language plpgsql as $$ begin raise 'disk full'; end $$;
  create trigger refuse before delete on graphile_worker._private_jobs execute function refuse();`
