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
  type Query,
  type Route,
  route,
  value,
} from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import { NotFound } from '../../platform/errors.ts'
import type { PasswordHasher } from '../../platform/passwords.ts'
import { may, sensitiveProperties, type UserAction } from '../authority.ts'
import { conceal, concealExpanded, isLimitedGuest, refuseLimitedGuest } from '../visibility.ts'
import {
  basicOf,
  isOwnChange,
  isSelf,
  loadUser,
  refuseHiddenCriteria,
  requireUserActions,
  seesBasicOnly,
  userIdOf,
} from './access.ts'
import { changesFrom, newUserFrom, passwordFrom } from './bodies.ts'
import { deleteUser } from './deletion.ts'
import { user, users } from './entity.ts'
import { addUser, revokeSessions, updateUser } from './service.ts'
import { giveSponsors } from './sponsors.ts'

const readMany = { delegated: ['User.ReadBasic.All'], application: ['User.ReadBasic.All'] } as const
const readOne = { ...readMany, self: { param: 'id', delegated: ['User.Read'] } } as const
const write = { delegated: ['User.ReadWrite.All'], application: ['User.ReadWrite.All'] } as const

/** A row as this caller may see it. */
function shown(caller: GraphCaller, query: Query, row: GraphRow): GraphRow {
  const id = String(row['id'])
  const visible = conceal(caller, seesBasicOnly(caller, id) ? basicOf(row) : row, 'user')
  const name = query.expand?.name
  return name === undefined ? visible : concealExpanded(caller, query, { ...visible, [name]: row[name] })
}

export interface UserRoutesOptions {
  readonly hasher: PasswordHasher
}

/** `/users` and `/me` (graph-conventions.md, section 4). */
export const userRoutes = ({ hasher }: UserRoutesOptions): readonly Route[] => [
  route({
    method: 'GET',
    path: '/users',
    permissions: readMany,
    query: collectionOf(user),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      refuseHiddenCriteria(caller, query)
      const page = await inTransaction(context, (tx) => listEntities(tx, query, users))
      return list(user, { ...page, rows: page.rows.map((row) => shown(caller, query, row)) })
    },
  }),
  route({
    method: 'GET',
    path: '/users/$count',
    permissions: readMany,
    query: countOf(user),
    handle: async ({ context, caller, query }) => {
      refuseLimitedGuest(caller)
      refuseHiddenCriteria(caller, query)
      return count(await inTransaction(context, (tx) => countEntities(tx, query, users)))
    },
  }),
  route({
    method: 'GET',
    path: '/users/{id}',
    permissions: readOne,
    query: itemOf(user),
    // No `load`: this is the API's most frequent call, and one query answers it.
    handle: async ({ context, caller, query, params }) => {
      const row = await inTransaction(context, async (tx) => {
        const id = await userIdOf(tx, params.id)
        return id === null ? undefined : getEntity(tx, query, users, id)
      })
      if (row === undefined) throw new NotFound(params.id)
      return item(user, shown(caller, query, row))
    },
  }),
  route({
    method: 'POST',
    path: '/users',
    permissions: write,
    body: forCreate(user),
    roles: { anyOf: may.createUsers },
    handle: async ({ context, body }) => {
      const request = newUserFrom(body.values)
      const password = await passwordFrom(
        body.values.passwordProfile,
        [request.displayName, request.userPrincipalName],
        hasher,
      )
      const row = await inTransaction(context, async (tx) => {
        const added = await addUser(context, tx, request, password)
        await giveSponsors(context, tx, added, body.bindings.get('sponsors') ?? [])
        const [shownRow] = await getEntities(tx, user, users, [added.id])
        return shownRow
      })
      if (row === undefined) throw new Error('A user that was inserted can be read.')
      return created(user, row)
    },
  }),
  route({
    method: 'PATCH',
    path: '/users/{id}',
    permissions: { ...write, self: { param: 'id', delegated: ['User.ReadWrite'] } },
    body: forUpdate(user),
    load: loadUser,
    handle: async ({ context, caller, body, target }) => {
      const properties = Object.keys(body.values)
      if (!isOwnChange(caller, target, properties)) {
        await requireUserActions(context, caller, target, actionsOf(properties))
      }
      const changes = changesFrom(body.values)
      const password = await passwordFrom(
        body.values.passwordProfile,
        [changes.displayName ?? target.displayName, changes.userPrincipalName ?? target.userPrincipalName],
        hasher,
      )
      await updateUser(context, target.id, changes, password)
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/{id}',
    permissions: { delegated: ['User.DeleteRestore.All'], application: ['User.DeleteRestore.All'] },
    load: loadUser,
    handle: async ({ context, caller, target }) => {
      await requireUserActions(context, caller, target, ['delete'])
      await deleteUser(context, target.id)
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/users/{id}/revokeSignInSessions',
    permissions: {
      delegated: ['User.RevokeSessions.All'],
      application: ['User.RevokeSessions.All'],
      self: { param: 'id', delegated: ['User.ReadWrite'] },
    },
    load: loadUser,
    handle: async ({ context, caller, target }) => {
      await requireEndSessions(context, caller, target)
      await revokeSessions(context, target.id)
      return value('Edm.Boolean', true)
    },
  }),
]

/** What a change of these properties does to somebody; a change of nothing is harmless. */
function actionsOf(properties: readonly string[]): readonly UserAction[] {
  const actions = new Set<UserAction>()
  for (const property of properties) {
    if (property === 'passwordProfile') actions.add('resetPassword')
    else actions.add(sensitiveProperties.has(property) ? 'updateSensitive' : 'update')
  }
  return actions.size === 0 ? ['update'] : [...actions]
}

// external-collaboration-settings.md, 3.2: members end their own sessions, guests do not.
async function requireEndSessions(
  context: Context,
  caller: GraphCaller,
  target: { readonly id: string },
): Promise<void> {
  if (isSelf(caller, target) && !isLimitedGuest(caller)) return
  await requireUserActions(context, caller, target, ['endSessions'])
}
