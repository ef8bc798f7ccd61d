import {
  assignAppRole,
  createUser,
  type NewUser,
  type Registered,
  type Registration,
  recordConsent,
  registerApplication,
  resolveResource,
  type User,
} from '../../src/directory/index.ts'
import { findPermission } from '../../src/graph/index.ts'
import type { Context } from '../../src/platform/context.ts'
import type { Deployment } from '../../src/platform/deployment.ts'
import { createPasswordHasher } from '../../src/platform/passwords.ts'
import { tenantInitialisers } from '../../src/server.ts'
import { contextOf, newTenant } from '../kit/deployment.ts'

/** A tenant with what a client needs to be tried on it. */
export interface Organisation {
  readonly id: string
  readonly domain: string
  readonly ctx: Context
}

export const PASSWORD = 'seven green llamas'
const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })
const passwordHash = hasher.hash(PASSWORD)

export async function makeOrganisation(deployment: Deployment): Promise<Organisation> {
  const tenant = await newTenant(deployment, {}, tenantInitialisers)
  return { id: tenant.id, domain: tenant.initialDomain, ctx: contextOf(deployment, tenant) }
}

/** A member who can sign in with `PASSWORD`. */
export const makePerson = async (
  { ctx, domain }: Organisation,
  alias: string,
  facts: Partial<NewUser> = {},
): Promise<User> =>
  createUser(
    ctx,
    {
      userPrincipalName: `${alias}@${domain}`,
      displayName: alias,
      mailNickname: alias,
      accountEnabled: true,
      ...facts,
    },
    { hash: await passwordHash, forceChange: false },
  )

export const register = ({ ctx }: Organisation, registration: Registration): Promise<Registered> =>
  ctx.db.transaction((tx) => registerApplication(ctx, tx, registration))

/** An application with a secret that holds these application permissions of Graph. */
export interface Daemon {
  readonly clientId: string
  readonly clientSecret: string
  readonly registered: Registered
}

export async function makeDaemon(
  organisation: Organisation,
  permissions: readonly string[],
): Promise<Daemon> {
  const registered = await register(organisation, { displayName: 'Daemon', secret: {} })
  await grantToItself(organisation, registered, permissions)
  const { application, secret } = registered
  return { clientId: application.appId, clientSecret: secret?.secretText ?? '', registered }
}

/** Gives an application app roles of the Graph API. */
export async function grantToItself(
  { ctx }: Organisation,
  { servicePrincipal }: Registered,
  permissions: readonly string[],
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const graph = await graphResource(tx)
    for (const name of permissions) {
      const appRoleId = findPermission(name)?.applicationId
      if (appRoleId == null) throw new Error(`${name} is no application permission.`)
      await assignAppRole(ctx, tx, {
        principalId: servicePrincipal.id,
        resourceId: graph.servicePrincipalId,
        appRoleId,
      })
    }
  })
}

/** An administrator's consent for everybody, so that no consent page stands in the way. */
export async function consentForEverybody(
  { ctx }: Organisation,
  client: Registered,
  scopes: readonly string[],
  api?: Registered,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const resourceId = api?.servicePrincipal.id ?? (await graphResource(tx)).servicePrincipalId
    await recordConsent(ctx, tx, {
      clientId: client.servicePrincipal.id,
      resourceId,
      grantedBy: { for: 'everybody' },
      scopes,
    })
  })
}

async function graphResource(tx: Parameters<typeof resolveResource>[0]) {
  const graph = await resolveResource(tx, null, { baseUrl: '' })
  if (graph === null) throw new Error('Every tenant has the Graph API.')
  return graph
}
