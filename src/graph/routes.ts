import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { BodySchema } from './body.ts'
import type { GraphCaller } from './caller.ts'
import type { Permissions } from './permissions.ts'
import type { Query } from './query.ts'
import type { QueryShape } from './query-shape.ts'
import type { Reply } from './responses.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** Where a route is served. `v1.0` routes answer under `/beta` too. */
export type Surface = 'v1.0' | 'beta' | 'ext'

/** The names between braces of a path pattern. */
export type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<Rest>
  : unknown

/** What every handler receives. Body and query options have passed validation. */
export interface RouteRequest<Params, Q, Body, Target> {
  readonly context: Context
  readonly caller: GraphCaller
  /** Decoded keys of the path. Under `/me` the user key is the caller's own id. */
  readonly params: Params
  readonly query: Q
  readonly body: Body
  /** What `load` returned. */
  readonly target: Target
  /** Query parameters without `$`, first value of each. */
  readonly parameters: ReadonlyMap<string, string>
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>
  readonly ipAddress: string | null
  /** The path began with `/me`. */
  readonly me: boolean
}

/** Which directory role a signed-in person needs (GRA-60, 62). Applications need none: their app role counts in full. */
export interface RoleRequirement<Request> {
  /** Role template ids, see `directoryRoleTemplates`. Global Administrator is always enough. */
  readonly anyOf: readonly string[]
  /** Enough without any role: owner, self, a tenant setting. */
  readonly unless?: (request: Request) => boolean | Promise<boolean>
}

/**
 * One route. Steps run in the order of GRA-12: token, route, `permissions`, query and body, `load`, `roles`,
 * `handle`.
 */
export interface RouteDefinition<Path extends string, Q extends QueryShape | undefined, Body, Target> {
  readonly method: Method
  /**
   * Segments as in Graph: `/groups/{id}/members/{memberId}/$ref`, `/users/$count`, `/users/delta`,
   * `/groups/{id}/members/microsoft.graph.user`, `/reports/getSummary(period={period})`. The spellings
   * `/groups('…')` and `/applications(appId='…')` need no route of their own.
   */
  readonly path: Path
  readonly surface?: Surface
  readonly permissions: Permissions
  readonly roles?: RoleRequirement<RouteRequest<ParamsOf<Path>, QueryOf<Q>, Body, Target>>
  /** Query options that the route knows; without it every `$option` is refused. */
  readonly query?: Q
  readonly body?: BodySchema<Body>
  /** The media type of the answer when it is not JSON, e.g. `text/csv`. */
  readonly produces?: string
  /** Finds what the path names, or throws `NotFound`: before roles are looked at (GRA-12). */
  readonly load?: (request: RouteRequest<ParamsOf<Path>, QueryOf<Q>, Body, undefined>) => Promise<Target>
  readonly handle: (request: RouteRequest<ParamsOf<Path>, QueryOf<Q>, Body, Target>) => Promise<Reply>
}

export type QueryOf<Q> = Q extends QueryShape ? Query : undefined

/** A route whose own types have been checked by `route` and can be forgotten. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly surface: Surface
  readonly permissions: Permissions
  readonly query: QueryShape | undefined
  readonly body: BodySchema<unknown> | undefined
  readonly produces: string | undefined
  readonly roles: RoleRequirement<UntypedRequest> | undefined
  readonly load: ((request: UntypedRequest) => Promise<unknown>) | undefined
  readonly handle: (request: UntypedRequest) => Promise<Reply>
}

export type UntypedRequest = RouteRequest<
  Readonly<Record<string, string>>,
  Query | undefined,
  unknown,
  unknown
>

/** Declares one route; path parameters, query, body and loaded target are typed in `handle`. */
export function route<
  const Path extends string,
  const Q extends QueryShape | undefined = undefined,
  Body = undefined,
  Target = undefined,
>(definition: RouteDefinition<Path, Q, Body, Target>): Route {
  const {
    method,
    path,
    surface = 'v1.0',
    permissions,
    query,
    body,
    produces,
    roles,
    load,
    handle,
  } = definition
  if ((method === 'GET' || method === 'DELETE') && body !== undefined) {
    throw new TypeError(`${method} ${path}: this method has no body`)
  }
  // The router fills params from `path`, query from `query`, body from `body` and target from `load`, so the
  // typed request is what the handler really gets; a table of routes cannot carry each one's type arguments.
  return {
    method,
    path,
    surface,
    permissions,
    query,
    body,
    produces,
    roles,
    load,
    handle,
  } as unknown as Route
}

/** Runs `work` in one transaction of the request's tenant. */
export const inTransaction = <T>(context: Context, work: (tx: Tx) => Promise<T>): Promise<T> =>
  context.db.transaction(work)
