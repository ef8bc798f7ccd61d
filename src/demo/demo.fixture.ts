import type { TestDeployment } from '../../test/kit/deployment.ts'
import { ensureGraphServicePrincipal } from '../directory/index.ts'
import type { Tx } from '../platform/database/index.ts'
import { parseTenantId } from '../platform/ids.ts'
import { createPasswordHasher } from '../platform/passwords.ts'
import { ensureDemo } from './ensure-demo.ts'
import type { DemoDescription, DemoTenant, DemoTenantKey } from './model.ts'

export const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })

export const tools = {
  mode: 'development',
  hasher,
  initialisers: [ensureGraphServicePrincipal],
  applicationOrigin: 'http://localhost:8081',
} as const

/** Makes the demo in a database that is empty or has it already. */
export async function makeDemo(deployment: TestDeployment): Promise<DemoDescription> {
  const demo = await ensureDemo(deployment, tools)
  if (demo === null) throw new Error('The database belongs to the demo.')
  return demo
}

export function tenantOf(demo: DemoDescription, key: DemoTenantKey): DemoTenant {
  const tenant = demo.tenants.find((candidate) => candidate.key === key)
  if (tenant === undefined) throw new Error(key)
  return tenant
}

/** Runs queries as a tenant of the demo. */
export function within<T>(
  { database }: TestDeployment,
  tenant: DemoTenant,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const id = parseTenantId(tenant.id)
  if (id === null) throw new Error('not a GUID')
  return database.tenant(id).transaction(work)
}
