import type { Context } from '../../platform/context.ts'

/** Whose people may sign in to the application. The last one is kept for existing manifests: it means any organisation. */
export const signInAudiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
] as const
export type SignInAudience = (typeof signInAudiences)[number]

/** `appRoleId` of an assignment that grants access and no role. */
export const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000'

export interface AppRole {
  readonly id: string
  readonly allowedMemberTypes: readonly ('User' | 'Application')[]
  readonly displayName: string
  readonly description: string
  readonly isEnabled: boolean
  /** What stands in the `roles` claim. */
  readonly value: string | null
  readonly origin: 'Application'
}

export interface PermissionScope {
  readonly id: string
  /** `User`: people may consent for themselves. `Admin`: an administrator must. */
  readonly type: 'User' | 'Admin'
  readonly value: string
  readonly isEnabled: boolean
  readonly adminConsentDisplayName: string
  readonly adminConsentDescription: string
  readonly userConsentDisplayName: string | null
  readonly userConsentDescription: string | null
  readonly origin: 'Application'
}

export interface PreAuthorizedApplication {
  readonly appId: string
  readonly delegatedPermissionIds: readonly string[]
}

export interface ApiApplication {
  readonly acceptMappedClaims: boolean | null
  readonly knownClientApplications: readonly string[]
  readonly oauth2PermissionScopes: readonly PermissionScope[]
  readonly preAuthorizedApplications: readonly PreAuthorizedApplication[]
  readonly requestedAccessTokenVersion: number | null
}

export interface WebApplication {
  readonly homePageUrl: string | null
  readonly logoutUrl: string | null
  readonly redirectUris: readonly string[]
  readonly implicitGrantSettings: {
    readonly enableAccessTokenIssuance: boolean
    readonly enableIdTokenIssuance: boolean
  }
}

/** The platforms that an application runs on; each has redirect URIs of its own (GRA spec, row application). */
export type Platform = 'web' | 'spa' | 'publicClient'
export type RedirectUris = Readonly<Record<Platform, readonly string[]>>

export interface RequiredResourceAccess {
  readonly resourceAppId: string
  readonly resourceAccess: readonly { readonly id: string; readonly type: 'Scope' | 'Role' }[]
}

export interface OptionalClaim {
  readonly name: string
  readonly source: string | null
  readonly essential: boolean
  readonly additionalProperties: readonly string[]
}

export interface OptionalClaims {
  readonly idToken: readonly OptionalClaim[]
  readonly accessToken: readonly OptionalClaim[]
  readonly saml2Token: readonly OptionalClaim[]
}

export interface InformationalUrls {
  readonly logoUrl: string | null
  readonly marketingUrl: string | null
  readonly privacyStatementUrl: string | null
  readonly supportUrl: string | null
  readonly termsOfServiceUrl: string | null
}

export interface AuthenticationBehaviors {
  readonly blockAzureADGraphAccess: boolean | null
  readonly removeUnverifiedEmailClaim: boolean | null
  readonly requireClientServicePrincipal: boolean | null
}

/** What an administrator or developer decides about an application; the rest of it is ours to set. */
export interface ApplicationSettings {
  readonly displayName: string
  readonly description: string | null
  readonly notes: string | null
  readonly signInAudience: SignInAudience
  readonly identifierUris: readonly string[]
  readonly uniqueName: string | null
  readonly tags: readonly string[]
  readonly groupMembershipClaims: string | null
  readonly isFallbackPublicClient: boolean | null
  readonly nativeAuthenticationApisEnabled: string | null
  readonly serviceManagementReference: string | null
  readonly api: ApiApplication
  readonly appRoles: readonly AppRole[]
  readonly web: WebApplication
  readonly spa: { readonly redirectUris: readonly string[] }
  readonly publicClient: { readonly redirectUris: readonly string[] }
  readonly requiredResourceAccess: readonly RequiredResourceAccess[]
  readonly optionalClaims: OptionalClaims | null
  readonly info: InformationalUrls
  readonly authenticationBehaviors: AuthenticationBehaviors | null
}

export interface Application extends ApplicationSettings {
  readonly id: string
  /** The client id: what applications call themselves in protocols. */
  readonly appId: string
  readonly publisherDomain: string | null
  readonly createdDateTime: Date
  readonly deletedDateTime: Date | null
}

/** What a tenant tells another about an application of its own that is open to other organisations: plain data. */
export interface ForeignApplication {
  readonly appId: string
  readonly ownerTenantId: string
  readonly displayName: string
  readonly signInAudience: SignInAudience
  readonly identifierUris: readonly string[]
  readonly appRoles: readonly AppRole[]
  readonly oauth2PermissionScopes: readonly PermissionScope[]
  readonly redirectUris: RedirectUris
  readonly homePageUrl: string | null
  readonly logoutUrl: string | null
  readonly isFallbackPublicClient: boolean | null
  readonly optionalClaims: OptionalClaims | null
  readonly groupMembershipClaims: string | null
  readonly requiredResourceAccess: readonly RequiredResourceAccess[]
  readonly info: InformationalUrls
}

/** Asks the tenant that owns `appId`, wherever it is; null when nobody offers such an application. Never inside a transaction. */
export type DescribeForeignApplication = (ctx: Context, appId: string) => Promise<ForeignApplication | null>

export interface ServicePrincipal {
  readonly id: string
  readonly appId: string
  /** Null for the product's own. */
  readonly appOwnerTenantId: string | null
  readonly servicePrincipalType: string
  readonly displayName: string
  readonly description: string | null
  readonly notes: string | null
  readonly accountEnabled: boolean
  readonly appRoleAssignmentRequired: boolean
  readonly tags: readonly string[]
  readonly loginUrl: string | null
  readonly preferredSingleSignOnMode: string | null
  readonly notificationEmailAddresses: readonly string[]
  readonly appDisplayName: string
  readonly signInAudience: SignInAudience
  readonly appRoles: readonly AppRole[]
  readonly oauth2PermissionScopes: readonly PermissionScope[]
  readonly replyUrls: readonly string[]
  readonly servicePrincipalNames: readonly string[]
  readonly homepage: string | null
  readonly logoutUrl: string | null
  readonly info: InformationalUrls
  readonly createdDateTime: Date
  readonly deletedDateTime: Date | null
}

/** What this tenant decides about an application's presence here. */
export type ServicePrincipalSettings = Pick<
  ServicePrincipal,
  | 'displayName'
  | 'description'
  | 'notes'
  | 'accountEnabled'
  | 'appRoleAssignmentRequired'
  | 'tags'
  | 'loginUrl'
  | 'preferredSingleSignOnMode'
  | 'notificationEmailAddresses'
>

export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal'

export interface AppRoleAssignment {
  readonly id: string
  readonly appRoleId: string
  readonly principalId: string
  readonly principalType: PrincipalType
  readonly resourceId: string
  readonly createdDateTime: Date
}

/** A delegated permission grant. `principalId` null: for everybody (AllPrincipals). */
export interface PermissionGrant {
  readonly id: string
  readonly clientId: string
  readonly resourceId: string
  readonly principalId: string | null
  readonly scopes: readonly string[]
}

export type OwnerType = 'user' | 'servicePrincipal'
