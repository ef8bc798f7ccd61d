import type { Clock } from '../platform/clock.ts'
import type { Context } from '../platform/context.ts'
import { Forbidden, NotFound, UnsupportedMediaType, XeniaError } from '../platform/errors.ts'
import type { Ids } from '../platform/ids.ts'
import type { Logger } from '../platform/telemetry/log.ts'
import { answer as answerReply } from './answer.ts'
import { type BatchItem, readBatch, runBatch } from './batch.ts'
import type { GraphCaller } from './caller.ts'
import { directoryRoleTemplates } from './directory-roles.ts'
import { errorAnswer, WrongMethod } from './errors.ts'
import { parseJson } from './json.ts'
import type { Answer, GraphRequest, GraphResponse, RequestInfo } from './message.ts'
import { serviceDocument, writeMetadata } from './metadata.ts'
import { jsonType, negotiate } from './negotiation.ts'
import { checkPermissionNames, requirePermission } from './permissions.ts'
import { defaultQuerySettings, type Query, type QuerySettings, readQuery } from './query.ts'
import { parseQueryString, type QueryString } from './query-string.ts'
import { badRequest } from './refusals.ts'
import { createRouter, type Match, ME } from './router.ts'
import type { Route, Surface, UntypedRequest } from './routes.ts'
import { createSkipTokens, type TokenBinding } from './skip-token.ts'
import type { EntityType } from './types.ts'

export interface GraphOptions {
  readonly routes: readonly Route[]
  /** Every entity type, base types first. */
  readonly entities: readonly EntityType[]
  /** Checks the `Authorization` header; throws `Unauthenticated` when it is missing or wrong. */
  readonly authenticate: (authorization: string | undefined, info: RequestInfo) => Promise<GraphCaller>
  readonly openContext: (caller: GraphCaller, info: RequestInfo) => Promise<Context>
  readonly clock: Clock
  readonly ids: Ids
  /** Authenticates page tokens; 32 bytes, the same on every node. */
  readonly tokenKey: Uint8Array
  /** The deployment's public address without a slash at the end; the `Host` header is never used. */
  readonly baseUrl: string
  readonly log: Logger
  readonly query?: Partial<QuerySettings>
  /** Told of every write that was refused, before the answer leaves (GRA-67). What it throws is logged. */
  readonly onRefusedWrite?: (context: Context, refused: RefusedWrite) => Promise<void>
}

/** A write of a known caller that changed nothing, and why. */
export interface RefusedWrite {
  readonly method: Route['method']
  /** The route's pattern, e.g. `/users/{id}`. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly reason: XeniaError
}

export interface Graph {
  /** Answers one request, a `$batch` included. Never throws: errors are answers. */
  dispatch(request: GraphRequest): Promise<GraphResponse>
  /** Graph's answer to what went wrong before a request could be dispatched (a body too large). */
  refuse(request: GraphRequest, reason: unknown): GraphResponse
  /** The CSDL of everything declared. */
  metadata(): string
  readonly routeList: readonly Route[]
}

const ROOTS: Readonly<Record<Surface, string>> = { 'v1.0': '/v1.0', beta: '/beta', ext: '/ext/v1.0' }

/** Builds the API from its tables. Throws `TypeError` when they contradict each other. */
export function createGraph(options: GraphOptions): Graph {
  const { clock, ids } = options
  const settings: QuerySettings = { ...defaultQuerySettings, ...options.query }
  const entities = new Map(options.entities.map((entity) => [entity.name, entity]))
  const findEntity = (name: string) => entities.get(name)
  checkModel(options, entities)
  const router = createRouter(options.routes, options.entities)
  const tokens = createSkipTokens(options.tokenKey, clock)
  const metadata = writeMetadata(options.entities)
  const publicUrl = options.baseUrl.replace(/\/$/, '')

  return {
    dispatch: (request) => dispatch(request, undefined),
    refuse: (request, reason) => refused(reason, describe(request)),
    metadata: () => metadata,
    routeList: options.routes,
  }

  async function dispatch(
    request: GraphRequest,
    batchCaller: GraphCaller | undefined,
  ): Promise<GraphResponse> {
    const info = describe(request)
    try {
      const answered = await serve(request, info, batchCaller)
      return { ...answered, headers: { ...commonHeaders(info), ...answered.headers } }
    } catch (thrown) {
      return refused(thrown, info)
    }
  }

  function refused(reason: unknown, info: RequestInfo): GraphResponse {
    const { status, headers, body } = errorAnswer(reason, {
      requestId: info.requestId,
      clientRequestId: info.clientRequestId,
      now: clock.now(),
      log: options.log.child({ requestId: info.requestId }),
    })
    return {
      status,
      headers: {
        ...commonHeaders(info),
        ...withAuthority(headers, publicUrl),
        'content-type': 'application/json;charset=utf-8',
      },
      body: { kind: 'json', value: body },
    }
  }

  async function serve(
    request: GraphRequest,
    info: RequestInfo,
    batchCaller: GraphCaller | undefined,
  ): Promise<Answer> {
    const open = anonymous(request)
    if (open !== undefined) return open
    // GRA-12: the token before anything else, even before the path.
    const caller = batchCaller ?? (await options.authenticate(request.headers['authorization'], info))
    if (isBatch(request)) return batch(request, caller, batchCaller !== undefined)

    const match = resolveMe(router.match(request.surface, request.method, request.path), caller)
    const context = await options.openContext(caller, info)
    try {
      return await answerRoute(request, match, caller, context)
    } catch (reason) {
      await noteRefusal(match, context, reason)
      throw reason
    }
  }

  async function answerRoute(
    request: GraphRequest,
    match: Match,
    caller: GraphCaller,
    context: Context,
  ): Promise<Answer> {
    const { route } = match
    requirePermission(route.permissions, caller, match.params)

    const preferences = negotiate(request.headers, producedBy(route))
    const queryString = parseQueryString(request.search, request.surface)
    const binding: TokenBinding = {
      tenantId: caller.tenantId,
      path: request.path,
      options: queryString.options,
    }
    const query = queryOf(route, queryString, request, binding)
    const body = bodyOf(route, request)
    const params = await resolveAlternateKeys(match, context)

    const asked: UntypedRequest = {
      context,
      caller,
      params,
      query,
      body,
      target: undefined,
      parameters: queryString.parameters,
      headers: request.headers,
      ipAddress: request.ipAddress,
      me: match.me,
    }
    const complete = route.load === undefined ? asked : { ...asked, target: await route.load(asked) }
    await requireRole(route, caller, complete)
    const reply = await route.handle(complete)
    const root = publicUrl + ROOTS[request.surface]
    return answerReply(reply, {
      root,
      query,
      preferences,
      findEntity,
      nextLink: (next) => nextLink(root, request, queryString, tokens.issue(binding, next)),
    })
  }

  async function noteRefusal({ route, params }: Match, context: Context, reason: unknown): Promise<void> {
    // A fault of ours (500, 503) is no refusal: whether anything was decided is not known.
    if (route.method === 'GET' || !(reason instanceof XeniaError) || reason.kind === 'unavailable') return
    const { method, path } = route
    try {
      await options.onRefusedWrite?.(context, { method, path, params, reason })
    } catch (error) {
      options.log.error({ error }, 'a refused write could not be recorded')
    }
  }

  function describe(request: GraphRequest): RequestInfo {
    const requestId = ids.guid()
    const sent = request.headers['client-request-id']
    return {
      requestId,
      // Echoed into a header and the log, so only what could be an identifier is taken.
      clientRequestId: sent !== undefined && /^[\w.:{}-]{1,128}$/.test(sent) ? sent : requestId,
      ipAddress: request.ipAddress,
      userAgent: request.headers['user-agent'] ?? null,
      surface: request.surface,
    }
  }

  // `$metadata` and the service document need no token.
  function anonymous({ method, path, surface, headers }: GraphRequest): Answer | undefined {
    const plain = path.replace(/\/$/, '').toLowerCase()
    const isMetadata = plain === '/$metadata'
    if (!isMetadata && plain !== '') return undefined
    if (method !== 'GET' && method !== 'HEAD') throw new WrongMethod(['GET'])
    if (isMetadata) {
      negotiate(headers, 'application/xml')
      const xml = { 'content-type': 'application/xml;charset=utf-8' }
      return { status: 200, headers: xml, body: { kind: 'text', text: metadata } }
    }
    const type = jsonType(negotiate(headers, undefined).metadata)
    const value = serviceDocument(options.entities, publicUrl + ROOTS[surface])
    return { status: 200, headers: { 'content-type': type }, body: { kind: 'json', value } }
  }

  async function batch(request: GraphRequest, caller: GraphCaller, nested: boolean): Promise<Answer> {
    if (request.method !== 'POST') throw new WrongMethod(['POST'])
    if (nested) throw badRequest('A batch cannot be an item of a batch.')
    const items = readBatch(jsonOf(request))
    const responses = await runBatch(items, (item) => dispatch(asRequest(item, request), caller))
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { kind: 'json', value: { responses } },
    }
  }

  function queryOf(
    route: Route,
    { options: asked }: QueryString,
    request: GraphRequest,
    binding: TokenBinding,
  ): Query | undefined {
    if (route.query === undefined) {
      const [first] = asked.keys()
      if (first === undefined) return undefined
      throw badRequest(`The query option '${first}' cannot be applied to the requested resource.`)
    }
    return readQuery(route.query, {
      options: asked,
      consistencyLevel: request.headers['consistencylevel'],
      settings,
      findEntity,
      openToken: (token) => tokens.open(binding, token),
    })
  }
}

// GRA-3, 4.
const commonHeaders = (info: RequestInfo): Record<string, string> => ({
  'request-id': info.requestId,
  'client-request-id': info.clientRequestId,
  'cache-control': 'no-cache',
  'odata-version': '4.0',
})

const isBatch = (request: GraphRequest): boolean =>
  request.path.replace(/\/$/, '').toLowerCase() === '/$batch'

const producedBy = (route: Route): string | undefined =>
  route.produces ?? (route.query?.kind === 'count' ? 'text/plain' : undefined)

function resolveMe(match: Match, caller: GraphCaller): Match {
  if (!match.me) return match
  // GRA-2.
  if (caller.kind === 'application') {
    throw badRequest('/me request is only valid with delegated authentication flow.')
  }
  const params = Object.entries(match.params).map(([name, value]) => [
    name,
    value === ME ? caller.userId : value,
  ])
  return { ...match, params: Object.fromEntries(params) }
}

async function resolveAlternateKeys(
  match: Match,
  context: Context,
): Promise<Readonly<Record<string, string>>> {
  if (match.alternateKeys.length === 0) return match.params
  const params: Record<string, string> = { ...match.params }
  for (const { param, entity, key, value } of match.alternateKeys) {
    const resolve = entity.alternateKeys[key]
    const id = resolve && (await context.db.transaction((tx) => resolve(tx, value)))
    if (id === undefined) throw new NotFound(value)
    params[param] = id
  }
  return params
}

// GRA-60, 62: an application's role counts in full; a person needs a directory role besides the scope.
async function requireRole(route: Route, caller: GraphCaller, request: UntypedRequest): Promise<void> {
  const { roles } = route
  if (roles === undefined || caller.kind === 'application') return
  const enough = [directoryRoleTemplates.globalAdministrator, ...roles.anyOf]
  if (enough.some((role) => caller.directoryRoles.has(role))) return
  if (roles.unless !== undefined && (await roles.unless(request))) return
  throw new Forbidden('Insufficient privileges to complete the operation.')
}

function bodyOf(route: Route, request: GraphRequest): unknown {
  if (route.body === undefined) return undefined
  const { body } = request
  const empty = body === undefined || (body.kind === 'text' && body.text.trim() === '')
  if (empty) {
    if (route.body.required) throw badRequest('Empty Payload. JSON content expected.')
    return route.body.parse({})
  }
  const { text } = route.body
  if (text?.types.includes(mediaTypeOf(request)) === true && body.kind === 'text') {
    return text.parse(body.text)
  }
  return route.body.parse(jsonOf(request))
}

const mediaTypeOf = ({ headers }: GraphRequest): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

function jsonOf(request: GraphRequest): unknown {
  const { body } = request
  if (body === undefined) throw badRequest('Empty Payload. JSON content expected.')
  const media = mediaTypeOf(request)
  if (media !== 'application/json' && !media.endsWith('+json')) {
    throw new UnsupportedMediaType('A body must be JSON: send the header Content-Type: application/json.')
  }
  return body.kind === 'json' ? body.value : parseJson(body.text)
}

function asRequest(item: BatchItem, outer: GraphRequest): GraphRequest {
  const question = item.url.indexOf('?')
  return {
    method: item.method,
    surface: outer.surface,
    path: question < 0 ? item.url : item.url.slice(0, question),
    search: question < 0 ? '' : item.url.slice(question + 1),
    headers: item.headers,
    body: item.body === undefined ? undefined : { kind: 'json', value: item.body },
    ipAddress: outer.ipAddress,
  }
}

// The link repeats the request's own options; the token stands for the place (GRA-16).
function nextLink(
  root: string,
  request: GraphRequest,
  { options, parameters }: QueryString,
  token: string,
): string {
  const parts = [...options].filter(([name]) => name !== '$skiptoken')
  const query = [...parts, ...parameters, ['$skiptoken', token] as const]
    .map(([name, value]) => `${encodeURIComponent(name).replaceAll('%24', '$')}=${encodeURIComponent(value)}`)
    .join('&')
  return `${root}${request.path}?${query}`
}

// RFC 6750 §3 and GRA-11: where a token is to be had.
function withAuthority(
  headers: Readonly<Record<string, string>>,
  publicUrl: string,
): Readonly<Record<string, string>> {
  const challenge = headers['www-authenticate']
  if (challenge === undefined) return headers
  const authority = `authorization_uri="${publicUrl}/common/oauth2/v2.0/authorize"`
  return { ...headers, 'www-authenticate': challenge.replace('realm=""', `realm="", ${authority}`) }
}

function checkModel({ routes, entities }: GraphOptions, byName: ReadonlyMap<string, EntityType>): void {
  if (byName.size < entities.length) throw new TypeError('Two entity types have the same name')
  for (const entity of entities) {
    for (const [name, { target }] of Object.entries(entity.navigation)) {
      if (!byName.has(target))
        throw new TypeError(`${entity.name}/${name} leads to '${target}', which is not declared`)
    }
  }
  for (const route of routes) checkPermissionNames(route.permissions, `${route.method} ${route.path}`)
}
