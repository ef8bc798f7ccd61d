import { createHash } from 'node:crypto'
import { auditEntities, auditRoutes } from './audit/index.ts'
import {
  applicationEntities,
  applicationGraphRoutes,
  peopleEntities,
  peopleRoutes,
} from './directory/index.ts'
import {
  createGraph,
  type EntityType,
  type Graph,
  type GraphCaller,
  type GraphOptions,
  type RequestInfo,
  type Route,
} from './graph/index.ts'
import type { Actor } from './platform/context.ts'
import { type Deployment, openContext } from './platform/deployment.ts'
import { isGuid } from './platform/ids.ts'
import type { PasswordHasher } from './platform/passwords.ts'
import { inSpan } from './platform/telemetry/tracing.ts'
import { recordRefusedWrite } from './refused-writes.ts'
import { domainEntities, domainRoutes, type TxtResolver } from './tenants/index.ts'

export interface GraphApiOptions {
  readonly deployment: Deployment
  readonly hasher: PasswordHasher
  readonly resolveTxt: TxtResolver
  readonly authenticate: GraphOptions['authenticate']
  /** Of modules that need more than these: invitations. */
  readonly more: { readonly entities: readonly EntityType[]; readonly routes: readonly Route[] }
}

/** The product's one API: every module's entities and routes on Graph's frame. */
export function createGraphApi(options: GraphApiOptions): Graph {
  const { deployment, more } = options
  const graph = createGraph({
    entities: [
      ...peopleEntities,
      ...applicationEntities,
      ...domainEntities,
      ...auditEntities,
      ...more.entities,
    ],
    routes: [
      ...peopleRoutes({ hasher: options.hasher }),
      // Applications of other tenants become known when tenants can publish them; until then nobody describes any.
      ...applicationGraphRoutes(async () => null),
      ...domainRoutes(deployment, options.resolveTxt),
      ...auditRoutes,
      ...more.routes,
    ],
    authenticate: options.authenticate,
    openContext: async (caller, info) =>
      openContext(deployment, caller.tenantId, actorOf(caller), correlationOf(info)),
    clock: deployment.clock,
    ids: deployment.ids,
    tokenKey: createHash('sha256').update(deployment.keyring.hmac('graph-page-tokens', 'v1')).digest(),
    baseUrl: deployment.baseUrl,
    log: deployment.log,
    onRefusedWrite: recordRefusedWrite,
  })
  return {
    ...graph,
    dispatch: (request) =>
      inSpan(
        'graph',
        { 'http.request.method': request.method },
        () => graph.dispatch(request),
        request.headers,
      ),
  }
}

/** The caller's own id where it is a GUID, as the logs need it. */
const correlationOf = ({ clientRequestId, requestId }: RequestInfo): string =>
  isGuid(clientRequestId) ? clientRequestId.toLowerCase() : requestId

function actorOf(caller: GraphCaller): Actor {
  return caller.kind === 'delegated'
    ? {
        kind: 'user',
        userId: caller.userId,
        displayName: caller.displayName,
        userPrincipalName: caller.userPrincipalName,
        ipAddress: caller.ipAddress,
      }
    : {
        kind: 'application',
        appId: caller.appId,
        servicePrincipalId: caller.servicePrincipalId,
        displayName: caller.displayName,
      }
}
