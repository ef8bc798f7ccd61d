import {
  collectionOf,
  count,
  countEntities,
  countOf,
  created,
  forCreate,
  forUpdate,
  type GraphCaller,
  type GraphRow,
  getEntities,
  getEntity,
  inTransaction,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  type Permissions,
  type Query,
  type Route,
  type RouteRequest,
  reference,
  route,
} from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { NotFound } from '../../platform/errors.ts'
import { relatedRoutes } from '../related-routes.ts'
import { memberOf, members, owners, transitiveMemberOf, transitiveMembers } from '../relations.ts'
import { concealExpanded, refuseLimitedGuest, seesHidden } from '../visibility.ts'
import {
  loadGroup,
  ownerOfNew,
  requireGroupAction,
  requireGroupCreation,
  requireVisibleMembers,
} from './access.ts'
import { changesFrom } from './bodies.ts'
import { group, groups } from './entity.ts'
import { findHidden } from './member-store.ts'
import { addToGroup, removeFromGroup } from './membership.ts'
import type { Group, GroupRelation } from './model.ts'
import { addGroup, deleteGroup, updateGroup } from './service.ts'

const read = { delegated: ['Group.Read.All'], application: ['Group.Read.All'] } as const
const readMembers = {
  delegated: ['GroupMember.Read.All'],
  application: ['GroupMember.Read.All'],
} as const satisfies Permissions
const write = { delegated: ['Group.ReadWrite.All'], application: ['Group.ReadWrite.All'] } as const
const writeMembers = {
  delegated: ['GroupMember.ReadWrite.All'],
  application: ['GroupMember.ReadWrite.All'],
} as const satisfies Permissions

/** `/groups` (graph-conventions.md, section 4). */
export const groupRoutes = (): readonly Route[] => [
  route({
    method: 'GET',
    path: '/groups',
    permissions: read,
    query: collectionOf(group),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      return inTransaction(context, async (tx) => {
        const page = await listEntities(tx, query, groups)
        const keep = await hiddenAmong(tx, caller, query, page.rows)
        const rows = page.rows.map((row) =>
          keep.has(String(row['id'])) ? { ...row, members: [] } : concealExpanded(caller, query, row),
        )
        return list(group, { ...page, rows })
      })
    },
  }),
  route({
    method: 'GET',
    path: '/groups/$count',
    permissions: read,
    query: countOf(group),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      return count(await inTransaction(context, (tx) => countEntities(tx, query, groups)))
    },
  }),
  route({
    method: 'GET',
    path: '/groups/{id}',
    permissions: read,
    query: itemOf(group),
    load: loadGroup,
    handle: async ({ context, caller, query, target }) => {
      if (query.expand?.name === 'members') await requireVisibleMembers(context, caller, target)
      const row = await inTransaction(context, (tx) => getEntity(tx, query, groups, target.id))
      if (row === undefined) throw new NotFound(target.id)
      return item(group, concealExpanded(caller, query, row))
    },
  }),
  route({
    method: 'POST',
    path: '/groups',
    permissions: {
      delegated: ['Group.ReadWrite.All'],
      application: ['Group.Create'],
    },
    body: forCreate(group),
    handle: async ({ context, caller, body }) => {
      const { displayName, mailEnabled, mailNickname, securityEnabled, isAssignableToRole } = body.values
      requireGroupCreation(caller, isAssignableToRole === true)
      const given = body.bindings.get('owners') ?? []
      const creator = ownerOfNew(caller)
      const owned = creator === null || given.some((one) => one.id === creator)
      const row = await inTransaction(context, async (tx) => {
        const added = await addGroup(
          context,
          tx,
          {
            ...changesFrom(body.values),
            displayName,
            mailEnabled,
            mailNickname,
            securityEnabled,
            isAssignableToRole: isAssignableToRole ?? false,
          },
          {
            members: body.bindings.get('members') ?? [],
            owners: owned ? given : [...given, { set: 'users', id: creator }],
          },
        )
        const [shown] = await getEntities(tx, group, groups, [added.id])
        return shown
      })
      if (row === undefined) throw new Error('A group that was inserted can be read.')
      return created(group, row)
    },
  }),
  route({
    method: 'PATCH',
    path: '/groups/{id}',
    permissions: write,
    body: forUpdate(group),
    load: loadGroup,
    handle: async ({ context, caller, body, target }) => {
      await requireGroupAction(context, caller, target, 'change')
      await updateGroup(context, target.id, changesFrom(body.values), {
        members: body.bindings.get('members') ?? [],
        owners: body.bindings.get('owners') ?? [],
      })
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/groups/{id}',
    permissions: write,
    load: loadGroup,
    handle: async ({ context, caller, target }) => {
      await requireGroupAction(context, caller, target, 'delete')
      await deleteGroup(context, target.id)
      return noContent()
    },
  }),
  ...memberships(),
  ...changes('members'),
  ...changes('owners'),
]

/** Ids of the listed groups whose members `$expand` may not show (GRA-38). */
async function hiddenAmong(
  tx: Tx,
  caller: GraphCaller,
  query: Query,
  rows: readonly GraphRow[],
): Promise<ReadonlySet<string>> {
  if (query.expand?.name !== 'members' || seesHidden(caller)) return new Set()
  return findHidden(
    tx,
    rows.map((row) => String(row['id'])),
  )
}

function memberships(): readonly Route[] {
  const downwards = async (request: RouteRequest<{ readonly id: string }, unknown, undefined, Group>) => {
    await requireVisibleMembers(request.context, request.caller, request.target)
    return { hidden: true }
  }
  const upwards = async (request: RouteRequest<{ readonly id: string }, unknown, undefined, Group>) => {
    refuseLimitedGuest(request.caller)
    return { hidden: seesHidden(request.caller) }
  }
  const common = {
    base: '/groups/{id}',
    permissions: readMembers,
    load: loadGroup,
    idOf: (target: Group) => target.id,
  } as const
  return [
    ...relatedRoutes({ ...common, name: 'members', relation: () => members, judge: downwards }),
    ...relatedRoutes({
      ...common,
      name: 'owners',
      relation: () => owners,
      judge: async () => ({ hidden: true }),
    }),
    ...relatedRoutes({
      ...common,
      name: 'transitiveMembers',
      relation: transitiveMembers,
      judge: async (request) => {
        refuseLimitedGuest(request.caller)
        await requireVisibleMembers(request.context, request.caller, request.target)
        return { hidden: seesHidden(request.caller) }
      },
    }),
    ...relatedRoutes({ ...common, name: 'memberOf', relation: () => memberOf, judge: upwards }),
    ...relatedRoutes({
      ...common,
      name: 'transitiveMemberOf',
      relation: transitiveMemberOf,
      judge: upwards,
    }),
  ]
}

const changes = (relation: GroupRelation): readonly Route[] => [
  route({
    method: 'POST',
    path: `/groups/{id}/${relation}/$ref` as '/groups/{id}/members/$ref',
    permissions: relation === 'members' ? writeMembers : write,
    body: reference(['directoryObjects', 'users', 'groups', 'servicePrincipals']),
    load: loadGroup,
    handle: async ({ context, caller, body, target }) => {
      await requireGroupAction(context, caller, target, 'change')
      await addToGroup(context, relation, target.id, body)
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: `/groups/{id}/${relation}/{objectId}/$ref` as '/groups/{id}/members/{objectId}/$ref',
    permissions: relation === 'members' ? writeMembers : write,
    load: loadGroup,
    handle: async ({ context, caller, params, target }) => {
      await requireGroupAction(context, caller, target, 'change')
      await removeFromGroup(context, relation, target.id, params.objectId)
      return noContent()
    },
  }),
]
