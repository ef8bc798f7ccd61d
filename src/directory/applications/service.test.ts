import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { putGroup, putUser } from '../../../test/kit/principals.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts'
import { readChanges } from '../changes.ts'
import { assignAppRole } from './app-role-assignments.ts'
import { findClient } from './clients.ts'
import { DEFAULT_ACCESS } from './model.ts'
import { addOwner, ownsObject, removeOwner } from './owners.ts'
import { purgeExpiredApplications } from './purge-expired.ts'
import { registerApplication } from './register.ts'
import { resolveResource } from './resources.ts'
import {
  createApplication,
  deleteApplication,
  purgeApplication,
  restoreApplication,
  updateApplication,
} from './service.ts'
import { deleteServicePrincipal, restoreServicePrincipal } from './service-principal-deletion.ts'
import { findServicePrincipal } from './service-principal-store.ts'
import { addServicePrincipal } from './service-principals.ts'
import { findApplication } from './store.ts'

const database = testDatabase()
const DAY = 86_400_000
const deployment = { baseUrl: 'https://xenia.test' }

const run = <T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> => ctx.db.transaction(work)
const audits = (ctx: TestTenant) =>
  run(ctx, async (tx) => {
    const { rows } = await sql<{ activity: string; text: string }>`
      select activity_display_name as activity, target_resources::text as text from directory_audits
       order by activity_date_time, activity_display_name`.execute(tx)
    return rows
  })
const changes = async (ctx: TestTenant) => {
  const entries = await run(ctx, (tx) => readChanges(tx, 0, 100))
  return entries.map((entry) => `${entry.objectType} ${entry.change}`)
}

describe('an application', () => {
  test('is created without a service principal, audited and announced in one transaction', async () => {
    const ctx = await makeTenant(database)
    const application = await run(ctx, (tx) => createApplication(ctx, tx, { displayName: ' Orders ' }))
    expect(application).toMatchObject({
      displayName: 'Orders',
      signInAudience: 'AzureADMyOrg',
      publisherDomain: ctx.initialDomain,
      deletedDateTime: null,
    })
    expect(await run(ctx, (tx) => findApplication(tx, application.id))).toEqual(application)
    expect(await run(ctx, (tx) => findClient(tx, application.appId))).toMatchObject({
      servicePrincipal: null,
    })
    expect(await audits(ctx)).toMatchObject([{ activity: 'Add application' }])
    expect(await changes(ctx)).toEqual(['application created'])
  })

  test('GRA-13: is not created at all when something is wrong with it', async () => {
    const ctx = await makeTenant(database)
    const attempt = run(ctx, (tx) =>
      createApplication(ctx, tx, {
        displayName: 'Orders',
        identifierUris: ['https://fabrikam.com'],
        tags: [''],
      }),
    )
    await expect(attempt).rejects.toThrow(Invalid)
    await expect(attempt).rejects.toMatchObject({
      details: [{ target: 'tags' }, { target: 'identifierUris' }],
    })
    expect(await audits(ctx)).toEqual([])
    expect(await changes(ctx)).toEqual([])
  })

  test('belongs to whoever creates it', async () => {
    const plain = await makeTenant(database)
    const userId = await putUser(plain)
    const ctx: Context = {
      ...plain,
      actor: { kind: 'user', userId, displayName: 'Ada', userPrincipalName: null, ipAddress: null },
    }
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'Orders' }),
    )
    expect(await run(ctx, (tx) => ownsObject(tx, application.id, userId))).toBe(true)
    expect(await run(ctx, (tx) => ownsObject(tx, servicePrincipal.id, userId))).toBe(true)
    expect(await run(ctx, (tx) => ownsObject(tx, application.id, servicePrincipal.id))).toBe(false)
  })

  test('cannot take the identifier URI of another, whatever its case, not even of a deleted one', async () => {
    const ctx = await makeTenant(database)
    const first = await run(ctx, (tx) =>
      createApplication(ctx, tx, { displayName: 'A', identifierUris: ['api://orders'] }),
    )
    const rival = () =>
      run(ctx, (tx) => createApplication(ctx, tx, { displayName: 'B', identifierUris: ['api://Orders'] }))
    await expect(rival()).rejects.toThrow('the same value for property identifierUris already exists')
    await run(ctx, (tx) => deleteApplication(ctx, tx, first.id))
    await expect(rival()).rejects.toThrow(Invalid)
    await run(ctx, (tx) => purgeApplication(ctx, tx, first.id))
    await expect(rival()).resolves.toMatchObject({ identifierUris: ['api://Orders'] })
  })

  test('wins or loses an identifier URI against rivals at the same moment, never both', async () => {
    const ctx = await makeTenant(database)
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        run(ctx, (tx) => createApplication(ctx, tx, { displayName: 'A', identifierUris: ['api://orders'] })),
      ),
    )
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1)
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(Invalid)
    }
  })

  test('cannot take a unique name that is taken in another case', async () => {
    const ctx = await makeTenant(database)
    await run(ctx, (tx) => createApplication(ctx, tx, { displayName: 'A', uniqueName: 'orders' }))
    const rival = run(ctx, (tx) => createApplication(ctx, tx, { displayName: 'B', uniqueName: 'Orders' }))
    await expect(rival).rejects.toThrow('the same value for property uniqueName already exists')
  })
})

describe('GRA-30: an update of an application', () => {
  test('reaches the service principal, whose own name stays once it differs', async () => {
    const ctx = await makeTenant(database)
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'Orders', exposeApi: true }),
    )
    const api = `api://${application.appId}`
    expect(servicePrincipal.servicePrincipalNames).toEqual([application.appId, api])
    const update = (given: Parameters<typeof updateApplication>[3]) =>
      run(ctx, (tx) => updateApplication(ctx, tx, application.id, given))
    await update({
      displayName: 'Sales',
      web: { redirectUris: ['https://a.example/'] },
      spa: { redirectUris: ['https://b.example/'] },
    })
    const followed = await run(ctx, (tx) => findServicePrincipal(tx, servicePrincipal.id))
    expect(followed).toMatchObject({
      displayName: 'Sales',
      appDisplayName: 'Sales',
      replyUrls: ['https://a.example/', 'https://b.example/'],
      servicePrincipalNames: [application.appId, api],
    })
    await run(ctx, (tx) =>
      sql`update service_principals set display_name = 'Our shop' where id = ${servicePrincipal.id}`.execute(
        tx,
      ),
    )
    await update({ displayName: 'Orders' })
    expect(await run(ctx, (tx) => findServicePrincipal(tx, servicePrincipal.id))).toMatchObject({
      displayName: 'Our shop',
      appDisplayName: 'Orders',
    })
  })

  test('that changes nothing leaves no trace', async () => {
    const ctx = await makeTenant(database)
    const application = await run(ctx, (tx) => createApplication(ctx, tx, { displayName: 'Orders' }))
    await run(ctx, (tx) =>
      updateApplication(ctx, tx, application.id, { displayName: 'Orders', web: { redirectUris: [] } }),
    )
    expect(await changes(ctx)).toEqual(['application created'])
  })

  test('frees the identifier URIs that it gives up', async () => {
    const ctx = await makeTenant(database)
    const { application } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'A', identifierUris: ['api://one', 'api://two'] }),
    )
    const resolve = (name: string) => run(ctx, (tx) => resolveResource(tx, name, deployment))
    expect(await resolve('api://one')).toMatchObject({ appId: application.appId })
    await run(ctx, (tx) => updateApplication(ctx, tx, application.id, { identifierUris: ['api://two'] }))
    expect(await resolve('api://one')).toBeNull()
    expect(await resolve('api://two')).toMatchObject({ appId: application.appId })
  })

  test('takes a removed role from those who held it', async () => {
    const ctx = await makeTenant(database)
    const role = {
      id: ctx.ids.guid(),
      value: 'Reader',
      displayName: 'Reader',
      description: 'Reads.',
      allowedMemberTypes: ['User'],
    }
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'A', appRoles: [role] }),
    )
    const principalId = await putUser(ctx)
    await run(ctx, (tx) =>
      assignAppRole(ctx, tx, { principalId, resourceId: servicePrincipal.id, appRoleId: role.id }),
    )
    const update = (appRoles: readonly object[]) =>
      run(ctx, (tx) => updateApplication(ctx, tx, application.id, { appRoles }))
    await expect(update([])).rejects.toMatchObject({
      details: [{ code: 'CannotDeleteOrUpdateEnabledEntitlement' }],
    })
    await update([{ ...role, isEnabled: false }])
    await update([])
    const { rows } = await run(ctx, (tx) => sql`select id from app_role_assignments`.execute(tx))
    expect(rows).toEqual([])
  })
})

describe('GRA-56, GRA-59: deleting an application', () => {
  test('takes its service principal along, and restoring brings both back with id, secrets and assignments', async () => {
    const ctx = await makeTenant(database)
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'Orders', secret: {} }),
    )
    const principalId = await putUser(ctx)
    await run(ctx, (tx) =>
      assignAppRole(ctx, tx, { principalId, resourceId: servicePrincipal.id, appRoleId: DEFAULT_ACCESS }),
    )
    await run(ctx, (tx) => deleteApplication(ctx, tx, application.id))
    expect(await run(ctx, (tx) => findApplication(tx, application.id))).toBeNull()
    expect(await run(ctx, (tx) => findServicePrincipal(tx, servicePrincipal.id))).toBeNull()
    expect(await run(ctx, (tx) => findClient(tx, application.appId))).toBeNull()
    expect(await run(ctx, (tx) => resolveResource(tx, application.appId, deployment))).toBeNull()

    ctx.clock.advance(29 * DAY)
    await run(ctx, (tx) => restoreApplication(ctx, tx, application.id))
    expect(await run(ctx, (tx) => findClient(tx, application.appId))).toMatchObject({
      applicationId: application.id,
      servicePrincipal: { id: servicePrincipal.id },
      credentials: { secrets: 1, keys: 0 },
    })
    const { rows } = await run(ctx, (tx) => sql`select id from app_role_assignments`.execute(tx))
    expect(rows).toHaveLength(1)
    expect(new Set((await audits(ctx)).map((audit) => audit.activity))).toEqual(
      new Set([
        'Add application',
        'Add service principal',
        'Update application – Certificates and secrets management',
        'Add app role assignment to user',
        'Delete application',
        'Remove service principal',
        'Restore application',
        'Restore service principal',
      ]),
    )
  })

  test('GRA-58: cannot be undone after thirty days, and then everything is purged', async () => {
    const ctx = await makeTenant(database)
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'Orders', secret: {}, identifierUris: ['api://orders'] }),
    )
    await putGroup(ctx, [])
    await run(ctx, (tx) => addOwner(ctx, tx, 'application', application.id, servicePrincipal.id))
    await run(ctx, (tx) => deleteApplication(ctx, tx, application.id))
    expect(await purgeExpiredApplications(ctx)).toBe(0)
    ctx.clock.advance(30 * DAY + 1)
    await expect(run(ctx, (tx) => restoreApplication(ctx, tx, application.id))).rejects.toThrow(NotFound)
    expect(await purgeExpiredApplications(ctx)).toBe(1)
    for (const table of [
      'applications',
      'service_principals',
      'application_credentials',
      'application_owners',
      'resource_identifiers',
      'app_role_assignments',
    ]) {
      const { rows } = await run(ctx, (tx) => sql`select tenant_id from ${sql.table(table)}`.execute(tx))
      expect({ table, rows }).toEqual({ table, rows: [] })
    }
  })

  test('a service principal of its own can be deleted and restored, but not while its application is deleted', async () => {
    const ctx = await makeTenant(database)
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'Orders' }),
    )
    await run(ctx, (tx) => deleteServicePrincipal(ctx, tx, servicePrincipal.id))
    const again = run(ctx, (tx) => addServicePrincipal(ctx, tx, application))
    await expect(again).rejects.toThrow(Conflict)
    await expect(again).rejects.toMatchObject({ code: 'Request_MultipleObjectsWithSameKeyValue' })
    await run(ctx, (tx) => restoreServicePrincipal(ctx, tx, servicePrincipal.id))
    await run(ctx, (tx) => deleteApplication(ctx, tx, application.id))
    await expect(run(ctx, (tx) => restoreServicePrincipal(ctx, tx, servicePrincipal.id))).rejects.toThrow(
      'Restore the application',
    )
  })
})

describe('GRA-32: owners', () => {
  test('are users or service principals that exist, each once', async () => {
    const ctx = await makeTenant(database)
    const { application, servicePrincipal } = await run(ctx, (tx) =>
      registerApplication(ctx, tx, { displayName: 'Orders' }),
    )
    const user = await putUser(ctx)
    const group = await putGroup(ctx, [])
    const add = (owner: string) => run(ctx, (tx) => addOwner(ctx, tx, 'application', application.id, owner))
    await add(user)
    await add(servicePrincipal.id)
    await expect(add(user)).rejects.toThrow('already exist')
    await expect(add(group)).rejects.toThrow('A group cannot own')
    await expect(add(ctx.ids.guid())).rejects.toThrow(NotFound)
    await expect(add('not-an-id')).rejects.toThrow(NotFound)
    const remove = (owner: string) =>
      run(ctx, (tx) => removeOwner(ctx, tx, 'application', application.id, owner))
    await remove(user)
    await expect(remove(user)).rejects.toThrow(NotFound)
  })
})

test('GRA-12: another tenant finds nothing under the same ids', async () => {
  const ctx = await makeTenant(database)
  const stranger = await makeTenant(database)
  const { application, servicePrincipal } = await run(ctx, (tx) =>
    registerApplication(ctx, tx, { displayName: 'Orders', identifierUris: ['api://orders'] }),
  )
  const user = await putUser(stranger)
  const attempts: readonly ((tx: Tx) => Promise<unknown>)[] = [
    (tx) => updateApplication(stranger, tx, application.id, { displayName: 'Mine' }),
    (tx) => deleteApplication(stranger, tx, application.id),
    (tx) => restoreApplication(stranger, tx, application.id),
    (tx) => purgeApplication(stranger, tx, application.id),
    (tx) => deleteServicePrincipal(stranger, tx, servicePrincipal.id),
    (tx) => addOwner(stranger, tx, 'application', application.id, user),
    (tx) => addOwner(stranger, tx, 'servicePrincipal', servicePrincipal.id, user),
    (tx) =>
      assignAppRole(stranger, tx, {
        principalId: user,
        resourceId: servicePrincipal.id,
        appRoleId: DEFAULT_ACCESS,
      }),
  ]
  for (const attempt of attempts) await expect(run(stranger, attempt), `${attempt}`).rejects.toThrow(NotFound)
  expect(await run(stranger, (tx) => findClient(tx, application.appId))).toBeNull()
  expect(await run(stranger, (tx) => resolveResource(tx, 'api://orders', deployment))).toBeNull()
  // Nor does the name that is taken there keep it from its own.
  await run(stranger, (tx) =>
    createApplication(stranger, tx, { displayName: 'A', identifierUris: ['api://orders'] }),
  )
  expect(await run(ctx, (tx) => findApplication(tx, application.id))).toEqual(application)
})
