import type { TenantId } from '../platform/ids.ts'

/** `AAD` is a workforce tenant, `CIAM` an external one for customers: organization.tenantType in Graph. */
export type TenantType = 'AAD' | 'CIAM'

/** The reference row of a tenant: what the whole deployment may know of it. */
export interface Tenant {
  readonly id: TenantId
  readonly displayName: string
  readonly tenantType: TenantType
  /** E.g. `contoso.xenia.test`; given at creation, always verified, never changes. */
  readonly initialDomain: string
  readonly createdAt: Date
}

/** A domain name that a tenant claims; it counts only once verified. */
export interface Domain {
  readonly name: string
  readonly isInitial: boolean
  readonly isDefault: boolean
  /** The TXT record that proves control, e.g. `xenia-verification=…`. */
  readonly verificationText: string
  readonly verification: { readonly state: 'pending' } | { readonly state: 'verified'; readonly at: Date }
}
