import type { Command } from 'commander'
import type { Deployment } from '../platform/deployment.ts'
import { addSigningKey, listTenants, loadSigningKeys, type Tenant } from '../tenants/index.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, table } from './answer.ts'
import { commandContext, requireTenant, withDeployment } from './open.ts'

interface RotateOptions extends AnswerOptions {
  readonly now?: boolean
  readonly tenant?: string
}

const PAGE = 500

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('token signing keys')
  keys
    .command('rotate')
    .description('give every tenant a new signing key: published now, signing in a day')
    .option('--now', 'for a key that leaked: the new one signs at once, the old ones are gone')
    .option('--tenant <id or domain>', 'this tenant only')
    .option(...jsonFlag)
    .action((options: RotateOptions) =>
      answer(options, (shell) => withDeployment(shell, (deployment) => rotate(deployment, options))),
    )
}

async function rotate(deployment: Deployment, options: RotateOptions): Promise<Answer> {
  const rotated = []
  for await (const tenant of chosenTenants(deployment, options.tenant)) {
    const ctx = commandContext(deployment, tenant)
    await addSigningKey(ctx, deployment.keyring, options.now === true ? 'rotate now' : 'rotate')
    const { published } = await loadSigningKeys(ctx, deployment.keyring)
    const [youngest] = published
    rotated.push({
      tenantId: tenant.id,
      initialDomain: tenant.initialDomain,
      keyId: youngest?.keyId ?? '',
      signsFrom: youngest?.signsFrom.toISOString() ?? '',
      publishedKeys: published.length,
    })
  }
  const rows = rotated.map(({ initialDomain, keyId, signsFrom }) => [initialDomain, signsFrom, keyId])
  return {
    json: { rotated },
    text: rotated.length === 0 ? 'There is no tenant yet.' : table(['TENANT', 'SIGNS FROM', 'NEW KEY'], rows),
  }
}

async function* chosenTenants(deployment: Deployment, only: string | undefined): AsyncGenerator<Tenant> {
  if (only !== undefined) {
    yield requireTenant(deployment, only)
    return
  }
  for (let after = ''; ; ) {
    const page = await deployment.database.platform.transaction((tx) => listTenants(tx, after, PAGE))
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    after = last.initialDomain
  }
}
