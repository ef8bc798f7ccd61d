import { resolve } from 'node:path'
import type { Command } from 'commander'
import { backUp } from '../platform/backup/index.ts'
import { systemClock } from '../platform/clock.ts'
import { parseMasterKey } from '../platform/crypto/keyring.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, type Shell } from './answer.ts'
import { CommandFailed } from './failure.ts'
import { openCommandDatabase, schemaState } from './open.ts'
import { version } from './version.ts'

export function addBackup(program: Command): void {
  program
    .command('backup')
    .argument('<file>', 'is made, readable by this account alone; never replaced')
    .description('write the whole deployment into one file, while it serves on')
    .option(...jsonFlag)
    .action((file: string, options: AnswerOptions) => answer(options, (shell) => run(shell, file)))
}

async function run({ config, log }: Shell, file: string): Promise<Answer> {
  const { connection, stop } = await openCommandDatabase(config, log)
  try {
    if ((await schemaState(connection)).empty) {
      throw new CommandFailed('There is nothing to back up: this database has never been started on.')
    }
    const result = await backUp({
      connection,
      file,
      masterKeys: parseMasterKey(config.masterKey),
      clock: systemClock,
      program: version,
    })
    const rows = result.sections.reduce((sum, section) => sum + section.rows, 0)
    return {
      json: {
        file: resolve(file),
        bytes: result.bytes,
        createdAt: result.header.createdAt,
        schema: result.header.migrations.at(-1),
        rows,
        tables: Object.fromEntries(result.sections.map(({ name, rows: count }) => [name, count])),
        masterKeys: result.sealedUnder,
      },
      text: [
        `Wrote ${resolve(file)}: ${rows} rows, ${result.bytes} bytes.`,
        `It is of use only together with the master key (fingerprint ${result.header.masterKey}). Keep that elsewhere.`,
      ].join('\n'),
    }
  } finally {
    await stop()
  }
}
