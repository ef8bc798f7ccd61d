import type { Command } from 'commander'
import { createLogger } from '../platform/telemetry/log.ts'
import { type AnswerOptions, jsonFlag, print, printFailure, requireConfig } from './answer.ts'

export function addServe(program: Command): void {
  program
    .command('start')
    .description('run Xenia; in development an empty database gets the demo (this is npm start)')
    .option(...jsonFlag)
    .action((options: AnswerOptions) => run(options, true))
  program
    .command('serve')
    .description('run Xenia without the demo, in the roles of XENIA_ROLES')
    .option(...jsonFlag)
    .action((options: AnswerOptions) => run(options, false))
}

/** npm may pass a Ctrl-C on that the terminal has sent to all: what follows this closely is the same one. */
const SAME_SIGNAL_MILLISECONDS = 1_000

/** Serves until Ctrl-C or SIGTERM, then finishes what runs. A second signal ends at once. */
async function run(options: AnswerOptions, withDemo: boolean): Promise<void> {
  const asJson = options.json === true
  const ending = Promise.withResolvers<void>()
  let askedAt: number | undefined
  const onSignal = () => {
    askedAt ??= performance.now()
    // The database outlives us and the next start takes it over, so even this loses nothing.
    if (performance.now() - askedAt > SAME_SIGNAL_MILLISECONDS) process.exit(1)
    ending.resolve()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    const config = requireConfig()
    const demo = withDemo && config.mode === 'development'
    const log = createLogger({
      level: config.logLevel,
      fields: { service: 'xenia' },
      destination: process.stderr,
    })
    const { startServer } = await import('../server.ts')
    const server = await startServer(config, { log, demo })
    const { baseUrl, mode } = config
    print(asJson, { json: { baseUrl, mode, demo }, text: `Xenia is ready: ${baseUrl} (Ctrl-C ends it)` })
    await ending.promise
    await server.stop()
    // Whatever still holds the process open has nothing left to do.
    process.exit(0)
  } catch (error) {
    printFailure(asJson, error)
    process.exit()
  }
}
