import {
  type BodySchema,
  badRequest,
  defineComplexType,
  forCreate,
  parameters,
  property,
} from '../graph/index.ts'
import { Invalid } from '../platform/errors.ts'
import { invitation } from './entity.ts'
import type { InvitationRequest } from './request-rules.ts'

const entityBody = forCreate(invitation)

// Clients send the whole user that they have at hand; only its id says something here.
const invitedUser = defineComplexType('invitedUserReference', { id: property.guid() }, { open: true })
const sponsor = defineComplexType(
  'invitedUserSponsor',
  { id: property.guid({ create: 'required', nullable: false }) },
  { open: true },
)
const related = parameters(
  defineComplexType('invitationRelated', {
    invitedUser: property.complex(invitedUser),
    invitedUserSponsors: property.collection(sponsor, { nullable: true, maxItems: 100 }),
  }),
)

/** The body of `POST /invitations`: everything but what its values mean, which `checkRequest` says. */
export const invitationBody: BodySchema<InvitationRequest> = {
  required: true,
  parse: (body) => withInvitationCode(() => readBody(body)),
}

/** Invitation errors carry `BadRequest` where the rest of the directory says `Request_BadRequest`. */
function withInvitationCode<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Invalid) {
      throw new Invalid(error.message, { code: 'BadRequest', details: error.details, cause: error })
    }
    throw error
  }
}

function readBody(body: unknown): InvitationRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('The request body must be a JSON object.')
  }
  const { invitedUser: user, invitedUserSponsors: sponsors, ...rest }: Record<string, unknown> = { ...body }
  const { values, bindings } = entityBody.parse(rest)
  const referred = related.parse({
    ...(user !== undefined && { invitedUser: user }),
    ...(sponsors !== undefined && { invitedUserSponsors: sponsors }),
  })
  const info = values.invitedUserMessageInfo
  return {
    invitedUserEmailAddress: values.invitedUserEmailAddress ?? null,
    inviteRedirectUrl: values.inviteRedirectUrl ?? null,
    invitedUserDisplayName: values.invitedUserDisplayName ?? null,
    invitedUserType: userTypeOf(values.invitedUserType ?? 'Guest'),
    sendInvitationMessage: values.sendInvitationMessage ?? false,
    ccRecipients: (info?.ccRecipients ?? []).map(({ emailAddress }) => emailAddress?.address ?? ''),
    customizedMessageBody: info?.customizedMessageBody ?? null,
    messageLanguage: info?.messageLanguage ?? null,
    resetRedemption: values.resetRedemption ?? false,
    invitedUserId: referred.invitedUser?.id ?? null,
    sponsorIds: [
      ...new Set([
        ...(referred.invitedUserSponsors ?? []).map(({ id }) => id ?? ''),
        ...(bindings.get('invitedUserSponsors') ?? []).map(({ id }) => id),
      ]),
    ],
  }
}

function userTypeOf(text: string): InvitationRequest['invitedUserType'] {
  // Graph compares enums that are typed as strings without case.
  const found = (['Guest', 'Member'] as const).find((type) => type.toLowerCase() === text.toLowerCase())
  if (found !== undefined) return found
  const message = "invitedUserType must be 'Guest' or 'Member'."
  throw new Invalid(message, { details: [{ code: 'Invalid', message, target: 'invitedUserType' }] })
}
