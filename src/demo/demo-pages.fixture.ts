import type { FastifyInstance } from 'fastify'
import { movableClock } from '../platform/clock.ts'
import { createKeyring, developmentMasterKey, parseMasterKey } from '../platform/crypto/keyring.ts'
import type { Database } from '../platform/database/index.ts'
import { createHttpServer } from '../platform/http/server.ts'
import { randomIds } from '../platform/ids.ts'
import type { ReceivedMail } from '../platform/mail/index.ts'
import { silentLogger } from '../platform/telemetry/log.ts'
import { createMetrics } from '../platform/telemetry/metrics.ts'
import { demoPages } from './demo-pages.ts'
import { sampleDemo } from './description.fixture.ts'
import type { DemoInvitation } from './home-routes.tsx'
import type { DemoDescription } from './model.ts'

export interface PagesUnderTest {
  readonly app: FastifyInstance
  readonly clock: ReturnType<typeof movableClock>
  readonly invitations: DemoInvitation[]
  readonly jobsWoken: { times: number }
}

interface Setting {
  readonly database: Database
  readonly baseUrl?: string
  readonly demo?: DemoDescription | null
  /** What inviting does; a mail to the address arrives unless it throws or says otherwise. */
  invite?(invitation: DemoInvitation): Promise<'invited' | 'alreadyGuest' | 'invitedWithoutMail'>
}

/** The pages on the real HTTP server; inviting and mail are played. */
export async function servePages(setting: Setting): Promise<PagesUnderTest> {
  const clock = movableClock()
  const invitations: DemoInvitation[] = []
  const jobsWoken = { times: 0 }
  const listeners = new Set<(mail: ReceivedMail) => void>()
  const app = createHttpServer({
    ids: randomIds,
    log: silentLogger,
    metrics: createMetrics(),
    tls: null,
    trustedProxies: [],
    readyWhen: [],
  })
  await app.register(
    demoPages({
      deployment: {
        baseUrl: setting.baseUrl ?? sampleDemo.baseUrl,
        database: setting.database,
        keyring: createKeyring(parseMasterKey(developmentMasterKey)),
        log: silentLogger,
      },
      clock,
      clockMoved: () => {
        jobsWoken.times += 1
      },
      demo: setting.demo === undefined ? sampleDemo : setting.demo,
      mailbox: {
        onMail(listener) {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        },
      },
      mailPatienceMilliseconds: 0,
      myOrganizationsPath: (tenantId) => `/${tenantId}/my-organizations`,
      async inviteGuest(invitation) {
        invitations.push(invitation)
        const outcome = (await setting.invite?.(invitation)) ?? 'invited'
        if (outcome === 'invitedWithoutMail') return 'invited'
        if (outcome === 'invited') {
          for (const listener of listeners) listener(mailTo('somebody.else@fabrikam.example', '41'))
          for (const listener of listeners) listener(mailTo(invitation.emailAddress, '42'))
        }
        return outcome
      },
    }),
  )
  return { app, clock, invitations, jobsWoken }
}

const mailTo = (address: string, id: string): ReceivedMail => ({
  id,
  receivedAt: new Date(0),
  from: 'Contoso <invitations@localhost>',
  recipients: [address],
  subject: 'Adele Vance invited you',
  headerLines: [],
  html: null,
  text: '',
  attachmentNames: [],
})
