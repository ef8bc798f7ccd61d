import { sql } from 'kysely'
import type { Context } from '../../src/platform/context.ts'

/** Adds a user row with only what these tests look at; the user service has tests of its own. */
export async function putUser(ctx: Context, id = ctx.ids.guid()): Promise<string> {
  const now = ctx.clock.now()
  await ctx.db.transaction((tx) =>
    sql`insert into users (tenant_id, id, user_principal_name, display_name, account_enabled, user_type,
                           sign_in_sessions_valid_from_date_time, created_date_time)
        values (${ctx.tenantId}, ${id}, ${`${id}@test.example`}, 'Ada', true, 'Member', ${now}, ${now})`.execute(
      tx,
    ),
  )
  return id
}

/** Adds a security group with members, each a user unless it is among `groups`. */
export async function putGroup(
  ctx: Context,
  members: readonly string[],
  nested: readonly string[] = [],
): Promise<string> {
  const id = ctx.ids.guid()
  const now = ctx.clock.now()
  await ctx.db.transaction(async (tx) => {
    await sql`insert into groups (tenant_id, id, display_name, mail_enabled, mail_nickname, security_enabled, created_date_time)
              values (${ctx.tenantId}, ${id}, 'Team', false, ${id}, true, ${now})`.execute(tx)
    for (const [type, ids] of [
      ['user', members],
      ['group', nested],
    ] as const) {
      for (const member of ids) {
        await sql`insert into group_members (tenant_id, group_id, member_id, member_type, added_at)
                  values (${ctx.tenantId}, ${id}, ${member}, ${type}, ${now})`.execute(tx)
      }
    }
  })
  return id
}

export async function deleteGroupSoftly(ctx: Context, id: string): Promise<void> {
  await ctx.db.transaction((tx) =>
    sql`update groups set deleted_date_time = ${ctx.clock.now()} where id = ${id}`.execute(tx),
  )
}
