import {
  accepted,
  callerHas,
  collectionOf,
  type EntityType,
  type GraphCaller,
  getEntities,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  type Permissions,
  type Route,
  raw,
  route,
  value,
} from '../../graph/index.ts'
import { NotFound } from '../../platform/errors.ts'
import type { Job } from '../../platform/jobs/index.ts'
import type { InvitationDependencies } from '../dependencies.ts'
import { invitationReaders } from '../readers.ts'
import { uploadBody } from './body.ts'
import { bulkInvitation, bulkInvitationRow, bulkInvitations, bulkRows } from './entity.ts'
import type { bulkPayload } from './job.ts'
import type { BulkInvitations, Submitter } from './model.ts'
import { presentValidation } from './present-validation.ts'
import { bulkResultsCsv, bulkTemplateCsv, requireBulk, submitBulk, validateBulk } from './service.ts'

export const bulkEntities: readonly EntityType[] = [bulkInvitation, bulkInvitationRow]

const CSV = 'text/csv'
const CSV_UTF8 = 'text/csv;charset=utf-8'

// Asking how one's own upload fares takes what uploading takes.
const permissions: Permissions = { delegated: ['User.Invite.All'], application: ['User.Invite.All'] }

/** Whoever uploaded the file, and who reads everybody's invitations. */
const submitterOrReader = {
  ...invitationReaders,
  unless: ({ caller, target }: { readonly caller: GraphCaller; readonly target: BulkInvitations }) =>
    caller.kind === 'delegated' &&
    target.submitter.kind === 'user' &&
    target.submitter.userId === caller.userId,
}

/** `/ext/v1.0/invitations/bulk`. */
export const bulkRoutes = (
  dependencies: InvitationDependencies,
  job: Job<typeof bulkPayload>,
): readonly Route[] => [
  route({
    method: 'POST',
    path: '/invitations/bulk',
    surface: 'ext',
    permissions,
    body: uploadBody,
    handle: async ({ context, caller, body }) => {
      const bulk = await submitBulk(dependencies, job, context, submitterOf(caller), body)
      const source = bulkInvitations(context.tenantId)
      const [row] = await inTransaction(context, (tx) => getEntities(tx, bulkInvitation, source, [bulk.id]))
      return accepted(bulkInvitation, row ?? { id: bulk.id }, { location: `/invitations/bulk/${bulk.id}` })
    },
  }),
  route({
    method: 'POST',
    path: '/invitations/bulk/validate',
    surface: 'ext',
    permissions,
    body: uploadBody,
    handle: async ({ context, body }) =>
      value(
        'microsoft.graph.bulkInvitationValidation',
        presentValidation(await validateBulk(dependencies, context, body.csv)),
      ),
  }),
  route({
    method: 'GET',
    path: '/invitations/bulk',
    surface: 'ext',
    permissions,
    roles: invitationReaders,
    query: collectionOf(bulkInvitation),
    handle: async ({ context, query }) =>
      list(
        bulkInvitation,
        await inTransaction(context, (tx) => listEntities(tx, query, bulkInvitations(context.tenantId))),
      ),
  }),
  route({
    method: 'GET',
    path: '/invitations/bulk/template.csv',
    surface: 'ext',
    permissions: 'signedIn',
    produces: CSV,
    handle: async () => raw(bulkTemplateCsv(), CSV_UTF8),
  }),
  route({
    method: 'GET',
    path: '/invitations/bulk/{id}',
    surface: 'ext',
    permissions,
    load: ({ context, params }) => inTransaction(context, (tx) => requireBulk(tx, params.id)),
    roles: submitterOrReader,
    query: itemOf(bulkInvitation),
    handle: async ({ context, query, target }) => {
      const source = bulkInvitations(context.tenantId)
      const row = await inTransaction(context, (tx) => getEntity(tx, query, source, target.id))
      if (row === undefined) throw new NotFound(target.id)
      return item(bulkInvitation, row)
    },
  }),
  route({
    method: 'GET',
    path: '/invitations/bulk/{id}/rows',
    surface: 'ext',
    permissions,
    load: ({ context, params }) => inTransaction(context, (tx) => requireBulk(tx, params.id)),
    roles: submitterOrReader,
    query: collectionOf(bulkInvitationRow),
    handle: async ({ context, query, target }) => {
      const source = bulkRows(context.tenantId, target.id)
      return list(bulkInvitationRow, await inTransaction(context, (tx) => listEntities(tx, query, source)))
    },
  }),
  route({
    method: 'GET',
    path: '/invitations/bulk/{id}/rows.csv',
    surface: 'ext',
    permissions,
    load: ({ context, params }) => inTransaction(context, (tx) => requireBulk(tx, params.id)),
    roles: submitterOrReader,
    produces: CSV,
    handle: async ({ context, target }) => raw(await bulkResultsCsv(context, target.id), CSV_UTF8),
  }),
]

const submitterOf = (caller: GraphCaller): Submitter => {
  const mayWriteUsers = callerHas(caller, 'User.ReadWrite.All')
  return caller.kind === 'delegated'
    ? { kind: 'user', userId: caller.userId, mayWriteUsers }
    : { kind: 'application', appId: caller.appId, displayName: caller.displayName, mayWriteUsers }
}
