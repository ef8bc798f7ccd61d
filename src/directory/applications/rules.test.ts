import { describe, expect, test } from 'vitest'
import { applyChanges, changedProperties } from './apply-changes.ts'
import type { ApplicationSettings } from './model.ts'
import { changeProblems, settingsProblems } from './rules.ts'
import { type ApplicationChanges, emptySettings } from './settings.ts'

const facts = {
  appId: '11111111-1111-4111-8111-111111111111',
  tenantId: '22222222-2222-4222-8222-222222222222',
  verifiedDomains: ['contoso.com'],
}
const READ = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
const WRITE = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'

const named: ApplicationSettings = { ...emptySettings, displayName: 'Orders' }
const role = {
  id: READ,
  value: 'Reader',
  displayName: 'Reader',
  description: 'Reads.',
  allowedMemberTypes: ['User'],
}
const scope = {
  id: READ,
  value: 'read',
  adminConsentDisplayName: 'Read',
  adminConsentDescription: 'Read orders.',
}

/** Graph paths of the properties that are wrong after `changes`. */
function targets(changes: ApplicationChanges): readonly (string | undefined)[] {
  const { settings, problems } = applyChanges(named, changes)
  return [...problems, ...settingsProblems(settings, facts)].map((problem) => problem.target)
}

describe('settings are refused, each by its Graph path', () => {
  test.each<[string, ApplicationChanges, string]>([
    ['no name', { displayName: '  ' }, 'displayName'],
    ['a name set to null', { displayName: null }, 'displayName'],
    ['257 characters of name', { displayName: 'n'.repeat(257) }, 'displayName'],
    ['an unknown audience', { signInAudience: 'Everybody' }, 'signInAudience'],
    ['personal accounts only', { signInAudience: 'PersonalMicrosoftAccount' }, 'signInAudience'],
    ['a bad redirect URI', { web: { redirectUris: ['http://a.example'] } }, 'web/redirectUris'],
    ['a bad identifier URI', { identifierUris: ['https://fabrikam.com'] }, 'identifierUris'],
    ['a role without id', { appRoles: [{ ...role, id: null }] }, 'appRoles'],
    ['a role whose id is no GUID', { appRoles: [{ ...role, id: 'reader' }] }, 'appRoles'],
    ['a role without description', { appRoles: [{ ...role, description: '' }] }, 'appRoles'],
    ['a role for nobody', { appRoles: [{ ...role, allowedMemberTypes: [] }] }, 'appRoles'],
    ['a role for robots', { appRoles: [{ ...role, allowedMemberTypes: ['Robot', 'User'] }] }, 'appRoles'],
    ['a role value with a space', { appRoles: [{ ...role, value: 'Task Reader' }] }, 'appRoles'],
    [
      'an application role without value',
      { appRoles: [{ ...role, value: null, allowedMemberTypes: ['Application'] }] },
      'appRoles',
    ],
    ['two roles with one value', { appRoles: [role, { ...role, id: WRITE }] }, 'appRoles'],
    ['two roles with one id', { appRoles: [role, { ...role, value: 'Writer' }] }, 'appRoles'],
    [
      'a scope with the id of a role',
      { appRoles: [role], api: { oauth2PermissionScopes: [scope] } },
      'api/oauth2PermissionScopes',
    ],
    [
      'two scopes with one value',
      { api: { oauth2PermissionScopes: [scope, { ...scope, id: WRITE }] } },
      'api/oauth2PermissionScopes',
    ],
    ...['openid', 'offline_access', '.default', 'a"b', ''].map(
      (value): [string, ApplicationChanges, string] => [
        `a scope with the value '${value}'`,
        { api: { oauth2PermissionScopes: [{ ...scope, value }] } },
        'api/oauth2PermissionScopes',
      ],
    ),
    [
      'a scope of another type',
      { api: { oauth2PermissionScopes: [{ ...scope, type: 'Guest' }] } },
      'api/oauth2PermissionScopes',
    ],
    [
      'a scope without a text for administrators',
      { api: { oauth2PermissionScopes: [{ ...scope, adminConsentDescription: null }] } },
      'api/oauth2PermissionScopes',
    ],
    [
      'a preauthorised scope that is not declared',
      { api: { preAuthorizedApplications: [{ appId: WRITE, delegatedPermissionIds: [READ] }] } },
      'api/preAuthorizedApplications',
    ],
    ['token version 3', { api: { requestedAccessTokenVersion: 3 } }, 'api/requestedAccessTokenVersion'],
    [
      'a required resource that is no GUID',
      { requiredResourceAccess: [{ resourceAppId: 'graph', resourceAccess: [] }] },
      'requiredResourceAccess',
    ],
    [
      'a required resource twice',
      {
        requiredResourceAccess: [
          { resourceAppId: READ, resourceAccess: [] },
          { resourceAppId: READ, resourceAccess: [] },
        ],
      },
      'requiredResourceAccess',
    ],
    [
      'a required permission of another type',
      { requiredResourceAccess: [{ resourceAppId: READ, resourceAccess: [{ id: WRITE, type: 'Both' }] }] },
      'requiredResourceAccess',
    ],
    ['a logout address without TLS', { web: { logoutUrl: 'http://a.example/' } }, 'web/logoutUrl'],
    ['a home page that runs', { web: { homePageUrl: 'javascript:alert(1)' } }, 'web/homePageUrl'],
    [
      'a privacy statement that runs',
      { info: { privacyStatementUrl: 'data:,x' } },
      'info/privacyStatementUrl',
    ],
    ['an unknown group claim', { groupMembershipClaims: 'Everything' }, 'groupMembershipClaims'],
    ['a claim without name', { optionalClaims: { idToken: [{}] } }, 'optionalClaims/idToken'],
    ['a unique name with a space', { uniqueName: 'a b' }, 'uniqueName'],
    ['an empty tag', { tags: [''] }, 'tags'],
  ])('%s', (_, changes, target) => {
    expect(new Set(targets(changes))).toEqual(new Set([target]))
  })

  test('and all at once, so that nobody has to send it again for each', () => {
    expect(targets({ displayName: '', tags: [''], identifierUris: ['x'] })).toEqual([
      'displayName',
      'tags',
      'identifierUris',
    ])
  })
})

test('settings of a real application are accepted', () => {
  expect(
    targets({
      signInAudience: 'AzureADMultipleOrgs',
      identifierUris: [`api://${facts.appId}`, 'https://contoso.com/orders'],
      web: { redirectUris: ['https://orders.contoso.com/done'], logoutUrl: 'https://orders.contoso.com/out' },
      appRoles: [role],
      // Graph itself has scopes and roles of one value under two ids.
      api: { oauth2PermissionScopes: [{ ...scope, id: WRITE, value: 'Reader' }] },
      groupMembershipClaims: 'SecurityGroup, DirectoryRole',
      optionalClaims: { idToken: [{ name: 'email' }] },
    }),
  ).toEqual([])
})

describe('GRA-30: an update', () => {
  const before = applyChanges(named, {
    web: { redirectUris: ['https://a.example/'], logoutUrl: 'https://a.example/out' },
    appRoles: [role],
    optionalClaims: { idToken: [{ name: 'email' }], accessToken: [{ name: 'acct' }] },
  }).settings

  test('merges complex properties by member and replaces collections whole', () => {
    const { settings } = applyChanges(before, {
      web: { redirectUris: ['https://b.example/'] },
      optionalClaims: { accessToken: [] },
    })
    expect(settings.web).toMatchObject({
      redirectUris: ['https://b.example/'],
      logoutUrl: 'https://a.example/out',
    })
    expect(settings.optionalClaims).toMatchObject({ idToken: [{ name: 'email' }], accessToken: [] })
    expect(settings.appRoles).toEqual(before.appRoles)
  })

  test('clears what is set to null', () => {
    const { settings } = applyChanges(before, {
      web: { logoutUrl: null },
      optionalClaims: null,
      appRoles: null,
    })
    expect(settings.web).toMatchObject({ redirectUris: ['https://a.example/'], logoutUrl: null })
    expect(settings).toMatchObject({ optionalClaims: null, appRoles: [] })
  })

  test('that changes nothing is seen as that, whatever the order of members', () => {
    const shuffled = JSON.parse(
      JSON.stringify({
        redirectUris: ['https://a.example/'],
        implicitGrantSettings: before.web.implicitGrantSettings,
        homePageUrl: null,
        logoutUrl: 'https://a.example/out',
      }),
    )
    expect(changedProperties(before, { ...before, web: shuffled })).toEqual([])
    expect(changedProperties(before, { ...before, tags: ['x'] })).toEqual(['tags'])
  })

  test('cannot remove an enabled role, only a disabled one', () => {
    const without = applyChanges(before, { appRoles: [] }).settings
    expect(changeProblems(before, without)).toMatchObject([
      { code: 'CannotDeleteOrUpdateEnabledEntitlement', target: 'appRoles' },
    ])
    const disabled = applyChanges(before, { appRoles: [{ ...role, isEnabled: false }] }).settings
    expect(changeProblems(before, disabled)).toEqual([])
    expect(changeProblems(disabled, without)).toEqual([])
  })
})
