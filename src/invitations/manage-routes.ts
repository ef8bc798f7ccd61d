import {
  collectionOf,
  defineComplexType,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Permissions,
  parameters,
  property,
  type Route,
  route,
} from '../graph/index.ts'
import { NotFound } from '../platform/errors.ts'
import { callerOfGraph } from './caller.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { invitation } from './entity.ts'
import { resendInvitation, revokeInvitation } from './manage.ts'
import { presentInvited } from './present-invited.ts'
import { invitationReaders } from './readers.ts'
import { sentInvitation, sentInvitations } from './sent-entity.ts'

const read: Permissions = { delegated: ['User.Read.All'], application: ['User.Read.All'] }
const write: Permissions = { delegated: ['User.Invite.All'], application: ['User.Invite.All'] }

const resending = parameters(
  defineComplexType('resendInvitation', { sendInvitationMessage: property.boolean() }),
)

/** `/ext/v1.0/invitations`: what Graph lacks (INV-17, INV-18). */
export const manageRoutes = (dependencies: InvitationDependencies): readonly Route[] => [
  route({
    method: 'GET',
    path: '/invitations',
    surface: 'ext',
    permissions: read,
    roles: invitationReaders,
    query: collectionOf(sentInvitation),
    handle: async ({ context, query }) => {
      const source = sentInvitations(context.tenantId, context.clock.now())
      return list(sentInvitation, await inTransaction(context, (tx) => listEntities(tx, query, source)))
    },
  }),
  route({
    method: 'GET',
    path: '/invitations/{id}',
    surface: 'ext',
    permissions: read,
    roles: invitationReaders,
    query: itemOf(sentInvitation),
    handle: async ({ context, query, params }) => {
      const source = sentInvitations(context.tenantId, context.clock.now())
      const found = await inTransaction(context, (tx) => getEntity(tx, query, source, params.id))
      if (found === undefined) throw new NotFound(params.id)
      return item(sentInvitation, found)
    },
  }),
  route({
    method: 'POST',
    path: '/invitations/{id}/resend',
    surface: 'ext',
    permissions: write,
    body: resending,
    handle: async ({ context, caller, params, body }) => {
      const sendMail = body.sendInvitationMessage ?? true
      const found = callerOfGraph(caller)
      const invited = await resendInvitation(dependencies, context, found, params.id, sendMail)
      return item(invitation, presentInvited(invited), { related: ['invitedUser'] })
    },
  }),
  route({
    method: 'POST',
    path: '/invitations/{id}/revoke',
    surface: 'ext',
    permissions: write,
    handle: async ({ context, caller, params }) => {
      await revokeInvitation(context, callerOfGraph(caller), params.id)
      return noContent()
    },
  }),
]
