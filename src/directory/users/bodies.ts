import { badProperty, type CreateValues, type UpdateValues } from '../../graph/index.ts'
import type { ErrorDetail } from '../../platform/errors.ts'
import { judgePassword, type PasswordHasher } from '../../platform/passwords.ts'
import type { user } from './entity.ts'
import type { MoreFacts, NewPassword, NewUser, ObjectIdentity, UserChanges } from './model.ts'

export type UserCreate = CreateValues<(typeof user)['properties']>
export type UserUpdate = UpdateValues<(typeof user)['properties']>

/** What a body says of a user in the words of the model: rare properties together, password apart. */
export function changesFrom(values: UserUpdate): UserChanges {
  const {
    passwordProfile: _,
    identities,
    employeeLeaveDateTime,
    employeeOrgData,
    faxNumber,
    ageGroup,
    consentProvidedForMinor,
    isResourceAccount,
    onPremisesExtensionAttributes,
    userType,
    displayName,
    userPrincipalName,
    accountEnabled,
    ...plain
  } = values
  const more: MoreFacts = {
    ...(employeeLeaveDateTime !== undefined && {
      employeeLeaveDateTime: employeeLeaveDateTime?.toISOString() ?? null,
    }),
    ...(employeeOrgData !== undefined && { employeeOrgData }),
    ...(faxNumber !== undefined && { faxNumber }),
    ...(ageGroup !== undefined && { ageGroup }),
    ...(consentProvidedForMinor !== undefined && { consentProvidedForMinor }),
    ...(isResourceAccount !== undefined && { isResourceAccount }),
  }
  return {
    ...plain,
    ...(displayName !== undefined && { displayName }),
    ...(userPrincipalName !== undefined && { userPrincipalName }),
    ...(accountEnabled !== undefined && { accountEnabled }),
    ...(userType !== undefined && { userType: userTypeFrom(userType) }),
    ...(identities !== undefined && { identities: identities.map(identityFrom) }),
    ...(onPremisesExtensionAttributes !== undefined && {
      onPremisesExtensionAttributes: extensionsFrom(onPremisesExtensionAttributes),
    }),
    ...(Object.keys(more).length > 0 && { more }),
  }
}

export function newUserFrom(values: UserCreate): NewUser {
  const { displayName, userPrincipalName, accountEnabled, mailNickname } = values
  return { ...changesFrom(values), displayName, userPrincipalName, accountEnabled, mailNickname }
}

const wrong = (target: string, message: string): ErrorDetail => ({ code: 'InvalidValue', message, target })

function refuse(problem: ErrorDetail): never {
  throw badProperty(problem.message, [problem])
}

function userTypeFrom(text: string): 'Member' | 'Guest' {
  // GRA-20: directory values are compared without case.
  const found = (['Member', 'Guest'] as const).find((type) => type.toLowerCase() === text.toLowerCase())
  return (
    found ?? refuse(wrong('userType', "Invalid value specified for property 'userType': Member or Guest."))
  )
}

function identityFrom(identity: {
  readonly signInType?: string | null
  readonly issuer?: string | null
  readonly issuerAssignedId?: string | null
}): ObjectIdentity {
  return {
    signInType: identity.signInType ?? '',
    issuer: identity.issuer ?? '',
    issuerAssignedId: identity.issuerAssignedId ?? '',
  }
}

const extensionsFrom = (
  attributes: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value ?? null]))

/**
 * Judges and hashes the password of a body (PWD-1), before any transaction begins. Null when the body has none.
 * 400 with target `passwordProfile` when it is missing in its profile or too weak; 503 when too many wait.
 */
export async function passwordFrom(
  profile: UserUpdate['passwordProfile'],
  about: readonly string[],
  hasher: PasswordHasher,
): Promise<NewPassword | null> {
  if (profile === undefined || profile === null) return null
  const { password } = profile
  if (password === undefined || password === null) {
    return refuse(wrong('passwordProfile', "A value is required for property 'password' of passwordProfile."))
  }
  if (judgePassword(password, about).reasons.length > 0) {
    return refuse(
      wrong(
        'passwordProfile',
        'The specified password does not comply with password complexity requirements. Please provide a different password.',
      ),
    )
  }
  return {
    hash: await hasher.hash(password),
    // Whoever sets another's password knows it, so the person chooses a new one unless the caller says otherwise.
    forceChange: profile.forceChangePasswordNextSignIn ?? true,
    forceChangeWithMfa: profile.forceChangePasswordNextSignInWithMfa ?? false,
  }
}
