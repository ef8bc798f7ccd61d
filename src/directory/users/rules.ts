import type { ErrorDetail } from '../../platform/errors.ts'
import { refusal } from './judge-facts.ts'
import type { Address, NewUser, ObjectIdentity, User, UserChanges } from './model.ts'

/** SPO-1 */
export const MOST_SPONSORS = 5

export const hasFederatedIdentity = (identities: readonly ObjectIdentity[]): boolean =>
  identities.some((identity) => identity.signInType === 'federated')

/**
 * Does the person prove who they are somewhere else, whatever `userType` says? A pending user has no identity there
 * yet, or no more (RST-2), so how the user came about decides. Of the others who are pending, each has a password here
 * and an offer to be converted, which changes nothing before it is redeemed (CNV-1).
 */
export const isExternal = (user: Pick<User, 'identities' | 'externalUserState' | 'creationType'>): boolean =>
  hasFederatedIdentity(user.identities) ||
  (user.externalUserState === 'PendingAcceptance' &&
    user.creationType !== null &&
    user.creationType !== 'LocalAccount')

/** USR-8: an external user has no password here that could be reset. */
export const judgePasswordReset = (
  user: Pick<User, 'identities' | 'externalUserState' | 'creationType'>,
): readonly ErrorDetail[] =>
  isExternal(user)
    ? [
        refusal(
          'passwordProfile',
          'The password of an external user cannot be set here: this person signs in with an account elsewhere.',
        ),
      ]
    : []

/** GRA-58: the name under which a deleted user lies, so that its own is free. */
export const deletedPrincipalName = (id: string, name: string): string => `${id.replaceAll('-', '')}${name}`

/** The name as it was before deletion. */
export const originalPrincipalName = (id: string, name: string): string => {
  const prefix = id.replaceAll('-', '')
  return name.startsWith(prefix) ? name.slice(prefix.length) : name
}

/**
 * The name of a guest with this address, `number` telling apart addresses that collapse to the same one (USR-2).
 * Characters that a user principal name cannot hold become `_` too.
 */
export function guestPrincipalName(address: string, initialDomain: string, number: number): string {
  const base = address.replace('@', '_').replaceAll(/[^A-Za-z0-9'.\-_!^~]/g, '_')
  return `${base}${number === 0 ? '' : number}#EXT#@${initialDomain}`
}

/** The mail address becomes the primary proxy address; the old primary one stays as a secondary one. */
export function withPrimaryMail(proxyAddresses: readonly string[], mail: string | null): readonly string[] {
  if (mail === null) return proxyAddresses.filter((address) => !address.startsWith('SMTP:'))
  const others = proxyAddresses
    .filter((address) => address.slice(5).toLowerCase() !== mail.toLowerCase())
    .map((address) => (address.startsWith('SMTP:') ? `smtp:${address.slice(5)}` : address))
  return [`SMTP:${mail}`, ...others]
}

/** Every address that leads to the user. */
export function addressesOf(
  user: Pick<User, 'userPrincipalName' | 'mail' | 'otherMails' | 'proxyAddresses'>,
): readonly Address[] {
  return [
    { address: user.userPrincipalName, kind: 'upn' },
    ...(user.mail === null ? [] : [{ address: user.mail, kind: 'mail' } as const]),
    ...user.proxyAddresses.map((address) => ({
      address: address.replace(/^smtp:/i, ''),
      kind: 'proxy' as const,
    })),
    ...user.otherMails.map((address) => ({ address, kind: 'other' as const })),
  ]
}

/** A password user's own identity: the name in the tenant's own domain. */
export const ownIdentity = (initialDomain: string, userPrincipalName: string): ObjectIdentity => ({
  signInType: 'userPrincipalName',
  issuer: initialDomain,
  issuerAssignedId: userPrincipalName,
})

/** The identities with the own one renewed after a change of name. */
export function withOwnIdentity(
  identities: readonly ObjectIdentity[],
  initialDomain: string,
  userPrincipalName: string,
): readonly ObjectIdentity[] {
  return [
    ...identities.filter((identity) => identity.signInType !== 'userPrincipalName'),
    ownIdentity(initialDomain, userPrincipalName),
  ]
}

/** A new member or guest with every property, from what the caller gave. */
export function newUser(
  request: NewUser,
  facts: { readonly id: string; readonly now: Date; readonly initialDomain: string },
): User {
  const mail = request.mail ?? null
  return {
    givenName: null,
    surname: null,
    employeeId: null,
    department: null,
    companyName: null,
    jobTitle: null,
    employeeType: null,
    employeeHireDate: null,
    officeLocation: null,
    streetAddress: null,
    city: null,
    state: null,
    postalCode: null,
    country: null,
    usageLocation: null,
    preferredLanguage: null,
    mobilePhone: null,
    businessPhones: [],
    otherMails: [],
    showInAddressList: null,
    passwordPolicies: null,
    onPremisesImmutableId: null,
    onPremisesExtensionAttributes: {},
    more: {},
    userType: 'Member',
    creationType: null,
    ...request,
    mail,
    id: facts.id,
    externalUserState: null,
    externalUserStateChangeDateTime: null,
    proxyAddresses: mail === null ? [] : withPrimaryMail([], mail),
    imAddresses: [],
    identities: withOwnIdentity(request.identities ?? [], facts.initialDomain, request.userPrincipalName),
    lastPasswordChangeDateTime: null,
    signInSessionsValidFromDateTime: facts.now,
    onPremisesSamAccountName: null,
    onPremisesUserPrincipalName: null,
    onPremisesSyncEnabled: null,
    managerId: null,
    createdDateTime: facts.now,
    deletedDateTime: null,
  }
}

/**
 * The properties that really change, with what follows from them: addresses from mail, the own identity from the
 * name. Complex properties merge by member (GRA-30).
 */
export function applyChanges(user: User, changes: UserChanges, initialDomain: string): Partial<User> {
  const { more, onPremisesExtensionAttributes, mail, identities, userPrincipalName } = changes
  const next: Partial<User> = {
    ...changes,
    ...(more !== undefined && { more: { ...user.more, ...more } }),
    ...(onPremisesExtensionAttributes !== undefined && {
      onPremisesExtensionAttributes: {
        ...user.onPremisesExtensionAttributes,
        ...onPremisesExtensionAttributes,
      },
    }),
    ...(mail !== undefined &&
      mail !== user.mail && { proxyAddresses: withPrimaryMail(user.proxyAddresses, mail) }),
    ...((identities !== undefined || userPrincipalName !== undefined) && {
      identities: withOwnIdentity(
        identities ?? user.identities,
        initialDomain,
        userPrincipalName ?? user.userPrincipalName,
      ),
    }),
  }
  const old: Readonly<Record<string, unknown>> = { ...user }
  return Object.fromEntries(
    Object.entries(next).filter(
      ([property, value]) => JSON.stringify(value) !== JSON.stringify(old[property]),
    ),
  )
}
