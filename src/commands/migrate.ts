import type { Command } from 'commander'
import { migrationsDirectory, requireVersion } from '../open-deployment.ts'
import { migrate } from '../platform/database/migrate.ts'
import { installJobs } from '../platform/jobs/index.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, type Shell } from './answer.ts'
import { openCommandDatabase } from './open.ts'

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this version; a start does it, too')
    .option(...jsonFlag)
    .action((options: AnswerOptions) => answer(options, runMigrations))
}

async function runMigrations({ config, log }: Shell): Promise<Answer> {
  const { connection, stop } = await openCommandDatabase(config, log)
  try {
    await requireVersion(connection)
    const migrations = await migrate(connection, migrationsDirectory)
    await installJobs(connection)
    const text =
      migrations.length === 0
        ? 'The database is at the schema of this version already.'
        : `Ran ${migrations.length} migration(s):\n${migrations.map((name) => `  ${name}`).join('\n')}`
    return { json: { migrations }, text }
  } finally {
    await stop()
  }
}
