import { describe, expect, test } from 'vitest'
import { parseTenantId } from '../platform/ids.ts'
import type { GraphCaller } from './caller.ts'
import { directoryRoleTemplates } from './directory-roles.ts'
import { findPermission, permissionCatalogue } from './permission-catalogue.ts'
import { checkPermissionNames, requirePermission, satisfies } from './permissions.ts'

const tenantId = parseTenantId('11111111-1111-4111-8111-111111111111')
if (tenantId === null) throw new Error('not a GUID')

const person = (...scopes: string[]): GraphCaller => ({
  kind: 'delegated',
  tenantId,
  userId: 'aaaaaaaa-0000-4000-8000-000000000001',
  appId: 'bbbbbbbb-0000-4000-8000-000000000001',
  scopes: new Set(scopes),
  directoryRoles: new Set(),
  userType: 'Member',
  displayName: null,
  userPrincipalName: 'Ada@Contoso.example',
  ipAddress: null,
})
const application = (...roles: string[]): GraphCaller => ({
  kind: 'application',
  tenantId,
  appId: 'bbbbbbbb-0000-4000-8000-000000000001',
  servicePrincipalId: 'cccccccc-0000-4000-8000-000000000001',
  displayName: null,
  roles: new Set(roles),
})

describe('which permission is enough', () => {
  test.each([
    ['User.Read.All', 'User.Read.All'],
    ['User.ReadWrite.All', 'User.Read.All'],
    ['User.ReadWrite.All', 'User.Invite.All'],
    ['User.ReadWrite.All', 'User.ReadBasic.All'],
    ['User.ReadWrite', 'User.Read'],
    ['Directory.Read.All', 'User.Read.All'],
    ['Directory.Read.All', 'User.ReadBasic.All'],
    ['Directory.Read.All', 'AdministrativeUnit.Read.All'],
    ['Directory.Read.All', 'RoleManagement.Read.Directory'],
    ['Directory.Read.All', 'Application.Read.All'],
    ['Directory.ReadWrite.All', 'Group.ReadWrite.All'],
    ['Directory.ReadWrite.All', 'Application.Read.All'],
    ['Group.ReadWrite.All', 'GroupMember.Read.All'],
    ['IdentityProvider.ReadWrite.All', 'IdentityProvider.Read.All'],
  ])('GRA-60: %s satisfies %s', (granted, needed) => {
    expect(satisfies([granted], [needed])).toBe(true)
  })

  test.each([
    ['User.Read', 'User.Read.All'],
    ['User.Read.All', 'User.ReadWrite.All'],
    ['User.Invite.All', 'User.Read.All'],
    ['Directory.Read.All', 'User.Invite.All'],
    ['Directory.ReadWrite.All', 'Application.ReadWrite.All'],
    ['Directory.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'],
    ['Directory.ReadWrite.All', 'Policy.Read.All'],
    ['Group.ReadWrite.All', 'User.Read.All'],
    ['user.read.all', 'User.Read.All'],
    ['__proto__', 'User.Read.All'],
  ])('GRA-60: %s does not satisfy %s', (granted, needed) => {
    expect(satisfies([granted], [needed])).toBe(false)
  })

  test('GRA-60: scopes count for people and app roles for applications, never the other way round', () => {
    const lists = { delegated: ['User.Read.All'], application: [] }
    expect(() => requirePermission(lists, person('User.Read.All'), {})).not.toThrow()
    expect(() => requirePermission(lists, application('User.Read.All'), {})).toThrow(
      'Insufficient privileges',
    )
    expect(() =>
      requirePermission({ ...lists, application: ['User.Read.All'] }, application('User.Read.All'), {}),
    ).not.toThrow()
  })

  test('GRA-60: User.Read is enough for one’s own object, by id or user name', () => {
    const lists = {
      delegated: ['User.Read.All'],
      application: [],
      self: { param: 'id', delegated: ['User.Read'] },
    }
    const me = person('User.Read')
    for (const id of ['AAAAAAAA-0000-4000-8000-000000000001', 'ada@contoso.example']) {
      expect(() => requirePermission(lists, me, { id })).not.toThrow()
    }
    expect(() => requirePermission(lists, me, { id: 'aaaaaaaa-0000-4000-8000-000000000002' })).toThrow()
    expect(() => requirePermission(lists, application('User.Read'), { id: me.appId })).toThrow()
  })
})

describe('the catalogue', () => {
  test('GRA-61: every id and every name is there once', () => {
    const names = permissionCatalogue.map((permission) => permission.name)
    expect(new Set(names).size).toBe(names.length)
    for (const kind of ['delegatedId', 'applicationId'] as const) {
      const ids = permissionCatalogue.flatMap((permission) => permission[kind] ?? [])
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  test('GRA-61: ids are the ones that Microsoft publishes', () => {
    expect(findPermission('User.Read')?.delegatedId).toBe('e1fe6dd8-ba31-4d61-89e7-88639da4683d')
    expect(findPermission('User.Read.All')).toMatchObject({
      delegatedId: 'a154be20-db9c-4678-8ab7-66f6cc099a59',
      applicationId: 'df021288-bdef-4463-88db-98f22de89214',
    })
    expect(findPermission('User.Invite.All')).toMatchObject({
      delegatedId: '63dd7cd9-b489-4adf-a28c-ac38b9a0f962',
      applicationId: '09850681-111b-4a89-9bed-3f2cae46d706',
    })
  })

  test('GRA-61: a misspelt permission on a route is found at start', () => {
    const wrong = [
      { delegated: ['Users.Read.All'], application: [] },
      { delegated: [], application: ['User.Read'] },
      { delegated: [], application: [], self: { param: 'id', delegated: ['User.ReadWrit'] } },
    ]
    for (const lists of wrong) expect(() => checkPermissionNames(lists, 'GET /x')).toThrow(TypeError)
  })

  test('GRA-62: template ids are GUIDs and differ', () => {
    const ids: string[] = Object.values(directoryRoleTemplates)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })
})
