import type { TenantId } from '../platform/ids.ts'

/** A signed-in person acting through an application (GRA-60). */
export interface DelegatedCaller {
  readonly kind: 'delegated'
  readonly tenantId: TenantId
  readonly userId: string
  readonly appId: string
  /** Scopes of the token (`scp`). */
  readonly scopes: ReadonlySet<string>
  /** Template ids of the directory roles held now, not when the token was issued. */
  readonly directoryRoles: ReadonlySet<string>
  readonly userType: 'Member' | 'Guest'
  readonly displayName: string | null
  readonly userPrincipalName: string | null
  readonly ipAddress: string | null
}

/** An application acting as itself: its app roles count in full (GRA-60). */
export interface ApplicationCaller {
  readonly kind: 'application'
  readonly tenantId: TenantId
  readonly appId: string
  readonly servicePrincipalId: string
  readonly displayName: string | null
  /** App roles of the token (`roles`). */
  readonly roles: ReadonlySet<string>
}

export type GraphCaller = DelegatedCaller | ApplicationCaller
