import { sql } from 'kysely'
import type { Relation } from '../relations.ts'

/** Owners of applications and of service principals: both are in one table, by the id of what is owned. */
export const owners: Relation = {
  rows: sql`select tenant_id, object_id as owner_id, owner_id as object_id, owner_type as object_type
    from application_owners`,
  types: ['user', 'servicePrincipal'],
}
