import { type Config, loadConfig } from '../platform/config.ts'
import { createLogger, type Logger } from '../platform/telemetry/log.ts'
import { type ExitCode, explain, InvalidConfiguration } from './failure.ts'

/** What every command has. Standard output holds the answer and nothing else; everything said beside it goes to standard error. */
export interface Shell {
  readonly config: Config
  readonly log: Logger
}

export interface Answer {
  /** One document for scripts. */
  readonly json: unknown
  /** The same for people. */
  readonly text: string
  readonly exitCode?: ExitCode
}

export interface AnswerOptions {
  readonly json?: boolean
}

export const jsonFlag = ['--json', 'print one JSON document for scripts'] as const

/** Runs a command's work and prints its answer, or one line that says why there is none. Never throws. */
export async function answer(options: AnswerOptions, work: (shell: Shell) => Promise<Answer>): Promise<void> {
  const asJson = options.json === true
  try {
    const config = requireConfig()
    // The answer is what people came for; a server's diary would bury it.
    const level = config.logLevel === 'debug' ? 'debug' : 'warn'
    print(asJson, await work({ config, log: createLogger({ level, destination: process.stderr }) }))
  } catch (error) {
    printFailure(asJson, error)
  }
}

export function print(asJson: boolean, { json, text, exitCode }: Answer): void {
  process.stdout.write(asJson ? `${JSON.stringify(json, null, 2)}\n` : `${text.trimEnd()}\n`)
  process.exitCode = exitCode ?? 0
}

export function printFailure(asJson: boolean, error: unknown): void {
  const { exitCode, message } = explain(error)
  if (asJson) process.stdout.write(`${JSON.stringify({ error: failureOf(error, message) }, null, 2)}\n`)
  process.stderr.write(`xenia: ${message}\n`)
  if (process.env['XENIA_LOG_LEVEL'] === 'debug' && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ''}\n`)
    if (error.cause instanceof Error) process.stderr.write(`${error.cause.stack ?? ''}\n`)
  }
  process.exitCode = exitCode
}

const failureOf = (error: unknown, message: string) =>
  error instanceof InvalidConfiguration
    ? { message: 'The configuration is wrong.', problems: error.problems }
    : { message }

export function requireConfig(): Config {
  const loaded = loadConfig(process.env)
  if (loaded.outcome === 'invalid') throw new InvalidConfiguration(loaded.problems)
  return loaded.config
}

/** Columns for people; the last one may be long. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}
