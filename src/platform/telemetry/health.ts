/** One thing that must work before requests may come, e.g. the database answers. */
export interface HealthCheck {
  readonly name: string
  readonly timeoutMilliseconds: number
  /** Resolves when well, rejects otherwise. The signal says that nobody waits any longer. */
  run(signal: AbortSignal): Promise<unknown>
}

export interface CheckResult {
  readonly name: string
  readonly status: 'up' | 'down'
  /** Only whether it took too long or failed: details of inner parts are for the log, not for whoever asks. */
  readonly reason?: 'timeout' | 'failed'
}

export interface Health {
  readonly status: 'up' | 'down'
  readonly checks: readonly CheckResult[]
}

/** The program runs and its event loop turns. It checks nothing else: a restart would not repair a database. */
export const liveness = (): Health => ({ status: 'up', checks: [] })

/** Runs all checks at once, each within its time; never throws. Answer 503 when `status` is `down`. */
export async function readiness(
  checks: readonly HealthCheck[],
  onFailure: (name: string, error: unknown) => void,
): Promise<Health> {
  const results = await Promise.all(checks.map((check) => runCheck(check, onFailure)))
  return { status: results.every((result) => result.status === 'up') ? 'up' : 'down', checks: results }
}

async function runCheck(
  check: HealthCheck,
  onFailure: (name: string, error: unknown) => void,
): Promise<CheckResult> {
  const signal = AbortSignal.timeout(check.timeoutMilliseconds)
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    // Inside an async function, so that a check which throws at once is only a failed check.
    await Promise.race([(async () => check.run(signal))(), expired])
    return { name: check.name, status: 'up' }
  } catch (error) {
    onFailure(check.name, error)
    return { name: check.name, status: 'down', reason: signal.aborted ? 'timeout' : 'failed' }
  }
}
