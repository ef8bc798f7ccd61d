import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { TooLarge } from '../platform/errors.ts'
import type { Graph } from './dispatch.ts'
import type { GraphRequest, GraphResponse } from './message.ts'
import { badRequest } from './refusals.ts'
import type { Surface } from './routes.ts'

const PREFIXES: readonly (readonly [string, Surface])[] = [
  ['/v1.0', 'v1.0'],
  ['/beta', 'beta'],
  ['/ext/v1.0', 'ext'],
]

// GRA-11: more than 4 MB is 413.
const BODY_LIMIT = 4 * 1024 * 1024

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']

/** Mounts the API on a web server: bytes in, bytes out, nothing decided here. */
export function graphPlugin(graph: Graph): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers()
    // Whether a body is JSON is for `dispatch` to say, after the token (GRA-12).
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) => {
      done(null, body)
    })
    app.setErrorHandler(async (error, request, reply) => {
      await send(reply, graph.refuse(read(request, '/', 'v1.0', ''), reasonOf(error)))
    })
    for (const [prefix, surface] of PREFIXES) mount(app, graph, prefix, surface)
  }
}

function mount(app: FastifyInstance, graph: Graph, prefix: string, surface: Surface): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.method === 'OPTIONS') {
      await reply
        .code(204)
        .headers({ ...CORS, ...PREFLIGHT })
        .send()
      return
    }
    const raw = request.raw.url ?? prefix
    const question = raw.indexOf('?')
    const path = (question < 0 ? raw : raw.slice(0, question)).slice(prefix.length)
    const search = question < 0 ? '' : raw.slice(question + 1)
    await send(reply, await graph.dispatch(read(request, path, surface, search)))
  }
  for (const url of [prefix, `${prefix}/*`]) {
    app.route({ method: METHODS, url, bodyLimit: BODY_LIMIT, exposeHeadRoute: false, handler })
  }
}

// Tokens travel in a header that pages must set themselves, never in cookies, so any origin may ask (no credentials).
const CORS = {
  'x-content-type-options': 'nosniff',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'request-id, client-request-id, Location, Retry-After, OData-Version, ETag, Preference-Applied, Warning, WWW-Authenticate',
}

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE',
  // A wildcard does not cover Authorization (Fetch standard, CORS-unsafe header names).
  'access-control-allow-headers': 'Authorization, *',
  'access-control-max-age': '7200',
}

function read(request: FastifyRequest, path: string, surface: Surface, search: string): GraphRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: request.method,
    surface,
    path,
    search,
    headers,
    body: typeof request.body === 'string' ? { kind: 'text', text: request.body } : undefined,
    ipAddress: request.ip,
  }
}

async function send(reply: FastifyReply, response: GraphResponse): Promise<void> {
  reply.code(response.status).headers({ ...CORS, ...response.headers })
  const { body } = response
  if (body === undefined) await reply.send()
  // Fastify leaves the body out of an answer to HEAD but keeps its length.
  else await reply.send(body.kind === 'json' ? JSON.stringify(body.value) : body.text)
}

/**
 * For the server's `frameworkErrors`: a URL that the server cannot decode never reaches a route, so below the API's
 * roots it is answered in Graph's shape from here, elsewhere with a bare 400.
 */
export function graphFrameworkErrors(
  graph: Graph,
): (error: Error, request: FastifyRequest, reply: FastifyReply) => void {
  return (_error, request, reply) => {
    const url = request.raw.url ?? ''
    const isGraph = PREFIXES.some(([prefix]) => url === prefix || url.startsWith(`${prefix}/`))
    if (!isGraph) {
      void reply.code(400).type('text/plain').send('Bad request')
      return
    }
    const { status, headers, body } = graph.refuse(
      read(request, '/', 'v1.0', ''),
      badRequest('The URL is not properly encoded.'),
    )
    void reply
      .code(status)
      .headers({ ...CORS, ...headers })
      .send(body?.kind === 'json' ? JSON.stringify(body.value) : '')
  }
}

// What the web server itself found wrong with a request, before anyone else saw it.
function reasonOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return error
  if (error.statusCode === 413) return new TooLarge('The request body is larger than 4 MB.')
  const isClients = typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500
  return isClients ? badRequest('The request cannot be read.') : error
}
