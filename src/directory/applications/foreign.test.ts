import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Conflict, Invalid } from '../../platform/errors.ts'
import { findClient, verifyClientSecret } from './clients.ts'
import { describeApplication, describeApplicationHandler, parseDescription } from './describe-application.ts'
import type { DescribeForeignApplication, ForeignApplication } from './model.ts'
import { registerApplication } from './register.ts'
import { resolveResource } from './resources.ts'
import { createApplication, updateApplication } from './service.ts'
import { createServicePrincipal, refreshServicePrincipal } from './service-principals.ts'

const database = testDatabase()
const deployment = { baseUrl: 'https://xenia.test' }
const run = <T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> => ctx.db.transaction(work)
const nobody: DescribeForeignApplication = async () => null

async function makePair() {
  const [home, resource] = [await makeTenant(database), await makeTenant(database)]
  const registered = await run(home, (tx) =>
    registerApplication(home, tx, {
      displayName: 'Shared',
      signInAudience: 'AzureADMultipleOrgs',
      identifierUris: ['api://shared', `https://${home.initialDomain}/shared`],
      web: { redirectUris: ['https://shared.example/done'] },
      secret: {},
    }),
  )
  // As the port does it: asked, answered and turned to JSON under the owner's scope.
  const describeAtHome: DescribeForeignApplication = async (_ctx, appId) => {
    const { application } = await describeApplicationHandler.answer(home, resource.tenantId, { appId })
    return parseDescription(JSON.parse(JSON.stringify(application)))
  }
  return { home, resource, describeAtHome, ...registered }
}

describe('an application of another tenant', () => {
  test('comes in by its owner’s description, and signs people in from the copy', async () => {
    const { home, resource, application, secret, describeAtHome } = await makePair()
    const principal = await createServicePrincipal(resource, { appId: application.appId }, describeAtHome)
    expect(principal).toMatchObject({
      appId: application.appId,
      appOwnerTenantId: home.tenantId,
      displayName: 'Shared',
      replyUrls: ['https://shared.example/done'],
    })
    expect(await run(resource, (tx) => findClient(tx, application.appId))).toMatchObject({
      applicationId: null,
      ownerTenantId: home.tenantId,
      servicePrincipal: { id: principal.id, enabled: true },
      redirectUris: { web: ['https://shared.example/done'] },
      credentials: { secrets: 0, keys: 0 },
    })
    expect(await run(resource, (tx) => resolveResource(tx, 'api://shared', deployment))).toMatchObject({
      servicePrincipalId: principal.id,
    })
    // Its secrets stay with its owner.
    const verdict = await run(resource, (tx) =>
      verifyClientSecret(tx, application.appId, secret?.secretText ?? '', resource.clock.now()),
    )
    expect(verdict).toEqual({ outcome: 'refused', reason: 'wrong' })
  })

  test('is not told of when it is for its own organisation only', async () => {
    const { home, resource, application, describeAtHome } = await makePair()
    await run(home, (tx) => updateApplication(home, tx, application.id, { signInAudience: 'AzureADMyOrg' }))
    expect(await run(home, (tx) => describeApplication(tx, home.tenantId, application.appId))).toBeNull()
    await expect(
      createServicePrincipal(resource, { appId: application.appId }, describeAtHome),
    ).rejects.toThrow('does not reference a valid application object')
  })

  test('is refused when nobody offers it, when it is none, and a second time', async () => {
    const { resource, application, describeAtHome } = await makePair()
    for (const appId of [application.appId, 'shared']) {
      await expect(createServicePrincipal(resource, { appId }, nobody)).rejects.toThrow(Invalid)
    }
    await createServicePrincipal(resource, { appId: application.appId }, describeAtHome)
    await expect(
      createServicePrincipal(resource, { appId: application.appId }, describeAtHome),
    ).rejects.toThrow(Conflict)
  })

  test('comes in once, however often at the same time', async () => {
    const { resource, application, describeAtHome } = await makePair()
    const attempts = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        createServicePrincipal(resource, { appId: application.appId }, describeAtHome),
      ),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(Conflict)
    }
  })

  test('brings no name that is ours, nor one that an application here has', async () => {
    const { home, resource, application } = await makePair()
    await run(resource, (tx) =>
      createApplication(resource, tx, { displayName: 'Own', identifierUris: ['api://taken'] }),
    )
    const honest = await run(home, (tx) => describeApplication(tx, home.tenantId, application.appId))
    if (honest === null) throw new Error('It is open to others.')
    const greedy: ForeignApplication = {
      ...honest,
      identifierUris: [
        'api://taken',
        `https://${resource.initialDomain}/payroll`,
        `api://${resource.tenantId}/payroll`,
        'https://graph.microsoft.com',
        'api://shared',
      ],
    }
    const principal = await createServicePrincipal(resource, { appId: application.appId }, async () => greedy)
    expect(principal.servicePrincipalNames).toEqual([application.appId, 'api://shared'])
    const resolve = (name: string) => run(resource, (tx) => resolveResource(tx, name, deployment))
    expect(await resolve('https://graph.microsoft.com')).toBeNull()
    expect(await resolve(`https://${resource.initialDomain}/payroll`)).toBeNull()
  })

  test.each<[string, Partial<ForeignApplication>]>([
    [
      'a redirect URI that runs',
      { redirectUris: { web: ['javascript:alert(1)'], spa: [], publicClient: [] } },
    ],
    ['no name', { displayName: '' }],
    ['another id than was asked for', { appId: '11111111-1111-4111-8111-111111111111' }],
    ['a description that is none', { redirectUris: JSON.parse('{}') }],
  ])('is refused with %s', async (_, lie) => {
    const { home, resource, application } = await makePair()
    const honest = await run(home, (tx) => describeApplication(tx, home.tenantId, application.appId))
    if (honest === null) throw new Error('It is open to others.')
    const attempt = createServicePrincipal(resource, { appId: application.appId }, async () => ({
      ...honest,
      ...lie,
    }))
    await expect(attempt).rejects.toThrow(Invalid)
  })

  test('is refused from one who says that it is ours', async () => {
    const { home, resource, application } = await makePair()
    const honest = await run(home, (tx) => describeApplication(tx, home.tenantId, application.appId))
    if (honest === null) throw new Error('It is open to others.')
    const lie: DescribeForeignApplication = async () => ({ ...honest, ownerTenantId: resource.tenantId })
    await expect(createServicePrincipal(resource, { appId: application.appId }, lie)).rejects.toThrow(Invalid)
  })

  test('is renewed from its owner and from nobody else', async () => {
    const { home, resource, application, describeAtHome } = await makePair()
    await createServicePrincipal(resource, { appId: application.appId }, describeAtHome)
    await run(home, (tx) =>
      updateApplication(home, tx, application.id, {
        displayName: 'Renamed',
        web: { redirectUris: ['https://shared.example/new'] },
      }),
    )
    const impostor: DescribeForeignApplication = async (ctx, appId) => {
      const honest = await describeAtHome(ctx, appId)
      return honest === null ? null : { ...honest, ownerTenantId: resource.ids.guid() }
    }
    const redirects = async () =>
      (await run(resource, (tx) => findClient(tx, application.appId)))?.redirectUris.web
    expect(await refreshServicePrincipal(resource, application.appId, impostor)).toBeNull()
    expect(await redirects()).toEqual(['https://shared.example/done'])
    expect(await refreshServicePrincipal(resource, application.appId, describeAtHome)).not.toBeNull()
    expect(await redirects()).toEqual(['https://shared.example/new'])
  })
})
