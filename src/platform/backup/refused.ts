export type BackupFault =
  /** The file is no backup, was cut off, or is not what was written. Nothing was changed. */
  | 'damaged'
  /** Made by a newer program. */
  | 'newer'
  /** Made under a master key that is not configured. */
  | 'otherMasterKey'
  /** The database to restore into holds something. */
  | 'notEmpty'
  /** The file to write is there already. */
  | 'fileExists'

/** Why a backup was not made or not restored, for the operator: the message says what to do. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
  readonly fault: BackupFault

  constructor(fault: BackupFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
