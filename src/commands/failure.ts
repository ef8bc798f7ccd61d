import { DatabaseError } from 'pg'
import { DeploymentRefused } from '../open-deployment.ts'
import { BackupRefused } from '../platform/backup/index.ts'
import { type ConfigProblem, explainProblems } from '../platform/config.ts'
import { SealBroken } from '../platform/crypto/keyring.ts'
import { EmbeddedPostgresError } from '../platform/database/embedded/index.ts'
import { XeniaError } from '../platform/errors.ts'
import { safeText } from '../platform/telemetry/redaction.ts'
import { InvalidTlsFiles } from '../platform/tls.ts'

/** 1: the work could not be done, or something is wrong. 2: the command line or the configuration is wrong. */
export type ExitCode = 0 | 1 | 2

/** A command says why it cannot do what was asked; the message says what to do. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly exitCode: ExitCode
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration'
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    super(explainProblems(problems))
    this.problems = problems
  }
}

export interface Explanation {
  readonly exitCode: ExitCode
  /** One line, but for a wrong configuration, which has two per problem. */
  readonly message: string
}

/** What an operator is told. Secrets that an inner message may repeat (a database address) are blanked. */
export function explain(error: unknown): Explanation {
  if (error instanceof InvalidConfiguration) {
    return { exitCode: 2, message: `The configuration is wrong.\n${error.message}` }
  }
  const exitCode = error instanceof CommandFailed ? error.exitCode : 1
  return { exitCode, message: safeText(oneLine(words(error))) }
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' | ')

function words(error: unknown): string {
  if (error instanceof XeniaError) {
    const details = error.details
      .map((detail) => detail.message)
      .filter((text) => !error.message.includes(text))
    return [error.message, ...details].join(' ')
  }
  // Their messages are written for operators.
  const made = [CommandFailed, DeploymentRefused, EmbeddedPostgresError, InvalidTlsFiles, BackupRefused]
  if (made.some((kind) => error instanceof kind)) return messageOf(error)
  if (error instanceof SealBroken) {
    return `${error.message} Set XENIA_MASTER_KEY to the key of this deployment; older keys are listed after it.`
  }
  return (
    systemWords(error) ?? databaseWords(error) ?? `${messageOf(error)} (XENIA_LOG_LEVEL=debug shows where.)`
  )
}

function systemWords(error: unknown): string | null {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `The database cannot be reached (${messageOf(error)}). Check DATABASE_URL, and that the server runs.`
    case 'EADDRINUSE':
      return `The port is in use (${messageOf(error)}). Stop what uses it, or set PORT.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `This account may not do that (${messageOf(error)}). Run as the account that owns the directory.`
    case 'ENOSPC':
      return 'The disk is full. Make room and try again.'
    case 'ENOENT':
      return `A directory or file is missing (${messageOf(error)}).`
    default:
      return null
  }
}

function databaseWords(error: unknown): string | null {
  if (!(error instanceof DatabaseError)) return null
  switch (error.code) {
    case '28000':
    case '28P01':
      return `The database refuses the login (${error.message}). Check user and password in DATABASE_URL.`
    case '3D000':
      return `${error.message}. Create it (createdb), or correct DATABASE_URL.`
    case '42501':
      return `The database login lacks a right (${error.message}). It must own its database and may create roles.`
    case '53100':
      return 'The database’s disk is full. Make room and try again.'
    case '57P01':
    case '57P02':
    case '57P03':
      return `The database is starting or stopping (${error.message}). Try again in a moment.`
    default:
      return null
  }
}

const messageOf = (error: unknown): string => {
  const [first] = error instanceof AggregateError ? error.errors : [error]
  return first instanceof Error ? first.message : String(first)
}

/** Of a connection that failed for every address of a host, the first one's. */
function codeOf(error: unknown): unknown {
  const [first] = error instanceof AggregateError ? error.errors : [error]
  return first instanceof Error && 'code' in first ? first.code : undefined
}
