import { z } from 'zod'
import type { ErrorDetail } from '../../platform/errors.ts'
import { GRAPH_NAMES } from './declared-by.ts'
import { declarationProblems } from './declared-permissions.ts'
import { identifierUriProblems } from './identifier-uris.ts'
import { type ForeignApplication, signInAudiences } from './model.ts'
import { redirectUriProblems } from './redirect-uris.ts'
import { nameProblems } from './rules.ts'

const guid = z.guid().toLowerCase()
const text = z.string().max(2_048)
const uris = z.array(text).max(256)

const claim = z.object({
  name: text,
  source: text.nullable(),
  essential: z.boolean(),
  additionalProperties: z.array(text).max(64),
})

/** What another tenant may say of its application. It comes from outside: shape and sizes are checked here. */
export const foreignApplicationSchema: z.ZodType<ForeignApplication> = z.object({
  appId: guid,
  ownerTenantId: guid,
  displayName: text,
  signInAudience: z.enum(signInAudiences),
  identifierUris: z.array(text).max(50),
  appRoles: z
    .array(
      z.object({
        id: guid,
        allowedMemberTypes: z.array(z.enum(['User', 'Application'])),
        displayName: text,
        description: text,
        isEnabled: z.boolean(),
        value: text.nullable(),
        origin: z.literal('Application'),
      }),
    )
    .max(1_200),
  oauth2PermissionScopes: z
    .array(
      z.object({
        id: guid,
        type: z.enum(['User', 'Admin']),
        value: text,
        isEnabled: z.boolean(),
        adminConsentDisplayName: text,
        adminConsentDescription: text,
        userConsentDisplayName: text.nullable(),
        userConsentDescription: text.nullable(),
        origin: z.literal('Application'),
      }),
    )
    .max(1_200),
  redirectUris: z.object({ web: uris, spa: uris, publicClient: uris }),
  homePageUrl: text.nullable(),
  logoutUrl: text.nullable(),
  isFallbackPublicClient: z.boolean().nullable(),
  optionalClaims: z
    .object({ idToken: z.array(claim), accessToken: z.array(claim), saml2Token: z.array(claim) })
    .nullable(),
  groupMembershipClaims: text.nullable(),
  requiredResourceAccess: z
    .array(
      z.object({
        resourceAppId: guid,
        resourceAccess: z.array(z.object({ id: guid, type: z.enum(['Scope', 'Role']) })).max(400),
      }),
    )
    .max(50),
  info: z.object({
    logoUrl: text.nullable(),
    marketingUrl: text.nullable(),
    privacyStatementUrl: text.nullable(),
    supportUrl: text.nullable(),
    termsOfServiceUrl: text.nullable(),
  }),
})

/** The rules that our own applications obey bind foreign ones too: their owner may run another version, or lie. */
export function foreignApplicationProblems(foreign: ForeignApplication): readonly ErrorDetail[] {
  const problems = [
    ...nameProblems(foreign.displayName).map((message) => ({ target: 'displayName', message })),
    ...redirectUriProblems(foreign.redirectUris),
    ...declarationProblems(foreign.appRoles, foreign.oauth2PermissionScopes),
  ]
  return problems.map((problem) => ({ ...problem, code: 'InvalidValue' }))
}

/**
 * The identifier URIs that a foreign application may bear in this tenant. What would be wrong for its owner, and
 * whatever lies on a domain of this tenant, is left out: nobody else receives tokens in our name.
 */
export function foreignIdentifierUris(
  foreign: ForeignApplication,
  own: { readonly tenantId: string; readonly verifiedDomains: readonly string[] },
): readonly string[] {
  return foreign.identifierUris.filter((uri) => {
    const host = URL.parse(uri)?.hostname.toLowerCase() ?? ''
    const isOurs =
      GRAPH_NAMES.includes(uri.toLowerCase()) ||
      host === own.tenantId ||
      own.verifiedDomains.some((name) => host === name || host.endsWith(`.${name}`))
    const facts = { appId: foreign.appId, tenantId: foreign.ownerTenantId, verifiedDomains: [host] }
    return !isOurs && identifierUriProblems([uri], facts).length === 0
  })
}
