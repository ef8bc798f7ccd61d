import { type MovableClock, movableClock } from '../../src/platform/clock.ts'
import type { Actor, Context } from '../../src/platform/context.ts'
import { createKeyring, developmentMasterKey, parseMasterKey } from '../../src/platform/crypto/keyring.ts'
import type { Database } from '../../src/platform/database/index.ts'
import { type Deployment, openContext } from '../../src/platform/deployment.ts'
import { randomIds } from '../../src/platform/ids.ts'
import { silentLogger } from '../../src/platform/telemetry/log.ts'
import { createTenant, type NewTenant, type Tenant, type TenantInitialiser } from '../../src/tenants/index.ts'
import { testDatabase } from './database.ts'

export interface TestDeployment extends Deployment {
  readonly clock: MovableClock
}

/** A deployment on the run's shared database, with a clock that the test moves. Call it once per test file. */
export function testDeployment(database: Database = testDatabase()): TestDeployment {
  return {
    baseUrl: 'https://login.xenia.test',
    database,
    clock: movableClock(),
    ids: randomIds,
    keyring: createKeyring(parseMasterKey(developmentMasterKey)),
    log: silentLogger,
  }
}

/** A tenant that no other test knows. */
export function newTenant(
  deployment: Deployment,
  facts: Partial<NewTenant> = {},
  initialisers: readonly TenantInitialiser[] = [],
): Promise<Tenant> {
  const name = `t${deployment.ids.guid().slice(0, 8)}`
  return createTenant(
    deployment,
    { displayName: name, tenantType: 'AAD', initialDomain: `${name}.xenia.test`, ...facts },
    initialisers,
  )
}

/** A context of the tenant in which the product itself acts, unless `actor` says otherwise. */
export const contextOf = (
  deployment: Deployment,
  tenant: Tenant,
  actor: Actor = { kind: 'system', name: 'Test' },
): Context => openContext(deployment, tenant.id, actor, deployment.ids.guid())
