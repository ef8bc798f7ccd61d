import type { TenantType } from '../tenants/index.ts'

/** Everything that a person or a script needs to use the demo. Plain JSON: what `xenia demo --json` prints. */
export interface DemoDescription {
  readonly baseUrl: string
  /** Root of the Graph API. */
  readonly graphUrl: string
  readonly mailboxUrl: string
  readonly clockUrl: string
  readonly tenants: readonly DemoTenant[]
}

export type DemoTenantKey = 'contoso' | 'fabrikam' | 'woodgrove'

export interface DemoTenant {
  readonly key: DemoTenantKey
  readonly id: string
  readonly displayName: string
  readonly tenantType: TenantType
  /** Verified ones; the first is the one in people's addresses. */
  readonly domains: readonly string[]
  readonly issuer: string
  readonly users: readonly DemoUser[]
  readonly applications: readonly DemoApplication[]
}

export interface DemoUser {
  readonly id: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly password: string
  /** Display names of directory roles. */
  readonly roles: readonly string[]
}

export interface DemoApplication {
  readonly appId: string
  readonly displayName: string
  readonly secret: string
  /** Where the example application of `examples/web-app` is expected to listen. */
  readonly origin: string
  readonly redirectUris: readonly string[]
  readonly identifierUri: string
  /** Scopes of its own API, as clients ask for them. */
  readonly scopes: readonly string[]
  /** Opens the application and begins a sign-in. */
  readonly signInUrl: string
}
