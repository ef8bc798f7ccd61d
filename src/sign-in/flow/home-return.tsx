import type { FastifyInstance } from 'fastify'
import { completeOrganizationalSignIn, type LegOutcome } from '../../federation/index.ts'
import { openContext } from '../../platform/deployment.ts'
import { LeavingPage } from '../pages/index.ts'
import { faceOf } from './branding.ts'
import type { SignInDependencies } from './dependencies.ts'
import { recallLeg } from './home-leg.ts'
import type { RefusalKind, Stage } from './model.ts'
import { sendError, sendExpired, sendPage, sendProblem } from './problems.tsx'
import { signInPath } from './screen-parts.ts'
import { findAttempt, moveAttempt } from './store.ts'
import { attemptId, tenantById, translatorFor } from './visit.ts'

interface CallbackPath {
  readonly Params: { readonly tenant: string }
  readonly Querystring: { readonly state?: string }
}

/**
 * Where home tenants send people back to. The answer is redeemed here and judged on the sign-in's own page, where
 * the browser brings the cookie of the sign-in; here it brings only the one of the leg.
 */
export function mountHomeReturn(app: FastifyInstance, dependencies: SignInDependencies): void {
  const { deployment } = dependencies
  app.get<CallbackPath>('/:tenant/federation/callback', async (request, reply) => {
    const tenant = await tenantById(dependencies, request.params.tenant)
    if (tenant === null) return sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })
    const face = await faceOf(dependencies, tenant)
    const state = typeof request.query.state === 'string' ? request.query.state : ''
    const uid = recallLeg(deployment, request, reply, tenant.id, state)
    if (uid === null) return sendExpired(request, reply, face)
    try {
      if (!(await receive(tenant.id, uid, state, request.url))) return sendExpired(request, reply, face)
    } catch (cause) {
      return sendError(dependencies, request, reply, cause, { face })
    }
    // The chain of redirects began with a form, at the home tenant's or here; `form-action` reaches to its end.
    const page = (
      <LeavingPage
        t={translatorFor(request, face)}
        tenant={face}
        trace={null}
        url={`${deployment.baseUrl}${signInPath(tenant.id, uid)}`}
        destinationName={tenant.displayName}
      />
    )
    return sendPage(reply, 200, page)
  })

  /** Redeems the answer once; `false` when no sign-in of this browser waits for it. */
  async function receive(
    tenantId: Parameters<typeof openContext>[1],
    uid: string,
    state: string,
    url: string,
  ): Promise<boolean> {
    const now = deployment.clock.now()
    const db = deployment.database.tenant(tenantId)
    const attempt = await db.transaction((tx) => findAttempt(tx, attemptId(uid), now))
    if (attempt?.stage.kind !== 'atHome' || attempt.stage.leg.state !== state) return false
    const { leg, identifier, prompt } = attempt.stage
    // Taken before it is redeemed: of two returns with one answer only the first goes on.
    const taken = await db.transaction((tx) => moveAttempt(tx, attempt, { kind: 'returning', identifier }))
    if (!taken) return false
    const actor = { kind: 'system', name: 'Sign-in' } as const
    const ctx = openContext(deployment, tenantId, actor, attempt.correlationId)
    const callbackUrl = new URL(url, deployment.baseUrl).href
    const outcome = await completeOrganizationalSignIn(ctx, dependencies, leg, callbackUrl)
    const next = stageAfter(outcome, { identifier, prompt }, leg.homeTenantId)
    return db.transaction((tx) => moveAttempt(tx, { ...attempt, version: attempt.version + 1 }, next))
  }
}

type Returned = Extract<Stage, { readonly kind: 'proven' | 'turnedAway' }>

function stageAfter(
  outcome: LegOutcome,
  asked: Extract<Stage, { readonly kind: 'proven' }>['asked'] & object,
  homeTenantId: string,
): Returned {
  const sentAway = (why: RefusalKind): Returned => ({
    kind: 'turnedAway',
    why,
    identifier: asked.identifier,
    homeTenantId,
  })
  switch (outcome.outcome) {
    case 'proven':
      return { kind: 'proven', person: outcome.person, asked, provedAddresses: [] }
    case 'invalid':
      return sentAway('homeNotBelieved')
    case 'declined':
      return sentAway(outcome.description?.startsWith('AADSTS500212') ? 'blockedAtHome' : 'homeDeclined')
  }
}
