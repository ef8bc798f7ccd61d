import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addUser,
  assignAppRole,
  ensureGraphServicePrincipal,
  registerApplication,
  resolveResource,
} from '../src/directory/index.ts'
import { findPermission } from '../src/graph/index.ts'
import { openDeployment } from '../src/open-deployment.ts'
import { type Config, loadConfig } from '../src/platform/config.ts'
import { type Deployment, openContext } from '../src/platform/deployment.ts'
import { silentLogger } from '../src/platform/telemetry/log.ts'
import { createTenant, type Tenant } from '../src/tenants/index.ts'
import { freePort } from '../test/kit/port.ts'
import { type Load, type Program, startProgram } from './load.ts'

/** One tenant with an application that acts as itself. */
export interface BenchTenant {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: string
  readonly userIds: readonly string[]
}

/** A data directory with tenants in it, and how the program is started on it. */
export interface BenchDeployment {
  readonly config: Config
  readonly origin: string
  readonly tenants: readonly BenchTenant[]
  /** Starts the whole program, as an operator does in production. */
  start(): Promise<Program>
  remove(): Promise<void>
}

const PERMISSIONS = ['User.Read.All', 'User.Invite.All', 'User.ReadWrite.All']

/** Makes tenants; the first of them has `users` people. */
export async function makeDeployment(
  tenants: number,
  users: number,
  smtpUrl: string,
): Promise<BenchDeployment> {
  const [port, directory] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'xenia-bench-'))])
  const environment = {
    XENIA_MODE: 'production',
    XENIA_BASE_URL: 'https://xenia.example',
    HOST: '127.0.0.1',
    PORT: String(port),
    XENIA_DATA_DIR: directory,
    XENIA_MASTER_KEY: randomBytes(32).toString('base64'),
    XENIA_SMTP_URL: smtpUrl,
  }
  const loaded = loadConfig(environment)
  if (loaded.outcome === 'invalid') throw new Error(JSON.stringify(loaded.problems))
  const { deployment, close } = await openDeployment(loaded.config, silentLogger)
  const made: BenchTenant[] = []
  // Finding RSA keys is most of it, and the machine has a few cores for that.
  const numbers = Array.from({ length: tenants }, (_, at) => at).values()
  const makeNext = async () => {
    for (const at of numbers) made.push(await makeTenant(deployment, at, at === 0 ? users : 0))
  }
  await Promise.all([makeNext(), makeNext(), makeNext(), makeNext()])
  // As after a night: the planner knows the tables.
  await deployment.database.pool.query('vacuum analyze')
  await close()
  return {
    config: loaded.config,
    origin: `http://127.0.0.1:${port}`,
    tenants: made.sort((one, other) => other.userIds.length - one.userIds.length),
    start: () => startProgram(join(import.meta.dirname, '../bin/xenia.ts'), ['serve'], environment),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

async function makeTenant(deployment: Deployment, at: number, users: number): Promise<BenchTenant> {
  const tenant = await createTenant(
    deployment,
    { displayName: `Tenant ${at}`, tenantType: 'AAD', initialDomain: `t${at}.bench.example` },
    [ensureGraphServicePrincipal],
  )
  const ctx = openContext(deployment, tenant.id, { kind: 'system', name: 'Bench' }, deployment.ids.guid())
  const daemon = await ctx.db.transaction(async (tx) => {
    const { application, servicePrincipal, secret } = await registerApplication(ctx, tx, {
      displayName: 'Daemon',
      secret: {},
    })
    const graph = await resolveResource(tx, null, deployment)
    for (const name of PERMISSIONS) {
      const appRoleId = findPermission(name)?.applicationId
      if (appRoleId == null || graph === null) throw new Error(`There is no application permission ${name}.`)
      const resourceId = graph.servicePrincipalId
      await assignAppRole(ctx, tx, { principalId: servicePrincipal.id, resourceId, appRoleId })
    }
    return { clientId: application.appId, clientSecret: secret?.secretText ?? '' }
  })
  return { id: tenant.id, ...daemon, userIds: await makeUsers(deployment, tenant, users) }
}

const PER_TRANSACTION = 250

async function makeUsers(deployment: Deployment, tenant: Tenant, count: number): Promise<readonly string[]> {
  const ctx = openContext(deployment, tenant.id, { kind: 'system', name: 'Bench' }, deployment.ids.guid())
  const ids: string[] = []
  for (let from = 0; from < count; from += PER_TRANSACTION) {
    await ctx.db.transaction(async (tx) => {
      for (let at = from; at < Math.min(from + PER_TRANSACTION, count); at += 1) {
        const alias = `person${String(at).padStart(5, '0')}`
        const { id } = await addUser(
          ctx,
          tx,
          {
            userPrincipalName: `${alias}@${tenant.initialDomain}`,
            displayName: `Person ${String(at).padStart(5, '0')}`,
            mailNickname: alias,
            department: `Department ${at % 50}`,
            accountEnabled: true,
          },
          { hash: 'nobody signs in', forceChange: false },
        )
        ids.push(id)
      }
    })
  }
  return ids
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** The request for a client-credentials token of a tenant's application. */
export const tokenRequest = ({ id, clientId, clientSecret }: BenchTenant): Load => ({
  method: 'POST',
  path: `/${id}/oauth2/v2.0/token`,
  headers: FORM,
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  }).toString(),
})

export async function getToken(origin: string, tenant: BenchTenant): Promise<string> {
  const { path, headers = {}, body = '' } = tokenRequest(tenant)
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body })
  // RFC 6749 §5.1.
  const { access_token } = (await response.json()) as { access_token?: string }
  if (access_token === undefined) throw new Error(`No token: ${response.status}`)
  return access_token
}
