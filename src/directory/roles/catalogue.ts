import { sql } from 'kysely'
import type { Sql } from '../../graph/index.ts'
import { builtInRoles } from './built-in.ts'

const rows = builtInRoles.map(
  (role) =>
    sql`(${sql.lit(role.id)}::uuid, ${sql.lit(role.displayName)}, ${sql.lit(
      role.displayName.toLowerCase(),
    )} collate "C", ${sql.lit(role.description)})`,
)

/**
 * The constant list of built-in roles as a table in SQL: what follows `from` or `join`, to be given an alias of the
 * caller's choice. Literals, not parameters, so that the statement's text is always the same.
 */
export const roleCatalogue: Sql = sql`(select * from (values ${sql.join(rows)})
  as listed (id, display_name, display_name_key, description))`
