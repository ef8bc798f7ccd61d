import { text as readText } from 'node:stream/consumers'
import type { Command } from 'commander'
import { addUser, assignRole, type BuiltInRole, builtInRoles } from '../directory/index.ts'
import { randomToken } from '../platform/crypto/tokens.ts'
import type { Deployment } from '../platform/deployment.ts'
import { createPasswordHasher, judgePassword, type PasswordWeakness } from '../platform/passwords.ts'
import { domainOf } from '../tenants/index.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag } from './answer.ts'
import { collect } from './collect.ts'
import { CommandFailed } from './failure.ts'
import { commandContext, requireTenant, withDeployment } from './open.ts'

interface CreateOptions extends AnswerOptions {
  readonly name: string
  readonly tenant?: string
  readonly givenName?: string
  readonly surname?: string
  readonly mail?: string
  readonly role: readonly string[]
  readonly passwordStdin?: boolean
  readonly keepPassword?: boolean
}

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('people of a tenant')
  user
    .command('create')
    .argument('<user-principal-name>', 'e.g. ada@contoso.example; its domain names the tenant')
    .description('create a member; a generated password is printed once')
    .requiredOption('--name <display name>', 'what people see')
    .option('--tenant <id or domain>', 'the tenant, where the domain does not say it')
    .option('--given-name <name>')
    .option('--surname <name>')
    .option('--mail <address>')
    .option('--role <role>', 'a directory role by name or id; may be repeated', collect, [])
    .option('--password-stdin', 'read the password from standard input instead of making one')
    .option('--keep-password', 'do not ask for a new password at the first sign-in')
    .option(...jsonFlag)
    .action((userPrincipalName: string, options: CreateOptions) =>
      answer(options, async (shell) => {
        const roles = options.role.map(roleOf)
        const given = options.passwordStdin === true ? await passwordFromInput() : null
        return withDeployment(shell, (deployment) =>
          create(deployment, { userPrincipalName, roles, given, options }),
        )
      }),
    )
}

interface Request {
  readonly userPrincipalName: string
  readonly roles: readonly BuiltInRole[]
  readonly given: string | null
  readonly options: CreateOptions
}

async function create(deployment: Deployment, request: Request): Promise<Answer> {
  const { userPrincipalName, roles, given, options } = request
  const [alias = ''] = userPrincipalName.split('@')
  const tenant = await requireTenant(
    deployment,
    options.tenant ?? domainOf(userPrincipalName) ?? userPrincipalName,
  )
  if (given !== null) requireStrong(given, [alias, options.name, tenant.displayName])
  const password = given ?? generated()
  // Before the transaction: it takes a while.
  const hash = await createPasswordHasher({ concurrency: 1, queueLimit: 0 }).hash(password)
  const ctx = commandContext(deployment, tenant)
  const user = await ctx.db.transaction(async (tx) => {
    const added = await addUser(
      ctx,
      tx,
      {
        userPrincipalName,
        displayName: options.name,
        accountEnabled: true,
        mailNickname: alias,
        ...(options.givenName === undefined ? {} : { givenName: options.givenName }),
        ...(options.surname === undefined ? {} : { surname: options.surname }),
        ...(options.mail === undefined ? {} : { mail: options.mail }),
      },
      { hash, forceChange: options.keepPassword !== true },
    )
    for (const role of roles) await assignRole(ctx, tx, role.id, added.id)
    return added
  })
  const names = roles.map((role) => role.displayName)
  return {
    json: {
      id: user.id,
      tenantId: tenant.id,
      userPrincipalName: user.userPrincipalName,
      displayName: user.displayName,
      roles: names,
      ...(given === null ? { password } : {}),
    },
    text: [
      `Created ${user.displayName} in ${tenant.displayName}.`,
      `  id        ${user.id}`,
      `  sign-in   ${user.userPrincipalName}`,
      ...(given === null ? [`  password  ${password}  (shown once)`] : []),
      ...(names.length > 0 ? [`  roles     ${names.join(', ')}`] : []),
    ].join('\n'),
  }
}

function roleOf(text: string): BuiltInRole {
  const wanted = text.toLowerCase()
  const role = builtInRoles.find(
    ({ id, displayName }) => id === wanted || displayName.toLowerCase() === wanted,
  )
  if (role !== undefined) return role
  const names = builtInRoles.map(({ displayName }) => displayName).join(', ')
  throw new CommandFailed(`There is no directory role "${text}". There are: ${names}.`, 2)
}

/** Through a pipe or a file only: on the command line other accounts of the machine could read it. */
async function passwordFromInput(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new CommandFailed(
      'Nothing is asked for here: pass the password in, e.g. xenia user create … < file',
      2,
    )
  }
  const password = (await readText(process.stdin)).replace(/\r?\n$/, '')
  if (password === '') throw new CommandFailed('No password came from standard input.', 2)
  return password
}

const weaknesses: Readonly<Record<PasswordWeakness, string>> = {
  tooShort: 'it is too short',
  tooLong: 'it is too long',
  containsUserInput: 'it contains a name of the person or the organisation',
  tooGuessable: 'it is easily guessed',
}

function requireStrong(password: string, names: readonly string[]): void {
  const { reasons } = judgePassword(password, names)
  if (reasons.length === 0) return
  const why = reasons.map((reason) => weaknesses[reason]).join(', and ')
  throw new CommandFailed(`The password is refused: ${why}. Choose another, or let one be made.`)
}

/** Four groups, so that it can be read out: 120 bits. */
const generated = (): string =>
  (randomToken().replace(/[-_]/g, '').slice(0, 20).match(/.{5}/g) ?? []).join('-')
