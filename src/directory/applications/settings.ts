import type {
  ApiApplication,
  ApplicationSettings,
  AuthenticationBehaviors,
  InformationalUrls,
  OptionalClaim,
  WebApplication,
} from './model.ts'

/** A complex value as a caller gives it: what is absent stays as it was, null clears. */
export type Given<T> = { readonly [Name in keyof T]?: T[Name] | null }

export interface GivenRole {
  readonly id?: string | null
  readonly allowedMemberTypes?: readonly string[] | null
  readonly displayName?: string | null
  readonly description?: string | null
  readonly isEnabled?: boolean | null
  readonly value?: string | null
}

export interface GivenScope {
  readonly id?: string | null
  readonly type?: string | null
  readonly value?: string | null
  readonly isEnabled?: boolean | null
  readonly adminConsentDisplayName?: string | null
  readonly adminConsentDescription?: string | null
  readonly userConsentDisplayName?: string | null
  readonly userConsentDescription?: string | null
}

export interface GivenApi {
  readonly acceptMappedClaims?: boolean | null
  readonly knownClientApplications?: readonly string[] | null
  readonly oauth2PermissionScopes?: readonly GivenScope[] | null
  readonly preAuthorizedApplications?:
    | readonly {
        readonly appId?: string | null
        readonly delegatedPermissionIds?: readonly string[] | null
      }[]
    | null
  readonly requestedAccessTokenVersion?: number | null
}

export interface GivenWeb {
  readonly homePageUrl?: string | null
  readonly logoutUrl?: string | null
  readonly redirectUris?: readonly string[] | null
  readonly implicitGrantSettings?: Given<WebApplication['implicitGrantSettings']> | null
}

export interface GivenRequiredAccess {
  readonly resourceAppId?: string | null
  readonly resourceAccess?: readonly { readonly id?: string | null; readonly type?: string | null }[] | null
}

export interface GivenOptionalClaims {
  readonly idToken?: readonly Given<OptionalClaim>[] | null
  readonly accessToken?: readonly Given<OptionalClaim>[] | null
  readonly saml2Token?: readonly Given<OptionalClaim>[] | null
}

export interface GivenRedirectUris {
  readonly redirectUris?: readonly string[] | null
}

/** A create or update body: only what was supplied (GRA-30). */
export interface ApplicationChanges {
  readonly displayName?: string | null
  readonly description?: string | null
  readonly notes?: string | null
  readonly signInAudience?: string | null
  readonly identifierUris?: readonly string[] | null
  readonly uniqueName?: string | null
  readonly tags?: readonly string[] | null
  readonly groupMembershipClaims?: string | null
  readonly isFallbackPublicClient?: boolean | null
  readonly nativeAuthenticationApisEnabled?: string | null
  readonly serviceManagementReference?: string | null
  readonly api?: GivenApi | null
  readonly appRoles?: readonly GivenRole[] | null
  readonly web?: GivenWeb | null
  readonly spa?: GivenRedirectUris | null
  readonly publicClient?: GivenRedirectUris | null
  readonly requiredResourceAccess?: readonly GivenRequiredAccess[] | null
  readonly optionalClaims?: GivenOptionalClaims | null
  readonly info?: Given<InformationalUrls> | null
  readonly authenticationBehaviors?: Given<AuthenticationBehaviors> | null
}

export const emptyApi: ApiApplication = {
  acceptMappedClaims: null,
  knownClientApplications: [],
  oauth2PermissionScopes: [],
  preAuthorizedApplications: [],
  requestedAccessTokenVersion: null,
}

export const emptyWeb: WebApplication = {
  homePageUrl: null,
  logoutUrl: null,
  redirectUris: [],
  implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
}

export const emptyInfo: InformationalUrls = {
  logoUrl: null,
  marketingUrl: null,
  privacyStatementUrl: null,
  supportUrl: null,
  termsOfServiceUrl: null,
}

/** What an application is before anybody said anything: Graph's defaults, for one organisation. */
export const emptySettings: ApplicationSettings = {
  displayName: '',
  description: null,
  notes: null,
  signInAudience: 'AzureADMyOrg',
  identifierUris: [],
  uniqueName: null,
  tags: [],
  groupMembershipClaims: null,
  isFallbackPublicClient: null,
  nativeAuthenticationApisEnabled: null,
  serviceManagementReference: null,
  api: emptyApi,
  appRoles: [],
  web: emptyWeb,
  spa: { redirectUris: [] },
  publicClient: { redirectUris: [] },
  requiredResourceAccess: [],
  optionalClaims: null,
  info: emptyInfo,
  authenticationBehaviors: null,
}
