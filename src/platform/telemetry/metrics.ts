import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface HttpObservation {
  readonly method: string
  /** The route's pattern (`/v1.0/users/:id`), never the path: each distinct value costs memory for ever. */
  readonly route: string
  readonly status: number
  readonly durationSeconds: number
}

/** What the program counts about itself, in its own registry; two programs in one test do not mix. */
export interface Metrics {
  observeRequest(observation: HttpObservation): void
  countJob(task: string, outcome: 'done' | 'retried' | 'dead'): void
  countMail(outcome: 'sent' | 'retried' | 'failed'): void
  /** A value that is asked for when metrics are read, e.g. the length of a queue. Names begin with `xenia_`. */
  watch(name: string, help: string, read: () => number): void
  /** The Prometheus text format, with the type to send it under. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Methods outside this list are an attacker's free text; they share one label. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const requests = new Histogram({
    name: 'xenia_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const jobs = new Counter({
    name: 'xenia_jobs_total',
    help: 'Runs of background jobs; dead ones wait for an operator.',
    labelNames: ['task', 'outcome'],
    registers,
  })
  const mails = new Counter({
    name: 'xenia_mails_total',
    help: 'Attempts to hand mail to the SMTP server; failed ones are given up.',
    labelNames: ['outcome'],
    registers,
  })

  return {
    observeRequest({ method, route, status, durationSeconds }) {
      requests.observe({ method: METHODS.has(method) ? method : 'other', route, status }, durationSeconds)
    },
    countJob: (task, outcome) => jobs.inc({ task, outcome }),
    countMail: (outcome) => mails.inc({ outcome }),
    watch(name, help, read) {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
    },
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
