export type EmbeddedPostgresFailure =
  /** Another living program owns the data directory. */
  | 'inUse'
  /** No server binaries for this platform are installed, or they cannot be made usable. */
  | 'binariesMissing'
  /** The data directory was made by another major version of PostgreSQL. */
  | 'otherMajorVersion'
  /** The data directory, or a place that it needs, belongs to another account or lost its password. */
  | 'notOurs'
  /** initdb or the server failed; the message ends with what they said. */
  | 'startFailed'

/** Why the embedded database does not start, for whoever runs the program: the message says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly failure: EmbeddedPostgresFailure

  constructor(failure: EmbeddedPostgresFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedPostgresError'
    this.failure = failure
  }
}
