import { created, type EntityType, type GraphRow, type Route, route } from '../graph/index.ts'
import { MethodNotAllowed } from '../platform/errors.ts'
import type { Job } from '../platform/jobs/index.ts'
import { bulkJob } from './bulk/job.ts'
import { bulkEntities, bulkRoutes } from './bulk/routes.ts'
import { callerOfGraph } from './caller.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { invitation } from './entity.ts'
import { manageRoutes } from './manage-routes.ts'
import { warningHeader } from './message-rules.ts'
import { presentInvited } from './present-invited.ts'
import { invitationBody } from './request-body.ts'
import type { InvitationRequest } from './request-rules.ts'
import { sentInvitation } from './sent-entity.ts'
import { invite } from './service.ts'

export const inviteEntities: readonly EntityType[] = [invitation, sentInvitation, ...bulkEntities]

/** For the job runner. */
export const invitationJobs = (dependencies: InvitationDependencies): readonly Job[] => [
  bulkJob(dependencies),
]

/** Everything that the module answers in the API. */
export const inviteRoutes = (dependencies: InvitationDependencies): readonly Route[] => [
  ...graphRoutes(dependencies),
  ...manageRoutes(dependencies),
  ...bulkRoutes(dependencies, bulkJob(dependencies)),
]

/** `POST /invitations`, and nothing else there (INV-17). */
const graphRoutes = (dependencies: InvitationDependencies): readonly Route[] => [
  route({
    method: 'POST',
    path: '/invitations',
    permissions: { delegated: ['User.Invite.All'], application: ['User.Invite.All'] },
    body: invitationBody,
    handle: async ({ context, caller, body }) => {
      const invited = await invite(dependencies, context, callerOfGraph(caller), body)
      const { warnings } = invited
      return created(
        invitation,
        { ...presentInvited(invited), ...asAsked(body) },
        {
          related: ['invitedUser'],
          headers: warnings.length === 0 ? {} : { warning: warnings.map(warningHeader).join(', ') },
        },
      )
    },
  }),
  // What is there but cannot be read, changed or deleted: 405 rather than "no such segment".
  ...(['GET', 'PATCH', 'DELETE'] as const).map((method) =>
    route({
      method,
      path: '/invitations/{id}',
      permissions: 'signedIn',
      handle: async () => {
        throw new MethodNotAllowed('Specified HTTP method is not allowed for the request target.')
      },
    }),
  ),
]

/** A dropped message, copy or language is answered as it was asked for; the `Warning` tells the rest. */
const asAsked = (request: InvitationRequest): GraphRow => ({
  invitedUserMessageInfo: {
    ccRecipients: request.ccRecipients.map((address) => ({ emailAddress: { address, name: null } })),
    customizedMessageBody: request.customizedMessageBody,
    messageLanguage: request.messageLanguage,
  },
})
