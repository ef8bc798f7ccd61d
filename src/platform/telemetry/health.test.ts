import { expect, test } from 'vitest'
import type { HealthCheck } from './health.ts'
import { liveness, readiness } from './health.ts'

const well: HealthCheck = { name: 'mail', timeoutMilliseconds: 60_000, run: async () => {} }
const ignore = () => {}

test('ready when every check is, in the order of the list', async () => {
  const health = await readiness([{ ...well, name: 'database' }, well], ignore)
  expect(health).toEqual({
    status: 'up',
    checks: [
      { name: 'database', status: 'up' },
      { name: 'mail', status: 'up' },
    ],
  })
})

test('one failed check makes the whole down; its details go to the log and not into the answer', async () => {
  const failures: unknown[] = []
  const error = new Error('connect 10.0.0.5:5432 refused')
  const broken: HealthCheck[] = [
    { name: 'database', timeoutMilliseconds: 60_000, run: () => Promise.reject(error) },
    {
      name: 'jobs',
      timeoutMilliseconds: 60_000,
      run: () => {
        throw error
      },
    },
  ]
  const health = await readiness([...broken, well], (name, cause) => failures.push([name, cause]))
  expect(health.status).toBe('down')
  expect(health.checks).toEqual([
    { name: 'database', status: 'down', reason: 'failed' },
    { name: 'jobs', status: 'down', reason: 'failed' },
    { name: 'mail', status: 'up' },
  ])
  expect(failures).toHaveLength(2)
  expect(failures).toEqual(
    expect.arrayContaining([
      ['database', error],
      ['jobs', error],
    ]),
  )
  expect(JSON.stringify(health)).not.toContain('10.0.0.5')
})

test('a check that never answers is given up and told so', async () => {
  let told: AbortSignal | undefined
  const stuck: HealthCheck = {
    name: 'database',
    timeoutMilliseconds: 5,
    run: (signal) => {
      told = signal
      return new Promise(() => {})
    },
  }
  const health = await readiness([stuck, well], ignore)
  expect(health.checks[0]).toEqual({ name: 'database', status: 'down', reason: 'timeout' })
  expect(told?.aborted).toBe(true)
})

test('alive says nothing about other parts', () => {
  expect(liveness()).toEqual({ status: 'up', checks: [] })
})
