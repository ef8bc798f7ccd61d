import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { Throttled, Unavailable } from '../../platform/errors.ts'
import { type PageSecurity, pageHeaders, render } from '../../platform/pages/index.ts'
import { correlationOf } from '../engine/http.ts'
import { ErrorPage, SessionExpiredPage } from '../pages/index.ts'
import type { TenantFace } from './branding.ts'
import type { SignInDependencies } from './dependencies.ts'
import { translatorFor } from './visit.ts'

/** Sends a page with its headers. */
export const sendPage = (
  reply: FastifyReply,
  status: number,
  page: VNode,
  security: PageSecurity = {},
): FastifyReply =>
  reply
    .status(status)
    .headers(pageHeaders({ mayBePopup: true, ...security }))
    .send(render(page))

export type Problem = 'foreignForm' | 'unknownTenant' | 'unexpected' | 'busy' | 'tooOften'

const problems: Readonly<Record<Problem, { readonly status: number; readonly code: string }>> = {
  foreignForm: { status: 403, code: 'AADSTS90027' },
  unknownTenant: { status: 404, code: 'AADSTS90002' },
  unexpected: { status: 500, code: 'AADSTS90033' },
  busy: { status: 503, code: 'AADSTS90033' },
  tooOften: { status: 429, code: 'AADSTS90055' },
}

export interface ProblemFacts {
  readonly face: TenantFace | null
  readonly correlationId?: string
  readonly retryUrl?: string | null
}

/** The page of something that went wrong before or beside the steps of a sign-in. */
export function sendProblem(
  { deployment }: SignInDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  facts: ProblemFacts,
): FastifyReply {
  const t = translatorFor(request, facts.face)
  const { status, code } = problems[problem]
  const page = (
    <ErrorPage
      t={t}
      tenant={facts.face}
      trace={{
        correlationId: facts.correlationId ?? correlationOf(request),
        requestId: request.id,
        time: deployment.clock.now(),
      }}
      message={t(`problem.${problem}`)}
      title={null}
      code={code}
      helpContact={null}
      retryUrl={facts.retryUrl ?? null}
      switchUrl={null}
      returnUrl={null}
    />
  )
  return sendPage(reply, status, page)
}

/** A thrown error as a page; what it was reaches the log only. */
export function sendError(
  dependencies: SignInDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown,
  facts: ProblemFacts,
): FastifyReply {
  if (cause instanceof Unavailable || cause instanceof Throttled) {
    reply.header('retry-after', cause.retryAfterSeconds)
    const problem = cause instanceof Unavailable ? 'busy' : 'tooOften'
    return sendProblem(dependencies, request, reply, problem, facts)
  }
  dependencies.deployment.log.error({ cause, requestId: request.id }, 'a sign-in page failed')
  return sendProblem(dependencies, request, reply, 'unexpected', facts)
}

/** The sign-in is over, of another browser, or never was: one page for all. */
export function sendExpired(
  request: FastifyRequest,
  reply: FastifyReply,
  face: TenantFace | null,
): FastifyReply {
  const t = translatorFor(request, face)
  return sendPage(reply, 400, <SessionExpiredPage t={t} tenant={face} trace={null} restartUrl={null} />)
}
