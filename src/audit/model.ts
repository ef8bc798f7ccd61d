/** One object that an activity touched, as in directoryAudit.targetResources. */
export interface AuditTarget {
  readonly id: string
  readonly type:
    | 'User'
    | 'Group'
    | 'Application'
    | 'ServicePrincipal'
    | 'Role'
    | 'Policy'
    | 'Directory'
    | 'Other'
  readonly displayName?: string | null
  readonly userPrincipalName?: string | null
  readonly modifiedProperties?: readonly ModifiedProperty[]
}

/** Values are JSON text, as in Graph; secrets never come here. */
export interface ModifiedProperty {
  readonly displayName: string
  readonly oldValue: string | null
  readonly newValue: string | null
}

/** Categories of the activities that this product records (each spec file's audit section). */
export type AuditCategory =
  | 'UserManagement'
  | 'GroupManagement'
  | 'ApplicationManagement'
  | 'RoleManagement'
  | 'DirectoryManagement'
  | 'Policy'
  | 'Authentication'
  | 'KeyManagement'
  | 'Other'

export interface AuditRecord {
  /** E.g. `Add user`, `Invite external user`: the names of the spec's audit sections. */
  readonly activity: string
  readonly category: AuditCategory
  readonly operationType: 'Add' | 'Update' | 'Delete' | 'Assign' | 'Unassign' | 'Read' | 'Other'
  /** `Core Directory`, `Invited Users`, …; default `Core Directory`. */
  readonly service?: string
  /** Present when the activity was refused; the reason is what the administrator reads. */
  readonly failure?: string
  readonly targets: readonly AuditTarget[]
  readonly details?: readonly { readonly key: string; readonly value: string }[]
}

/** One sign-in, allowed or refused, as the tenant that stores it sees it. */
export interface SignInRecord {
  readonly userId: string | null
  readonly userDisplayName: string | null
  readonly userPrincipalName: string | null
  readonly userType: 'member' | 'guest' | null
  readonly appId: string | null
  readonly appDisplayName: string | null
  readonly resourceId: string | null
  readonly resourceDisplayName: string | null
  readonly homeTenantId: string | null
  readonly resourceTenantId: string | null
  readonly crossTenantAccessType: 'none' | 'b2bCollaboration' | 'passthrough'
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly clientAppUsed: string | null
  readonly isInteractive: boolean
  /** 0, or the number of the AADSTS code. */
  readonly errorCode: number
  readonly failureReason: string | null
  readonly authenticationDetails: readonly {
    readonly authenticationMethod: string
    readonly succeeded: boolean
  }[]
}
