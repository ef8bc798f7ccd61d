import {
  type GraphCaller,
  inTransaction,
  item,
  itemOf,
  noContent,
  type Permissions,
  type Route,
  reference,
  route,
} from '../../graph/index.ts'
import { Forbidden, NotFound } from '../../platform/errors.ts'
import { may } from '../authority.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { objectEntities } from '../object-types.ts'
import { loadRelated, type RelatedOptions } from '../related.ts'
import { relatedRoutes } from '../related-routes.ts'
import {
  directReports,
  manager,
  memberOf,
  ownedObjects,
  type Relation,
  sponsorOf,
  sponsors,
  transitiveMemberOf,
} from '../relations.ts'
import { conceal, isLimitedGuest, seesHidden } from '../visibility.ts'
import { isSelf, loadUser } from './access.ts'
import { removeManager, setManager } from './manager.ts'
import type { User } from './model.ts'
import { addSponsor, removeSponsor } from './sponsors.ts'

const profile = {
  delegated: ['User.Read.All'],
  application: ['User.Read.All'],
  self: { param: 'id', delegated: ['User.Read'] },
} as const satisfies Permissions
const membership = {
  delegated: ['User.Read.All', 'GroupMember.Read.All'],
  application: ['User.Read.All', 'GroupMember.Read.All'],
  self: { param: 'id', delegated: ['User.Read'] },
} as const satisfies Permissions
const write = {
  delegated: ['User.ReadWrite.All'],
  application: ['User.ReadWrite.All'],
} as const satisfies Permissions

/** What a guest may see of others is their manager and direct reports (external-collaboration-settings.md, 3.2). */
const judge =
  (forGuests: 'own' | 'anyone') =>
  async ({
    caller,
    target,
  }: {
    readonly caller: GraphCaller
    readonly target: User
  }): Promise<RelatedOptions> => {
    const own = isSelf(caller, target)
    if (forGuests === 'own' && !own && isLimitedGuest(caller)) {
      throw new Forbidden('Insufficient privileges to complete the operation.')
    }
    return { hidden: own || seesHidden(caller) }
  }

const related = (
  name: string,
  relation: (id: string, options: RelatedOptions) => Relation,
  permissions: Permissions,
  forGuests: 'own' | 'anyone' = 'own',
): readonly Route[] =>
  relatedRoutes({
    base: '/users/{id}',
    name,
    relation,
    permissions,
    load: loadUser,
    idOf: (target) => target.id,
    judge: judge(forGuests),
  })

/** Everything between a user and other objects: `/users/{id}/…` and `/me/…`. */
export const userRelationRoutes = (): readonly Route[] => [
  ...related('memberOf', () => memberOf, membership),
  ...related('transitiveMemberOf', transitiveMemberOf, membership),
  ...related('ownedObjects', () => ownedObjects, profile),
  ...related('sponsors', () => sponsors, profile),
  ...related('sponsorOf', () => sponsorOf, profile),
  ...related('directReports', () => directReports, profile, 'anyone'),
  route({
    method: 'POST',
    path: '/users/{id}/sponsors/$ref',
    permissions: write,
    body: reference(['directoryObjects', 'users', 'groups']),
    load: loadUser,
    roles: { anyOf: may.relateUsers },
    handle: async ({ context, body, target }) => {
      await addSponsor(context, target.id, body)
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/{id}/sponsors/{sponsorId}/$ref',
    permissions: write,
    load: loadUser,
    roles: { anyOf: may.relateUsers },
    handle: async ({ context, params, target }) => {
      await removeSponsor(context, target.id, params.sponsorId)
      return noContent()
    },
  }),
  route({
    method: 'GET',
    path: '/users/{id}/manager',
    permissions: profile,
    query: itemOf(directoryObject, objectEntities()),
    load: loadUser,
    handle: async ({ context, caller, query, target }) => {
      const found = await inTransaction(context, (tx) =>
        loadRelated(tx, [target.id], manager, { limit: 1, select: query.select, levels: 1 }),
      )
      const [row] = found.get(target.id) ?? []
      if (row === undefined) throw new NotFound('manager')
      return item(directoryObject, conceal(caller, row), { context: 'directoryObjects', typed: true })
    },
  }),
  route({
    method: 'PUT',
    path: '/users/{id}/manager/$ref',
    permissions: write,
    body: reference(['directoryObjects', 'users']),
    load: loadUser,
    roles: { anyOf: may.relateUsers },
    handle: async ({ context, body, target }) => {
      await setManager(context, target.id, body)
      return noContent()
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/{id}/manager/$ref',
    permissions: write,
    load: loadUser,
    roles: { anyOf: may.relateUsers },
    handle: async ({ context, target }) => {
      await removeManager(context, target.id)
      return noContent()
    },
  }),
]
