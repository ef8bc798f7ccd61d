/** Member or guest: the relation to this tenant, not where the person signs in (USR-1). */
export type UserType = 'Member' | 'Guest'

export type CreationType = 'Invitation' | 'LocalAccount' | 'EmailVerified' | 'SelfServiceSignUp'

export type ExternalUserState = 'PendingAcceptance' | 'Accepted'

/** objectIdentity in Graph. */
export interface ObjectIdentity {
  readonly signInType: string
  readonly issuer: string
  /**
   * The subject at the issuer. Always present here; Graph shows null for organisational accounts (RED-14).
   */
  readonly issuerAssignedId: string
}

/** `identities[].issuer` of an account in another tenant. */
export const ORGANISATIONAL_ISSUER = 'ExternalAzureAD'

/** The identity of a person whose account lives in another tenant: subjects are unique only within that tenant. */
export const organisationalIdentity = (homeTenantId: string, homeObjectId: string): ObjectIdentity => ({
  signInType: 'federated',
  issuer: ORGANISATIONAL_ISSUER,
  issuerAssignedId: `${homeTenantId}/${homeObjectId}`,
})

/** Where a person's account lives, when that is another tenant; null for everybody else. */
export function homeAccountOf(
  identities: readonly ObjectIdentity[],
): { readonly homeTenantId: string; readonly homeObjectId: string } | null {
  const identity = identities.find(({ issuer }) => issuer === ORGANISATIONAL_ISSUER)
  const [homeTenantId, homeObjectId] = identity?.issuerAssignedId.split('/') ?? []
  return homeTenantId === undefined || homeObjectId === undefined ? null : { homeTenantId, homeObjectId }
}

/** `identities[].issuer` of a person who proves a mailbox with one-time passcodes. */
export const PASSCODE_ISSUER = 'mail'

export const passcodeIdentity = (address: string): ObjectIdentity => ({
  signInType: 'federated',
  issuer: PASSCODE_ISSUER,
  issuerAssignedId: address.toLowerCase(),
})

/** What an administrator may write, on create and on update, under its Graph name. */
export interface UserFacts {
  readonly userPrincipalName: string
  readonly displayName: string
  readonly accountEnabled: boolean
  readonly userType: UserType
  readonly mail: string | null
  readonly mailNickname: string | null
  readonly givenName: string | null
  readonly surname: string | null
  readonly employeeId: string | null
  readonly department: string | null
  readonly companyName: string | null
  readonly jobTitle: string | null
  readonly employeeType: string | null
  readonly employeeHireDate: Date | null
  readonly officeLocation: string | null
  readonly streetAddress: string | null
  readonly city: string | null
  readonly state: string | null
  readonly postalCode: string | null
  readonly country: string | null
  readonly usageLocation: string | null
  readonly preferredLanguage: string | null
  readonly mobilePhone: string | null
  readonly businessPhones: readonly string[]
  readonly otherMails: readonly string[]
  readonly identities: readonly ObjectIdentity[]
  readonly showInAddressList: boolean | null
  readonly passwordPolicies: string | null
  readonly onPremisesImmutableId: string | null
  readonly onPremisesExtensionAttributes: ExtensionAttributes
  /** Members merge, as in any complex property (GRA-30). */
  readonly more: MoreFacts
}

export type ExtensionAttributes = Readonly<Record<string, string | null>>

/** Rarely used properties that nobody filters by, and directory extensions, under their Graph names. */
export interface MoreFacts {
  readonly ageGroup?: string | null
  readonly consentProvidedForMinor?: string | null
  readonly employeeLeaveDateTime?: string | null
  readonly employeeOrgData?: { readonly division?: string | null; readonly costCenter?: string | null } | null
  readonly faxNumber?: string | null
  readonly isResourceAccount?: boolean | null
  readonly [extension: `extension_${string}`]: unknown
}

/** A user object of this tenant. */
export interface User extends UserFacts {
  readonly id: string
  readonly creationType: CreationType | null
  /** Null: never invited. */
  readonly externalUserState: ExternalUserState | null
  readonly externalUserStateChangeDateTime: Date | null
  readonly proxyAddresses: readonly string[]
  readonly imAddresses: readonly string[]
  readonly lastPasswordChangeDateTime: Date | null
  /** Sessions and refresh tokens that are older do not count. */
  readonly signInSessionsValidFromDateTime: Date
  readonly onPremisesSamAccountName: string | null
  readonly onPremisesUserPrincipalName: string | null
  readonly onPremisesSyncEnabled: boolean | null
  readonly managerId: string | null
  readonly createdDateTime: Date
  readonly deletedDateTime: Date | null
}

/** A new password, already hashed: hashing never happens inside a transaction. */
export interface NewPassword {
  readonly hash: string
  readonly forceChange: boolean
  readonly forceChangeWithMfa?: boolean
}

export interface StoredPassword {
  readonly hash: string
  readonly forceChange: boolean
  readonly forceChangeWithMfa: boolean
  readonly changedAt: Date
}

export interface NewUser
  extends Pick<UserFacts, 'userPrincipalName' | 'displayName' | 'accountEnabled' | 'mailNickname'>,
    Partial<Omit<UserFacts, 'userPrincipalName' | 'displayName' | 'accountEnabled' | 'mailNickname'>> {
  readonly creationType?: CreationType | null
}

export type UserChanges = Partial<UserFacts>

/** How an address leads to a user. */
export type AddressKind = 'upn' | 'mail' | 'proxy' | 'other'

export interface Address {
  /** Lower case. */
  readonly address: string
  readonly kind: AddressKind
}

export type SponsorType = 'user' | 'group'

/** A user or group that answers for somebody (SPO-1). */
export interface Sponsor {
  readonly id: string
  readonly type: SponsorType
}
