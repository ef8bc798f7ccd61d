import type { DestinationStream, Logger as PinoLogger } from 'pino'
import { pino } from 'pino'
import type { Clock } from '../clock.ts'
import { systemClock } from '../clock.ts'
import { redact, safeText } from './redaction.ts'

export { safeUrl } from './redaction.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Facts beside the message. Put a thrown value under `error`; an error code of ours under `errorCode` (not `code`). */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * One JSON object per line. Everything passes redaction, at any depth and in texts too: see `redaction.ts` for
 * what is blanked. Messages are constant sentences; what varies goes into the fields.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A logger whose lines all carry these fields, e.g. `{ requestId }` for one request. */
  child(fields: LogFields): Logger
}

export interface LogOptions {
  readonly level: LogLevel
  /** Where `time` comes from. */
  readonly clock?: Clock
  /** Fields on every line, e.g. `{ service: 'xenia', role: 'worker' }`. */
  readonly fields?: LogFields
  /** Where lines go; standard output unless given. */
  readonly destination?: DestinationStream
}

export function createLogger(options: LogOptions): Logger {
  const clock = options.clock ?? systemClock
  const settings = {
    level: options.level,
    messageKey: 'message',
    timestamp: () => `,"time":"${clock.now().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const root = options.destination === undefined ? pino(settings) : pino(settings, options.destination)
  return wrap(options.fields === undefined ? root : root.child(safe(options.fields)))
}

/** Says nothing; for tests and tools. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}

function wrap(inner: PinoLogger): Logger {
  // The level is asked first: a suppressed debug line must not pay for redaction.
  const at = (level: Exclude<LogLevel, 'silent'>) => (fields: LogFields, message: string) => {
    if (inner.isLevelEnabled(level)) inner[level](safe(fields), safeText(message))
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(inner.child(safe(fields))),
  }
}

// `redact` gives back an object for an object; its type cannot say so.
const safe = (fields: LogFields): Record<string, unknown> => redact(fields) as Record<string, unknown>
