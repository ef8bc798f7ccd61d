import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { domainOf, findTenantByDomain, normaliseDomain } from '../../tenants/index.ts'
import { enginePaths } from '../engine/provider.ts'
import {
  FindOrganizationPage,
  type IdentifierError,
  IdentifierPage,
  type OrganizationError,
  SignInOptionsPage,
} from '../pages/index.ts'
import type { SignInDependencies } from './dependencies.ts'
import { formOf, formToken, judgeForm } from './form-guard.ts'
import { sendPage, sendProblem } from './problems.tsx'
import { translatorFor } from './visit.ts'

/** The endpoints without a tenant (RED-1). */
const segments = ['common', 'organizations'] as const

interface QueryPath {
  readonly Querystring: Readonly<Record<string, string | string[] | undefined>>
}

export interface TenantChoice {
  /** A request to sign in that names no tenant. */
  chooseTenant(request: FastifyRequest, reply: FastifyReply, segment: string, query: string): Promise<void>
}

/**
 * Finds the tenant of somebody who came to `common`: by their address, or by a domain that they type. Keeps no
 * state: the application's request travels in the address and goes on to the tenant's own endpoint as it came.
 */
export function mountTenantChoice(app: FastifyInstance, dependencies: SignInDependencies): TenantChoice {
  const { deployment } = dependencies
  const { baseUrl, keyring } = deployment

  for (const segment of segments) {
    const at = `/${segment}/signin`
    app.get<QueryPath>(at, async (request, reply) =>
      identifierPage(request, reply, segment, queryOf(request), '', null),
    )
    app.post<QueryPath>(at, async (request, reply) => {
      const query = queryOf(request)
      if (!isOurs(request, segment, query))
        return sendProblem(dependencies, request, reply, 'foreignForm', { face: null })
      const identifier = (formOf(request).get('identifier') ?? '').trim().slice(0, 320)
      const domain = domainOf(identifier)
      if (domain === null) {
        const error = identifier === '' ? 'empty' : 'malformed'
        return identifierPage(request, reply, segment, query, identifier, error)
      }
      return (
        (await goToTenant(reply, domain, query, identifier)) ??
        identifierPage(request, reply, segment, query, identifier, 'noWayToSignIn')
      )
    })
    app.get<QueryPath>(`${at}/options`, async (request, reply) => {
      const query = queryOf(request)
      const page = (
        <SignInOptionsPage
          t={translatorFor(request, null)}
          tenant={null}
          trace={null}
          options={[{ kind: 'organization', url: `${at}/organization${query}` }]}
          backUrl={`${at}${query}`}
        />
      )
      return sendPage(reply, 200, page)
    })
    app.get<QueryPath>(`${at}/organization`, async (request, reply) =>
      organizationPage(request, reply, segment, queryOf(request), '', null),
    )
    app.post<QueryPath>(`${at}/organization`, async (request, reply) => {
      const query = queryOf(request)
      if (!isOurs(request, segment, query))
        return sendProblem(dependencies, request, reply, 'foreignForm', { face: null })
      const typed = (formOf(request).get('domain') ?? '').trim().slice(0, 253)
      const domain = normaliseDomain(typed)
      if (domain === null) {
        const error = typed === '' ? 'empty' : 'malformed'
        return organizationPage(request, reply, segment, query, typed, error)
      }
      return (
        (await goToTenant(reply, domain, query, null)) ??
        organizationPage(request, reply, segment, query, typed, 'unknown')
      )
    })
  }

  // Without a person's session behind it the token ties the form to the request that it carries.
  const contextOf = (segment: string, query: string): string => `${segment}${query}`
  const isOurs = (request: FastifyRequest, segment: string, query: string): boolean =>
    judgeForm(keyring, baseUrl, segment, contextOf(segment, query), request) === 'ours'

  async function goToTenant(
    reply: FastifyReply,
    domain: string,
    query: string,
    loginHint: string | null,
  ): Promise<FastifyReply | null> {
    const tenant = await deployment.database.platform.transaction((tx) => findTenantByDomain(tx, domain))
    if (tenant === null) return null
    const parameters = new URLSearchParams(query)
    if (loginHint !== null) parameters.set('login_hint', loginHint)
    return reply.redirect(`${baseUrl}/${tenant.id}${enginePaths.authorization}?${parameters}`, 303)
  }

  function identifierPage(
    request: FastifyRequest,
    reply: FastifyReply,
    segment: string,
    query: string,
    identifier: string,
    error: IdentifierError | null,
  ): FastifyReply {
    const at = `/${segment}/signin`
    return show(
      reply,
      query,
      <IdentifierPage
        t={translatorFor(request, null, new URLSearchParams(query).get('ui_locales'))}
        tenant={null}
        trace={null}
        action={`${at}${query}`}
        csrf={formToken(keyring, segment, contextOf(segment, query))}
        identifier={identifier}
        error={error}
        applicationName={null}
        optionsUrl={`${at}/options${query}`}
        helpUrl={null}
        cancelUrl={null}
      />,
    )
  }

  function organizationPage(
    request: FastifyRequest,
    reply: FastifyReply,
    segment: string,
    query: string,
    domain: string,
    error: OrganizationError | null,
  ): FastifyReply {
    const at = `/${segment}/signin`
    return show(
      reply,
      query,
      <FindOrganizationPage
        t={translatorFor(request, null, new URLSearchParams(query).get('ui_locales'))}
        tenant={null}
        trace={null}
        action={`${at}/organization${query}`}
        csrf={formToken(keyring, segment, contextOf(segment, query))}
        domain={domain}
        error={error}
        backUrl={`${at}/options${query}`}
      />,
    )
  }

  /** Somebody who is signed in at the tenant goes straight on to the application, whose address nobody has checked yet. */
  const show = (reply: FastifyReply, query: string, page: VNode): FastifyReply =>
    sendPage(reply, 200, page, { formAction: formActionOf(query) })

  return {
    async chooseTenant(request, reply, segment, query) {
      const parameters = new URLSearchParams(query)
      const hint = parameters.get('login_hint') ?? ''
      const domain = normaliseDomain(parameters.get('domain_hint') ?? '') ?? domainOf(hint)
      const gone = domain === null ? null : await goToTenant(reply, domain, query, null)
      if (gone === null) await identifierPage(request, reply, segment, query, hint.slice(0, 320), null)
    },
  }
}

const queryOf = (request: FastifyRequest): string => {
  const at = request.url.indexOf('?')
  return at < 0 ? '' : request.url.slice(at)
}

/** The application's own origin may follow the form; an address that cannot be one is refused at the tenant. */
function formActionOf(query: string): readonly string[] {
  const url = URL.parse(new URLSearchParams(query).get('redirect_uri') ?? '')
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? [url.origin] : []
}
