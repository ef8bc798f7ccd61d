import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { contextOf, newTenant, testDeployment } from '../../test/kit/deployment.ts'
import {
  addPassword,
  assignAppRole,
  ensureGraphServicePrincipal,
  registerApplication,
  removePassword,
  resolveResource,
} from '../directory/index.ts'
import { findPermission, graphAppId } from '../graph/index.ts'
import type { Context } from '../platform/context.ts'
import { createPort } from '../tenants/index.ts'
import { openEngineDirectory } from './engine-directory.ts'

const deployment = testDeployment()
const port = createPort(deployment, [])

/** An application with a secret and a role on Graph, and a directory that counts its transactions. */
async function makeDaemon() {
  const tenant = await newTenant(deployment, {}, [ensureGraphServicePrincipal])
  const ctx = contextOf(deployment, tenant)
  const daemon = await ctx.db.transaction(async (tx) => {
    const registered = await registerApplication(ctx, tx, { displayName: 'Daemon', secret: {} })
    const graph = await resolveResource(tx, null, deployment)
    await assignAppRole(ctx, tx, {
      principalId: registered.servicePrincipal.id,
      resourceId: graph?.servicePrincipalId ?? '',
      appRoleId: findPermission('User.Read.All')?.applicationId ?? '',
    })
    return registered
  })
  const asked = { times: 0, finished: 0 }
  const counting: Context = {
    ...ctx,
    db: {
      tenantId: ctx.tenantId,
      transaction: (work) => {
        asked.times += 1
        return ctx.db.transaction(work).finally(() => {
          asked.finished += 1
        })
      },
    },
  }
  const directory = openEngineDirectory(counting, port, deployment.baseUrl)
  const { application, secret } = daemon
  return { ctx, daemon, directory, asked, clientId: application.appId, secret: secret?.secretText ?? '' }
}

afterEach(() => void vi.restoreAllMocks())

const realNow = performance.now.bind(performance)

/** Moves the clock that what is remembered is measured by. */
function moveOn(milliseconds: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + milliseconds)
}

const GRAPH = 'https://graph.microsoft.com'

test('what a token for an application needs is found in one transaction, and then remembered', async () => {
  const { directory, asked, clientId, secret, daemon } = await makeDaemon()
  for (let time = 0; time < 2; time += 1) {
    await directory.prepareForApplication(clientId, secret, GRAPH)
    const named = await directory.findResource(GRAPH)
    expect(await directory.findClient(clientId)).toMatchObject({
      servicePrincipalId: daemon.servicePrincipal.id,
    })
    expect(await directory.findResource(graphAppId)).toBe(named)
    expect(await directory.verifySecret(clientId, secret)).toBe(true)
    if (named === null) throw new Error('Graph is in every tenant.')
    expect(await directory.applicationRoles(clientId, named)).toEqual(['User.Read.All'])
  }
  expect(asked.times).toBe(1)
})

test('many requests at once prepare once', async () => {
  const { directory, asked, clientId, secret } = await makeDaemon()
  await Promise.all(
    Array.from({ length: 20 }, () => directory.prepareForApplication(clientId, secret, GRAPH)),
  )
  expect(asked.times).toBe(1)
})

test('only an accepted secret is remembered: a wrong one is refused each time, a new one counts at once', async () => {
  const { ctx, daemon, directory, clientId } = await makeDaemon()
  await directory.prepareForApplication(clientId, 'wrong', GRAPH)
  expect(await directory.verifySecret(clientId, 'wrong')).toBe(false)
  const added = await ctx.db.transaction((tx) => addPassword(ctx, tx, daemon.application.id, {}))
  expect(await directory.verifySecret(clientId, added.secretText)).toBe(true)
  await ctx.db.transaction((tx) => removePassword(ctx, tx, daemon.application.id, added.keyId))
  await directory.prepareForApplication(clientId, 'wrong', GRAPH)
  expect(await directory.verifySecret(clientId, 'wrong')).toBe(false)
})

test('an application that comes again within five seconds waits for nothing, and is renewed meanwhile', async () => {
  const { directory, asked, clientId, secret } = await makeDaemon()
  await directory.prepareForApplication(clientId, secret, GRAPH)
  moveOn(4_000)
  await Promise.all([1, 2, 3].map(() => directory.prepareForApplication(clientId, secret, GRAPH)))
  expect(await directory.verifySecret(clientId, secret)).toBe(true)
  expect(asked.times).toBe(2)
  await vi.waitFor(() => expect(asked.finished).toBe(2))
  await setImmediate()
  moveOn(6_000)
  expect(await directory.verifySecret(clientId, secret)).toBe(true)
  expect(await directory.findClient(clientId)).not.toBeNull()
  expect(asked.times).toBe(2)
})

test('an application that comes later is asked for again: a secret that was taken away is refused', async () => {
  const { ctx, daemon, directory, clientId, secret } = await makeDaemon()
  await directory.prepareForApplication(clientId, secret, GRAPH)
  await ctx.db.transaction((tx) => removePassword(ctx, tx, daemon.application.id, daemon.secret?.keyId ?? ''))
  moveOn(5_100)
  await directory.prepareForApplication(clientId, secret, GRAPH)
  expect(await directory.verifySecret(clientId, secret)).toBe(false)
})

test.each([
  ['an unknown application', '11111111-2222-4333-8444-555555555555', GRAPH],
  ['a text that is no id', 'https://elsewhere.example/app', GRAPH],
])('%s is prepared as nothing', async (_name, clientId, identifier) => {
  const { directory } = await makeDaemon()
  await directory.prepareForApplication(clientId, 'x', identifier)
  expect(await directory.findClient(clientId)).toBeNull()
  expect(await directory.verifySecret(clientId, 'x')).toBe(false)
})

test('an application of another tenant is prepared as nothing, its secret as wrong', async () => {
  const { clientId, secret } = await makeDaemon()
  const { directory } = await makeDaemon()
  await directory.prepareForApplication(clientId, secret, GRAPH)
  expect(await directory.findClient(clientId)).toBeNull()
  expect(await directory.verifySecret(clientId, secret)).toBe(false)
})
