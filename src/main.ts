import { Command, CommanderError } from 'commander'
import { printFailure } from './commands/answer.ts'
import { addApp } from './commands/app.ts'
import { addBackup } from './commands/backup.ts'
import { addDemo } from './commands/demo.ts'
import { addDoctor } from './commands/doctor.ts'
import { addJobs } from './commands/jobs.ts'
import { addKeys } from './commands/keys.ts'
import { addMigrate } from './commands/migrate.ts'
import { addRestore } from './commands/restore.ts'
import { addServe } from './commands/serve.ts'
import { addTenant } from './commands/tenant.ts'
import { addUserCommands } from './commands/user.ts'
import { version } from './commands/version.ts'

/** The command line, from `process.argv`. Sets the exit code and throws nothing. */
export async function main(argv: readonly string[]): Promise<void> {
  // `xenia … | head` closes early; that is no failure of ours. Nobody reads on, so nothing is left to say.
  process.stdout.on('error', () => process.exit())
  const program = new Command('xenia')
    .description(
      'External identities for your organisation. Settings come from the environment: docs/configuration.md.',
    )
    .version(version)
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 it could not be done, or something is wrong; 2 wrong command line or configuration.\nAnswers go to standard output, everything else to standard error.',
    )
  for (const add of [
    addServe,
    addMigrate,
    addDemo,
    addTenant,
    addUserCommands,
    addApp,
    addKeys,
    addJobs,
    addBackup,
    addRestore,
    addDoctor,
  ]) {
    add(program)
  }
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) printFailure(false, error)
    // commander has said it; asked for help or version is no failure.
    else process.exitCode = error.exitCode === 0 ? 0 : 2
  }
}
