import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { MovableClock } from '../platform/clock.ts'
import type { Deployment } from '../platform/deployment.ts'
import { Invalid } from '../platform/errors.ts'
import { type ClockHands, keepWithOtherNodes, moveClock } from './clock.ts'
import { comesFrom } from './own-forms.ts'
import { ClockPage, type ClockPageProps } from './pages/clock.tsx'
import { RefusedFormPage } from './pages/refused-form.tsx'
import { clockJsonPath, clockPath } from './paths.ts'
import { type PageTools, sendPage } from './send-page.ts'

export interface ClockRouteOptions {
  readonly deployment: Pick<Deployment, 'baseUrl' | 'database' | 'keyring' | 'log'>
  readonly clock: MovableClock
  /** `jobRunner.clockMoved` */
  clockMoved(): void
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const JSON_LIMIT_BYTES = 1_024

const command = z.strictObject({ advanceSeconds: z.number().positive() })

/** The development clock, for people (`/dev/clock`) and for scripts (`/dev/clock.json`). */
export function clockRoutes(options: ClockRouteOptions, { t, forms }: PageTools): FastifyPluginAsync {
  const { deployment, clock } = options
  const hands: ClockHands = {
    database: deployment.database,
    clock,
    clockMoved: () => options.clockMoved(),
  }
  const state = () => ({ now: clock.now().toISOString(), offsetMilliseconds: clock.offsetMilliseconds })

  const show = (request: FastifyRequest, reply: FastifyReply, refused: ClockPageProps['refused']) =>
    sendPage(
      reply,
      <ClockPage
        t={t}
        csrf={forms.token(request, reply)}
        now={clock.now()}
        offsetMilliseconds={clock.offsetMilliseconds}
        refused={refused}
      />,
      refused === null ? 200 : 400,
    )

  return async (app) => {
    const stop = keepWithOtherNodes(hands, (error) =>
      deployment.log.warn({ error }, 'the clock of the other nodes was not read'),
    )
    app.addHook('onClose', async () => stop())

    app.get(clockPath, async (request, reply) => show(request, reply, null))

    app.post(clockPath, async (request, reply) => {
      const body = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      if (!forms.sentByUs(request, body.get('csrf') ?? '')) {
        return sendPage(reply, <RefusedFormPage t={t} baseUrl={deployment.baseUrl} />, 403)
      }
      const days = body.get('days')?.trim() ?? ''
      const wanted = body.has('hours') ? Number(body.get('hours')) * HOUR : Number(days || Number.NaN) * DAY
      try {
        await moveClock(hands, Math.round(wanted))
      } catch (error) {
        if (!(error instanceof Invalid)) throw error
        return show(request, reply, { days, why: whyNot(wanted, error) })
      }
      return reply.redirect(clockPath, 303)
    })

    app.get(clockJsonPath, async () => state())

    // A browser asks before it sends JSON to another origin, and gets no permission: no token is needed.
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: JSON_LIMIT_BYTES },
      (_request, body, done) => done(null, body),
    )
    app.post(clockJsonPath, async (request, reply) => {
      if (!comesFrom(request, deployment.baseUrl)) {
        return reply
          .status(403)
          .send(problem('Forbidden', 'Only scripts and this origin may move the clock.'))
      }
      const parsed = command.safeParse(jsonOf(request.body))
      if (!parsed.success) {
        return reply.status(400).send(problem('BadRequest', 'Send {"advanceSeconds": 3600}, above 0.'))
      }
      try {
        await moveClock(hands, Math.round(parsed.data.advanceSeconds * 1_000))
      } catch (error) {
        if (!(error instanceof Invalid)) throw error
        return reply.status(400).send(problem('BadRequest', error.message))
      }
      return state()
    })
  }
}

const whyNot = (wanted: number, error: Invalid): string =>
  Number.isFinite(wanted) && wanted > 0 ? error.message : 'Enter a number above 0.'

const problem = (code: string, message: string) => ({ error: { code, message } })

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    return undefined
  }
}
