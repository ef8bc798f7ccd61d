import { sql } from 'kysely'
import {
  callerHas,
  collectionOf,
  completed,
  defineComplexType,
  type EntityType,
  type GraphCaller,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Permissions,
  parameters,
  property,
  type Route,
  route,
  type Source,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Forbidden, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { mixedTypes, objectEntities } from '../object-types.ts'
import { restorableSince } from '../retention.ts'
import { refuseLimitedGuest } from '../visibility.ts'
import { type DeletedType, deletedTypes } from './types.ts'

const restoreParameters = defineComplexType('restoreParameters', {
  newUserPrincipalName: property.string(),
  autoReconcileProxyConflict: property.boolean(),
})

interface Deleted {
  readonly id: string
  readonly type: DeletedType
}

/** The deleted objects of a type that can still be restored. */
function deletedSource(source: Source, now: Date): Source {
  return {
    from: source.from,
    alias: source.alias,
    where: sql`${sql.ref(`${source.alias}.deleted_date_time`)} >= ${restorableSince(now)}`,
  }
}

function registered(type: DeletedType): { readonly entity: EntityType; readonly source: Source } | undefined {
  return mixedTypes()[type]
}

const names = Object.keys(deletedTypes) as readonly DeletedType[]

/** `/directory/deletedItems` (GRA-56 to 58). */
export const deletedItemRoutes = (): readonly Route[] => [
  ...names.flatMap(listRoute),
  route({
    method: 'GET',
    path: '/directory/deletedItems/{id}',
    permissions: anyOf('read'),
    query: itemOf(directoryObject, objectEntities()),
    load: ({ context, caller, params }) => loadDeleted(context, caller, params.id, 'read'),
    handle: async ({ context, query, target }) => {
      const row = await shown(context, target, query.select)
      return item(directoryObject, row, { context: 'directoryObjects', typed: true })
    },
  }),
  route({
    method: 'POST',
    path: '/directory/deletedItems/{id}/restore',
    permissions: anyOf('write'),
    body: parameters(restoreParameters),
    load: ({ context, caller, params }) => loadDeleted(context, caller, params.id, 'write'),
    handle: async ({ context, caller, body, target }) => {
      const kind = deletedTypes[target.type]
      await kind.authorize(context, caller, target.id, 'restore')
      await kind.restore(context, target.id, {
        ...(typeof body.newUserPrincipalName === 'string' && {
          newUserPrincipalName: body.newUserPrincipalName,
        }),
        autoReconcileProxyConflict: body.autoReconcileProxyConflict ?? false,
      })
      const found = registered(target.type)
      if (found === undefined) return noContent()
      const [row] = await inTransaction(context, (tx) =>
        completed(tx, [target], undefined, { types: { [target.type]: found } }),
      )
      if (row === undefined) throw new NotFound(target.id)
      return item(directoryObject, row, { context: 'directoryObjects', typed: true })
    },
  }),
  route({
    method: 'DELETE',
    path: '/directory/deletedItems/{id}',
    permissions: anyOf('write'),
    load: ({ context, caller, params }) => loadDeleted(context, caller, params.id, 'write'),
    handle: async ({ context, caller, target }) => {
      const kind = deletedTypes[target.type]
      await kind.authorize(context, caller, target.id, 'purge')
      await kind.purge(context, target.id)
      return noContent()
    },
  }),
]

function listRoute(type: DeletedType): readonly Route[] {
  const found = registered(type)
  if (found === undefined) return []
  const { entity, source } = found
  const permission = deletedTypes[type].read
  return [
    route({
      method: 'GET',
      path: `/directory/deletedItems/microsoft.graph.${type}`,
      permissions: { delegated: [permission], application: [permission] },
      query: collectionOf(entity),
      handle: async ({ context, caller, query }) => {
        refuseLimitedGuest(caller)
        const page = await inTransaction(context, (tx) =>
          listEntities(tx, query, deletedSource(source, context.clock.now())),
        )
        return list(entity, page, { context: 'directoryObjects', typed: true })
      },
    }),
  ]
}

// The type is known only once the object is found, so the table asks for any and `loadDeleted` for the right one.
function anyOf(what: 'read' | 'write'): Permissions {
  const all = [...new Set(names.map((name) => deletedTypes[name][what]))]
  return { delegated: all, application: all }
}

/** The deleted object of an id, whatever its type. 404 after 30 days (GRA-58), 403 without its type's permission. */
async function loadDeleted(
  context: Context,
  caller: GraphCaller,
  id: string,
  what: 'read' | 'write',
): Promise<Deleted> {
  refuseLimitedGuest(caller)
  const type = isGuid(id)
    ? await inTransaction(context, (tx) => findType(tx, id, restorableSince(context.clock.now())))
    : undefined
  if (type === undefined) throw new NotFound(id)
  if (!callerHas(caller, deletedTypes[type][what])) {
    throw new Forbidden('Insufficient privileges to complete the operation.')
  }
  return { id: id.toLowerCase(), type }
}

async function findType(tx: Tx, id: string, since: Date): Promise<DeletedType | undefined> {
  const branches = names.map(
    (name) => sql`select ${sql.lit(name)} as type from ${sql.table(deletedTypes[name].table)}
      where id = ${id}::uuid and deleted_date_time >= ${since}`,
  )
  const { rows } = await sql<{ type: DeletedType }>`${sql.join(branches, sql` union all `)}`.execute(tx)
  return rows[0]?.type
}

async function shown(context: Context, target: Deleted, select: readonly string[] | undefined) {
  const found = registered(target.type)
  if (found === undefined) return { '@odata.type': `#microsoft.graph.${target.type}`, id: target.id }
  const source = deletedSource(found.source, context.clock.now())
  const [row] = await inTransaction(context, (tx) =>
    completed(tx, [target], select, { types: { [target.type]: { entity: found.entity, source } } }),
  )
  if (row === undefined) throw new NotFound(target.id)
  return row
}
