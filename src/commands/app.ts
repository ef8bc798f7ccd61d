import { type Command, Option } from 'commander'
import {
  assignAppRole,
  findServicePrincipalByAppId,
  type Registered,
  registerApplication,
} from '../directory/index.ts'
import { graphAppId, permissionCatalogue } from '../graph/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { Deployment } from '../platform/deployment.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag } from './answer.ts'
import { collect } from './collect.ts'
import { CommandFailed } from './failure.ts'
import { commandContext, requireTenant, withDeployment } from './open.ts'

interface CreateOptions extends AnswerOptions {
  readonly tenant: string
  readonly redirectUri: readonly string[]
  readonly spaRedirectUri: readonly string[]
  readonly nativeRedirectUri: readonly string[]
  readonly audience: keyof typeof audiences
  readonly exposeApi?: boolean
  readonly secret?: boolean
  readonly permission: readonly string[]
}

const audiences = { own: 'AzureADMyOrg', any: 'AzureADMultipleOrgs' } as const

export function addApp(program: Command): void {
  const app = program.command('app').description('applications of a tenant')
  app
    .command('create')
    .argument('<display-name>', 'what people see when they sign in')
    .description('register an application; a secret is printed once')
    .requiredOption('--tenant <id or domain>', 'the tenant that it belongs to')
    .option('--redirect-uri <uri>', 'of a web server; may be repeated', collect, [])
    .option('--spa-redirect-uri <uri>', 'of a single-page app; may be repeated', collect, [])
    .option('--native-redirect-uri <uri>', 'of a desktop or mobile app; may be repeated', collect, [])
    .addOption(
      new Option('--audience <whose>', 'whose people may sign in: the tenant’s own, or any organisation’s')
        .choices(Object.keys(audiences))
        .default('own'),
    )
    .option('--expose-api', 'give it the identifier api://<client id>, so that tokens can be asked for it')
    .option('--secret', 'make a client secret')
    .option(
      '--permission <name>',
      'grant it a permission of the Graph API for itself; may be repeated',
      collect,
      [],
    )
    .option(...jsonFlag)
    .action((displayName: string, options: CreateOptions) =>
      answer(options, (shell) => {
        const roleIds = options.permission.map(permissionId)
        return withDeployment(shell, (deployment) => create(deployment, displayName, options, roleIds))
      }),
    )
}

async function create(
  deployment: Deployment,
  displayName: string,
  options: CreateOptions,
  roleIds: readonly string[],
): Promise<Answer> {
  const tenant = await requireTenant(deployment, options.tenant)
  const ctx = commandContext(deployment, tenant)
  const registered = await ctx.db.transaction(async (tx) => {
    const made = await registerApplication(ctx, tx, {
      displayName,
      signInAudience: audiences[options.audience],
      web: { redirectUris: options.redirectUri },
      spa: { redirectUris: options.spaRedirectUri },
      publicClient: { redirectUris: options.nativeRedirectUri },
      exposeApi: options.exposeApi === true,
      ...(options.secret === true ? { secret: { displayName: 'Command line' } } : {}),
    })
    await grant(ctx, tx, made, roleIds)
    return made
  })
  const { application, servicePrincipal, secret } = registered
  const authority = `${deployment.baseUrl}/${tenant.id}/v2.0`
  const json = {
    id: application.id,
    appId: application.appId,
    servicePrincipalId: servicePrincipal.id,
    tenantId: tenant.id,
    displayName: application.displayName,
    issuer: authority,
    identifierUris: application.identifierUris,
    redirectUris: [
      ...application.web.redirectUris,
      ...application.spa.redirectUris,
      ...application.publicClient.redirectUris,
    ],
    permissions: options.permission,
    ...(secret === null
      ? {}
      : { secret: secret.secretText, secretExpires: secret.endDateTime.toISOString() }),
  }
  return {
    json,
    text: [
      `Registered ${application.displayName} in ${tenant.displayName}.`,
      `  client id  ${application.appId}`,
      `  issuer     ${authority}`,
      ...(secret === null
        ? []
        : [`  secret     ${secret.secretText}  (shown once, until ${json.secretExpires})`]),
    ].join('\n'),
  }
}

/** What an administrator's consent to application permissions does. */
async function grant(ctx: Context, tx: Tx, made: Registered, roleIds: readonly string[]): Promise<void> {
  if (roleIds.length === 0) return
  const graph = await findServicePrincipalByAppId(tx, graphAppId)
  if (graph === null) throw new Error('Every tenant has the service principal of the Graph API.')
  for (const appRoleId of new Set(roleIds)) {
    await assignAppRole(ctx, tx, { principalId: made.servicePrincipal.id, resourceId: graph.id, appRoleId })
  }
}

function permissionId(name: string): string {
  const permission = permissionCatalogue.find(
    (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
  )
  if (permission?.applicationId != null) return permission.applicationId
  const names = permissionCatalogue.flatMap((candidate) =>
    candidate.applicationId === null ? [] : [candidate.name],
  )
  throw new CommandFailed(`"${name}" is no permission for applications. There are: ${names.join(', ')}.`, 2)
}
