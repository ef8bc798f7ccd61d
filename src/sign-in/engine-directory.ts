import { applicationRoles, effectiveAppRoles, isAssigned, verifyClientSecret } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import { digestToken } from '../platform/crypto/tokens.ts'
import type { Tx } from '../platform/database/index.ts'
import { isGuid } from '../platform/ids.ts'
import type { TenantPort } from '../tenants/index.ts'
import type { Consents, EngineDirectory } from './engine/facts.ts'
import { firstPartyClient } from './first-party.ts'
import {
  findAccountFacts,
  findApplicationFacts,
  findClientFacts,
  findResourceFacts,
  readConsents,
} from './load-facts.ts'
import { remembered, shortMemory } from './remembered.ts'

/** Answers the protocol engine of one tenant from the directory, remembering answers for five seconds. */
export function openEngineDirectory(ctx: Context, port: TenantPort, baseUrl: string): EngineDirectory {
  const client = remembered((id) => findClientFacts(ctx, port, baseUrl, id))
  const account = remembered((id) => findAccountFacts(ctx, baseUrl, id))
  const loadResource = (tx: Tx, identifier: string) =>
    findResourceFacts(tx, baseUrl, identifier === '' ? null : identifier)
  const resource = remembered(async (identifier) => {
    const found = await ctx.db.transaction((tx) => loadResource(tx, identifier))
    // The client's request names it by any of its names, the engine then by its id.
    if (found !== null && found.appId !== identifier) resource.learn(found.appId, Promise.resolve(found))
    return found
  })
  // Only acceptances are remembered, under a digest: no secret waits in memory, no correction has to wait.
  const acceptedSecrets = shortMemory<true>()
  const secretKey = (clientId: string, secret: string) => digestToken(JSON.stringify([clientId, secret]))
  const loadRoles = async (tx: Tx, key: string) => {
    const [principal = '', of = ''] = key.split(' ')
    return valuesOf(await applicationRoles(tx, principal, of))
  }
  const rolesOfApplication = remembered((key) => ctx.db.transaction((tx) => loadRoles(tx, key)))
  const rolesOfUser = remembered(async (key) => {
    const [user = '', of = ''] = key.split(' ')
    return valuesOf(await ctx.db.transaction((tx) => effectiveAppRoles(tx, user, of)))
  })
  const assigned = remembered(async (key) => {
    const [user = '', to = ''] = key.split(' ')
    return (await ctx.db.transaction((tx) => isAssigned(tx, user, to))) ? { user } : null
  })
  const consents = remembered(async (key): Promise<Consents> => {
    const [clientId = '', user = ''] = key.split(' ')
    return readConsents(ctx, await client.find(clientId), user)
  })

  /** All at once, in one transaction. */
  const loadForApplication = (clientId: string, secret: string | null, identifier: string) => {
    const now = ctx.clock.now()
    return ctx.db.transaction(async (tx) => {
      const asking = await findApplicationFacts(tx, clientId, now)
      const asked = await loadResource(tx, identifier)
      const principal = asking?.servicePrincipalId ?? null
      if (principal === null || asked === null) return { asking, asked, roles: null, accepted: false }
      const rolesKey = `${principal} ${asked.servicePrincipalId}`
      const roles = { key: rolesKey, values: await loadRoles(tx, rolesKey) }
      const verdict = secret === null ? null : await verifyClientSecret(tx, clientId, secret, now)
      return { asking, asked, roles, accepted: verdict?.outcome === 'accepted' }
    })
  }
  const renewing = new Set<string>()

  /**
   * What is known and soon forgotten is renewed while the request goes on with what is known: an application that
   * comes again within five seconds never waits for the database, and what it gets is never older than that.
   */
  async function prepareForApplication(clientId: string, secret: string | null, name: string | null) {
    const identifier = name ?? ''
    const known = client.knows(clientId) && resource.knows(identifier)
    const isOther = !isGuid(clientId) || firstPartyClient(ctx.tenantId, baseUrl, clientId) !== null
    if (isOther || (known && !client.endsSoon(clientId)) || renewing.has(clientId)) return
    const facts = loadForApplication(clientId, secret, identifier)
    const learn = async () => {
      const { asking, asked, roles, accepted } = await facts
      client.learn(clientId, Promise.resolve(asking))
      resource.learn(identifier, Promise.resolve(asked))
      if (asked !== null) resource.learn(asked.appId, Promise.resolve(asked))
      if (roles !== null) rolesOfApplication.learn(roles.key, Promise.resolve(roles.values))
      if (accepted && secret !== null) acceptedSecrets.set(secretKey(clientId, secret), true)
    }
    if (known) {
      renewing.add(clientId)
      // What fails now is asked for again when it is needed, and fails there.
      void learn()
        .catch(() => {})
        .finally(() => renewing.delete(clientId))
      return
    }
    client.learn(
      clientId,
      facts.then(({ asking }) => asking),
    )
    resource.learn(
      identifier,
      facts.then(({ asked }) => asked),
    )
    await learn()
  }

  return {
    findClient: (clientId) => client.find(clientId),
    findAccount: (objectId) => account.find(objectId),
    findResource: (identifier) => resource.find(identifier ?? ''),
    prepareForApplication,
    async verifySecret(clientId, secret) {
      const key = secretKey(clientId, secret)
      if (acceptedSecrets.get(key) === true) return true
      const now = ctx.clock.now()
      const verdict = await ctx.db.transaction((tx) => verifyClientSecret(tx, clientId, secret, now))
      if (verdict.outcome === 'accepted') acceptedSecrets.set(key, true)
      return verdict.outcome === 'accepted'
    },
    async consentsOf(clientId, objectId, fresh) {
      return (await consents.find(`${clientId} ${objectId}`, fresh)) ?? { openId: [], resources: new Map() }
    },
    async applicationRoles(clientId, of) {
      const principal = (await client.find(clientId))?.servicePrincipalId
      return principal == null
        ? []
        : ((await rolesOfApplication.find(`${principal} ${of.servicePrincipalId}`)) ?? [])
    },
    async userRoles(objectId, servicePrincipalId) {
      return (await rolesOfUser.find(`${objectId} ${servicePrincipalId}`)) ?? []
    },
    async isAssigned(objectId, servicePrincipalId) {
      return (await assigned.find(`${objectId} ${servicePrincipalId}`)) !== null
    },
  }
}

const valuesOf = (roles: readonly { readonly value: string | null }[]): readonly string[] =>
  roles.flatMap(({ value }) => (value === null ? [] : [value]))
