import { expect, test } from 'vitest'
import { newTenant, testDeployment } from '../../../test/kit/deployment.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { createTenantFinder } from './find-tenant.ts'

const shared = testDeployment()

/** A finder, and how often it has asked the database. */
function counted() {
  const asked = { times: 0 }
  const { database } = shared
  const deployment: Deployment = {
    ...shared,
    database: {
      ...database,
      platform: {
        transaction: (work) => {
          asked.times += 1
          return database.platform.transaction(work)
        },
      },
    },
  }
  return { find: createTenantFinder(deployment), asked }
}

test('a tenant is found by GUID and by domain, in any case, and asked for once for each', async () => {
  const tenant = await newTenant(shared)
  const { find, asked } = counted()
  const segments = [
    tenant.id,
    tenant.id.toUpperCase(),
    tenant.initialDomain,
    tenant.initialDomain.toUpperCase(),
  ]
  for (const segment of [...segments, ...segments]) expect(await find(segment)).toBe(tenant.id)
  expect(asked.times).toBe(2)
})

test('of many requests at once for a tenant, one asks', async () => {
  const tenant = await newTenant(shared)
  const { find, asked } = counted()
  await Promise.all(Array.from({ length: 20 }, () => find(tenant.id)))
  expect(asked.times).toBe(1)
})

test('what names no tenant is asked for each time: it may be there in the next moment', async () => {
  const { find, asked } = counted()
  const domain = `late-${shared.ids.guid()}.example`
  expect(await find(domain)).toBeNull()
  const tenant = await newTenant(shared, { initialDomain: domain })
  expect(await find(domain)).toBe(tenant.id)
  expect(asked.times).toBe(2)
})
