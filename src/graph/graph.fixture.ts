import { type MovableClock, movableClock } from '../platform/clock.ts'
import type { Database } from '../platform/database/index.ts'
import { Unauthenticated } from '../platform/errors.ts'
import { randomIds, type TenantId } from '../platform/ids.ts'
import { createLogger, type Logger, silentLogger } from '../platform/telemetry/log.ts'
import type { ApplicationCaller, DelegatedCaller, GraphCaller } from './caller.ts'
import { createGraph, type Graph, type GraphOptions } from './dispatch.ts'
import { boat, boatRoutes, directoryObject, voyage } from './example.fixture.ts'
import type { GraphResponse } from './message.ts'
import type { Surface } from './routes.ts'

export interface Sending {
  readonly method?: string
  readonly as?: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly surface?: Surface
}

export interface TestGraph {
  readonly graph: Graph
  readonly clock: MovableClock
  /** Lets `Bearer {name}` stand for a caller. */
  readonly callers: Map<string, GraphCaller>
  send(url: string, sending?: Sending): Promise<GraphResponse & { readonly json: Json }>
}

/** JSON of an answer: tests say what they expect of it. */
export type Json = Readonly<Record<string, unknown>>

export const person = (
  tenantId: TenantId,
  scopes: readonly string[],
  roles: readonly string[] = [],
): DelegatedCaller => ({
  kind: 'delegated',
  tenantId,
  userId: '00000000-0000-4000-8000-000000000001',
  appId: 'bbbbbbbb-0000-4000-8000-000000000001',
  scopes: new Set(scopes),
  directoryRoles: new Set(roles),
  userType: 'Member',
  displayName: 'Ada',
  userPrincipalName: 'ada@contoso.example',
  ipAddress: null,
})

export const application = (tenantId: TenantId, roles: readonly string[]): ApplicationCaller => ({
  kind: 'application',
  tenantId,
  appId: 'bbbbbbbb-0000-4000-8000-000000000002',
  servicePrincipalId: 'cccccccc-0000-4000-8000-000000000001',
  displayName: 'Daemon',
  roles: new Set(roles),
})

/** The frame with the example entities over a real database; what stands in is the check of tokens. */
export function testGraph(database: Database, options: Partial<GraphOptions> = {}): TestGraph {
  const clock = movableClock()
  const callers = new Map<string, GraphCaller>()
  const graph = createGraph({
    routes: boatRoutes,
    entities: [directoryObject, boat, voyage],
    authenticate: async (authorization) => {
      const caller = callers.get(authorization?.replace('Bearer ', '') ?? '')
      if (caller === undefined) throw new Unauthenticated('Access token is empty.')
      return caller
    },
    openContext: async (caller, { requestId }) => ({
      tenantId: caller.tenantId,
      db: database.tenant(caller.tenantId),
      clock,
      ids: randomIds,
      log: silentLogger,
      actor: { kind: 'system', name: 'test' },
      correlationId: requestId,
    }),
    clock,
    ids: randomIds,
    tokenKey: Buffer.alloc(32, 7),
    baseUrl: 'https://graph.example',
    log: silentLogger,
    ...options,
  })
  return {
    graph,
    clock,
    callers,
    send: async (url, { method = 'GET', as = 'admin', body, headers = {}, surface = 'v1.0' } = {}) => {
      const [path = '', search = ''] = url.split(/\?(.*)/s)
      const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
      const response = await graph.dispatch({
        method,
        surface,
        path,
        search,
        headers: {
          ...(as !== null && { authorization: `Bearer ${as}` }),
          ...(text !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: text === undefined ? undefined : { kind: 'text', text },
        ipAddress: null,
      })
      // What a client would read: through JSON, so that dates and undefined cannot hide.
      const json: Json = response.body?.kind === 'json' ? JSON.parse(JSON.stringify(response.body.value)) : {}
      return { ...response, json }
    },
  }
}

/** A logger that keeps its lines. */
export function listeningLogger(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    log: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
  }
}
