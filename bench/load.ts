import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import autocannon, { type Client } from 'autocannon'
import { quantile } from './statistics.ts'

/** One request to be repeated. */
export interface Load {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Measured {
  readonly perSecond: number
  readonly medianMilliseconds: number
  readonly p99Milliseconds: number
}

export interface Firing {
  readonly origin: string
  /** Each connection goes through them in an order of its own, again and again. */
  readonly loads: readonly Load[]
  readonly seconds: number
  readonly connections?: number
}

/** Repeats requests for some seconds. Throws when an answer is not 2xx: a failure is no measurement. */
export async function fire({ origin, loads, seconds, connections = 10 }: Firing): Promise<Measured> {
  // The tool's own latencies are whole milliseconds.
  const latencies: number[] = []
  const result = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    setupClient: (client: Client) => {
      client.setRequests(shuffled(loads).map(requestOf))
      client.on('response', (_status, _bytes, milliseconds) => latencies.push(milliseconds))
    },
  })
  if (result.non2xx > 0 || result.errors > 0 || latencies.length === 0) {
    throw new Error(`${loads[0]?.path}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`)
  }
  return {
    // Its own average counts whole seconds only.
    perSecond: latencies.length / result.duration,
    medianMilliseconds: quantile(latencies, 0.5),
    p99Milliseconds: quantile(latencies, 0.99),
  }
}

const requestOf = ({ method = 'GET', path, headers = {}, body }: Load) => ({
  method,
  path,
  headers: { ...headers },
  ...(body === undefined ? {} : { body }),
})

/** Otherwise all connections would ask the same thing at the same moment. */
function shuffled<T>(list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, key: Math.random() }))
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item)
}

export interface Program {
  readonly process: ChildProcess
  readonly firstLine: string
  /** From the start of the process to its first line. */
  readonly milliseconds: number
  stop(): Promise<void>
}

/** Starts a program and waits for its first line of output. What it logs goes to /dev/null. */
export async function startProgram(
  file: string,
  parameters: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const began = performance.now()
  const child = spawn(process.execPath, [...profiling(file), file, ...parameters], {
    stdio: ['ignore', 'pipe', process.env['BENCH_VERBOSE'] === undefined ? 'ignore' : 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', ...environment },
  })
  const lines = createInterface({ input: child.stdout })
  const [firstLine] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`))),
  ])) as [string]
  return {
    process: child,
    firstLine,
    milliseconds: performance.now() - began,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** `BENCH_PROFILE=<folder>` leaves a CPU profile of each program there. */
const profiling = (file: string): readonly string[] => {
  const folder = process.env['BENCH_PROFILE']
  return folder === undefined || !file.endsWith('xenia.ts') ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}
