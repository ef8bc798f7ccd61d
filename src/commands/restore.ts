import type { Command } from 'commander'
import { migrationsDirectory, requireVersion } from '../open-deployment.ts'
import { checkBackup, restore } from '../platform/backup/index.ts'
import { parseMasterKey } from '../platform/crypto/keyring.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, type Shell } from './answer.ts'
import { openCommandDatabase } from './open.ts'

interface RestoreOptions extends AnswerOptions {
  readonly check?: boolean
}

export function addRestore(program: Command): void {
  program
    .command('restore')
    .argument('<file>', 'made by xenia backup')
    .description('bring a backup into an empty database, all or nothing')
    .option(
      '--check',
      'only read the file and say whether it could be restored with this program and master key',
    )
    .option(...jsonFlag)
    .action((file: string, options: RestoreOptions) =>
      answer(options, (shell) => run(shell, file, options.check === true)),
    )
}

async function run({ config, log }: Shell, file: string, onlyCheck: boolean): Promise<Answer> {
  const masterKeys = parseMasterKey(config.masterKey)
  // Before any database is opened: an embedded one would be created for nothing.
  const backup = await checkBackup(file, masterKeys, migrationsDirectory)
  const rows = backup.summary.sections.reduce((sum, section) => sum + section.rows, 0)
  const json = {
    createdAt: backup.header.createdAt,
    program: backup.header.program,
    rows,
    restored: !onlyCheck,
  }
  const what = `the backup of ${backup.header.createdAt} (Xenia ${backup.header.program}, ${rows} rows)`
  if (onlyCheck) return { json, text: `This is whole: ${what}.` }

  const { connection, stop } = await openCommandDatabase(config, log)
  try {
    await requireVersion(connection)
    await restore(backup, { connection, masterKeys, migrations: migrationsDirectory })
    return { json, text: `Restored ${what}.\nNext: xenia doctor, then start.` }
  } finally {
    await stop()
  }
}
