import type { ErrorDetail } from '../../platform/errors.ts'
import type { ObjectIdentity, UserChanges, UserFacts } from './model.ts'

export const refusal = (target: string, message: string): ErrorDetail => ({
  code: 'InvalidValue',
  target,
  message,
})

// The characters that Graph allows in the local part; # is reserved for guests (USR-2).
const UPN = /^[A-Za-z0-9'.\-_!^~]{1,64}@([A-Za-z0-9.-]{1,253})$/

/**
 * What is wrong with a user principal name that a caller chose; empty when nothing is. `domains` are the tenant's
 * verified domains, lower case. `already` is the name that the user has: a guest may keep its own.
 */
export function judgeUserPrincipalName(
  name: string,
  domains: ReadonlySet<string>,
  already?: string,
): readonly ErrorDetail[] {
  if (already !== undefined && name.toLowerCase() === already.toLowerCase()) return []
  // USR-2: a # would let an ordinary user look like a guest.
  if (name.includes('#')) {
    return [
      refusal('userPrincipalName', "Property userPrincipalName is invalid: '#' is reserved for guests."),
    ]
  }
  const match = UPN.exec(name)
  const local = name.slice(0, name.indexOf('@'))
  if (match === null || local.startsWith('.') || local.endsWith('.')) {
    return [
      refusal(
        'userPrincipalName',
        "Property userPrincipalName is invalid: write name@domain, the name with 1 to 64 of the characters A-Z a-z 0-9 ' . - _ ! ^ ~, no dot at its ends.",
      ),
    ]
  }
  if (!domains.has((match[1] ?? '').toLowerCase())) {
    return [
      refusal(
        'userPrincipalName',
        'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
      ),
    ]
  }
  return []
}

// Printable ASCII only: mail to other addresses cannot be delivered by every server, and look-alikes mislead.
const MAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

export const isMailAddress = (text: string): boolean => text.length <= 254 && MAIL.test(text)

type Check = (value: unknown) => string | undefined

const atMost =
  (length: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > length ? `has more than ${length} characters` : undefined
const notEmpty: Check = (value) =>
  typeof value === 'string' && value.trim() === '' ? 'must not be empty' : undefined
const notNull: Check = (value) => (value === null ? 'must not be null' : undefined)
const mailAddress: Check = (value) =>
  typeof value === 'string' && !isMailAddress(value) ? 'must be an e-mail address' : undefined
const mailAddresses: Check = (value) =>
  Array.isArray(value) && !value.every((item) => typeof item === 'string' && isMailAddress(item))
    ? 'must hold e-mail addresses'
    : undefined
const items =
  (most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length > most ? `holds more than ${most} values` : undefined
const matches =
  (pattern: RegExp, wanted: string): Check =>
  (value) =>
    typeof value === 'string' && !pattern.test(value) ? `must be ${wanted}` : undefined

// Limits as documented for the user resource type.
const checks: Partial<Record<keyof UserFacts, readonly Check[]>> = {
  displayName: [notNull, notEmpty, atMost(256)],
  accountEnabled: [notNull],
  userType: [notNull],
  userPrincipalName: [notNull],
  mail: [mailAddress],
  mailNickname: [
    notEmpty,
    matches(
      /^[^@()\\[\]";:<>, \p{Cc}]{1,64}$/u,
      'at most 64 characters without @ () \\ [] " ; : <> , and space',
    ),
  ],
  givenName: [atMost(64)],
  surname: [atMost(64)],
  employeeId: [atMost(16)],
  department: [atMost(64)],
  companyName: [atMost(64)],
  jobTitle: [atMost(128)],
  employeeType: [atMost(64)],
  officeLocation: [atMost(128)],
  streetAddress: [atMost(1024)],
  city: [atMost(128)],
  state: [atMost(128)],
  postalCode: [atMost(40)],
  country: [atMost(128)],
  usageLocation: [matches(/^[A-Za-z]{2}$/, 'a two-letter country code (ISO 3166)')],
  preferredLanguage: [matches(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as en-US')],
  mobilePhone: [atMost(64)],
  businessPhones: [items(1)],
  otherMails: [items(250), mailAddresses],
  passwordPolicies: [
    matches(
      /^(None|DisablePasswordExpiration|DisableStrongPassword|DisablePasswordExpiration, ?DisableStrongPassword)$/,
      'None, DisablePasswordExpiration, DisableStrongPassword or the last two joined by a comma',
    ),
  ],
}

const EXTENSION_ATTRIBUTE = /^extensionAttribute([1-9]|1[0-5])$/

/** What is wrong with values that a caller gave, each with its property; empty when nothing is (GRA-31). */
export function judgeFacts(facts: UserChanges): readonly ErrorDetail[] {
  const found: ErrorDetail[] = []
  for (const [property, value] of Object.entries(facts)) {
    // `checks` is keyed by the same names; a property without checks has none.
    for (const check of checks[property as keyof UserFacts] ?? []) {
      const problem = check(value)
      if (problem !== undefined) {
        found.push(refusal(property, `Invalid value specified for property '${property}': it ${problem}.`))
        break
      }
    }
  }
  for (const name of Object.keys(facts.onPremisesExtensionAttributes ?? {})) {
    if (!EXTENSION_ATTRIBUTE.test(name)) {
      found.push(
        refusal('onPremisesExtensionAttributes', `'${name}' is not one of extensionAttribute1 to 15.`),
      )
    }
  }
  const ageGroup = facts.more?.ageGroup
  if (ageGroup !== undefined && ageGroup !== null && !['Minor', 'NotAdult', 'Adult'].includes(ageGroup)) {
    found.push(
      refusal('ageGroup', "Invalid value specified for property 'ageGroup': Minor, NotAdult or Adult."),
    )
  }
  const consent = facts.more?.consentProvidedForMinor
  if (consent !== undefined && consent !== null && !['Granted', 'Denied', 'NotRequired'].includes(consent)) {
    found.push(
      refusal(
        'consentProvidedForMinor',
        "Invalid value specified for property 'consentProvidedForMinor': Granted, Denied or NotRequired.",
      ),
    )
  }
  for (const identity of facts.identities ?? []) found.push(...judgeIdentity(identity))
  return found
}

function judgeIdentity({ signInType, issuer, issuerAssignedId }: ObjectIdentity): readonly ErrorDetail[] {
  const lengths: readonly [string, number][] = [
    [signInType, 64],
    [issuer, 512],
    [issuerAssignedId, 512],
  ]
  return lengths.every(([text, most]) => text.length > 0 && text.length <= most)
    ? []
    : [refusal('identities', 'An identity has signInType, issuer and issuerAssignedId, none empty.')]
}
