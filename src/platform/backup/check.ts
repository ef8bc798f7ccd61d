import type { MasterKeys } from '../crypto/keyring.ts'
import { migrationNames } from '../database/migrate.ts'
import type { Header, Summary } from './model.ts'
import { readBackup } from './read.ts'
import { BackupRefused } from './refused.ts'

/** A file that was read from beginning to end and found whole, true and fit for this program. */
export interface CheckedBackup {
  readonly file: string
  readonly header: Header
  readonly summary: Summary
}

/** Reads the whole file and touches no database. Throws `BackupRefused`. */
export async function checkBackup(
  file: string,
  masterKeys: MasterKeys,
  migrations: string,
): Promise<CheckedBackup> {
  let header: Header | undefined
  for await (const item of readBackup(file, masterKeys)) {
    if (item.kind === 'header') {
      header = item.header
      requireKnownSchema(header, await migrationNames(migrations))
    }
    if (item.kind === 'end' && header !== undefined) return { file, header, summary: item.summary }
  }
  throw new TypeError('A backup that ends without an end is refused by its reader.')
}

/** An older schema is restored as it was and then migrated; one that this program does not know cannot be. */
function requireKnownSchema(header: Header, known: readonly string[]): void {
  const unknown = header.migrations.find((name, index) => known[index] !== name)
  if (unknown === undefined) return
  throw new BackupRefused(
    'newer',
    `The backup was made by Xenia ${header.program}, whose database has a migration ${unknown} that this program ` +
      'does not know. Restore with that version.',
  )
}
