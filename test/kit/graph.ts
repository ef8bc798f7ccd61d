import {
  createGraph,
  type EntityType,
  type GraphCaller,
  type GraphResponse,
  type Route,
} from '../../src/graph/index.ts'
import { Unauthenticated } from '../../src/platform/errors.ts'
import type { TestTenant } from './tenant.ts'

/** JSON of an answer, loosely: tests say what they expect of it. The members that most of them name come first. */
export interface Json {
  readonly id: Json
  readonly appId: Json
  readonly displayName: Json
  readonly value: Json
  readonly error: Json
  readonly code: Json
  readonly details: Json
  readonly [name: string]: Json
}

export interface Answer extends GraphResponse {
  readonly json: Json
}

export interface Sending {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type GraphClient = (
  request: `${'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'} ${string}`,
  sending?: Sending,
) => Promise<Answer>

/**
 * Serves routes over a tenant's real database, all but HTTP and the check of tokens: `asCaller` answers as if a
 * token had said who calls. The actor of audit records follows from the caller, as in the program.
 */
export function serveGraph(
  ctx: TestTenant,
  routes: readonly Route[],
  entities: readonly EntityType[],
): (caller: GraphCaller) => GraphClient {
  const callers = new Map<string, GraphCaller>()
  const graph = createGraph({
    routes,
    entities,
    authenticate: async (authorization) => {
      const caller = callers.get(authorization ?? '')
      if (caller === undefined) throw new Unauthenticated('Access token is empty.')
      return caller
    },
    openContext: async (caller, { requestId }) => ({
      ...ctx,
      correlationId: requestId,
      actor: actorOf(caller),
    }),
    clock: ctx.clock,
    ids: ctx.ids,
    tokenKey: Buffer.alloc(32, 7),
    baseUrl: 'https://graph.example',
    log: ctx.log,
  })
  return (caller) => {
    const authorization = `Bearer ${callers.size}`
    callers.set(authorization, caller)
    return async (request, { body, headers = {} } = {}) => {
      const [method = '', url = ''] = request.split(/ (.*)/s)
      const [whole = '', search = ''] = url.split(/\?(.*)/s)
      const isExtension = whole.startsWith(EXTENSIONS)
      const response = await graph.dispatch({
        method,
        surface: isExtension ? 'ext' : 'v1.0',
        path: isExtension ? whole.slice(EXTENSIONS.length) : whole,
        search,
        headers: {
          authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : { kind: 'text', text: textOf(body, headers) },
        ipAddress: null,
      })
      // What a client would read: through JSON, so that dates and undefined cannot hide.
      const json: Json = JSON.parse(
        response.body?.kind === 'json' ? JSON.stringify(response.body.value) : '{}',
      )
      return { ...response, json }
    }
  }
}

/** What Graph lacks is asked for as in the program; everything else is below `/v1.0`. */
const EXTENSIONS = '/ext/v1.0'

/** Text of a type of its own goes out as it is, everything else as JSON. */
const textOf = (body: unknown, headers: Readonly<Record<string, string>>): string =>
  typeof body === 'string' && headers['content-type'] !== undefined ? body : JSON.stringify(body)

const actorOf = (caller: GraphCaller) =>
  caller.kind === 'delegated'
    ? ({
        kind: 'user',
        userId: caller.userId,
        displayName: caller.displayName,
        userPrincipalName: caller.userPrincipalName,
        ipAddress: caller.ipAddress,
      } as const)
    : ({
        kind: 'application',
        appId: caller.appId,
        servicePrincipalId: caller.servicePrincipalId,
        displayName: caller.displayName,
      } as const)

/** A signed-in person with these scopes and directory roles. */
export const asPerson = (
  ctx: TestTenant,
  userId: string,
  scopes: readonly string[],
  directoryRoles: readonly string[] = [],
  userType: 'Member' | 'Guest' = 'Member',
): GraphCaller => ({
  kind: 'delegated',
  tenantId: ctx.tenantId,
  userId,
  appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  scopes: new Set(scopes),
  directoryRoles: new Set(directoryRoles),
  userType,
  displayName: 'Ada',
  userPrincipalName: `ada@${ctx.initialDomain}`,
  ipAddress: null,
})

/** An application that acts as itself with these app roles. */
export const asApplication = (
  ctx: TestTenant,
  servicePrincipalId: string,
  roles: readonly string[],
): GraphCaller => ({
  kind: 'application',
  tenantId: ctx.tenantId,
  appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  servicePrincipalId,
  displayName: 'Daemon',
  roles: new Set(roles),
})
