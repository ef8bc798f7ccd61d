import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDeployment } from '../../test/kit/deployment.ts'
import { ownDatabase } from '../../test/kit/own-database.ts'
import {
  effectiveAppRoles,
  findById,
  findByUserPrincipalName,
  findClient,
  findPassword,
  grantsOfClient,
  readOrganization,
  resolveResource,
  rolesOf,
  verifyClientSecret,
} from '../directory/index.ts'
import { directoryRoleTemplates, graphAppId } from '../graph/index.ts'
import type { Tx } from '../platform/database/index.ts'
import { Forbidden } from '../platform/errors.ts'
import { parseTenantId, type TenantId } from '../platform/ids.ts'
import { judgePassword } from '../platform/passwords.ts'
import { findDomains } from '../tenants/index.ts'
import { displayNameOf, organisations } from './cast.ts'
import { hasher, makeDemo, tenantOf, tools, within as withinTenant } from './demo.fixture.ts'
import { describeDemo, ensureDemo } from './index.ts'
import type { DemoDescription, DemoTenant, DemoTenantKey } from './model.ts'

const own = ownDatabase()
const deployment = testDeployment(own.database)
const within = <T>(tenant: DemoTenant, work: (tx: Tx) => Promise<T>): Promise<T> =>
  withinTenant(deployment, tenant, work)

function parsed(text: string): TenantId {
  const id = parseTenantId(text)
  if (id === null) throw new Error('not a GUID')
  return id
}

test('PWD-1: every password of the demo could be set by its person', () => {
  for (const organisation of organisations) {
    for (const person of organisation.people) {
      const inputs = [
        displayNameOf(person),
        `${person.alias}@${organisation.domain}`,
        organisation.displayName,
      ]
      expect(judgePassword(person.password, inputs).reasons, person.alias).toEqual([])
    }
  }
  const passwords = organisations.flatMap(({ people }) => people.map(({ password }) => password))
  expect(new Set(passwords).size).toBe(passwords.length)
})

test('production mode refuses the demo and writes nothing', async () => {
  const attempt = ensureDemo(deployment, { ...tools, mode: 'production' })
  await expect(attempt).rejects.toThrow(Forbidden)
  expect(await describeDemo(deployment)).toBeNull()
  const { rows } = await own.database.pool.query('select 1 from tenants')
  expect(rows).toEqual([])
})

describe('once made', () => {
  let demo: DemoDescription

  beforeAll(async () => {
    demo = await makeDemo(deployment)
  })

  test('it has two workforce tenants and one for customers, each under names that nobody owns', async () => {
    expect(demo.tenants).toMatchObject([
      { displayName: 'Contoso', tenantType: 'AAD', domains: ['contoso.example', 'contoso.xenia.test'] },
      { displayName: 'Fabrikam', tenantType: 'AAD', domains: ['fabrikam.example', 'fabrikam.xenia.test'] },
      {
        displayName: 'Woodgrove',
        tenantType: 'CIAM',
        domains: ['woodgrove.example', 'woodgrove.xenia.test'],
      },
    ])
    for (const tenant of demo.tenants) {
      expect(tenant.issuer).toBe(`https://login.xenia.test/${tenant.id}/v2.0`)
      const domains = await within(tenant, (tx) => findDomains(tx, parsed(tenant.id)))
      expect(
        domains.map(({ name, isDefault, verification }) => [name, isDefault, verification.state]),
      ).toEqual([
        [tenant.domains[0], true, 'verified'],
        [tenant.domains[1], false, 'verified'],
      ])
    }
  })

  test('everybody in it can sign in with the password that it shows', async () => {
    for (const tenant of demo.tenants) {
      for (const shown of tenant.users) {
        const user = await within(tenant, (tx) => findByUserPrincipalName(tx, shown.userPrincipalName))
        expect(user).toMatchObject({
          id: shown.id,
          displayName: shown.displayName,
          mail: shown.userPrincipalName,
          accountEnabled: true,
          userType: 'Member',
        })
        const stored = await within(tenant, (tx) => findPassword(tx, shown.id))
        expect(stored?.forceChange).toBe(false)
        expect(await hasher.verify(stored?.hash ?? null, shown.password)).toBe(true)
      }
    }
  })

  test('Adele administers Contoso, Gita invites, Otto and Maria hold no role', async () => {
    const held = async (key: DemoTenantKey, name: string) => {
      const tenant = tenantOf(demo, key)
      const user = tenant.users.find(({ displayName }) => displayName === name)
      const roles = await within(tenant, (tx) => rolesOf(tx, user?.id ?? ''))
      return [user?.roles, [...roles]]
    }
    const { globalAdministrator, guestInviter } = directoryRoleTemplates
    expect(await held('contoso', 'Adele Vance')).toEqual([['Global Administrator'], [globalAdministrator]])
    expect(await held('contoso', 'Gita Inoue')).toEqual([['Guest Inviter'], [guestInviter]])
    expect(await held('contoso', 'Otto Lang')).toEqual([[], []])
    expect(await held('fabrikam', 'Maria Santos')).toEqual([[], []])
    expect(await held('woodgrove', 'Elena Novak')).toEqual([['Global Administrator'], [globalAdministrator]])
  })

  test('each tenant has groups with members and an owner', async () => {
    for (const tenant of demo.tenants) {
      const { rows } = await within(tenant, (tx) =>
        sql<{ members: number; owners: number }>`
          select (select count(*) from group_members m where m.group_id = g.id) as members,
                 (select count(*) from group_owners o where o.group_id = g.id) as owners from groups g`.execute(
          tx,
        ),
      )
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row).toMatchObject({ members: expect.any(Number), owners: 1 })
      expect(rows.every(({ members }) => members > 0)).toBe(true)
    }
  })

  test('each tenant has an application whose secret, addresses and API are as shown', async () => {
    for (const [index, tenant] of demo.tenants.entries()) {
      const [shown] = tenant.applications
      if (shown === undefined) throw new Error('no application')
      expect(shown.origin).toBe(`http://localhost:${8081 + index}`)
      await within(tenant, async (tx) => {
        const client = await findClient(tx, shown.appId)
        expect(client).toMatchObject({
          displayName: shown.displayName,
          redirectUris: { web: shown.redirectUris },
        })
        const verdict = await verifyClientSecret(tx, shown.appId, shown.secret, deployment.clock.now())
        expect(verdict.outcome).toBe('accepted')
        const api = await resolveResource(tx, shown.identifierUri, deployment)
        expect(api?.appId).toBe(shown.appId)
        expect(shown.scopes).toEqual(api?.scopes.map(({ value }) => `${shown.identifierUri}/${value}`))
      })
    }
  })

  test('nobody has to consent: the administrator has, for the sign-in, the own profile and the API', async () => {
    for (const tenant of demo.tenants) {
      const [application] = tenant.applications
      const [person] = tenant.users
      const granted = await within(tenant, async (tx) => {
        const client = await findClient(tx, application?.appId ?? '')
        return grantsOfClient(tx, client?.servicePrincipal?.id ?? '', person?.id ?? '')
      })
      expect(granted.get(graphAppId)?.toSorted()).toEqual([
        'User.Read',
        'email',
        'offline_access',
        'openid',
        'profile',
      ])
      expect(granted.get(application?.appId ?? '')).toEqual(['Orders.Read'])
    }
  })

  test('a role of the application reaches people through their group', async () => {
    const contoso = tenantOf(demo, 'contoso')
    const roles = await within(contoso, async (tx) => {
      const client = await findClient(tx, contoso.applications[0]?.appId ?? '')
      const held = async (name: string) => {
        const user = contoso.users.find(({ displayName }) => displayName === name)
        const found = await effectiveAppRoles(tx, user?.id ?? '', client?.servicePrincipal?.id ?? '')
        return found.map(({ value }) => value)
      }
      return { adele: await held('Adele Vance'), otto: await held('Otto Lang') }
    })
    expect(roles).toEqual({ adele: [], otto: ['Orders.Approve'] })
  })

  test('RED-12: Contoso has a privacy statement, Fabrikam has none', async () => {
    const contoso = await within(tenantOf(demo, 'contoso'), readOrganization)
    expect(contoso.privacyProfile).toEqual({
      contactEmail: 'privacy@contoso.example',
      statementUrl: 'http://localhost:8081/privacy',
    })
    const fabrikam = await within(tenantOf(demo, 'fabrikam'), readOrganization)
    expect(fabrikam.privacyProfile).toEqual({ contactEmail: null, statementUrl: null })
  })

  test('its tenants are islands: nobody of one is found in another', async () => {
    for (const tenant of demo.tenants) {
      for (const other of demo.tenants.filter(({ id }) => id !== tenant.id)) {
        await within(tenant, async (tx) => {
          for (const { id, userPrincipalName } of other.users) {
            expect(await findById(tx, id)).toBeNull()
            expect(await findByUserPrincipalName(tx, userPrincipalName)).toBeNull()
          }
          for (const { appId, identifierUri } of other.applications) {
            expect(await findClient(tx, appId)).toBeNull()
            expect(await resolveResource(tx, identifierUri, deployment)).toBeNull()
          }
        })
      }
    }
  })
})
