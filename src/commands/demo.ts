import type { Command } from 'commander'
import type { DemoDescription } from '../demo/index.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, type Shell } from './answer.ts'
import { CommandFailed } from './failure.ts'
import { withDeployment } from './open.ts'

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('show the demo, making it in an empty development database: tenants, people, applications')
    .option(...jsonFlag)
    .action((options: AnswerOptions) => answer(options, showDemo))
}

async function showDemo(shell: Shell): Promise<Answer> {
  const [{ describeDemo, ensureDemo }, { tenantInitialisers }, { createPasswordHasher }] = await Promise.all([
    import('../demo/index.ts'),
    import('../tenant-initialisers.ts'),
    import('../platform/passwords.ts'),
  ])
  const demo = await withDeployment(
    shell,
    async (deployment) =>
      (await describeDemo(deployment)) ??
      ensureDemo(deployment, {
        mode: shell.config.mode,
        hasher: createPasswordHasher({ concurrency: 2, queueLimit: 64 }),
        initialisers: tenantInitialisers,
        // As `start` has it; should that change, the next start moves the applications.
        applicationOrigin: `http://localhost:${shell.config.port + 1}`,
      }),
  )
  if (demo === null) {
    throw new CommandFailed('This database has tenants of its own and no demo. Give another XENIA_DATA_DIR.')
  }
  return { json: demo, text: describe(demo) }
}

function describe(demo: DemoDescription): string {
  const tenants = demo.tenants.map((tenant) =>
    [
      `${tenant.displayName}  ${tenant.id}`,
      `  issuer  ${tenant.issuer}`,
      ...tenant.users.map(({ userPrincipalName, password, roles }) =>
        `  ${userPrincipalName}  ${password}  ${roles.join(', ')}`.trimEnd(),
      ),
      ...tenant.applications.map(
        (app) => `  ${app.displayName}: client id ${app.appId}, secret ${app.secret}`,
      ),
    ].join('\n'),
  )
  return [`${demo.baseUrl}  (mailbox: ${demo.mailboxUrl}, clock: ${demo.clockUrl})`, ...tenants].join('\n\n')
}
