import type { FastifyInstance, FastifyRequest } from 'fastify'
import { findVisitedTenants } from '../audit/index.ts'
import { findById } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import { openContext } from '../platform/deployment.ts'
import { parseTenantId } from '../platform/ids.ts'
import type { Tenant, TenantPort } from '../tenants/index.ts'
import { correlationOf } from './engine/http.ts'
import { enginePaths } from './engine/provider.ts'
import { faceOf } from './flow/branding.ts'
import type { SignInDependencies } from './flow/dependencies.ts'
import type { OwnSignIns, SignedInPerson } from './flow/own-sign-in.tsx'
import { sendPage, sendProblem } from './flow/problems.tsx'
import { tenantById, translatorFor } from './flow/visit.ts'
import { type Membership, MyOrganizationsPage } from './pages/index.ts'

export const myOrganizationsPath = (tenantId: string): string => `/${tenantId}/my-organizations`

interface TenantPath {
  readonly Params: { readonly tenant: string }
}

/** Where a person sees which organisations know them, home first. A guest sees this one and their home. */
export function mountMyOrganizations(
  app: FastifyInstance,
  dependencies: SignInDependencies,
  own: OwnSignIns,
): void {
  const { deployment, port } = dependencies

  app.get<TenantPath>('/:tenant/my-organizations', async (request, reply) => {
    const tenant = await tenantById(dependencies, request.params.tenant)
    if (tenant === null) return sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })
    const person = await own.requireSignedIn(request, reply, tenant, myOrganizationsPath(tenant.id))
    if (person === null) return reply
    const ctx = contextOf(request, tenant)
    const face = await faceOf(dependencies, tenant)
    return sendPage(
      reply,
      200,
      <MyOrganizationsPage
        t={translatorFor(request, face)}
        tenant={face}
        trace={{ correlationId: ctx.correlationId, requestId: request.id, time: ctx.clock.now() }}
        action={`${myOrganizationsPath(tenant.id)}/sign-out`}
        csrf={person.csrf}
        account={{
          displayName: person.account.subject.displayName,
          identifier:
            person.account.subject.homeUserPrincipalName ?? person.account.subject.userPrincipalName,
        }}
        memberships={await membershipsOf(ctx, port, tenant, person)}
        applications={[]}
      />,
    )
  })

  app.post<TenantPath>('/:tenant/my-organizations/sign-out', async (request, reply) => {
    const tenant = await tenantById(dependencies, request.params.tenant)
    if (tenant === null) return sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })
    const person = await own.findSignedIn(request, reply, tenant)
    if (person !== null && !person.isOurForm(request)) {
      return sendProblem(dependencies, request, reply, 'foreignForm', {
        face: await faceOf(dependencies, tenant),
      })
    }
    return reply.redirect(`/${tenant.id}${enginePaths.end_session}`, 303)
  })

  const contextOf = (request: FastifyRequest, tenant: Tenant): Context =>
    openContext(deployment, tenant.id, { kind: 'system', name: 'My organizations' }, correlationOf(request))
}

async function membershipsOf(
  ctx: Context,
  port: TenantPort,
  tenant: Tenant,
  { account }: SignedInPerson,
): Promise<readonly Membership[]> {
  const { objectId } = account.subject
  const here = await ctx.db.transaction(async (tx) => ({
    user: await findById(tx, objectId),
    visited: await findVisitedTenants(tx, objectId),
  }))
  const isHome = account.homeTenantId === tenant.id
  const own: Membership = {
    tenantId: tenant.id,
    displayName: tenant.displayName,
    domain: tenant.initialDomain,
    relation: account.subject.userType === 'Guest' ? 'guest' : 'home',
    since: here.user?.externalUserStateChangeDateTime ?? null,
    openUrl: null,
    leaveUrl: null,
  }
  // What lies elsewhere is known only as far as the other tenant says its name (design, idea 2).
  const elsewhere = isHome
    ? here.visited.map(({ tenantId }) => ({ tenantId, relation: 'guest' as const }))
    : [{ tenantId: account.homeTenantId, relation: 'home' as const }]
  const others = await Promise.all(
    elsewhere.map((other) => describe(ctx, port, other.tenantId, other.relation)),
  )
  const all = [own, ...others.flatMap((other) => other ?? [])]
  return all.toSorted((one, other) => Number(other.relation === 'home') - Number(one.relation === 'home'))
}

async function describe(
  ctx: Context,
  port: TenantPort,
  id: string,
  relation: Membership['relation'],
): Promise<Membership | null> {
  const tenantId = parseTenantId(id)
  if (tenantId === null || tenantId === ctx.tenantId) return null
  const answer = await port.ask(ctx, tenantId, 'tenantInformation', {})
  if (answer.outcome === 'unreachable') return null
  const { displayName, initialDomain } = answer.answer
  return {
    tenantId,
    displayName,
    domain: initialDomain,
    relation,
    since: null,
    openUrl: myOrganizationsPath(tenantId),
    leaveUrl: null,
  }
}
