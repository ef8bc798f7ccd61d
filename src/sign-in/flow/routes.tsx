import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errors } from 'oidc-provider'
import type { EngineHost } from '../engine/host.ts'
import { LeavingPage } from '../pages/index.ts'
import { answerCode, answerSendCode } from './answer-passcode.ts'
import { answerNewPassword, answerPassword } from './answer-password.ts'
import {
  type Answer,
  answerAccount,
  answerIdentifier,
  answerReview,
  answerStay,
  answerWrongAccount,
  leave,
  mayName,
} from './answers.ts'
import { faceOf } from './branding.ts'
import { answerConsent } from './consent.ts'
import type { SignInDependencies } from './dependencies.ts'
import { type Arrival, AttemptMoved, advance } from './dispatcher.ts'
import { finish } from './finish.ts'
import { formOf, judgeForm } from './form-guard.ts'
import type { SettledStage, Stage } from './model.ts'
import { sendError, sendExpired, sendPage, sendProblem } from './problems.tsx'
import { signInPath } from './screen-parts.ts'
import { identifierPage, screenOf } from './screens.tsx'
import { openVisit, tenantById, type Visit } from './visit.ts'

interface PagePath {
  readonly Params: { readonly tenant: string; readonly uid: string }
}

const answers: Readonly<Record<string, Answer>> = {
  identifier: answerIdentifier,
  account: answerAccount,
  password: answerPassword,
  'new-password': answerNewPassword,
  'send-code': answerSendCode,
  code: answerCode,
  'wrong-account': answerWrongAccount,
  review: answerReview,
  stay: answerStay,
  consent: answerConsent,
}

/** The pages of a sign-in. Every form is answered with a redirect, so a reload repeats nothing. */
export function mountPages(app: FastifyInstance, dependencies: SignInDependencies, host: EngineHost): void {
  const { baseUrl, keyring } = dependencies.deployment
  const path = '/:tenant/signin/:uid'

  app.get<PagePath>(path, (request, reply) => withVisit(request, reply, showStage))
  app.get<PagePath>(`${path}/identifier`, (request, reply) =>
    withVisit(request, reply, async (visit) =>
      mayName(visit)
        ? sendScreen(visit, 200, identifierPage(visit, identifierOf(visit.attempt.stage), null))
        : toPage(visit),
    ),
  )
  // A new start at the home tenant, or with the invitation; both are pages that a click asks for.
  app.get<PagePath>(`${path}/again`, (request, reply) =>
    withVisit(request, reply, async (visit) =>
      visit.attempt.stage.kind === 'refused'
        ? goOn(visit, await advance(visit, restart(visit.attempt.stage.identifier, visit)), 'show')
        : toPage(visit),
    ),
  )
  app.get<PagePath>(`${path}/cancel`, (request, reply) =>
    withVisit(request, reply, async (visit) => goOn(visit, await leave(visit), 'redirect')),
  )
  for (const [name, answer] of Object.entries(answers)) {
    app.post<PagePath>(`${path}/${name}`, (request, reply) =>
      withVisit(request, reply, async (visit) => {
        const verdict = judgeForm(keyring, baseUrl, visit.tenant.id, visit.uid, request)
        if (verdict === 'foreign') {
          return sendProblem(dependencies, request, reply, 'foreignForm', factsOf(visit))
        }
        return goOn(visit, await answer(visit, formOf(request)), 'redirect')
      }),
    )
  }

  /** Opens the sign-in and turns whatever goes wrong into a page. */
  async function withVisit(
    request: FastifyRequest<PagePath>,
    reply: FastifyReply,
    work: (visit: Visit) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    let visit: Visit | null = null
    try {
      const tenant = await tenantById(dependencies, request.params.tenant)
      if (tenant === null) return sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })
      visit = await openVisit(dependencies, host, request, reply, tenant, request.params.uid)
      return visit === null
        ? sendExpired(request, reply, await faceOf(dependencies, tenant))
        : await work(visit)
    } catch (cause) {
      if (visit === null) return sendError(dependencies, request, reply, cause, { face: null })
      if (cause instanceof AttemptMoved) return toPage(visit)
      // The engine has gone on meanwhile: another tab, or the same button twice.
      if (cause instanceof errors.SessionNotFound) return sendExpired(request, reply, visit.face)
      return sendError(dependencies, request, reply, cause, factsOf(visit))
    }
  }
}

const factsOf = (visit: Visit) => ({
  face: visit.face,
  correlationId: visit.ctx.correlationId,
  retryUrl: signInPath(visit.tenant.id, visit.uid),
})

const toPage = (visit: Visit): FastifyReply =>
  visit.reply.redirect(signInPath(visit.tenant.id, visit.uid), 303)

/** A page that is asked for: where the sign-in stands, after what needs no page. */
async function showStage(visit: Visit): Promise<FastifyReply> {
  const { stage } = visit.attempt
  switch (stage.kind) {
    case 'begun':
    case 'named':
    case 'leaving':
    case 'codeWanted':
    case 'proven':
    case 'turnedAway':
    case 'admitted':
      return goOn(visit, await advance(visit, stage), 'show')
    case 'atHome':
    case 'returning':
      // They came back without an answer. Whoever was named by hand may name somebody else now.
      return visit.occasion.ticket === null
        ? sendScreen(visit, 200, identifierPage(visit, stage.identifier, null))
        : goOn(visit, await advance(visit, { kind: 'begun' }), 'show')
    default:
      return showSettled(visit, stage)
  }
}

async function showSettled(visit: Visit, stage: SettledStage): Promise<FastifyReply> {
  switch (stage.kind) {
    case 'finished':
      return visit.reply.redirect(await finish(visit, stage.result), 303)
    case 'left':
      return sendScreen(visit, 200, leavingPage(visit, stage.url))
    case 'atHome':
    case 'returning':
      return toPage(visit)
    default: {
      const { page, status, retryAfterSeconds } = await screenOf(visit, stage)
      if (retryAfterSeconds !== null) visit.reply.header('retry-after', retryAfterSeconds)
      return sendScreen(visit, status, page)
    }
  }
}

/** After an answer: on to another tenant or to the application, else to the page of the new stage. */
async function goOn(visit: Visit, arrival: Arrival | null, how: 'show' | 'redirect'): Promise<FastifyReply> {
  if (arrival === null) return toPage(visit)
  if (arrival.goTo !== null) return visit.reply.redirect(arrival.goTo, 303)
  const { stage } = arrival
  return how === 'show' || stage.kind === 'finished' ? showSettled(visit, stage) : toPage(visit)
}

/** Forms lead, over redirects, to the application in the end; the policy of their page must name it. */
function sendScreen(visit: Visit, status: number, page: Parameters<typeof sendPage>[2]): FastifyReply {
  const { redirectUri } = visit.occasion
  const formAction = redirectUri === null ? [] : [redirectUri]
  return sendPage(visit.reply, status, page, { formAction })
}

const leavingPage = ({ t, face }: Visit, url: string) => (
  <LeavingPage t={t} tenant={face} trace={null} url={url} destinationName={new URL(url).host} />
)

const restart = (identifier: string | null, { occasion }: Visit): Stage =>
  occasion.ticket === null && identifier !== null
    ? { kind: 'named', identifier, prompt: null }
    : { kind: 'begun' }

/** What was typed last, to be edited. */
function identifierOf(stage: Stage): string {
  switch (stage.kind) {
    case 'offerPasscode':
    case 'enterPasscode':
      return stage.address
    case 'refused':
    case 'identifier':
    case 'password':
    case 'locked':
    case 'newPassword':
    case 'atHome':
    case 'returning':
      return stage.identifier ?? ''
    default:
      return ''
  }
}
