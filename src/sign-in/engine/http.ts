import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deployment } from '../../platform/deployment.ts'
import { parseTenantId, type TenantId } from '../../platform/ids.ts'
import { discoveryDocument } from './discovery.ts'
import { entraError } from './errors.ts'
import { createTenantFinder } from './find-tenant.ts'
import type { EngineHost } from './host.ts'
import { engineMessage } from './message.ts'
import { rewriteParameters } from './parameters.ts'
import { enginePaths } from './provider.ts'
import { noteRequest } from './token-answer.ts'

/** `common` and `organizations`: the tenant is found from the person's name, or from the code that is redeemed. */
const anyTenant: ReadonlySet<string> = new Set(['common', 'organizations'])

export interface EngineRoutes {
  readonly deployment: Deployment
  readonly host: EngineHost
  /** Shows the page that finds the tenant of somebody who came to `common`; it continues at the tenant's own endpoint. */
  chooseTenant(request: FastifyRequest, reply: FastifyReply, segment: string, query: string): Promise<void>
  /** The page for an address that names no tenant. */
  unknownTenant(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

interface TenantPath {
  readonly Params: { readonly tenant: string; readonly uid?: string }
}

/** The protocol endpoints of all tenants, at Entra's v2 paths. */
export function mountEngine(app: FastifyInstance, routes: EngineRoutes): void {
  const { deployment } = routes
  const findTenant = createTenantFinder(deployment)
  const page = { method: 'GET', form: false } as const
  const both = { method: ['GET', 'POST'] as ('GET' | 'POST')[], form: true } as const
  const api = { method: ['POST', 'OPTIONS'] as ('POST' | 'OPTIONS')[], form: true } as const

  mount(enginePaths.authorization, page)
  mount(`${enginePaths.authorization}/:uid`, page)
  mount(enginePaths.token, api)
  mount(enginePaths.device_authorization, api)
  mount(enginePaths.code_verification, both)
  mount(`${enginePaths.code_verification}/:uid`, page)
  mount(enginePaths.end_session, both)
  mount(`${enginePaths.end_session}/confirm`, { method: ['POST'], form: true })
  mount(`${enginePaths.end_session}/success`, page)
  mount(enginePaths.jwks, { method: ['GET', 'OPTIONS'], form: false })
  mount(enginePaths.userinfo, { method: ['GET', 'POST', 'OPTIONS'], form: true })

  app.get<TenantPath>('/:tenant/v2.0/.well-known/openid-configuration', async (request, reply) => {
    const segment = request.params.tenant
    // Public and the same for everybody; browsers' libraries read it from other origins.
    reply.header('access-control-allow-origin', '*').header('cache-control', 'public, max-age=3600')
    if (anyTenant.has(segment)) return discoveryDocument(deployment.baseUrl, segment, null)
    const tenantId = await findTenant(segment)
    if (tenantId === null) return reply.status(400).send(unknownTenantError(request))
    return discoveryDocument(deployment.baseUrl, tenantId, tenantId)
  })

  function mount(
    path: string,
    { method, form }: { method: 'GET' | ('GET' | 'POST' | 'OPTIONS')[]; form: boolean },
  ): void {
    app.route<TenantPath>({
      method,
      url: `/:tenant${path}`,
      handler: (request, reply) => serve(request, reply, form),
    })
  }

  async function serve(
    request: FastifyRequest<TenantPath>,
    reply: FastifyReply,
    form: boolean,
  ): Promise<void> {
    const segment = request.params.tenant
    const url = new URL(request.url, deployment.baseUrl)
    const path = url.pathname.slice(segment.length + 1)
    const body = form && request.method === 'POST' ? engineForm(bodyOf(request)) : null

    const tenantId = await tenantOf(segment, body)
    if (tenantId === null) {
      if (anyTenant.has(segment) && path === enginePaths.authorization) {
        return routes.chooseTenant(request, reply, segment, url.search)
      }
      if (request.method === 'POST') return void reply.status(400).send(unknownTenantError(request))
      return routes.unknownTenant(request, reply)
    }

    const { provider, directory } = await routes.host.engineFor(tenantId)
    // The scopes of a sign-in stand in the query, those of a token or device request in the body.
    const query =
      path === enginePaths.authorization ? await rewriteParameters(url.searchParams, directory) : null
    const rewritten = body === null ? query : await rewriteParameters(body, directory)
    const search = query === null ? url.search : `?${query.parameters}`
    const message = engineMessage(
      {
        method: request.method,
        url: `${path}${search}`,
        headers: request.headers,
        body: body === null ? null : String(rewritten?.parameters ?? body),
        source: request.raw,
      },
      deployment.baseUrl,
      tenantId,
    )
    noteRequest(message, {
      correlationId: correlationOf(request),
      traceId: request.id,
      resourceIdentifier: rewritten?.resourceIdentifier ?? null,
      wantsClientInfo: rewritten?.wantsClientInfo ?? false,
    })
    reply.hijack()
    provider.callback()(message, reply.raw)
  }

  async function tenantOf(segment: string, body: URLSearchParams | null): Promise<TenantId | null> {
    if (!anyTenant.has(segment)) return findTenant(segment)
    // Codes, refresh tokens and device codes carry their tenant (`provider.ts`).
    const token = body?.get('code') ?? body?.get('refresh_token') ?? body?.get('device_code') ?? ''
    const digits = /^1\.([0-9a-f]{32})\.[cp]\./.exec(token)?.[1]
    if (digits === undefined) return null
    const id = parseTenantId(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
    return id === null ? null : findTenant(id)
  }

  const unknownTenantError = (request: FastifyRequest) =>
    entraError(
      {
        error: 'invalid_request',
        error_description:
          'AADSTS90002: The tenant was not found. Check the tenant id or domain in the address.',
      },
      { now: deployment.clock.now(), traceId: request.id, correlationId: correlationOf(request) },
    )
}

/** The parsed form of a request; the HTTP layer parses forms into `URLSearchParams`. */
const bodyOf = (request: FastifyRequest): URLSearchParams =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams()

/** What our pages post, in the engine's words: it names the form token and the buttons differently. */
function engineForm(posted: URLSearchParams): URLSearchParams {
  const csrf = posted.get('csrf')
  if (csrf === null) return posted
  const decision = posted.get('decision')
  const form = new URLSearchParams(posted)
  form.set('xsrf', csrf)
  if (decision === 'confirm') form.set('confirm', 'yes')
  if (decision === 'cancel') form.set('abort', 'yes')
  if (decision === 'signOut') form.set('logout', 'yes')
  return form
}

/**
 * The caller's own correlation id, or this request's. Microsoft's libraries send it as a header, MSAL as a parameter,
 * since a browser would ask before it sends a header of that name elsewhere (CORS).
 */
export function correlationOf(request: FastifyRequest): string {
  const name = 'client-request-id'
  const sent = request.headers[name] ?? bodyOf(request).get(name) ?? queryOf(request).get(name)
  return typeof sent === 'string' && /^[0-9a-f-]{36}$/i.test(sent) ? sent.toLowerCase() : request.id
}

const queryOf = (request: FastifyRequest): URLSearchParams => {
  const question = request.url.indexOf('?')
  return new URLSearchParams(question === -1 ? '' : request.url.slice(question))
}
