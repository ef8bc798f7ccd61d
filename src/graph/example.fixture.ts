import { sql } from 'kysely'
import { NotFound } from '../platform/errors.ts'
import type { TenantId } from '../platform/ids.ts'
import {
  collectionOf,
  count,
  countEntities,
  countOf,
  created,
  defineComplexType,
  defineEntity,
  defineEnum,
  directoryRoleTemplates,
  filters,
  forCreate,
  forUpdate,
  getEntity,
  item,
  itemOf,
  list,
  listEntities,
  noContent,
  property,
  type Route,
  reference,
  route,
  type Source,
} from './index.ts'

// A small directory of boats that uses every feature of the frame. `boats` exists in tests only.

export const hullType = defineEnum('hullType', ['mono', 'catamaran', 'unknownFutureValue'])
export const rights = defineEnum('boatRights', ['sail', 'repair', 'sell'], { flags: true })

export const mark = defineComplexType('boatMark', {
  kind: property.string({ maxLength: 8 }),
  value: property.string({ create: 'required' }),
  since: property.dateTimeOffset(),
  rank: property.int32(),
})

export const directoryObject = defineEntity({
  name: 'directoryObject',
  set: 'directoryObjects',
  abstract: true,
  advancedQueries: true,
  searchable: true,
  ignoreCase: true,
  properties: {
    id: property.string({ default: true, nullable: false, storage: 'uuid', filter: filters.directoryValue }),
    deletedDateTime: property.dateTimeOffset({ sort: 'advanced' }),
  },
})

export const boat = defineEntity({
  name: 'boat',
  set: 'boats',
  base: directoryObject,
  properties: {
    displayName: property.string({
      default: true,
      create: 'required',
      update: true,
      maxLength: 64,
      folded: true,
      filter: filters.directoryText,
      sort: 'default',
      search: 'tokens',
    }),
    harbour: property.string({
      default: true,
      create: 'optional',
      update: true,
      filter: filters.directoryText,
      sort: 'advanced',
    }),
    callSign: property.string({ create: 'optional', update: true, filter: filters.advancedText }),
    mail: property.string({ create: 'optional', filter: filters.directoryAddress }),
    hull: property.enum(hullType, {
      default: true,
      create: 'optional',
      update: true,
      filter: filters.directoryValue,
    }),
    rights: property.enum(rights, { create: 'optional', filter: { default: ['has', 'eq', 'not'] } }),
    inService: property.boolean({
      create: 'required',
      update: true,
      nullable: false,
      filter: filters.directoryValue,
    }),
    length: property.double({
      create: 'optional',
      update: true,
      filter: { default: ['lt', 'gt', 'eq', 'not', 'ne', 'null'] },
    }),
    berths: property.int32({ create: 'optional', update: true, filter: { default: ['le', 'eq', 'in'] } }),
    ownerId: property.guid({ create: 'optional', filter: filters.directoryValue }),
    launchedDateTime: property.dateTimeOffset({
      create: 'optional',
      update: true,
      filter: filters.directoryDate,
      sort: 'advanced',
    }),
    notes: property.string({ create: 'optional', update: true }),
    aliases: property.collection('Edm.String', {
      create: 'optional',
      update: true,
      maxItems: 3,
      filter: { default: ['eq', 'startsWith'], advanced: ['not', 'count', 'endsWith'] },
    }),
    marks: property.collection(mark, {
      create: 'optional',
      update: true,
      filter: {
        advanced: ['not', 'count'],
        paths: {
          kind: { default: ['eq'] },
          value: { default: ['eq', 'startsWith'] },
          rank: { default: ['gt'] },
        },
        together: ['kind', 'value'],
      },
    }),
    firstMark: property.complex(mark, {
      create: 'optional',
      update: true,
      filter: {
        paths: { value: { default: ['eq'], advanced: ['ne', 'null', 'not'] }, rank: { default: ['ge'] } },
      },
    }),
    passcode: property.string({ create: 'optional', writeOnly: true, sql: null }),
    registryNumber: property.string({ default: true, nullable: false }),
  },
  navigation: {
    crew: {
      target: 'boat',
      collection: true,
      bind: 'both',
      load: async (_tx, ids) =>
        new Map(ids.map((id) => [id, [{ id, displayName: `crew of ${id.slice(0, 4)}` }]])),
    },
    berthPlace: { target: 'boat', collection: false },
  },
  alternateKeys: {
    registryNumber: async (tx, value) => {
      const found = await sql<{ id: string }>`select id from boats where registry_number = ${value}`.execute(
        tx,
      )
      return found.rows[0]?.id
    },
  },
})

/** Not a directory object: everything works by default, several criteria in `$orderby`. */
export const voyage = defineEntity({
  name: 'voyage',
  set: 'auditLogs/voyages',
  paging: { default: 1000, maximum: 1000 },
  defaultOrder: [{ property: 'startedDateTime', descending: true }],
  properties: {
    id: property.string({ default: true, nullable: false, storage: 'uuid' }),
    title: property.string({ default: true, filter: filters.any, sort: 'default', column: 'display_name' }),
    harbour: property.string({ default: true, filter: filters.any, sort: 'default' }),
    startedDateTime: property.dateTimeOffset({
      default: true,
      nullable: false,
      column: 'launched_date_time',
      filter: filters.any,
      sort: 'default',
    }),
  },
})

export const boatSource = (tenantId: TenantId): Source => ({
  from: sql`boats as b`,
  alias: 'b',
  where: sql`b.tenant_id = ${tenantId}`,
})

const read = { delegated: ['User.Read.All'], application: ['User.Read.All'] }
const write = { delegated: ['User.ReadWrite.All'], application: ['User.ReadWrite.All'] }

export const boatRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/boats',
    permissions: read,
    query: collectionOf(boat),
    handle: async ({ context, query }) =>
      list(boat, await context.db.transaction((tx) => listEntities(tx, query, boatSource(context.tenantId)))),
  }),
  route({
    method: 'GET',
    path: '/boats/$count',
    permissions: read,
    query: countOf(boat),
    handle: async ({ context, query }) =>
      count(await context.db.transaction((tx) => countEntities(tx, query, boatSource(context.tenantId)))),
  }),
  route({
    method: 'GET',
    path: '/boats/{id}',
    permissions: { ...read, self: { param: 'id', delegated: ['User.Read'] } },
    query: itemOf(boat),
    handle: async ({ context, query, params }) => {
      const found = await context.db.transaction((tx) =>
        getEntity(tx, query, boatSource(context.tenantId), params.id),
      )
      if (found === undefined) throw new NotFound(params.id)
      return item(boat, found)
    },
  }),
  route({
    method: 'POST',
    path: '/boats',
    permissions: write,
    roles: { anyOf: [directoryRoleTemplates.userAdministrator] },
    body: forCreate(boat),
    handle: async ({ context, body }) => {
      const id = context.ids.guid()
      const { displayName, inService, harbour = null } = body.values
      await context.db.transaction((tx) =>
        sql`insert into boats (tenant_id, id, display_name, in_service, harbour, registry_number)
            values (${context.tenantId}, ${id}, ${displayName}, ${inService}, ${harbour}, ${`R-${id}`})`.execute(
          tx,
        ),
      )
      return created(boat, { id, displayName, harbour, registryNumber: `R-${id}` })
    },
  }),
  route({
    method: 'PATCH',
    path: '/boats/{id}',
    permissions: write,
    body: forUpdate(boat),
    load: async ({ context, params }) => {
      const found = await context.db.transaction((tx) =>
        sql<{ id: string; harbour: string | null }>`
          select id, harbour from boats where tenant_id = ${context.tenantId} and id::text = ${params.id}`.execute(
          tx,
        ),
      )
      const [row] = found.rows
      if (row === undefined) throw new NotFound(params.id)
      return row
    },
    roles: {
      anyOf: [directoryRoleTemplates.userAdministrator],
      unless: ({ target }) => target.harbour === 'Open',
    },
    handle: async ({ context, target, body }) => {
      const { harbour } = body.values
      if (harbour !== undefined) {
        await context.db.transaction((tx) =>
          sql`update boats set harbour = ${harbour} where tenant_id = ${context.tenantId} and id = ${target.id}`.execute(
            tx,
          ),
        )
      }
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/boats/{id}/crew/$ref',
    permissions: write,
    body: reference(['directoryObjects', 'boats']),
    handle: async () => noContent(),
  }),
  route({
    method: 'DELETE',
    path: '/boats/{id}/crew/{memberId}/$ref',
    permissions: write,
    handle: async () => noContent(),
  }),
]
