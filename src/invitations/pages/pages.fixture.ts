import type { FastifyInstance } from 'fastify'
import { inject } from 'vitest'
import type { User } from '../../directory/index.ts'
import { createHttpServer } from '../../platform/http/server.ts'
import { createJobRunner, type JobRunner } from '../../platform/jobs/index.ts'
import { silentLogger } from '../../platform/telemetry/log.ts'
import { createMetrics } from '../../platform/telemetry/metrics.ts'
import { bulkJob } from '../bulk/job.ts'
import type { World } from '../world.fixture.ts'
import { mountInvitationPages } from './mount.ts'

export const CSRF = 'the-token-of-our-forms'

export interface PagesUnderTest {
  readonly app: FastifyInstance
  readonly jobs: JobRunner
  /** Who is signed in, in every tenant; null: nobody. */
  user: User | null
}

/** The pages on the real HTTP server; only the sign-in is played. */
export async function servePages(world: World): Promise<PagesUnderTest> {
  const app = createHttpServer({
    ids: world.deployment.ids,
    log: silentLogger,
    metrics: createMetrics(),
    tls: null,
    trustedProxies: [],
    readyWhen: [],
  })
  const served: PagesUnderTest = {
    app,
    user: null,
    jobs: createJobRunner({
      deployment: world.deployment,
      connection: inject('database'),
      jobs: [bulkJob(world.dependencies)],
    }),
  }
  await mountInvitationPages(app, {
    invitations: world.dependencies,
    requireSignedIn: async (_request, reply, _tenant, returnTo) => {
      if (served.user === null) {
        await reply.redirect(`/sign-in?to=${encodeURIComponent(returnTo)}`, 303)
        return null
      }
      return {
        userId: served.user.id,
        csrf: CSRF,
        isOurForm: ({ body }) => body instanceof URLSearchParams && body.get('csrf') === CSRF,
      }
    },
  })
  await app.ready()
  return served
}

const BOUNDARY = 'xenia-test-boundary'

/** A form with a file, as browsers send it. */
export const upload = (fields: Readonly<Record<string, string>>, file?: { name: string; text: string }) => ({
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  payload: [
    ...Object.entries(fields).map(
      ([name, value]) =>
        `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ),
    ...(file === undefined
      ? []
      : [
          `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\n` +
            `content-type: text/csv\r\n\r\n${file.text}\r\n`,
        ]),
    `--${BOUNDARY}--\r\n`,
  ].join(''),
})

export const posted = (fields: Readonly<Record<string, string>>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: new URLSearchParams({ csrf: CSRF, ...fields }).toString(),
})
