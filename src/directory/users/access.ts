import { callerHas, type GraphCaller, type Query } from '../../graph/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Forbidden, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { isAdministrator, mayActOn, ownProperties, type UserAction } from '../authority.ts'
import { rolesOf } from '../roles/service.ts'
import type { User } from './model.ts'
import { findUser, findUserByPrincipalName } from './store.ts'

/** The user that a path names by id or user principal name (GRA-1). 404 when there is none. */
export async function loadUser(request: {
  readonly context: Context
  readonly params: { readonly id: string }
}): Promise<User> {
  const key = request.params.id
  const user = await request.context.db.transaction((tx) =>
    isGuid(key) ? findUser(tx, key.toLowerCase()) : findUserByPrincipalName(tx, key),
  )
  if (user === null) throw new NotFound(key)
  return user
}

/** The id that a key of a path means: itself, or the holder of the user principal name (GRA-1). */
export async function userIdOf(tx: Tx, key: string): Promise<string | null> {
  return isGuid(key) ? key.toLowerCase() : ((await findUserByPrincipalName(tx, key))?.id ?? null)
}

const insufficient = () => new Forbidden('Insufficient privileges to complete the operation.')

export const isSelf = (caller: GraphCaller, user: Pick<User, 'id'>): boolean =>
  caller.kind === 'delegated' && caller.userId.toLowerCase() === user.id

/**
 * May the caller do all of this to the user (GRA-60, 62, 64)? 403 if not. An application acts on people with its app
 * role in full, but on administrators only with a directory role of its own, save for harmless changes.
 */
export async function requireUserActions(
  context: Context,
  caller: GraphCaller,
  user: Pick<User, 'id'>,
  actions: readonly UserAction[],
): Promise<void> {
  const { held, ofTarget } = await context.db.transaction(async (tx) => ({
    held: caller.kind === 'delegated' ? caller.directoryRoles : await rolesOf(tx, caller.servicePrincipalId),
    ofTarget: await rolesOf(tx, user.id),
  }))
  const allowed = actions.every((action) => {
    if (caller.kind === 'application' && (action === 'update' || !isAdministrator(ofTarget))) return true
    return mayActOn(action, held, ofTarget)
  })
  if (!allowed) throw insufficient()
}

/** A change of oneself that needs no role. */
export const isOwnChange = (caller: GraphCaller, user: User, properties: readonly string[]): boolean =>
  isSelf(caller, user) && properties.every((property) => ownProperties.has(property))

// What User.ReadBasic.All shows.
const basicProperties: ReadonlySet<string> = new Set([
  'id',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'userPrincipalName',
])

/** Does the token show only the basic profile of this user (User.ReadBasic.All)? */
export const seesBasicOnly = (caller: GraphCaller, userId: string | null): boolean =>
  !callerHas(caller, 'User.Read.All') &&
  !(userId !== null && caller.kind === 'delegated' && caller.userId.toLowerCase() === userId)

/** The basic profile of a row, when that is all that the caller may see. */
export const basicOf = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).filter(([name]) => basicProperties.has(name) || name.startsWith('@')),
  )

/** A filter on what may not be seen would tell it all the same: 403. */
export function refuseHiddenCriteria(caller: GraphCaller, query: Query): void {
  if (!seesBasicOnly(caller, null)) return
  const named = [
    ...namesIn(query.filter),
    ...namesIn(query.search),
    ...query.orderBy.map((order) => order.property),
  ]
  if (named.some((name) => !basicProperties.has(name))) throw insufficient()
}

type Node = NonNullable<Query['filter']> | NonNullable<Query['search']>

function namesIn(node: Node | undefined): readonly string[] {
  if (node === undefined) return []
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.terms.flatMap((term) => namesIn(term))
    case 'not':
      return namesIn(node.term)
    case 'compare':
    case 'in':
    case 'text':
      return [node.field.name]
    case 'any':
    case 'count':
    case 'clause':
      return [node.name]
    default:
      return node satisfies never
  }
}
