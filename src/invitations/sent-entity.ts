import { sql } from 'kysely'
import { defineEntity, filters, property, type Source } from '../graph/index.ts'
import type { TenantId } from '../platform/ids.ts'

const text = { default: true, filter: filters.any } as const
const moment = { default: true, filter: filters.any, sort: 'default' } as const

/** An invitation that was sent, for those who answer for it; Graph has none such (INV-17). Its links are not in it. */
export const sentInvitation = defineEntity({
  name: 'sentInvitation',
  set: 'sentInvitations',
  ignoreCase: true,
  defaultOrder: [{ property: 'invitedDateTime', descending: true }],
  properties: {
    id: property.string({ default: true, nullable: false, storage: 'uuid', filter: filters.any }),
    invitedUserEmailAddress: property.string({ ...text, nullable: false, column: 'address' }),
    invitedUserId: property.guid({ ...text, nullable: false }),
    /** As in the invitation resource. */
    status: property.string({ ...text, nullable: false }),
    /** More exactly: pendingAcceptance, completed, revoked, superseded or expired. */
    state: property.string({ ...text, nullable: false, column: 'state_now' }),
    purpose: property.string({ ...text, nullable: false }),
    inviteRedirectUrl: property.string({ default: true, nullable: false, column: 'redirect_url' }),
    invitedDateTime: property.dateTimeOffset({ ...moment, nullable: false, column: 'invited_at' }),
    expirationDateTime: property.dateTimeOffset({ ...moment, column: 'expires_at' }),
    endedDateTime: property.dateTimeOffset({ ...moment, column: 'ended_now' }),
    lastSentDateTime: property.dateTimeOffset({ ...moment, column: 'last_sent_at' }),
    inviterId: property.string({ ...text, nullable: false }),
    inviterDisplayName: property.string({ ...text, nullable: false, column: 'inviter_name' }),
  },
})

/** INV-11: what has expired follows from the moment of the question. */
export const sentInvitations = (tenantId: TenantId, now: Date): Source => ({
  from: sql`(
    select *, case state_now when 'pendingAcceptance' then 'PendingAcceptance' when 'completed' then 'Completed'
                             else 'Error' end as status,
           case state_now when 'expired' then expires_at else ended_at end as ended_now
      from (select *, case when state = 'pendingAcceptance' and expires_at <= ${now} then 'expired' else state end
                   as state_now from invitations where tenant_id = ${tenantId}) as known
    ) as i`,
  alias: 'i',
})
