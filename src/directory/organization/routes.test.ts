import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { rowsOf, serveDirectory } from '../../../test/kit/directory-graph.ts'
import { makeTenant } from '../../../test/kit/tenant.ts'
import { directoryRoleTemplates as roles } from '../../graph/index.ts'
import { readChanges } from '../changes.ts'

const database = testDatabase()

test('/organization is the tenant alone, with its verified domains', async () => {
  const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
  const { admin } = serveDirectory(ctx)
  const answer = await admin('GET /organization')
  expect(rowsOf(answer)).toMatchObject([
    {
      id: ctx.tenantId,
      displayName: 'Test',
      tenantType: 'AAD',
      preferredLanguage: 'en-US',
      privacyProfile: null,
      technicalNotificationMails: [],
      verifiedDomains: [
        { name: ctx.initialDomain, isInitial: true, isDefault: true, type: 'Managed', capabilities: 'Email' },
      ],
    },
  ])
  expect((await admin(`GET /organization/${ctx.tenantId}?$select=displayName`)).json).toMatchObject({
    id: ctx.tenantId,
    displayName: 'Test',
  })
  expect((await admin(`GET /organization/${other.tenantId}`)).status).toBe(404)
  const patch = { body: { preferredLanguage: 'de-DE' } }
  expect((await admin(`PATCH /organization/${other.tenantId}`, patch)).status).toBe(404)
})

test('PATCH merges the privacy profile, and the feed says what changed', async () => {
  const ctx = await makeTenant(database)
  const { admin } = serveDirectory(ctx)
  const patch = (body: object) => admin(`PATCH /organization/${ctx.tenantId}`, { body })
  const profile = async () => (await admin(`GET /organization/${ctx.tenantId}`)).json['privacyProfile']
  expect((await patch({ privacyProfile: { contactEmail: 'privacy@contoso.example' } })).status).toBe(204)
  expect((await patch({ privacyProfile: { statementUrl: 'https://contoso.example/privacy' } })).status).toBe(
    204,
  )
  expect(await profile()).toEqual({
    contactEmail: 'privacy@contoso.example',
    statementUrl: 'https://contoso.example/privacy',
  })
  expect((await patch({ privacyProfile: { contactEmail: null } })).status).toBe(204)
  expect(await profile()).toEqual({ contactEmail: null, statementUrl: 'https://contoso.example/privacy' })
  expect((await patch({ privacyProfile: null })).status).toBe(204)
  expect(await profile()).toBeNull()
  expect(
    (await patch({ technicalNotificationMails: ['a@b.example'], preferredLanguage: 'de-DE' })).status,
  ).toBe(204)
  const feed = await ctx.db.transaction((tx) => readChanges(tx, 0, 10))
  expect(feed.map((entry) => entry.detail.properties)).toEqual([
    ['privacyProfile'],
    ['privacyProfile'],
    ['privacyProfile'],
    ['privacyProfile'],
    ['preferredLanguage', 'technicalNotificationMails'],
  ])
})

test.each([
  ['a script as statement', { privacyProfile: { statementUrl: 'javascript:alert(1)' } }, 'privacyProfile'],
  [
    'a plain http statement',
    { privacyProfile: { statementUrl: 'http://contoso.example' } },
    'privacyProfile',
  ],
  ['a contact that is no address', { privacyProfile: { contactEmail: 'us' } }, 'privacyProfile'],
  ['a language that is none', { preferredLanguage: 'english please' }, 'preferredLanguage'],
  ['another name', { displayName: 'Fabrikam' }, 'displayName'],
  ['mails that are none', { technicalNotificationMails: ['x'] }, 'technicalNotificationMails'],
])('GRA-30: %s is refused', async (_, body, target) => {
  const ctx = await makeTenant(database)
  const answer = await serveDirectory(ctx).admin(`PATCH /organization/${ctx.tenantId}`, { body })
  expect(answer.status).toBe(400)
  expect(answer.json['error']).toMatchObject({ details: [{ target }] })
})

test('GRA-60: everyone reads it, guests in outline; only a Global Administrator changes it', async () => {
  const ctx = await makeTenant(database)
  const { person } = serveDirectory(ctx)
  const guest = person(ctx.ids.guid(), ['User.Read'], [], 'Guest')
  expect(rowsOf(await guest('GET /organization'))).toMatchObject([
    { displayName: 'Test', tenantType: null, verifiedDomains: [{ name: ctx.initialDomain }] },
  ])
  const body = { preferredLanguage: 'de-DE' }
  for (const held of [[], [roles.userAdministrator], [roles.globalReader]]) {
    const client = person(ctx.ids.guid(), ['Organization.ReadWrite.All'], held)
    expect((await client(`PATCH /organization/${ctx.tenantId}`, { body })).status).toBe(403)
  }
})
