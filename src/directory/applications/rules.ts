import type { ErrorDetail } from '../../platform/errors.ts'
import { declarationProblems, removalProblems } from './declared-permissions.ts'
import { type IdentifierUriFacts, identifierUriProblems } from './identifier-uris.ts'
import type { ApplicationSettings, RedirectUris } from './model.ts'
import { redirectUriProblems } from './redirect-uris.ts'

const MAX_NAME = 256
const MAX_TEXT = 1_024
const MAX_TAGS = 256
const MAX_RESOURCES = 50
const MAX_RESOURCE_ACCESS = 400
/** Values of groupMembershipClaims; several joined by commas. */
const GROUP_CLAIMS = new Set(['None', 'SecurityGroup', 'DirectoryRole', 'ApplicationGroup', 'All'])
const NATIVE_APIS = new Set(['none', 'all'])

export const redirectUrisOf = (
  settings: Pick<ApplicationSettings, 'web' | 'spa' | 'publicClient'>,
): RedirectUris => ({
  web: settings.web.redirectUris,
  spa: settings.spa.redirectUris,
  publicClient: settings.publicClient.redirectUris,
})

/** Everything that is wrong with an application's settings, each with the Graph path of the property; empty if none. */
export function settingsProblems(
  settings: ApplicationSettings,
  facts: IdentifierUriFacts,
): readonly ErrorDetail[] {
  const problems: ErrorDetail[] = []
  const add = (target: string, message: string): void => {
    problems.push({ code: 'InvalidValue', target, message })
  }

  for (const message of nameProblems(settings.displayName)) add('displayName', message)
  for (const property of ['description', 'notes'] as const) {
    if ((settings[property] ?? '').length > MAX_TEXT)
      add(property, `${property} has at most ${MAX_TEXT} characters.`)
  }
  if (settings.uniqueName !== null && !/^[^\s]{1,120}$/.test(settings.uniqueName)) {
    add('uniqueName', 'uniqueName has 1 to 120 characters and no spaces.')
  }
  if (settings.tags.length > MAX_TAGS || settings.tags.some((tag) => tag === '' || tag.length > MAX_NAME)) {
    add('tags', `There are at most ${MAX_TAGS} tags of 1 to ${MAX_NAME} characters.`)
  }
  for (const { target, message } of redirectUriProblems(redirectUrisOf(settings))) add(target, message)
  for (const message of identifierUriProblems(settings.identifierUris, facts)) add('identifierUris', message)
  for (const { target, message } of declarationProblems(
    settings.appRoles,
    settings.api.oauth2PermissionScopes,
  )) {
    add(target, message)
  }
  for (const message of requiredAccessProblems(settings)) add('requiredResourceAccess', message)
  for (const message of preAuthorizationProblems(settings)) add('api/preAuthorizedApplications', message)

  const { homePageUrl, logoutUrl } = settings.web
  if (homePageUrl !== null && !isWebAddress(homePageUrl))
    add('web/homePageUrl', 'homePageUrl must be a web address.')
  if (logoutUrl !== null && !isLogoutAddress(logoutUrl)) {
    add('web/logoutUrl', 'logoutUrl must begin with https:// (or http://localhost).')
  }
  for (const [name, value] of Object.entries(settings.info)) {
    if (value !== null && !isWebAddress(value)) add(`info/${name}`, `${name} must be a web address.`)
  }
  const claims = settings.groupMembershipClaims
  if (claims !== null && !claims.split(',').every((claim) => GROUP_CLAIMS.has(claim.trim()))) {
    add('groupMembershipClaims', `groupMembershipClaims is one or more of ${[...GROUP_CLAIMS].join(', ')}.`)
  }
  const native = settings.nativeAuthenticationApisEnabled
  if (native !== null && !NATIVE_APIS.has(native)) {
    add('nativeAuthenticationApisEnabled', 'nativeAuthenticationApisEnabled is none or all.')
  }
  return problems
}

/** Problems that depend on what was there before: enabled roles and scopes must not vanish. */
export function changeProblems(
  before: ApplicationSettings,
  after: ApplicationSettings,
): readonly ErrorDetail[] {
  const refuse = (target: string, messages: readonly string[]): readonly ErrorDetail[] =>
    messages.map((message) => ({ code: 'CannotDeleteOrUpdateEnabledEntitlement', target, message }))
  return [
    ...refuse('appRoles', removalProblems(before.appRoles, after.appRoles)),
    ...refuse(
      'api/oauth2PermissionScopes',
      removalProblems(before.api.oauth2PermissionScopes, after.api.oauth2PermissionScopes),
    ),
  ]
}

export function nameProblems(displayName: string): readonly string[] {
  if (displayName.trim() === '') return ['displayName must not be empty.']
  return displayName.length > MAX_NAME ? [`displayName has at most ${MAX_NAME} characters.`] : []
}

function requiredAccessProblems({ requiredResourceAccess }: ApplicationSettings): readonly string[] {
  const problems: string[] = []
  const resources = new Set(requiredResourceAccess.map((required) => required.resourceAppId))
  if (resources.size < requiredResourceAccess.length) problems.push('A resource is listed twice.')
  if (resources.size > MAX_RESOURCES) problems.push(`At most ${MAX_RESOURCES} resources can be required.`)
  const total = requiredResourceAccess.reduce((sum, required) => sum + required.resourceAccess.length, 0)
  if (total > MAX_RESOURCE_ACCESS)
    problems.push(`At most ${MAX_RESOURCE_ACCESS} permissions can be required.`)
  for (const { resourceAppId, resourceAccess } of requiredResourceAccess) {
    if (new Set(resourceAccess.map(({ id, type }) => `${type} ${id}`)).size < resourceAccess.length) {
      problems.push(`A permission of ${resourceAppId} is listed twice.`)
    }
  }
  return problems
}

function preAuthorizationProblems({ api }: ApplicationSettings): readonly string[] {
  const declared = new Set(api.oauth2PermissionScopes.map((scope) => scope.id))
  return api.preAuthorizedApplications.flatMap(({ appId, delegatedPermissionIds }) =>
    delegatedPermissionIds
      .filter((id) => !declared.has(id))
      .map((id) => `${appId} is given the scope ${id}, which this application does not declare.`),
  )
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return text.length <= 2_048 && (url?.protocol === 'https:' || url?.protocol === 'http:')
}

function isLogoutAddress(text: string): boolean {
  const url = URL.parse(text)
  return (
    text.length <= 2_048 &&
    (url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost'))
  )
}
