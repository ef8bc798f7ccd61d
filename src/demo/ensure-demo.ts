import type { Config } from '../platform/config.ts'
import type { Context } from '../platform/context.ts'
import type { Database } from '../platform/database/index.ts'
import { type Deployment, openContext } from '../platform/deployment.ts'
import { Forbidden } from '../platform/errors.ts'
import { parseTenantId } from '../platform/ids.ts'
import type { PasswordHasher } from '../platform/passwords.ts'
import {
  createTenant,
  findTenantByDomain,
  initialiseTenant,
  listTenants,
  setDefaultDomain,
  type Tenant,
  type TenantInitialiser,
} from '../tenants/index.ts'
import { addressesOf } from './addresses.ts'
import { moveApplication } from './application.ts'
import { displayNameOf, type Organisation, organisationOf, organisations, roleNamesOf } from './cast.ts'
import { description } from './describe-demo.ts'
import { furnish } from './furnish.ts'
import type { DemoDescription } from './model.ts'
import { type DemoRecord, readDemo, writeDemo } from './record-store.ts'

export interface DemoTools {
  readonly mode: Config['mode']
  readonly hasher: PasswordHasher
  readonly initialisers: readonly TenantInitialiser[]
  /** Where the first example application listens; the others follow on the next ports. Loopback, or https. */
  readonly applicationOrigin: string
}

/**
 * Makes the demo in an empty development database; where it is already, only its addresses follow this start. Several
 * programs may start at once; what a crash cut short, the next start finishes. Null when the database holds tenants
 * and no demo: it is somebody's own. Throws `Forbidden` in production mode, since everybody knows the passwords.
 */
export async function ensureDemo(deployment: Deployment, tools: DemoTools): Promise<DemoDescription | null> {
  if (tools.mode === 'production') {
    throw new Forbidden('Production mode has no demo: the passwords of its people are public.')
  }
  return oneAtATime(deployment.database, async () => {
    const record = await begin(deployment, tools.applicationOrigin)
    if (record === null) return null
    const moved = record.applicationOrigin !== tools.applicationOrigin
    if (moved) {
      for (const tenant of record.tenants) await moveTenant(deployment, tenant, tools.applicationOrigin)
    }
    let made: DemoRecord = { ...record, applicationOrigin: tools.applicationOrigin }
    for (const organisation of organisations) {
      if (made.tenants.some(({ key }) => key === organisation.key)) continue
      made = { ...made, tenants: [...made.tenants, await makeTenant(deployment, tools, organisation)] }
      await save(deployment, made)
    }
    if (moved) await save(deployment, made)
    return description(deployment.baseUrl, made)
  })
}

/** The record to go on with: what is there, or an empty one in an empty database. */
async function begin(deployment: Deployment, applicationOrigin: string): Promise<DemoRecord | null> {
  const { database, keyring } = deployment
  return database.platform.transaction(async (tx) => {
    const present = await readDemo(tx, keyring)
    if (present !== undefined) return present
    const [somebody] = await listTenants(tx, '', 1)
    if (somebody !== undefined) return null
    const empty: DemoRecord = { applicationOrigin, tenants: [] }
    // From now on the database is the demo's, even if this start ends after the first tenant.
    await writeDemo(tx, keyring, empty)
    return empty
  })
}

const save = (deployment: Deployment, record: DemoRecord): Promise<void> =>
  deployment.database.platform.transaction((tx) => writeDemo(tx, deployment.keyring, record))

async function makeTenant(
  deployment: Deployment,
  tools: DemoTools,
  organisation: Organisation,
): Promise<DemoRecord['tenants'][number]> {
  const tenant = await tenantOf(deployment, tools.initialisers, organisation)
  const { userIds, application } = await furnish(contextOf(deployment, tenant.id), {
    organisation,
    hasher: tools.hasher,
    baseUrl: deployment.baseUrl,
    addresses: addressesOf(tools.applicationOrigin, organisation),
  })
  return {
    key: organisation.key,
    id: tenant.id,
    application,
    users: organisation.people.map((person) => ({
      id: userIds.get(person.alias) ?? '',
      userPrincipalName: `${person.alias}@${organisation.domain}`,
      displayName: displayNameOf(person),
      password: person.password,
      roles: roleNamesOf(person),
    })),
  }
}

async function tenantOf(
  deployment: Deployment,
  initialisers: readonly TenantInitialiser[],
  organisation: Organisation,
): Promise<Tenant> {
  const { displayName, tenantType, initialDomain, domain } = organisation
  const { platform } = deployment.database
  const begun = await platform.transaction((tx) => findTenantByDomain(tx, initialDomain))
  // A start that was cut short may have left the reference rows and nothing else.
  if (begun !== null) await initialiseTenant(deployment, begun.id, initialisers)
  const tenant =
    begun ??
    (await createTenant(
      deployment,
      { displayName, tenantType, initialDomain, trustedDomains: [domain] },
      initialisers,
    ))
  await platform.transaction((tx) => setDefaultDomain(tx, tenant.id, domain))
  return tenant
}

async function moveTenant(
  deployment: Deployment,
  { key, id, application }: DemoRecord['tenants'][number],
  applicationOrigin: string,
): Promise<void> {
  const organisation = organisationOf(key)
  const addresses = addressesOf(applicationOrigin, organisation)
  await moveApplication(contextOf(deployment, id), organisation, application.objectId, addresses)
}

function contextOf(deployment: Deployment, id: string): Context {
  const tenantId = parseTenantId(id)
  if (tenantId === null) throw new TypeError('The record holds GUIDs.')
  return openContext(deployment, tenantId, { kind: 'system', name: 'Demo' }, deployment.ids.guid())
}

/** Programs that start at once make the demo one after the other. */
async function oneAtATime<T>({ pool }: Database, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query("select pg_advisory_lock(hashtext('xenia demo'))")
    return await work()
  } finally {
    // The lock goes with its connection, whatever has happened to either.
    client.release(true)
  }
}
