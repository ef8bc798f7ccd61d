import { sql } from 'kysely'
import type { Tx } from '../platform/database/index.ts'
import { NotFound } from '../platform/errors.ts'
import { isGuid } from '../platform/ids.ts'

export type DirectoryObjectType = 'user' | 'group' | 'servicePrincipal' | 'application' | 'directoryRole'

export interface DirectoryObject {
  readonly id: string
  readonly type: DirectoryObjectType
  readonly displayName: string
  readonly userPrincipalName: string | null
}

/** What `@odata.id` or `@odata.bind` names: `…/directoryObjects/{id}` or `…/users/{id}` (GRA-32). */
export interface ObjectReference {
  /** The segment before the id, lower case. */
  readonly set: string
  readonly id: string
}

const setOf: Readonly<Record<string, DirectoryObjectType | undefined>> = {
  users: 'user',
  groups: 'group',
  serviceprincipals: 'servicePrincipal',
  applications: 'application',
  directoryroles: 'directoryRole',
}

/** The objects that are there and not deleted, in no order; unknown ids are omitted. */
export async function findObjects(tx: Tx, ids: readonly string[]): Promise<readonly DirectoryObject[]> {
  const wanted = [...new Set(ids.filter(isGuid).map((id) => id.toLowerCase()))]
  if (wanted.length === 0) return []
  const { rows } = await sql<DirectoryObject>`
    select id, 'user' as type, display_name as "displayName", user_principal_name as "userPrincipalName"
      from users where id = any(${wanted}::uuid[]) and deleted_date_time is null
    union all
    select id, 'group', display_name, null from groups
     where id = any(${wanted}::uuid[]) and deleted_date_time is null
    union all
    select id, 'servicePrincipal', display_name, null from service_principals
     where id = any(${wanted}::uuid[]) and deleted_date_time is null
    union all
    select id, 'application', display_name, null from applications
     where id = any(${wanted}::uuid[]) and deleted_date_time is null`.execute(tx)
  return rows
}

/**
 * The objects behind references of a request, in their order. 404 when one does not exist here, is of another type
 * than its segment says, or of a type that is not allowed (GRA-32): a reference of another tenant looks the same.
 */
export async function resolveReferences<Type extends DirectoryObjectType>(
  tx: Tx,
  references: readonly ObjectReference[],
  allowed: readonly Type[],
): Promise<readonly (DirectoryObject & { readonly type: Type })[]> {
  const objects = await findObjects(
    tx,
    references.map((reference) => reference.id),
  )
  const byId = new Map(objects.map((object) => [object.id, object]))
  return references.map((reference) => {
    const object = byId.get(reference.id.toLowerCase())
    const asked = setOf[reference.set.toLowerCase()]
    if (object === undefined || (asked !== undefined && asked !== object.type))
      throw new NotFound(reference.id)
    const type = allowed.find((candidate) => candidate === object.type)
    if (type === undefined) throw new NotFound(reference.id)
    return { ...object, type }
  })
}
