import { isDeepStrictEqual } from 'node:util'
import type { ErrorDetail } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import {
  type ApiApplication,
  type ApplicationSettings,
  type AppRole,
  type AuthenticationBehaviors,
  type OptionalClaim,
  type OptionalClaims,
  type PermissionScope,
  type RequiredResourceAccess,
  signInAudiences,
  type WebApplication,
} from './model.ts'
import {
  type ApplicationChanges,
  emptyApi,
  emptyInfo,
  emptyWeb,
  type Given,
  type GivenApi,
  type GivenOptionalClaims,
  type GivenRedirectUris,
  type GivenRequiredAccess,
  type GivenRole,
  type GivenScope,
  type GivenWeb,
} from './settings.ts'

/**
 * The settings after `changes` (GRA-30: complex properties merge by member, collections are replaced whole), and
 * what in them is of no known kind. The other checks are `settingsProblems`.
 */
export function applyChanges(
  before: ApplicationSettings,
  changes: ApplicationChanges,
): { readonly settings: ApplicationSettings; readonly problems: readonly ErrorDetail[] } {
  const problems: ErrorDetail[] = []
  const add = (target: string, message: string): void => {
    problems.push({ code: 'InvalidValue', target, message })
  }
  const take = <
    K extends
      | 'description'
      | 'notes'
      | 'uniqueName'
      | 'groupMembershipClaims'
      | 'isFallbackPublicClient'
      | 'nativeAuthenticationApisEnabled'
      | 'serviceManagementReference',
  >(
    name: K,
  ): ApplicationSettings[K] | ApplicationChanges[K] =>
    changes[name] === undefined ? before[name] : changes[name]

  const audience = changes.signInAudience ?? before.signInAudience
  const signInAudience = signInAudiences.find((known) => known === audience)
  if (signInAudience === undefined) {
    add('signInAudience', `signInAudience is one of ${signInAudiences.join(', ')}, not '${audience}'.`)
  }
  const settings: ApplicationSettings = {
    displayName: changes.displayName === undefined ? before.displayName : (changes.displayName ?? '').trim(),
    description: take('description') ?? null,
    notes: take('notes') ?? null,
    signInAudience: signInAudience ?? before.signInAudience,
    identifierUris: listOr(before.identifierUris, changes.identifierUris),
    uniqueName: take('uniqueName') ?? null,
    tags: [...new Set(listOr(before.tags, changes.tags))],
    groupMembershipClaims: take('groupMembershipClaims') ?? null,
    isFallbackPublicClient: take('isFallbackPublicClient') ?? null,
    nativeAuthenticationApisEnabled: take('nativeAuthenticationApisEnabled') ?? null,
    serviceManagementReference: take('serviceManagementReference') ?? null,
    api: mergeApi(before.api, changes.api, add),
    appRoles:
      changes.appRoles === undefined
        ? before.appRoles
        : (changes.appRoles ?? []).map((role) => toRole(role, add)),
    web: mergeWeb(before.web, changes.web),
    spa: mergeUris(before.spa, changes.spa),
    publicClient: mergeUris(before.publicClient, changes.publicClient),
    requiredResourceAccess:
      changes.requiredResourceAccess === undefined
        ? before.requiredResourceAccess
        : (changes.requiredResourceAccess ?? []).map((required) => toRequired(required, add)),
    optionalClaims: mergeClaims(before.optionalClaims, changes.optionalClaims, add),
    info:
      changes.info === undefined
        ? before.info
        : { ...before.info, ...definedOnly(changes.info ?? emptyInfo) },
    authenticationBehaviors: mergeBehaviors(before.authenticationBehaviors, changes.authenticationBehaviors),
  }
  return { settings, problems }
}

/** Graph names of the settings that differ. */
export function changedProperties(before: object, after: object): readonly string[] {
  const old = new Map<string, unknown>(Object.entries(before))
  return Object.entries(after)
    .filter(([name, value]) => !isDeepStrictEqual(old.get(name), value))
    .map(([name]) => name)
}

type Add = (target: string, message: string) => void

const listOr = <T>(before: readonly T[], given: readonly T[] | null | undefined): readonly T[] =>
  given === undefined ? before : (given ?? [])

const mergeUris = (
  before: { readonly redirectUris: readonly string[] },
  given: GivenRedirectUris | null | undefined,
): { readonly redirectUris: readonly string[] } => ({
  redirectUris: given === null ? [] : listOr(before.redirectUris, given?.redirectUris),
})

function mergeWeb(before: WebApplication, given: GivenWeb | null | undefined): WebApplication {
  if (given === undefined) return before
  if (given === null) return emptyWeb
  const { implicitGrantSettings: implicit } = given
  return {
    homePageUrl: given.homePageUrl === undefined ? before.homePageUrl : given.homePageUrl,
    logoutUrl: given.logoutUrl === undefined ? before.logoutUrl : given.logoutUrl,
    redirectUris: listOr(before.redirectUris, given.redirectUris),
    implicitGrantSettings: {
      enableAccessTokenIssuance:
        implicit?.enableAccessTokenIssuance ?? before.implicitGrantSettings.enableAccessTokenIssuance,
      enableIdTokenIssuance:
        implicit?.enableIdTokenIssuance ?? before.implicitGrantSettings.enableIdTokenIssuance,
    },
  }
}

function mergeApi(before: ApiApplication, given: GivenApi | null | undefined, add: Add): ApiApplication {
  if (given === undefined) return before
  if (given === null) return emptyApi
  const version = given.requestedAccessTokenVersion
  if (version !== undefined && version !== null && version !== 1 && version !== 2) {
    add('api/requestedAccessTokenVersion', 'requestedAccessTokenVersion is 1, 2 or null.')
  }
  for (const appId of given.knownClientApplications ?? []) guid(appId, 'api/knownClientApplications', add)
  return {
    acceptMappedClaims:
      given.acceptMappedClaims === undefined ? before.acceptMappedClaims : given.acceptMappedClaims,
    knownClientApplications: listOr(before.knownClientApplications, given.knownClientApplications),
    oauth2PermissionScopes:
      given.oauth2PermissionScopes === undefined
        ? before.oauth2PermissionScopes
        : (given.oauth2PermissionScopes ?? []).map((scope) => toScope(scope, add)),
    preAuthorizedApplications:
      given.preAuthorizedApplications === undefined
        ? before.preAuthorizedApplications
        : (given.preAuthorizedApplications ?? []).map(({ appId, delegatedPermissionIds }) => ({
            appId: guid(appId, 'api/preAuthorizedApplications', add),
            delegatedPermissionIds: (delegatedPermissionIds ?? []).map((id) => id.toLowerCase()),
          })),
    requestedAccessTokenVersion: version === undefined ? before.requestedAccessTokenVersion : version,
  }
}

function toRole(given: GivenRole, add: Add): AppRole {
  const types = given.allowedMemberTypes ?? []
  const allowedMemberTypes = types.filter((type) => type === 'User' || type === 'Application')
  if (allowedMemberTypes.length < types.length) {
    add('appRoles', `allowedMemberTypes holds User, Application or both, not '${types.join(', ')}'.`)
  }
  return {
    id: (given.id ?? '').toLowerCase(),
    allowedMemberTypes,
    displayName: given.displayName ?? '',
    description: given.description ?? '',
    isEnabled: given.isEnabled ?? true,
    value: given.value ?? null,
    origin: 'Application',
  }
}

function toScope(given: GivenScope, add: Add): PermissionScope {
  const type = given.type ?? 'User'
  if (type !== 'User' && type !== 'Admin') {
    add('api/oauth2PermissionScopes', `The type of a scope is User or Admin, not '${type}'.`)
  }
  return {
    id: (given.id ?? '').toLowerCase(),
    type: type === 'Admin' ? 'Admin' : 'User',
    value: given.value ?? '',
    isEnabled: given.isEnabled ?? true,
    adminConsentDisplayName: given.adminConsentDisplayName ?? '',
    adminConsentDescription: given.adminConsentDescription ?? '',
    userConsentDisplayName: given.userConsentDisplayName ?? null,
    userConsentDescription: given.userConsentDescription ?? null,
    origin: 'Application',
  }
}

function toRequired(given: GivenRequiredAccess, add: Add): RequiredResourceAccess {
  return {
    resourceAppId: guid(given.resourceAppId, 'requiredResourceAccess', add),
    resourceAccess: (given.resourceAccess ?? []).map(({ id, type }) => {
      if (type !== 'Scope' && type !== 'Role') {
        add(
          'requiredResourceAccess',
          `The type of a required permission is Scope or Role, not '${type ?? ''}'.`,
        )
      }
      return { id: guid(id, 'requiredResourceAccess', add), type: type === 'Role' ? 'Role' : 'Scope' }
    }),
  }
}

function guid(text: string | null | undefined, target: string, add: Add): string {
  const id = (text ?? '').toLowerCase()
  if (!isGuid(id)) add(target, `'${text ?? ''}' in ${target} is not a GUID.`)
  return id
}

function mergeClaims(
  before: OptionalClaims | null,
  given: GivenOptionalClaims | null | undefined,
  add: Add,
): OptionalClaims | null {
  if (given === undefined) return before
  if (given === null) return null
  const claims = (name: keyof OptionalClaims): readonly OptionalClaim[] => {
    if (given[name] === undefined) return before?.[name] ?? []
    return (given[name] ?? []).map((claim) => {
      if ((claim.name ?? '') === '') add(`optionalClaims/${name}`, 'An optional claim needs a name.')
      return {
        name: claim.name ?? '',
        source: claim.source ?? null,
        essential: claim.essential ?? false,
        additionalProperties: claim.additionalProperties ?? [],
      }
    })
  }
  return { idToken: claims('idToken'), accessToken: claims('accessToken'), saml2Token: claims('saml2Token') }
}

function mergeBehaviors(
  before: AuthenticationBehaviors | null,
  given: Given<AuthenticationBehaviors> | null | undefined,
): AuthenticationBehaviors | null {
  if (given === undefined) return before
  if (given === null) return null
  const unset: AuthenticationBehaviors = {
    blockAzureADGraphAccess: null,
    removeUnverifiedEmailClaim: null,
    requireClientServicePrincipal: null,
  }
  return { ...unset, ...before, ...definedOnly(given) }
}

/** Spreading an explicit undefined would erase what was there. */
const definedOnly = <T extends object>(given: T): Partial<T> =>
  // Entries that are filtered are members of `given`, so the result has no others.
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>
