import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { explain, type Plan } from '../../../test/kit/explain.ts'
import { ownDatabase } from '../../../test/kit/own-database.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import type { Sql } from '../../graph/index.ts'

// Under row-level security an index serves only leakproof conditions, so what a plan looks like as the owner says
// nothing: everything here runs as a tenant, beside the rows of another one.
// Plans follow the statistics of the whole table, so the rows of other tests would change them.
const { database } = ownDatabase()
const PEOPLE = 5_000
let ctx: TestTenant

beforeAll(async () => {
  ctx = await makeTenant(database)
  const other = await makeTenant(database)
  for (const { tenantId } of [ctx, other]) {
    await database.pool.query(
      `insert into users (tenant_id, id, user_principal_name, display_name, account_enabled, user_type, mail,
                          given_name, surname, employee_id, mail_nickname, created_date_time,
                          sign_in_sessions_valid_from_date_time)
       select $1, gen_random_uuid(), 'Person' || n || '@contoso.example', 'Person ' || n, true,
              case when n % 100 = 0 then 'Guest' else 'Member' end, 'person' || n || '@mail.example', 'Given' || n,
              'Sur' || n, 'E' || n, 'person' || n, timestamptz '2026-01-01' + n * interval '1 minute', now()
         from generate_series(1, ${PEOPLE}) as n`,
      [tenantId],
    )
    await database.pool.query(
      `insert into user_addresses (tenant_id, address, kind, user_id)
       select tenant_id, mail, 'proxy', id from users where tenant_id = $1`,
      [tenantId],
    )
    await database.pool.query(
      `insert into user_identities (tenant_id, sign_in_type, issuer, issuer_assigned_id, user_id)
       select tenant_id, 'federated', 'google.com', user_principal_name, id from users where tenant_id = $1`,
      [tenantId],
    )
  }
  await database.pool.query('analyze users, user_addresses, user_identities')
})

const plan = (query: Sql): Promise<Plan> => ctx.db.transaction((tx) => explain(tx, query))

const listed = (condition: Sql, order: Sql = sql`u.id`): Sql =>
  sql`select u.id from users as u where u.deleted_date_time is null and ${condition} order by ${order} limit 101`

test.each<[string, Sql, string]>([
  ['displayName eq', listed(sql`u.display_name_key = lower(${'Person 7'}::text)`), 'users_display_name'],
  [
    'startsWith(displayName)',
    listed(
      sql`u.display_name_key >= lower(${'Person 777'}::text) and u.display_name_key < lower(${'Person 777'}::text) || ${'\u{10FFFF}'}::text`,
    ),
    'users_display_name',
  ],
  [
    'userPrincipalName eq',
    listed(sql`u.user_principal_name_key = lower(${'PERSON7@contoso.example'}::text)`),
    'users_user_principal_name',
  ],
  ['mail eq', listed(sql`u.mail_key = lower(${'person7@MAIL.example'}::text)`), 'users_mail'],
  ['surname eq', listed(sql`u.surname_key = lower(${'SUR7'}::text)`), 'users_surname'],
  ['employeeId eq', listed(sql`u.employee_id_key = lower(${'e7'}::text)`), 'users_employee_id'],
  [
    'createdDateTime ge',
    listed(sql`u.created_date_time >= ${'2026-01-04T11:00:00Z'}::timestamptz`),
    'users_created',
  ],
  [
    '$orderby=displayName, a later page',
    listed(
      sql`(u.display_name_key, u.id) > (${'person 3'}::text, ${'00000000-0000-0000-0000-000000000000'}::uuid)`,
      sql`u.display_name_key, u.id`,
    ),
    'users_display_name',
  ],
  [
    'an address',
    sql`select user_id from user_addresses where address = lower(${'PERSON7@mail.example'})`,
    'user_addresses_pkey',
  ],
  [
    'an identity',
    sql`select user_id from user_identities where sign_in_type = 'federated' and issuer = ${'google.com'}
         and issuer_assigned_id = ${'Person7@contoso.example'}`,
    'user_identities_pkey',
  ],
  [
    'proxyAddresses/any',
    listed(sql`exists (select 1 from (select tenant_id, user_id, written as v from user_addresses
        where kind = 'proxy') as item
      where item.tenant_id = u.tenant_id and item.user_id = u.id
        and item.v = lower(${'SMTP:person7@mail.example'}::text))`),
    'user_addresses_written',
  ],
  [
    'identities/any',
    listed(sql`exists (select 1 from user_identities as item where item.tenant_id = u.tenant_id
      and item.user_id = u.id and item.issuer = ${'google.com'} and item.issuer_assigned_id = ${'x'})`),
    'user_identities_pkey',
  ],
])('%s of thousands is answered by an index', async (_, query, index) => {
  const { scans, indexes } = await plan(query)
  expect(scans).toEqual([])
  expect(indexes).toContain(index)
})
