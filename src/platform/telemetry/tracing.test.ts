import { AsyncLocalStorage } from 'node:async_hooks'
import { trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import type { LogFields, Logger } from './log.ts'
import { silentLogger } from './log.ts'
import { inSpan, startTracing } from './tracing.ts'

const about = { serviceName: 'xenia', serviceVersion: '0.0.0' }

function listen() {
  const lines: { level: string; fields: LogFields; message: string }[] = []
  const at = (level: string) => (fields: LogFields, message: string) => {
    lines.push({ level, fields, message })
  }
  const log: Logger = { ...silentLogger, info: at('info'), warn: at('warn') }
  return { log, lines }
}

test('without an endpoint nothing is loaded and nothing is said', async () => {
  const { log, lines } = listen()
  const loaded: string[] = []
  const load = async (name: string) => loaded.push(name)
  await (await startTracing({ ...about, endpoint: null, log, load })).shutdown()
  expect(loaded).toEqual([])
  expect(lines).toEqual([])
})

test('with an endpoint but no SDK the program goes on and the log says what to install', async () => {
  const { log, lines } = listen()
  const load = () => Promise.reject(new Error('Cannot find package'))
  const tracing = await startTracing({ ...about, endpoint: 'http://localhost:4318', log, load })
  await tracing.shutdown()
  expect(lines).toHaveLength(1)
  expect(lines[0]?.level).toBe('warn')
  expect(lines[0]?.fields['install']).toMatch(/^npm install @opentelemetry\/sdk-trace@\d/)
  expect(await inSpan('work', {}, async () => 'done')).toBe('done')
})

test('an SDK of another shape is a warning too', async () => {
  const { log, lines } = listen()
  await startTracing({ ...about, endpoint: 'http://localhost:4318', log, load: async () => ({}) })
  expect(lines.map((line) => line.level)).toEqual(['warn'])
})

test('an SDK that fits is registered, told where to send, and shut down', async () => {
  const events: unknown[] = []
  const store = new AsyncLocalStorage<unknown>()
  const tracer = trace.getTracerProvider()
  const sdk = {
    OTLPTraceExporter: class {
      constructor(options: unknown) {
        events.push(options)
      }
    },
    BatchSpanProcessor: class {},
    TracerProvider: class {
      getTracer(name: string) {
        events.push(name)
        return tracer.getTracer(name)
      }
      async shutdown() {
        events.push('shutdown')
      }
    },
    AsyncLocalStorageContextManager: class {
      enable() {
        return this
      }
      disable() {
        return this
      }
      active() {
        return store.getStore()
      }
      with(_: unknown, work: () => unknown) {
        return work()
      }
      bind(_: unknown, target: unknown) {
        return target
      }
    },
    W3CTraceContextPropagator: class {},
    resourceFromAttributes: (attributes: unknown) => {
      events.push(attributes)
      return {}
    },
  }
  const { log, lines } = listen()
  const tracing = await startTracing({ ...about, endpoint: 'http://otel:4318/', log, load: async () => sdk })
  await tracing.shutdown()
  expect(events).toEqual([
    { url: 'http://otel:4318/v1/traces' },
    { 'service.name': 'xenia', 'service.version': '0.0.0' },
    'shutdown',
  ])
  expect(lines.map((line) => line.level)).toEqual(['info'])
})

test('a failure inside a span reaches the caller unchanged', async () => {
  const error = new Error('no')
  await expect(inSpan('work', {}, () => Promise.reject(error))).rejects.toBe(error)
})
