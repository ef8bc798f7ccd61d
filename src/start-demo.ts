import type { FastifyInstance } from 'fastify'
import { type ExampleApp, startExampleApp } from '../examples/web-app/app.ts'
import { type DemoDescription, type DemoInvitation, demoPages, ensureDemo } from './demo/index.ts'
import { callerOfPerson, type InvitationDependencies, invite } from './invitations/index.ts'
import type { MovableClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { type Deployment, openContext } from './platform/deployment.ts'
import type { Fetch } from './platform/http/in-process-fetch.ts'
import type { JobRunner } from './platform/jobs/index.ts'
import type { DevelopmentMailbox } from './platform/mail/index.ts'
import type { PasswordHasher } from './platform/passwords.ts'
import { myOrganizationsPath } from './sign-in/index.ts'
import type { TenantInitialiser } from './tenants/index.ts'

export interface DemoParts {
  readonly config: Config
  readonly deployment: Deployment
  readonly clock: MovableClock
  readonly hasher: PasswordHasher
  readonly initialisers: readonly TenantInitialiser[]
  readonly mailbox: DevelopmentMailbox
  readonly jobs: JobRunner
  /** The applications sign in through this: no certificate of ours needs to be trusted by the process itself. */
  readonly fetch: Fetch
  readonly invitations: InvitationDependencies
}

export interface Demo {
  /** Starts the example applications, on the ports after the server's; call it when the server listens. */
  startApplications(): Promise<void>
  stop(): Promise<void>
}

/** Furnishes an empty development database and puts the first page, inviting and the clock on the server. */
export async function prepareDemo(app: FastifyInstance, parts: DemoParts): Promise<Demo> {
  const { config, deployment, clock, jobs } = parts
  const demo = await ensureDemo(deployment, {
    mode: config.mode,
    hasher: parts.hasher,
    initialisers: parts.initialisers,
    applicationOrigin: `http://localhost:${config.port + 1}`,
  })
  await app.register(
    demoPages({
      deployment,
      demo,
      mailbox: parts.mailbox,
      clock,
      clockMoved: () => jobs.clockMoved(),
      myOrganizationsPath,
      inviteGuest: (invitation) => inviteAs(parts, invitation),
    }),
  )
  let running: readonly ExampleApp[] = []
  return {
    async startApplications() {
      const started = await Promise.all(applicationsOf(demo).map((application) => start(application, parts)))
      running = started.flatMap((application) => application ?? [])
    },
    async stop() {
      await Promise.all(running.map((application) => application.stop()))
    },
  }
}

type Application = ReturnType<typeof applicationsOf>[number]

const applicationsOf = (demo: DemoDescription | null) =>
  (demo?.tenants ?? []).flatMap(({ issuer, displayName, applications }) =>
    applications.map((application) => ({ ...application, issuer, organization: displayName })),
  )

/** The same service as `POST /invitations`, as the administrator of the demo. */
async function inviteAs(
  { deployment, invitations }: DemoParts,
  { tenantId, inviterId, emailAddress, displayName, redirectUrl }: DemoInvitation,
): Promise<'invited' | 'alreadyGuest'> {
  const actor = {
    kind: 'user',
    userId: inviterId,
    displayName: null,
    userPrincipalName: null,
    ipAddress: null,
  } as const
  const ctx = openContext(deployment, tenantId, actor, deployment.ids.guid())
  const { invitation } = await invite(invitations, ctx, callerOfPerson(inviterId, true), {
    invitedUserEmailAddress: emailAddress,
    invitedUserDisplayName: displayName,
    inviteRedirectUrl: redirectUrl,
    invitedUserType: 'Guest',
    sendInvitationMessage: true,
    ccRecipients: [],
    customizedMessageBody: null,
    messageLanguage: null,
    resetRedemption: false,
    invitedUserId: null,
    sponsorIds: [],
  })
  return invitation.state.kind === 'completed' ? 'alreadyGuest' : 'invited'
}

/** An application whose port is taken is missed by the demo only; the product starts without it. */
async function start(application: Application, { fetch, deployment }: DemoParts): Promise<ExampleApp | null> {
  const { issuer, appId, secret, origin, displayName, organization } = application
  try {
    return await startExampleApp({
      issuer,
      clientId: appId,
      clientSecret: secret,
      origin,
      port: Number(new URL(origin).port),
      name: displayName,
      organization,
      fetch: (url, init) => fetch(url, init as RequestInit),
    })
  } catch (error) {
    deployment.log.warn({ application: displayName, origin, error }, 'a demo application could not start')
    return null
  }
}
