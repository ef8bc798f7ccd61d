import { sql } from 'kysely'
import { defineEntity, filters, property, type Source } from '../../graph/index.ts'
import type { TenantId } from '../../platform/ids.ts'

const counted = { default: true, nullable: false } as const

/** One upload and how far it is. */
export const bulkInvitation = defineEntity({
  name: 'bulkInvitation',
  set: 'bulkInvitations',
  defaultOrder: [{ property: 'submittedDateTime', descending: true }],
  paging: { default: 20, maximum: 100 },
  properties: {
    id: property.string({ default: true, nullable: false, storage: 'uuid', filter: filters.any }),
    fileName: property.string({ default: true }),
    status: property.string({ default: true, nullable: false, filter: filters.any }),
    submittedDateTime: property.dateTimeOffset({
      default: true,
      nullable: false,
      filter: filters.any,
      sort: 'default',
      column: 'submitted_at',
    }),
    finishedDateTime: property.dateTimeOffset({ default: true, column: 'finished_at' }),
    submittedByDisplayName: property.string({ default: true, column: 'submitted_by' }),
    rowCount: property.int32(counted),
    waitingCount: property.int32(counted),
    invitedCount: property.int32(counted),
    alreadyAcceptedCount: property.int32(counted),
    failedCount: property.int32(counted),
  },
})

export const bulkInvitations = (tenantId: TenantId): Source => ({
  from: sql`(
    select bulk.*, bulk.actor->>'displayName' as submitted_by,
           case when finished_at is null then 'running' else 'completed' end as status,
           counted.*
      from bulk_invitations as bulk
      cross join lateral (
        select count(*) filter (where state = 'waiting') as waiting_count,
               count(*) filter (where state = 'invited') as invited_count,
               count(*) filter (where state = 'alreadyAccepted') as already_accepted_count,
               count(*) filter (where state = 'failed') as failed_count
          from bulk_invitation_rows as list
         where list.tenant_id = bulk.tenant_id and list.bulk_id = bulk.id
      ) as counted
     where bulk.tenant_id = ${tenantId}
    ) as b`,
  alias: 'b',
})

/** What became of one row. */
export const bulkInvitationRow = defineEntity({
  name: 'bulkInvitationRow',
  set: 'bulkInvitationRows',
  defaultOrder: [{ property: 'rowNumber', descending: false }],
  properties: {
    id: property.string({
      default: true,
      nullable: false,
      sql: (alias) => sql`${sql.ref(`${alias}.row_number`)}::text`,
    }),
    rowNumber: property.int32({ default: true, nullable: false, filter: filters.any, sort: 'default' }),
    lineNumber: property.int32({ default: true, nullable: false }),
    invitedUserEmailAddress: property.string({ default: true, filter: filters.any, column: 'address' }),
    status: property.string({ default: true, nullable: false, filter: filters.any, column: 'state' }),
    invitationId: property.guid({ default: true }),
    invitedUserId: property.guid({ default: true, filter: filters.any }),
    reason: property.string({ default: true }),
    doneDateTime: property.dateTimeOffset({ default: true, column: 'done_at' }),
  },
})

export const bulkRows = (tenantId: TenantId, bulkId: string): Source => ({
  from: sql`bulk_invitation_rows as r`,
  alias: 'r',
  where: sql`r.tenant_id = ${tenantId} and r.bulk_id = ${bulkId}`,
})
