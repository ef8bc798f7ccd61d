import {
  completed,
  defineComplexType,
  inTransaction,
  item,
  itemOf,
  list,
  type Permissions,
  parameters,
  property,
  type Route,
  route,
} from '../../graph/index.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { directoryObject } from '../directory-object-entity.ts'
import { findObjects } from '../directory-objects.ts'
import { maySeeType, mixedTypes, objectEntities } from '../object-types.ts'
import { conceal } from '../visibility.ts'
import { memberActionRoutes } from './member-actions.ts'

// Any of these reads some type; objects of the others come with type and id alone (GRA-39).
const read = {
  delegated: [
    'User.ReadBasic.All',
    'Group.Read.All',
    'Application.Read.All',
    'RoleManagement.Read.Directory',
  ],
  application: [
    'User.ReadBasic.All',
    'Group.Read.All',
    'Application.Read.All',
    'RoleManagement.Read.Directory',
  ],
} as const satisfies Permissions

const MOST_IDS = 1_000

const getByIds = defineComplexType('getByIdsParameters', {
  ids: property.collection('Edm.String', { create: 'required' }),
  types: property.collection('Edm.String', { nullable: true }),
})

/** `/directoryObjects` (GRA-36) and the membership questions of every directory object (GRA-37). */
export const objectRoutes = (): readonly Route[] => [
  route({
    method: 'GET',
    path: '/directoryObjects/{id}',
    permissions: read,
    query: itemOf(directoryObject, objectEntities()),
    handle: async ({ context, caller, query, params }) => {
      const [row] = await inTransaction(context, async (tx) =>
        completed(tx, await findObjects(tx, [params.id]), query.select, {
          types: mixedTypes(),
          visible: (type) => maySeeType(caller, type),
        }),
      )
      if (row === undefined) throw new NotFound(params.id)
      return item(directoryObject, conceal(caller, row), { context: 'directoryObjects', typed: true })
    },
  }),
  route({
    method: 'POST',
    path: '/directoryObjects/getByIds',
    permissions: read,
    body: parameters(getByIds),
    handle: async ({ context, caller, body }) => {
      if (body.ids.length > MOST_IDS) throw tooMany('ids', MOST_IDS)
      const wrong = body.ids.find((id) => !isGuid(id))
      if (wrong !== undefined) throw invalid('ids', `'${wrong}' is not a GUID.`)
      const wanted = typesWanted(body.types ?? [])
      const rows = await inTransaction(context, async (tx) => {
        const found = await findObjects(tx, body.ids)
        return completed(
          tx,
          found.filter((object) => wanted === null || wanted.has(object.type.toLowerCase())),
          undefined,
          { types: mixedTypes(), visible: (type) => maySeeType(caller, type) },
        )
      })
      return list(
        directoryObject,
        { rows: rows.map((row) => conceal(caller, row)) },
        { context: 'directoryObjects', typed: true },
      )
    },
  }),
  ...memberActionRoutes(),
]

/** Lower-case type names, or null for all; `directoryObject` means all. */
function typesWanted(types: readonly string[]): ReadonlySet<string> | null {
  const names = new Set(types.map((type) => type.toLowerCase().replace(/^#?microsoft\.graph\./, '')))
  return names.size === 0 || names.has('directoryobject') ? null : names
}

const invalid = (target: string, message: string): Invalid =>
  new Invalid(message, { details: [{ code: 'InvalidValue', message, target }] })

const tooMany = (target: string, most: number): Invalid =>
  invalid(target, `Too many values for '${target}'. At most ${most} are allowed.`)
