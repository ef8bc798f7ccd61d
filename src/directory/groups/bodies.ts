import { badProperty, type UpdateValues } from '../../graph/index.ts'
import type { group } from './entity.ts'
import type { GroupChanges } from './model.ts'

type GroupUpdate = UpdateValues<(typeof group)['properties']>

const visibilities = ['Public', 'Private', 'HiddenMembership'] as const
const processingStates = ['On', 'Paused'] as const

/** What a body says of a group in the words of the model. 400 for a value outside its list. */
export function changesFrom(values: GroupUpdate): GroupChanges {
  const { displayName, mailEnabled, mailNickname, securityEnabled } = values
  const { description, groupTypes, visibility, uniqueName, membershipRule, membershipRuleProcessingState } =
    values
  return {
    ...(displayName !== undefined && { displayName }),
    ...(mailEnabled !== undefined && { mailEnabled }),
    ...(mailNickname !== undefined && { mailNickname }),
    ...(securityEnabled !== undefined && { securityEnabled }),
    ...(description !== undefined && { description }),
    ...(groupTypes !== undefined && { groupTypes }),
    ...(uniqueName !== undefined && { uniqueName }),
    ...(membershipRule !== undefined && { membershipRule }),
    ...(visibility !== undefined && { visibility: oneOf('visibility', visibilities, visibility) }),
    ...(membershipRuleProcessingState !== undefined && {
      membershipRuleProcessingState: oneOf(
        'membershipRuleProcessingState',
        processingStates,
        membershipRuleProcessingState,
      ),
    }),
  }
}

function oneOf<Member extends string>(
  name: string,
  members: readonly Member[],
  text: string | null,
): Member | null {
  if (text === null) return null
  const found = members.find((member) => member.toLowerCase() === text.toLowerCase())
  if (found !== undefined) return found
  const message = `Invalid value specified for property '${name}': ${members.join(', ')}.`
  throw badProperty(message, [{ code: 'InvalidValue', message, target: name }])
}
