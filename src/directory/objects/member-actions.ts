import { sql } from 'kysely'
import {
  defineComplexType,
  inTransaction,
  type Permissions,
  parameters,
  property,
  type Route,
  type RouteRequest,
  route,
  value,
} from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Forbidden, Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { findObjects } from '../directory-objects.ts'
import { transitiveMemberOf } from '../relations.ts'
import { findUserByPrincipalName } from '../users/store.ts'
import { isLimitedGuest, seesHidden } from '../visibility.ts'

const read = {
  delegated: ['GroupMember.Read.All', 'User.Read.All'],
  application: ['GroupMember.Read.All', 'User.Read.All'],
  self: { param: 'id', delegated: ['User.Read'] },
} as const satisfies Permissions

const MOST_CHECKED = 20
const MOST_ANSWERED = 11_000

const list = property.collection('Edm.String', { create: 'required' })
const checkMemberGroups = defineComplexType('checkMemberGroupsParameters', { groupIds: list })
const checkMemberObjects = defineComplexType('checkMemberObjectsParameters', { ids: list })
const getMembers = defineComplexType('getMembersParameters', { securityEnabledOnly: property.boolean() })

type What = 'groups' | 'objects'

/** `checkMember…` and `getMember…` of users, groups, service principals and any directory object (GRA-37). */
export const memberActionRoutes = (): readonly Route[] =>
  ['users', 'groups', 'servicePrincipals', 'directoryObjects'].flatMap((set) => [
    route({
      method: 'POST',
      path: `/${set}/{id}/checkMemberGroups` as '/users/{id}/checkMemberGroups',
      permissions: read,
      body: parameters(checkMemberGroups),
      handle: (request) => check(request, request.body.groupIds, 'groupIds', 'groups'),
    }),
    route({
      method: 'POST',
      path: `/${set}/{id}/checkMemberObjects` as '/users/{id}/checkMemberObjects',
      permissions: read,
      body: parameters(checkMemberObjects),
      handle: (request) => check(request, request.body.ids, 'ids', 'objects'),
    }),
    route({
      method: 'POST',
      path: `/${set}/{id}/getMemberGroups` as '/users/{id}/getMemberGroups',
      permissions: read,
      body: parameters(getMembers),
      handle: (request) => get(request, request.body.securityEnabledOnly ?? false, 'groups'),
    }),
    route({
      method: 'POST',
      path: `/${set}/{id}/getMemberObjects` as '/users/{id}/getMemberObjects',
      permissions: read,
      body: parameters(getMembers),
      handle: (request) => get(request, request.body.securityEnabledOnly ?? false, 'objects'),
    }),
  ])

type Request = RouteRequest<{ readonly id: string }, undefined, unknown, undefined>

async function check(request: Request, ids: readonly string[], target: string, what: What) {
  if (ids.length > MOST_CHECKED) {
    throw new Invalid(`At most ${MOST_CHECKED} ids can be checked in one request.`, {
      details: [{ code: 'InvalidValue', message: `At most ${MOST_CHECKED}.`, target }],
    })
  }
  const all = await membershipsOf(request, false, what)
  const asked = [...new Set(ids.map((id) => id.toLowerCase()))]
  return value(
    'Collection(Edm.String)',
    asked.filter((id) => all.has(id)),
  )
}

async function get(request: Request, securityEnabledOnly: boolean, what: What) {
  const all = await membershipsOf(request, securityEnabledOnly, what)
  if (all.size > MOST_ANSWERED) {
    throw new Invalid('The number of memberships exceeds what one answer can hold.', {
      code: 'Directory_ResultSizeLimitExceeded',
    })
  }
  return value('Collection(Edm.String)', [...all])
}

async function membershipsOf(
  { context, caller, params }: Request,
  securityEnabledOnly: boolean,
  what: What,
): Promise<ReadonlySet<string>> {
  return inTransaction(context, async (tx) => {
    const id = await objectId(tx, params.id)
    const own = caller.kind === 'delegated' && caller.userId.toLowerCase() === id
    // GAR-4: what a guest cannot read as a list cannot be asked for piece by piece either.
    if (!own && isLimitedGuest(caller)) {
      throw new Forbidden('Insufficient privileges to complete the operation.')
    }
    return findMemberships(tx, id, securityEnabledOnly, what, own || seesHidden(caller))
  })
}

async function objectId(tx: Tx, key: string): Promise<string> {
  const found = isGuid(key)
    ? (await findObjects(tx, [key]))[0]?.id
    : (await findUserByPrincipalName(tx, key))?.id
  if (found === undefined) throw new NotFound(key)
  return found
}

async function findMemberships(
  tx: Tx,
  id: string,
  securityEnabledOnly: boolean,
  what: What,
  hidden: boolean,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select related.object_id as id
      from (${transitiveMemberOf(id, { hidden }).rows}) as related
      left join groups on groups.tenant_id = related.tenant_id and groups.id = related.object_id
     where (related.object_type = 'group'
            and (groups.security_enabled or not ${securityEnabledOnly}::boolean))
        or (related.object_type = 'directoryRole' and ${what === 'objects'}::boolean)
     order by 1 limit ${MOST_ANSWERED + 1}`.execute(tx)
  return new Set(rows.map((row) => row.id))
}
