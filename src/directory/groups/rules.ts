import type { ErrorDetail } from '../../platform/errors.ts'
import type { Group, GroupChanges, GroupFacts, GroupRelation, MemberType, NewGroup } from './model.ts'

/** GRA-31, 32 */
export const MOST_BOUND = 20

const refusal = (target: string, message: string): ErrorDetail => ({ code: 'InvalidValue', target, message })

/** What is wrong with a group as it would be; empty when nothing is. */
export function judgeGroup(
  group: GroupFacts & { readonly isAssignableToRole: boolean },
): readonly ErrorDetail[] {
  const found: ErrorDetail[] = []
  const isUnified = group.groupTypes.includes('Unified')
  if (group.displayName.trim() === '' || group.displayName.length > 256) {
    found.push(
      refusal('displayName', "Invalid value specified for property 'displayName': 1 to 256 characters."),
    )
  }
  if ((group.description ?? '').length > 1024) {
    found.push(
      refusal('description', "Invalid value specified for property 'description': at most 1024 characters."),
    )
  }
  if (!/^[^@()\\[\]";:<>, \p{Cc}]{1,64}$/u.test(group.mailNickname)) {
    found.push(
      refusal(
        'mailNickname',
        "Invalid value specified for property 'mailNickname': 1 to 64 characters without @ () \\ [] \" ; : <> , and space.",
      ),
    )
  }
  for (const type of group.groupTypes) {
    if (type === 'DynamicMembership') {
      found.push(refusal('groupTypes', 'Dynamic membership is not available yet; add members instead.'))
    } else if (type !== 'Unified') {
      found.push(refusal('groupTypes', `Invalid value specified for property 'groupTypes': '${type}'.`))
    }
  }
  if (group.membershipRule !== null || group.membershipRuleProcessingState !== null) {
    found.push(refusal('membershipRule', 'A membership rule needs the group type DynamicMembership.'))
  }
  // As in Graph: only these two kinds of group can be made through the API.
  if (group.mailEnabled !== isUnified) {
    found.push(refusal('mailEnabled', 'A group is mail-enabled exactly when its groupTypes hold Unified.'))
  }
  if (!group.securityEnabled && !isUnified) {
    found.push(refusal('securityEnabled', 'A group that is not Unified must be security-enabled.'))
  }
  if (group.isAssignableToRole && !group.securityEnabled) {
    found.push(refusal('isAssignableToRole', 'A group that can hold roles must be security-enabled.'))
  }
  if (group.isAssignableToRole && group.visibility === 'Public') {
    found.push(refusal('visibility', 'A group that can hold roles must be private.'))
  }
  return found
}

/** HiddenMembership hides who is in a group from the day it is made, so it cannot come later. */
export const judgeGroupChange = (group: Group, changes: GroupChanges): readonly ErrorDetail[] => {
  const from = group.visibility
  const to = changes.visibility === undefined ? from : changes.visibility
  return from !== to && (from === 'HiddenMembership' || to === 'HiddenMembership')
    ? [refusal('visibility', 'HiddenMembership can be chosen only when the group is created.')]
    : []
}

/** A new group with every property, from what the caller gave. */
export const newGroup = (
  request: NewGroup,
  facts: { readonly id: string; readonly now: Date; readonly initialDomain: string },
): Group => ({
  description: null,
  groupTypes: [],
  visibility: request.isAssignableToRole === true ? 'Private' : null,
  uniqueName: null,
  membershipRule: null,
  membershipRuleProcessingState: null,
  isAssignableToRole: false,
  ...request,
  mail: request.mailEnabled ? `${request.mailNickname}@${facts.initialDomain}` : null,
  id: facts.id,
  onPremisesSyncEnabled: null,
  createdDateTime: facts.now,
  deletedDateTime: null,
})

/** Why nobody can be added to or taken from the group here; null when one can. */
export const judgeMasteredElsewhere = (group: Pick<Group, 'onPremisesSyncEnabled'>): string | null =>
  // USR-5: what the directory on premises masters is changed there.
  group.onPremisesSyncEnabled === true
    ? 'Unable to update the specified properties for objects that have originated within an external service.'
    : null

/** Why the object cannot be a member or owner of the group; null when it can. Guests can (USR-5). */
export function judgeMembership(
  group: Pick<Group, 'id' | 'isAssignableToRole' | 'onPremisesSyncEnabled'>,
  relation: GroupRelation,
  object: { readonly id: string; readonly type: MemberType },
): string | null {
  const elsewhere = judgeMasteredElsewhere(group)
  if (elsewhere !== null) return elsewhere
  if (object.id === group.id) return 'A group cannot be a member of itself.'
  // Who holds a role must be visible on the group itself, not somewhere below it.
  if (relation === 'members' && group.isAssignableToRole && object.type === 'group') {
    return 'A group that can hold roles cannot have groups as members.'
  }
  return null
}
