import type { Organisation } from '../conformance/organisation.fixture.ts'

/** What an organisation has written down about a person, oldest first. */
export async function logsAbout({ ctx }: Organisation, userId: string) {
  return ctx.db.transaction(async (tx) => ({
    signIns: await tx
      .selectFrom('sign_ins')
      .select([
        'app_id',
        'user_principal_name',
        'error_code',
        'home_tenant_id',
        'resource_tenant_id',
        'cross_tenant_access_type',
        'correlation_id',
      ])
      .where('user_id', '=', userId)
      .orderBy('created_date_time')
      .execute(),
    audits: (
      await tx
        .selectFrom('directory_audits')
        .select(['activity_display_name', 'result', 'correlation_id', 'target_resources'])
        .orderBy('activity_date_time')
        .execute()
    ).filter(({ target_resources }) => JSON.stringify(target_resources).includes(userId)),
  }))
}

/** Where a guest stands with an organisation. */
export async function stateOf({ ctx }: Organisation, userId: string): Promise<string | null> {
  const { external_user_state } = await ctx.db.transaction((tx) =>
    tx
      .selectFrom('users')
      .select('external_user_state')
      .where('tenant_id', '=', ctx.tenantId)
      .where('id', '=', userId)
      .executeTakeFirstOrThrow(),
  )
  return external_user_state
}
