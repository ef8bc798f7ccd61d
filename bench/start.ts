import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { BenchDeployment } from './deployment.ts'
import { median } from './statistics.ts'

export interface StartFigures {
  readonly readyMilliseconds: number
  /** Resident memory of the program, without the database's processes, once it has come to rest. */
  readonly idleMegabytes: number
}

const REST_MILLISECONDS = 10_000
const ATTEMPTS = 5

/** From the start of the process, on a data directory with everything in it, to the first 200 of `/readyz`. */
export async function measureStart(deployment: BenchDeployment): Promise<StartFigures> {
  const times: number[] = []
  const sizes: number[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const began = performance.now()
    const program = await deployment.start()
    try {
      const ready = await fetch(`${deployment.origin}/readyz`)
      times.push(performance.now() - began)
      if (ready.status !== 200) throw new Error(`Not ready: ${ready.status}`)
      if (attempt === 0) await pause(REST_MILLISECONDS)
      if (attempt === 0) sizes.push(await residentMegabytes(program.process.pid))
    } finally {
      await program.stop()
    }
  }
  return { readyMilliseconds: median(times), idleMegabytes: median(sizes) }
}

/** `NaN` where the system has no such file: there the figure is missing, not wrong. */
export async function residentMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) / 1024
}
