import type { JWK } from 'jose'
import type { OptionalClaimRequest, TokenSubject } from './claims.ts'

/** A client as the provider needs to know it: an application of this tenant, or another tenant as relying party. */
export interface ClientFacts {
  readonly clientId: string
  readonly displayName: string
  /** An application registered or consented here; another tenant that sends its people home; or our own pages. */
  readonly kind: 'application' | 'tenant' | 'firstParty'
  /** Where codes go, by platform. Those of `web` are redeemed with client authentication only. */
  readonly redirectUris: {
    readonly web: readonly string[]
    readonly spa: readonly string[]
    /** A loopback address without a port may carry any (RFC 8252 §7.3). */
    readonly native: readonly string[]
  }
  /** Origins that may call the token endpoint from a browser. */
  readonly browserOrigins: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** Whether it may go without authenticating: native and single-page applications. */
  readonly allowsPublicClient: boolean
  readonly hasSecret: boolean
  /** For `private_key_jwt`; empty when it has no certificate. */
  readonly publicKeys: readonly JWK[]
  readonly implicitIdToken: boolean
  /** Ids of the delegated permissions that it declares, by the appId of their resource: what `.default` asks for. */
  readonly declaredScopes: ReadonlyMap<string, readonly string[]>
  readonly optionalIdTokenClaims: readonly OptionalClaimRequest[]
  /** Object id of its service principal here; `null` for tenants. */
  readonly servicePrincipalId: string | null
  /** Only people who are assigned to it may use it. */
  readonly assignmentRequired: boolean
}

/** An API that tokens are for. */
export interface ResourceFacts {
  /** Its application id: the `aud` of tokens (v2). */
  readonly appId: string
  readonly displayName: string
  readonly servicePrincipalId: string
  /** Values of its enabled delegated permissions. */
  readonly scopes: readonly string[]
  /** The same by their ids. */
  readonly scopesById: ReadonlyMap<string, string>
  readonly optionalAccessTokenClaims: readonly OptionalClaimRequest[]
}

export interface AccountFacts {
  readonly subject: TokenSubject
  /** Home object id and tenant for `client_info`; of a member its own. */
  readonly homeObjectId: string
  readonly homeTenantId: string
  /** Sessions and refresh tokens from before do not count. In real time. */
  readonly sessionsValidFrom: Date
}

/** What was consented to, by the person or by an administrator for everybody. */
export interface Consents {
  readonly openId: readonly string[]
  /** Permission values by the appId of their resource. */
  readonly resources: ReadonlyMap<string, readonly string[]>
}

/**
 * What the provider asks the rest of the product, for one tenant. Answers may be up to five seconds old
 * (graph-conventions §7), since every token request asks.
 */
export interface EngineDirectory {
  findClient(clientId: string): Promise<ClientFacts | null>
  verifySecret(clientId: string, secret: string): Promise<boolean>
  /** `null` when there is no such account, or it may not sign in: disabled, deleted, not yet redeemed. */
  findAccount(objectId: string): Promise<AccountFacts | null>
  /** `identifier` as clients write it; `null` means Graph. */
  findResource(identifier: string | null): Promise<ResourceFacts | null>
  /**
   * Told early what a token for an application itself will need, so that it can be found in one go. Decides nothing:
   * each of the questions here is still asked, and answered from what is then known.
   */
  prepareForApplication(clientId: string, secret: string | null, identifier: string | null): Promise<void>
  /** `fresh`: as of now; a consent that was given a moment ago must count. */
  consentsOf(clientId: string, objectId: string, fresh?: 'fresh'): Promise<Consents>
  /** Roles that the client itself holds on the resource (application permissions). */
  applicationRoles(clientId: string, resource: ResourceFacts): Promise<readonly string[]>
  /** Roles that the person holds on the application or API with this service principal, also through groups. */
  userRoles(objectId: string, servicePrincipalId: string): Promise<readonly string[]>
  /** With a role or without one, also through groups. */
  isAssigned(objectId: string, servicePrincipalId: string): Promise<boolean>
}
