import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'
import type { Sponsor, SponsorType } from './model.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    user_sponsors: {
      tenant_id: string
      user_id: string
      sponsor_id: string
      sponsor_type: SponsorType
      added_at: Date
    }
  }
}

/** Sponsors that are not deleted, in the order in which they were added. */
export async function findSponsors(tx: Tx, userId: string): Promise<readonly Sponsor[]> {
  const { rows } = await sql<Sponsor>`
    select sponsor.sponsor_id as id, sponsor.sponsor_type as type
      from user_sponsors as sponsor
      left join users on users.tenant_id = sponsor.tenant_id and users.id = sponsor.sponsor_id
       and users.deleted_date_time is null
      left join groups on groups.tenant_id = sponsor.tenant_id and groups.id = sponsor.sponsor_id
       and groups.deleted_date_time is null
     where sponsor.user_id = ${userId} and (users.id is not null or groups.id is not null)
     order by sponsor.added_at, sponsor.sponsor_id`.execute(tx)
  return rows
}

/** Adds those that are not there yet and returns their ids. */
export async function insertSponsors(
  tx: Tx,
  tenantId: string,
  userId: string,
  sponsors: readonly Sponsor[],
  at: Date,
): Promise<readonly string[]> {
  if (sponsors.length === 0) return []
  const rows = await tx
    .insertInto('user_sponsors')
    .values(
      sponsors.map(({ id, type }) => ({
        tenant_id: tenantId,
        user_id: userId,
        sponsor_id: id,
        sponsor_type: type,
        added_at: at,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'sponsor_id']).doNothing())
    .returning('sponsor_id as id')
    .execute()
  return rows.map((row) => row.id)
}

export async function deleteSponsor(tx: Tx, userId: string, sponsorId: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('user_sponsors')
    .where('user_id', '=', userId)
    .where('sponsor_id', '=', sponsorId)
    .executeTakeFirst()
  return result.numDeletedRows === 1n
}
