import { sql } from 'kysely'
import {
  completed,
  countEntities,
  type ExpandOptions,
  type GraphCaller,
  type GraphRow,
  listMixed,
  type Page,
  type Query,
  type Source,
  type Sql,
} from '../graph/index.ts'
import type { Tx } from '../platform/database/index.ts'
import { isGuid } from '../platform/ids.ts'
import type { DirectoryObjectType } from './directory-objects.ts'
import { maySeeType, mixedTypes } from './object-types.ts'
import { existing, type Relation } from './relations.ts'
import { concealPage } from './visibility.ts'

export interface RelatedOptions {
  /** Show memberships that are hidden (GRA-38). */
  readonly hidden: boolean
}

// The objects of a relation that exist, with the columns by which mixed collections are filtered and sorted.
function objectsOf(relation: Relation): Sql {
  const branches = relation.types.map(
    (type) => sql`select related.owner_id, object.id, ${sql.lit(type)} as type, object.display_name,
        object.display_name_key, object.visibility, null::timestamptz as deleted_date_time
      from (${relation.rows}) as related
      join (${existing[type]}) as object
        on object.tenant_id = related.tenant_id and object.id = related.object_id
     where related.object_type = ${sql.lit(type)}`,
  )
  return sql.join(branches, sql` union all `)
}

function sourceOf(relation: Relation, ownerId: string, options: RelatedOptions): Source {
  return {
    from: sql`(${objectsOf(relation)}) as object`,
    alias: 'object',
    where:
      options.hidden || relation.upwards === undefined
        ? sql`object.owner_id = ${ownerId}::uuid`
        : sql`object.owner_id = ${ownerId}::uuid and object.visibility is distinct from 'HiddenMembership'`,
  }
}

/** One page of a relation's objects, each with the properties of its own type that the caller may see (GRA-38, 39). */
export const listRelated = (
  tx: Tx,
  query: Query,
  caller: GraphCaller,
  relation: Relation,
  ownerId: string,
  options: RelatedOptions,
): Promise<Page> =>
  listMixed(tx, query, sourceOf(relation, ownerId, options), {
    typeOf: (alias) => sql`${sql.ref(`${alias}.type`)}`,
    types: mixedTypes(),
    visible: (type) => maySeeType(caller, type),
  }).then((page) => concealPage(caller, page))

export const countRelated = (
  tx: Tx,
  query: Query,
  relation: Relation,
  ownerId: string,
  options: RelatedOptions,
): Promise<number> => countEntities(tx, query, sourceOf(relation, ownerId, options))

/** The relation narrowed to one type by a cast segment (GRA-9): an ordinary collection of that type. */
export function castSource(
  relation: Relation,
  ownerId: string,
  type: DirectoryObjectType,
  source: Source,
  options: RelatedOptions,
): Source {
  const id = sql.ref(`${source.alias}.id`)
  const shown =
    type === 'group' && relation.upwards === true && !options.hidden
      ? sql`${sql.ref(`${source.alias}.visibility`)} is distinct from 'HiddenMembership'`
      : sql`true`
  return {
    ...source,
    where: sql`${source.where ?? sql`true`} and ${shown} and ${id} in (
      select related.object_id from (${relation.rows}) as related
       where related.owner_id = ${ownerId}::uuid and related.object_type = ${sql.lit(type)})`,
  }
}

/** The first objects of a relation for each of many owners, for `$expand` (GRA-18). */
export async function loadRelated(
  tx: Tx,
  ids: readonly string[],
  relation: Relation,
  options: ExpandOptions,
): Promise<ReadonlyMap<string, readonly GraphRow[]>> {
  const { rows } = await sql<{ owner: string; id: string; type: string }>`
    select owner_id as owner, id, type from (
      select object.*, row_number() over (partition by owner_id order by id) as place
        from (${objectsOf(relation)}) as object
       where owner_id = any(${ids.filter(isGuid)}::uuid[])
         and (${relation.upwards === undefined} or visibility is distinct from 'HiddenMembership')) as placed
     where place <= ${options.limit} order by owner_id, place`.execute(tx)
  const complete = await completed(tx, rows, options.select, { types: mixedTypes() })
  const byId = new Map(complete.map((row) => [String(row['id']), row]))
  const related = new Map<string, GraphRow[]>()
  for (const { owner, id } of rows) {
    const row = byId.get(id)
    if (row === undefined) continue
    const list = related.get(owner)
    if (list === undefined) related.set(owner, [row])
    else list.push(row)
  }
  return related
}
