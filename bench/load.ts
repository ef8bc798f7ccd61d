import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import autocannon from 'autocannon'

/** One request to be repeated. */
export interface Load {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Measured {
  readonly perSecond: number
  readonly medianMilliseconds: number
  readonly p99Milliseconds: number
}

/** Ten connections for some seconds after a warm-up. Throws when an answer is not 2xx: a failure is no measurement. */
export async function measure(load: Load, seconds = 5): Promise<Measured> {
  await fire(load, 2)
  const result = await fire(load, seconds)
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${load.url}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`)
  }
  return {
    perSecond: result.requests.average,
    medianMilliseconds: result.latency.p50,
    p99Milliseconds: result.latency.p99,
  }
}

const fire = ({ url, method = 'GET', headers = {}, body }: Load, duration: number) =>
  autocannon({
    url,
    method,
    headers: { ...headers },
    connections: 10,
    duration,
    ...(body === undefined ? {} : { body }),
  })

export interface Program {
  readonly process: ChildProcess
  readonly firstLine: string
  stop(): Promise<void>
}

/** Starts a program of this folder and waits for its first line of output. */
export async function startProgram(
  file: string,
  parameters: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const child = spawn(process.execPath, [file, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const lines = createInterface({ input: child.stdout })
  const [firstLine] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`))),
  ])) as [string]
  return {
    process: child,
    firstLine,
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
