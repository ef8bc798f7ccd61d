import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { newTenant, type TestDeployment, testDeployment } from '../../test/kit/deployment.ts'
import { ownDatabase } from '../../test/kit/own-database.ts'
import {
  effectiveAppRoles,
  ensureGraphServicePrincipal,
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
import { createPasswordHasher, judgePassword } from '../platform/passwords.ts'
import { findDomains } from '../tenants/index.ts'
import { displayNameOf, organisations } from './cast.ts'
import { describeDemo, ensureDemo } from './index.ts'
import type { DemoDescription, DemoTenant, DemoTenantKey } from './model.ts'
import { readDemo, writeDemo } from './record-store.ts'

const own = ownDatabase()
const deployment = testDeployment(own.database)
const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })
const tools = {
  mode: 'development',
  hasher,
  initialisers: [ensureGraphServicePrincipal],
  applicationOrigin: 'http://localhost:8081',
} as const

const made = async (on: TestDeployment = deployment): Promise<DemoDescription> => {
  const demo = await ensureDemo(on, tools)
  if (demo === null) throw new Error('The database belongs to the demo.')
  return demo
}

const idOf = (tenant: DemoTenant): TenantId => {
  const id = parseTenantId(tenant.id)
  if (id === null) throw new Error('not a GUID')
  return id
}

const tenantOf = (demo: DemoDescription, key: DemoTenantKey): DemoTenant => {
  const tenant = demo.tenants.find((candidate) => candidate.key === key)
  if (tenant === undefined) throw new Error(key)
  return tenant
}

const within = <T>(tenant: DemoTenant, work: (tx: Tx) => Promise<T>): Promise<T> =>
  own.database.tenant(idOf(tenant)).transaction(work)

const everyRow = async (): Promise<unknown> => {
  const { rows } = await own.database.pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  )
  const counts: Record<string, unknown> = {}
  for (const { name } of rows) {
    // As superuser: row-level security would hide what is to be counted.
    const { rows: found } = await own.database.pool.query<{ text: string }>(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as text from ${name} t`,
    )
    counts[name] = found[0]?.text
  }
  return counts
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
    demo = await made()
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
      const domains = await within(tenant, (tx) => findDomains(tx, idOf(tenant)))
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

  test('a second start prints the same, and so does whoever only asks', async () => {
    expect(await made()).toEqual(demo)
    expect(await describeDemo(deployment)).toEqual(demo)
    expect(JSON.parse(JSON.stringify(demo))).toEqual(demo)
  })

  test('a second start changes no row', async () => {
    const before = await everyRow()
    await made()
    expect(await everyRow()).toEqual(before)
  })

  test('its secrets lie sealed in the database', async () => {
    const { rows } = await own.database.pool.query<{ value: unknown }>(
      `select value from deployment_settings where name = 'demo'`,
    )
    const stored = JSON.stringify(rows)
    const [application] = tenantOf(demo, 'contoso').applications
    expect(rows).toHaveLength(1)
    expect(stored).not.toContain(application?.secret)
    expect(stored).not.toContain(demo.tenants[0]?.users[0]?.password)
  })

  test('started at other addresses, it answers there', async () => {
    const elsewhere = { ...deployment, baseUrl: 'https://login.elsewhere.test' }
    const moved = await ensureDemo(elsewhere, { ...tools, applicationOrigin: 'http://localhost:9001' })
    const [contoso] = moved?.tenants ?? []
    expect(contoso?.issuer).toBe(`https://login.elsewhere.test/${contoso?.id}/v2.0`)
    expect(contoso?.applications[0]).toMatchObject({
      secret: tenantOf(demo, 'contoso').applications[0]?.secret,
      redirectUris: [
        'http://localhost:9001/callback',
        'http://localhost:9001/signed-out',
        'http://localhost:3000/redirect',
      ],
    })
    const client = await within(tenantOf(demo, 'contoso'), (tx) =>
      findClient(tx, contoso?.applications[0]?.appId ?? ''),
    )
    expect(client?.redirectUris.web).toEqual(contoso?.applications[0]?.redirectUris)
    expect(await made()).toEqual(demo)
  })

  test('a start that was cut short between two tenants is finished by the next', async () => {
    await forget('woodgrove')
    expect(await describeDemo(deployment)).toBeNull()
    const again = await made()
    expect(again.tenants.map(({ id }) => id)).toEqual(demo.tenants.map(({ id }) => id))
    expect(tenantOf(again, 'woodgrove').users).toEqual(tenantOf(demo, 'woodgrove').users)
    // The secret was lost with the program that made it: there is a new one, and it works.
    const [application] = tenantOf(again, 'woodgrove').applications
    expect(application?.secret).not.toBe(tenantOf(demo, 'woodgrove').applications[0]?.secret)
    const verdict = await within(tenantOf(again, 'woodgrove'), (tx) =>
      verifyClientSecret(tx, application?.appId ?? '', application?.secret ?? '', deployment.clock.now()),
    )
    expect(verdict.outcome).toBe('accepted')
  })

  /** As if the program had been killed after it had filled the tenant and before it had noted so. */
  async function forget(key: DemoTenantKey): Promise<void> {
    await own.database.platform.transaction(async (tx) => {
      const record = await readDemo(tx, deployment.keyring)
      if (record === undefined) throw new Error('no demo')
      const tenants = record.tenants.filter((tenant) => tenant.key !== key)
      await writeDemo(tx, deployment.keyring, { ...record, tenants })
    })
  }
})

describe('a database of its own', () => {
  const another = ownDatabase()
  const theirs = testDeployment(another.database)

  test('gets no demo beside the tenants that are there', async () => {
    await newTenant(theirs)
    expect(await ensureDemo(theirs, tools)).toBeNull()
    expect(await describeDemo(theirs)).toBeNull()
  })
})

describe('several programs', () => {
  const shared = ownDatabase()
  const node = testDeployment(shared.database)

  test('that start at once on one empty database make one demo', async () => {
    const demos = await Promise.all([made(node), made(node), made(node)])
    expect(demos[1]).toEqual(demos[0])
    expect(demos[2]).toEqual(demos[0])
    const { rows } = await shared.database.pool.query('select 1 from tenants')
    expect(rows).toHaveLength(3)
  })
})
