import type { Command } from 'commander'
import { Option } from 'commander'
import type { Deployment } from '../platform/deployment.ts'
import { tenantInitialisers } from '../tenant-initialisers.ts'
import { createTenant, listTenants, type Tenant, type TenantType } from '../tenants/index.ts'
import { type Answer, type AnswerOptions, answer, jsonFlag, table } from './answer.ts'
import { collect } from './collect.ts'
import { withDeployment } from './open.ts'

interface CreateOptions extends AnswerOptions {
  readonly name: string
  readonly type: 'workforce' | 'external'
  readonly domain: readonly string[]
}

const PAGE = 500

export function addTenant(program: Command): void {
  const tenant = program.command('tenant').description('organisations on this deployment')
  tenant
    .command('create')
    .argument('<initial-domain>', 'stays for ever, e.g. contoso.login.example')
    .description('create a tenant with its directory and signing key')
    .requiredOption('--name <display name>', 'what people see')
    .addOption(
      new Option(
        '--type <type>',
        'workforce: an organisation’s own people and guests; external: its customers',
      )
        .choices(['workforce', 'external'])
        .default('workforce'),
    )
    .option('--domain <name>', 'a further domain, trusted without asking DNS; may be repeated', collect, [])
    .option(...jsonFlag)
    .action((initialDomain: string, options: CreateOptions) =>
      answer(options, (shell) =>
        withDeployment(shell, (deployment) => create(deployment, initialDomain, options)),
      ),
    )
  tenant
    .command('list')
    .description('list all tenants')
    .option(...jsonFlag)
    .action((options: AnswerOptions) => answer(options, (shell) => withDeployment(shell, list)))
}

async function create(
  deployment: Deployment,
  initialDomain: string,
  options: CreateOptions,
): Promise<Answer> {
  const tenant = await createTenant(
    deployment,
    {
      displayName: options.name,
      tenantType: options.type === 'external' ? 'CIAM' : 'AAD',
      initialDomain,
      trustedDomains: options.domain,
    },
    tenantInitialisers,
  )
  const json = present(deployment, tenant)
  return {
    json,
    text: `Created ${tenant.displayName}.\n  id      ${json.id}\n  issuer  ${json.issuer}\nNext: xenia user create <name>@${tenant.initialDomain} --name … --role 'Global Administrator'`,
  }
}

async function list(deployment: Deployment): Promise<Answer> {
  const tenants: Tenant[] = []
  for (let after = ''; ; ) {
    const page = await deployment.database.platform.transaction((tx) => listTenants(tx, after, PAGE))
    tenants.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = last.initialDomain
  }
  const rows = tenants.map((tenant) => [
    tenant.id,
    typeNames[tenant.tenantType],
    tenant.initialDomain,
    tenant.displayName,
  ])
  return {
    json: { tenants: tenants.map((tenant) => present(deployment, tenant)) },
    text:
      tenants.length === 0
        ? 'There is no tenant yet. Create one with: xenia tenant create'
        : table(['ID', 'TYPE', 'DOMAIN', 'NAME'], rows),
  }
}

const typeNames: Readonly<Record<TenantType, string>> = { AAD: 'workforce', CIAM: 'external' }

const present = ({ baseUrl }: Deployment, tenant: Tenant) => ({
  id: tenant.id,
  displayName: tenant.displayName,
  tenantType: tenant.tenantType,
  initialDomain: tenant.initialDomain,
  issuer: `${baseUrl}/${tenant.id}/v2.0`,
  createdDateTime: tenant.createdAt.toISOString(),
})
