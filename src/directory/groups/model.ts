/** What an administrator may write; `isAssignableToRole` on create only. */
export interface GroupFacts {
  readonly displayName: string
  readonly description: string | null
  readonly mailEnabled: boolean
  readonly mailNickname: string
  readonly securityEnabled: boolean
  readonly groupTypes: readonly string[]
  readonly visibility: 'Public' | 'Private' | 'HiddenMembership' | null
  readonly uniqueName: string | null
  readonly membershipRule: string | null
  readonly membershipRuleProcessingState: 'On' | 'Paused' | null
}

export interface Group extends GroupFacts {
  readonly id: string
  /** May hold directory roles; set for ever at creation. */
  readonly isAssignableToRole: boolean
  readonly mail: string | null
  /** Mastered on premises: its members are not changed here (USR-5). */
  readonly onPremisesSyncEnabled: boolean | null
  readonly createdDateTime: Date
  readonly deletedDateTime: Date | null
}

export interface NewGroup
  extends Pick<GroupFacts, 'displayName' | 'mailEnabled' | 'mailNickname' | 'securityEnabled'>,
    Partial<Omit<GroupFacts, 'displayName' | 'mailEnabled' | 'mailNickname' | 'securityEnabled'>> {
  readonly isAssignableToRole?: boolean
}

export type GroupChanges = Partial<GroupFacts>

export type MemberType = 'user' | 'group' | 'servicePrincipal'

export type OwnerType = 'user' | 'servicePrincipal'

/** The two relations between a group and what is in it. */
export type GroupRelation = 'members' | 'owners'
