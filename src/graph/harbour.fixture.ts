import { beforeAll } from 'vitest'
import { type OwnDatabase, ownDatabase } from '../../test/kit/own-database.ts'
import { makeTenant } from '../../test/kit/tenant.ts'
import { AccessBlocked, Conflict, Throttled, Unavailable } from '../platform/errors.ts'
import { addBoats, createBoats } from './boats.fixture.ts'
import { directoryRoleTemplates } from './directory-roles.ts'
import { boatRoutes, directoryObject } from './example.fixture.ts'
import {
  application,
  type Json,
  listeningLogger,
  person,
  type TestGraph,
  testGraph,
} from './graph.fixture.ts'
import { list, raw, value } from './responses.ts'
import { type Route, route } from './routes.ts'

const fails = (path: string, error: unknown): Route =>
  route({
    method: 'GET',
    path,
    permissions: 'signedIn',
    handle: async () => {
      throw error
    },
  })

const extra: readonly Route[] = [
  fails(
    '/fails/conflict',
    new Conflict('It is there already.', { code: 'Request_MultipleObjectsWithSameKeyValue' }),
  ),
  fails('/fails/throttled', new Throttled('Slow down.', 2.5)),
  fails('/fails/unavailable', new Unavailable('Full.', 7)),
  fails('/fails/blocked', new AccessBlocked('Not today.', [{ rule: 'XTA-12', message: 'secret reason' }])),
  fails('/fails/unknown', new Error('password=hunter2 at db.internal')),
  fails('/fails/thrown', 'a string'),
  route({
    method: 'POST',
    path: '/boats/{id}/getMemberGroups',
    permissions: 'signedIn',
    handle: async () => value('Collection(Edm.String)', ['a', 'b']),
  }),
  route({
    method: 'GET',
    path: '/export',
    permissions: 'signedIn',
    produces: 'text/csv',
    handle: async () => raw('a,b\n', 'text/csv;charset=utf-8'),
  }),
  route({
    method: 'GET',
    path: '/users/{id}',
    permissions: {
      delegated: ['User.Read.All'],
      application: [],
      self: { param: 'id', delegated: ['User.Read'] },
    },
    handle: async ({ params, me }) => value('microsoft.graph.user', { id: params.id, me }),
  }),
  route({
    method: 'GET',
    path: '/boats/{id}/memberOf',
    permissions: 'signedIn',
    handle: async () =>
      list(
        directoryObject,
        {
          rows: [
            { '@odata.type': '#microsoft.graph.boat', id: 'x', displayName: 'A', harbour: null },
            { '@odata.type': '#microsoft.graph.boat', id: 'y' },
          ],
        },
        { context: 'directoryObjects' },
      ),
  }),
]

/** The first boat's id. */
export const ANGSO = '00000000-0000-4000-8000-000000000000'

export interface Harbour extends TestGraph {
  readonly own: OwnDatabase
  /** Lines of the log. */
  readonly lines: readonly string[]
}

/**
 * The frame over a database of the test file's own, with three boats. Callers: `admin`, `global`, `member` (no role),
 * `reader`, `nobody` (User.Read), `daemon` (an application) and `stranger` (another tenant's administrator).
 */
export function harbour(): Harbour {
  const own = ownDatabase()
  const { log, lines } = listeningLogger()
  const api = testGraph(own.database, { routes: [...boatRoutes, ...extra], log })
  const { callers } = api
  beforeAll(async () => {
    await createBoats(own.database)
    const tenantId = (await makeTenant(own.database)).tenantId
    const other = (await makeTenant(own.database)).tenantId
    await addBoats(own.database, tenantId, [
      {
        display_name: 'Ängsö',
        harbour: 'Kiel',
        launched_date_time: '2026-01-02T03:04:05Z',
        first_mark: { value: 'x' },
      },
      { display_name: 'Beatrice', harbour: 'Open', hull: 'trimaran' },
      { display_name: 'Charlotte' },
    ])
    const admin = [directoryRoleTemplates.userAdministrator]
    callers.set('admin', person(tenantId, ['User.ReadWrite.All'], admin))
    callers.set(
      'global',
      person(tenantId, ['User.ReadWrite.All'], [directoryRoleTemplates.globalAdministrator]),
    )
    callers.set('member', person(tenantId, ['User.ReadWrite.All']))
    callers.set('reader', person(tenantId, ['User.Read.All']))
    callers.set('nobody', person(tenantId, ['User.Read']))
    callers.set('daemon', application(tenantId, ['User.ReadWrite.All']))
    callers.set('stranger', person(other, ['User.ReadWrite.All'], admin))
  })
  return { ...api, own, lines }
}

export const errorCode = ({ error }: Json): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

/** Path and query of the next page. */
export const nextOf = (json: Json): string | undefined => {
  const link = json['@odata.nextLink']
  return typeof link === 'string' ? link.replace('https://graph.example/v1.0', '') : undefined
}
