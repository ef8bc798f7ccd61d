import { Resolver } from 'node:dns/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { describeDemo } from './demo/index.ts'
import { describeApplicationHandler } from './directory/index.ts'
import { answerFindAccount, answerOwnsAddress, answerRelyingPartyMetadata } from './federation/index.ts'
import { type Graph, graphFrameworkErrors, graphPlugin } from './graph/index.ts'
import { createGraphApi } from './graph-api.ts'
import {
  answerNotificationLanguage,
  createInvitationSenders,
  createRedemption,
  defaultInvitationPolicy,
  defaultRedemptionConfiguration,
  type InvitationDependencies,
  invitationJobs,
  inviteEntities,
  inviteRoutes,
  mountInvitationPages,
} from './invitations/index.ts'
import { DeploymentRefused, openDeployment } from './open-deployment.ts'
import { passcodeMails } from './passcode-mails.ts'
import type { MovableClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import type { Deployment } from './platform/deployment.ts'
import { createGuardedFetcher, fetchThrough } from './platform/guarded-fetch.ts'
import { inProcessFetch } from './platform/http/in-process-fetch.ts'
import { createHttpServer } from './platform/http/server.ts'
import { createJobRunner, type JobRunner } from './platform/jobs/index.ts'
import {
  createMailer,
  type DevelopmentMailbox,
  registerMailbox,
  startDevelopmentMailbox,
} from './platform/mail/index.ts'
import { createPasswordHasher } from './platform/passwords.ts'
import { createLogger, type Logger } from './platform/telemetry/log.ts'
import { createMetrics } from './platform/telemetry/metrics.ts'
import { startTracing } from './platform/telemetry/tracing.ts'
import { fromFiles, type ServerCertificate, selfSigned } from './platform/tls.ts'
import { retentionJobs } from './retention.ts'
import {
  createGraphAuthentication,
  createSignIn,
  mountInvitationSenders,
  type SignInDependencies,
  type SignInPolicies,
} from './sign-in/index.ts'
import { prepareDemo } from './start-demo.ts'
import { tenantInitialisers } from './tenant-initialisers.ts'
import { answerTenantInformation, createPort } from './tenants/index.ts'

export { tenantInitialisers } from './tenant-initialisers.ts'

export interface RunningServer {
  readonly config: Config
  readonly deployment: Deployment
  readonly clock: MovableClock
  readonly app: FastifyInstance
  readonly graph: Graph
  readonly jobs: JobRunner
  /** `null` where mail really leaves. */
  readonly mailbox: DevelopmentMailbox | null
  /** Takes no new requests, finishes the running ones and the running jobs, then closes the database. */
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly log?: Logger
  /** Furnish an empty development database and show the first page. */
  readonly demo?: boolean
}

const VERSION = '0.1.0'

/** OTP-1 and RED-7 by their defaults, until tenants can set them. */
const signInPolicies: SignInPolicies = {
  passcodesEnabled: async () => true,
  redemptionConfiguration: async () => defaultRedemptionConfiguration,
}

/** Starts everything, in the order in which things need each other; `stop` goes the other way, and so does a failed start. */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const opened: Closer[] = []
  try {
    return await compose(config, options, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** Closes one thing that a start has opened. */
type Closer = () => unknown

async function closeAll(opened: readonly Closer[]): Promise<void> {
  for (const close of opened.toReversed()) await close()
}

async function compose(config: Config, options: ServerOptions, opened: Closer[]): Promise<RunningServer> {
  const log = options.log ?? createLogger({ level: config.logLevel, fields: { service: 'xenia' } })
  const tracing = await startTracing({
    endpoint: config.otlpEndpoint,
    serviceName: 'xenia',
    serviceVersion: VERSION,
    log,
  })
  opened.push(() => tracing.shutdown())
  const { deployment, clock, connection, close } = await openDeployment(config, log)
  opened.push(close)
  if (config.mode === 'production') await refuseDemo(deployment)
  const metrics = createMetrics()
  const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 64 })
  metrics.watch('xenia_password_queue_waiting', 'Password checks that wait for their turn.', hasher.waiting)
  const fetcher = createGuardedFetcher({ allow: config.outgoingAllowList })
  opened.push(() => fetcher.close())
  const mailbox =
    config.smtpUrl === null
      ? await startDevelopmentMailbox({ database: deployment.database, clock, log })
      : null
  opened.push(() => mailbox?.close())
  const mailer = createMailer({
    keyring: deployment.keyring,
    smtpUrl: config.smtpUrl ?? mailbox?.smtpUrl ?? '',
    fromAddress: config.mailFrom,
    metrics,
  })
  opened.push(() => mailer.close())
  const port = createPort(deployment, [
    answerTenantInformation(deployment),
    answerRelyingPartyMetadata(deployment),
    answerFindAccount,
    answerOwnsAddress,
    answerNotificationLanguage,
    describeApplicationHandler,
  ])
  const invitations: InvitationDependencies = { deployment, mailer, port, policy: defaultInvitationPolicy }
  const jobs = createJobRunner({
    deployment,
    connection,
    jobs: [...mailer.jobs, ...invitationJobs(invitations)],
    recurring: [...mailer.recurring, ...retentionJobs],
    metrics,
  })
  opened.push(() => jobs.stop())
  for (const state of ['ready', 'running', 'dead'] as const) {
    metrics.watch(`xenia_jobs_${state}`, `Background jobs that are ${state}.`, () => jobs.counts()[state])
  }
  const fetch = inProcessFetch(() => app, config.baseUrl, fetchThrough(fetcher))
  const signInDependencies: SignInDependencies = {
    deployment,
    port,
    hasher,
    fetch,
    redemption: createRedemption(invitations),
    mailPasscode: passcodeMails(mailer),
    policies: signInPolicies,
  }
  const signIn = createSignIn(signInDependencies)
  const graph = createGraphApi({
    deployment,
    hasher,
    resolveTxt: (name) => new Resolver({ timeout: 5_000, tries: 2 }).resolveTxt(name),
    authenticate: createGraphAuthentication(deployment, signIn.host),
    more: { entities: inviteEntities, routes: inviteRoutes(invitations) },
  })

  const app = createHttpServer({
    ids: deployment.ids,
    log,
    metrics,
    tls: await certificateOf(config),
    trustedProxies: config.trustedProxies,
    frameworkErrors: graphFrameworkErrors(graph),
    readyWhen: [
      { name: 'database', timeoutMilliseconds: 2_000, run: () => deployment.database.pool.query('select 1') },
    ],
  })
  opened.push(() => app.close())
  signIn.mount(app)
  mountInvitationSenders(app, signInDependencies, createInvitationSenders(invitations))
  await mountInvitationPages(app, {
    invitations,
    requireSignedIn: async (request, reply, tenant, returnTo) => {
      const person = await signIn.requireSignedIn(request, reply, tenant, returnTo)
      return person === null ? null : { ...person, userId: person.account.subject.objectId }
    },
  })
  await app.register(graphPlugin(graph))
  if (mailbox !== null) registerMailbox(app, mailbox)
  const demo =
    options.demo === true && mailbox !== null
      ? await prepareDemo(app, {
          config,
          deployment,
          clock,
          hasher,
          initialisers: tenantInitialisers,
          mailbox,
          jobs,
          fetch,
          invitations,
        })
      : null

  opened.push(() => demo?.stop())

  await app.listen({ host: config.host, port: config.port })
  if (config.roles.includes('worker')) await jobs.start()
  await demo?.startApplications()
  log.info({ baseUrl: config.baseUrl, mode: config.mode }, 'Xenia is ready')

  let stopping: Promise<void> | undefined
  const stop = async () => {
    await closeAll(opened)
    log.info({}, 'Xenia has stopped')
  }
  return {
    config,
    deployment,
    clock,
    app,
    graph,
    jobs,
    mailbox,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/** The demo's passwords are public: a database that holds them is nobody's door. */
async function refuseDemo(deployment: Deployment): Promise<void> {
  if ((await describeDemo(deployment)) === null) return
  throw new DeploymentRefused(
    'Production mode refuses a database that holds the demo: its passwords are public. Use another one.',
  )
}

async function certificateOf({ tls, baseUrl, dataDirectory }: Config): Promise<ServerCertificate | null> {
  switch (tls.kind) {
    case 'none':
      return null
    case 'self-signed':
      return selfSigned({ directory: join(dataDirectory, 'tls'), hostnames: [new URL(baseUrl).hostname] })
    case 'files':
      return fromFiles(tls.certificate, tls.key)
    default:
      return tls satisfies never
  }
}
