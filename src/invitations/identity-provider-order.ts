import { type ObjectIdentity, ORGANISATIONAL_ISSUER } from '../directory/index.ts'
import type { Reason } from '../platform/errors.ts'
import { parseTenantId, type TenantId } from '../platform/ids.ts'

/** `invitationRedemptionIdentityProviderConfiguration` of the default cross-tenant policy (RED-7). */
export interface RedemptionConfiguration {
  /** Without duplicates; may be empty. What is not named is not used. */
  readonly primary: readonly PrimaryProvider[]
  readonly fallback: FallbackProvider
}

export type PrimaryProvider = 'azureActiveDirectory' | 'externalFederation' | 'socialIdentityProviders'
export type FallbackProvider = 'defaultConfiguredIdp' | 'emailOneTimePasscode' | 'microsoftAccount'

/** RED-4. */
export const defaultRedemptionConfiguration: RedemptionConfiguration = {
  primary: ['azureActiveDirectory', 'externalFederation', 'socialIdentityProviders'],
  fallback: 'defaultConfiguredIdp',
}

/** What the tenant that has verified the address's domain says of it. */
export type OrganizationalAccount =
  | { readonly kind: 'noTenant' }
  | { readonly kind: 'found'; readonly homeTenantId: TenantId }
  /** A managed directory that does not hold the address. */
  | { readonly kind: 'absent'; readonly homeTenantId: TenantId }
  /** Its own sign-in is federated, so only that can tell; who is then not in its directory fails there (RED-16). */
  | { readonly kind: 'federatedAtHome'; readonly homeTenantId: TenantId }
  /** "Viral": nobody answers for the tenant. Never used. */
  | { readonly kind: 'unmanaged' }
  | { readonly kind: 'noAnswer'; readonly homeTenantId: TenantId }

export interface ProviderFacts {
  /** Of the invited address, in ASCII form. */
  readonly domain: string
  readonly organizationalAccount: OrganizationalAccount
  /** A SAML, WS-Fed or OpenID federation of this tenant whose domain list holds the domain. */
  readonly federation: { readonly issuer: string } | null
  readonly googleIsConfigured: boolean
  /** `unknown`: set up in this deployment, but nobody has an account with the address. */
  readonly microsoftAccount: 'notConfigured' | 'exists' | 'unknown'
  /** OTP-1. */
  readonly passcodesEnabled: boolean
  readonly configuration: RedemptionConfiguration
}

export type SignInMethod =
  | { readonly kind: 'organization'; readonly homeTenantId: TenantId }
  | { readonly kind: 'federation'; readonly issuer: string }
  | { readonly kind: 'google' }
  | { readonly kind: 'microsoftAccount'; readonly isNew: boolean }
  | { readonly kind: 'passcode' }

export type ProviderDecision = { readonly because: readonly Reason[] } & (
  | {
      readonly outcome: 'signIn'
      /** Two: the person is asked which (RED-5). Else the one to go to without asking. */
      readonly methods: readonly [SignInMethod] | readonly [SignInMethod, SignInMethod]
    }
  /** The home tenant does not answer. To take the next method would bind the guest to it for good (RED-9). */
  | { readonly outcome: 'tryLater'; readonly homeTenantId: TenantId }
  | { readonly outcome: 'noWay' }
)

/** Where a person with a pending invitation signs in. The first method that applies wins (RED-4, RED-7, OTP-2). */
export function decideProvider(facts: ProviderFacts): ProviderDecision {
  for (const provider of facts.configuration.primary) {
    const found = primary[provider](facts)
    if (found !== null) return found
  }
  return fallBack(facts)
}

const one = (method: SignInMethod, rule: string, message: string): ProviderDecision => ({
  outcome: 'signIn',
  methods: [method],
  because: [{ rule, message }],
})

type Provider = (facts: ProviderFacts) => ProviderDecision | null

const primary: Readonly<Record<PrimaryProvider, Provider>> = {
  azureActiveDirectory: (facts) => {
    const { organizationalAccount: account } = facts
    switch (account.kind) {
      case 'found':
      case 'federatedAtHome':
        return withMicrosoftAccount(facts, { kind: 'organization', homeTenantId: account.homeTenantId })
      case 'noAnswer': {
        const message = `The tenant that has verified ${facts.domain} does not answer.`
        return {
          outcome: 'tryLater',
          homeTenantId: account.homeTenantId,
          because: [{ rule: 'RED-8', message }],
        }
      }
      case 'noTenant':
      case 'absent':
      case 'unmanaged':
        return null
    }
  },
  externalFederation: ({ federation, domain }) =>
    federation === null
      ? null
      : one({ kind: 'federation', issuer: federation.issuer }, 'RED-4', `${domain} is federated here.`),
  // RED-6: Facebook is never offered. IDP-1: Google only for its own mailboxes.
  socialIdentityProviders: ({ googleIsConfigured, domain }) =>
    googleIsConfigured && ['gmail.com', 'googlemail.com'].includes(domain)
      ? one({ kind: 'google' }, 'RED-4', `${domain} is Google's, and Google is set up.`)
      : null,
}

/** RED-5. Not where the Microsoft account is switched off as fallback; Entra lets it through there. */
function withMicrosoftAccount(facts: ProviderFacts, organization: SignInMethod): ProviderDecision {
  const isOffered =
    facts.microsoftAccount === 'exists' && facts.configuration.fallback !== 'emailOneTimePasscode'
  if (!isOffered)
    return one(organization, 'RED-4', `A tenant has verified ${facts.domain} and holds the account.`)
  return {
    outcome: 'signIn',
    methods: [organization, { kind: 'microsoftAccount', isNew: false }],
    because: [
      { rule: 'RED-5', message: 'The address is an organizational account and a Microsoft account.' },
    ],
  }
}

function fallBack({ configuration, microsoftAccount, passcodesEnabled }: ProviderFacts): ProviderDecision {
  const { fallback } = configuration
  if (fallback !== 'emailOneTimePasscode' && microsoftAccount === 'exists') {
    return one({ kind: 'microsoftAccount', isNew: false }, 'RED-4', 'A Microsoft account has the address.')
  }
  if (fallback !== 'microsoftAccount' && passcodesEnabled) {
    return one({ kind: 'passcode' }, 'OTP-2', 'No other method applies, and passcodes are on.')
  }
  if (fallback !== 'emailOneTimePasscode' && microsoftAccount === 'unknown') {
    return one(
      { kind: 'microsoftAccount', isNew: true },
      'RED-4',
      'A Microsoft account can be created for the address.',
    )
  }
  return {
    outcome: 'noWay',
    because: [{ rule: 'RED-4', message: `No method applies and the fallback ${fallback} cannot be used.` }],
  }
}

/**
 * Where an accepted guest signs in: with what they redeemed with, whatever is configured by now (RED-9); only passcodes
 * that were switched off leave no way (OTP-4). Takes the guest's `identities`.
 */
export function decideProviderOfGuest(
  identities: readonly ObjectIdentity[],
  passcodesEnabled: boolean,
): ProviderDecision {
  const identity = identities.find(({ signInType }) => signInType === 'federated')
  const method = identity === undefined ? null : methodOf(identity)
  if (method === null)
    return { outcome: 'noWay', because: [{ rule: 'RED-14', message: 'No account elsewhere is known.' }] }
  if (method.kind === 'passcode' && !passcodesEnabled) {
    return {
      outcome: 'noWay',
      because: [{ rule: 'OTP-4', message: 'This guest signs in by passcode, and those are off.' }],
    }
  }
  return one(method, 'RED-9', 'The method that the guest redeemed with.')
}

function methodOf({ issuer, issuerAssignedId }: ObjectIdentity): SignInMethod | null {
  switch (issuer) {
    case ORGANISATIONAL_ISSUER: {
      const homeTenantId = parseTenantId(issuerAssignedId.split('/')[0] ?? '')
      return homeTenantId === null ? null : { kind: 'organization', homeTenantId }
    }
    case 'mail':
      return { kind: 'passcode' }
    case 'google.com':
      return { kind: 'google' }
    case 'MicrosoftAccount':
      return { kind: 'microsoftAccount', isNew: false }
    default:
      return { kind: 'federation', issuer }
  }
}
