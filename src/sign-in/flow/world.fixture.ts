import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { contextOf, newTenant, type TestDeployment, testDeployment } from '../../../test/kit/deployment.ts'
import { freePort } from '../../../test/kit/port.ts'
import {
  createUser,
  ensureGraphServicePrincipal,
  type NewUser,
  type Registered,
  type Registration,
  recordConsent,
  registerApplication,
  resolveResource,
  type User,
} from '../../directory/index.ts'
import { answerFindAccount, answerOwnsAddress, answerRelyingPartyMetadata } from '../../federation/index.ts'
import {
  callerOfPerson,
  createRedemption,
  defaultInvitationPolicy,
  defaultRedemptionConfiguration,
  type InvitationDependencies,
  invite,
  parseRedeemLink,
} from '../../invitations/index.ts'
import type { Context } from '../../platform/context.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { inProcessFetch } from '../../platform/http/in-process-fetch.ts'
import { createHttpServer } from '../../platform/http/server.ts'
import { createMailer } from '../../platform/mail/index.ts'
import { createPasswordHasher, type PasswordHasher } from '../../platform/passwords.ts'
import { createMetrics } from '../../platform/telemetry/metrics.ts'
import { createPort, resolveTenant, type Tenant } from '../../tenants/index.ts'
import { TestBrowser } from './browser.fixture.ts'
import { createSignIn, type SignIn } from './create-sign-in.ts'

export const PASSWORD = 'seven green llamas'
const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })
const passwordHash = hasher.hash(PASSWORD)

export interface SentCode {
  readonly tenantId: string
  readonly address: string
  readonly code: string
}

export interface Settings {
  hasher: PasswordHasher
  passcodesEnabled: boolean
  invitationLifetimeDays: number | null
  readonly blockedDomains: Set<string>
}

/** A deployment that listens, with sign-in and nothing else. */
export interface World {
  readonly deployment: Deployment
  readonly clock: TestDeployment['clock']
  readonly signIn: SignIn
  readonly mails: SentCode[]
  readonly invitations: InvitationDependencies
  /** Reset it after a test that changes it. */
  readonly settings: Settings
  browser(): TestBrowser
  close(): Promise<void>
}

/** Pages of other modules, which need somebody signed in. */
export type MorePages = (
  app: FastifyInstance,
  world: { readonly signIn: SignIn; tenantOf(segment: string): Promise<Tenant> },
) => void

/** Call it once per file, outside tests. */
export async function openWorld(morePages: MorePages = () => {}): Promise<World> {
  const shared = testDeployment()
  const port = await freePort()
  const deployment: TestDeployment = { ...shared, baseUrl: `http://127.0.0.1:${port}` }
  const mails: SentCode[] = []
  const settings: Settings = {
    hasher,
    passcodesEnabled: true,
    invitationLifetimeDays: null,
    blockedDomains: new Set(),
  }
  const tenantPort = createPort(deployment, [
    answerRelyingPartyMetadata(deployment),
    answerFindAccount,
    answerOwnsAddress,
  ])
  const invitations: InvitationDependencies = {
    deployment,
    port: tenantPort,
    mailer: createMailer({
      keyring: deployment.keyring,
      smtpUrl: 'smtp://127.0.0.1:1',
      fromAddress: 'xenia@xenia.example',
    }),
    policy: {
      ...defaultInvitationPolicy,
      async settings(ctx, tx) {
        const { passcodesEnabled, invitationLifetimeDays } = settings
        const usual = await defaultInvitationPolicy.settings(ctx, tx)
        return { ...usual, passcodesEnabled, invitationLifetimeDays }
      },
      judgeDomain: async (_ctx, _tx, domain) =>
        settings.blockedDomains.has(domain)
          ? { outcome: 'blocked', because: [{ rule: 'COL-3', message: 'On the list.' }] }
          : { outcome: 'allowed', because: [] },
    },
  }
  const app = createHttpServer({
    ids: deployment.ids,
    log: deployment.log,
    metrics: createMetrics(),
    tls: null,
    trustedProxies: ['127.0.0.1'],
    readyWhen: [],
  })
  const signIn = createSignIn({
    deployment,
    port: tenantPort,
    get hasher() {
      return settings.hasher
    },
    fetch: inProcessFetch(
      () => app,
      deployment.baseUrl,
      () => Promise.reject(new Error('nothing leaves the test')),
    ),
    redemption: createRedemption(invitations),
    mailPasscode: async (ctx, _tx, { address, code }) =>
      void mails.push({ tenantId: ctx.tenantId, address, code }),
    policies: {
      passcodesEnabled: async () => settings.passcodesEnabled,
      redemptionConfiguration: async () => defaultRedemptionConfiguration,
    },
  })
  signIn.mount(app)
  morePages(app, {
    signIn,
    async tenantOf(segment) {
      const tenant = await resolveTenant(deployment, segment)
      if (tenant === null) throw new Error('No such tenant.')
      return tenant
    },
  })
  await app.listen({ port, host: '127.0.0.1' })
  return {
    deployment,
    clock: shared.clock,
    signIn,
    mails,
    invitations,
    settings,
    browser: () => new TestBrowser(deployment.baseUrl),
    close: () => app.close(),
  }
}

export interface TestTenant {
  readonly tenant: Tenant
  readonly ctx: Context
  readonly domain: string
  /** Ines, who invites. */
  readonly inviter: User
}

export async function makeTenant(world: World, displayName: string): Promise<TestTenant> {
  const domain = `${displayName.toLowerCase()}-${world.deployment.ids.guid().slice(0, 8)}.example`
  const tenant = await newTenant(world.deployment, { displayName, initialDomain: domain }, [
    ensureGraphServicePrincipal,
  ])
  const ctx = contextOf(world.deployment, tenant)
  const inviter = await addMember(ctx, domain, 'ines', { displayName: 'Ines', mail: `ines@${domain}` })
  return { tenant, ctx, domain, inviter }
}

export interface Invited {
  readonly guestId: string
  readonly address: string
  readonly link: string
  readonly ticket: string
}

export const welcome = 'https://app.contoso.example/welcome'

/** Ines invites, without a mail. */
export async function inviteGuest(
  world: World,
  { ctx, inviter }: TestTenant,
  address: string,
): Promise<Invited> {
  const { user, redeemUrl } = await invite(world.invitations, ctx, callerOfPerson(inviter.id, true), {
    invitedUserEmailAddress: address,
    inviteRedirectUrl: welcome,
    invitedUserDisplayName: null,
    invitedUserType: 'Guest',
    sendInvitationMessage: false,
    ccRecipients: [],
    customizedMessageBody: null,
    messageLanguage: null,
    resetRedemption: false,
    invitedUserId: null,
    sponsorIds: [],
  })
  const rd = new URL(redeemUrl).searchParams.get('rd') ?? ''
  const ticket = parseRedeemLink(world.deployment.baseUrl, rd)?.ticket ?? ''
  return { guestId: user.id, address, link: redeemUrl, ticket }
}

/** A member with a password. */
export const makeMember = (
  { ctx, domain }: Pick<TestTenant, 'ctx' | 'domain'>,
  name: string,
  facts: Partial<NewUser> = {},
  forceChange = false,
): Promise<User> => addMember(ctx, domain, name, facts, forceChange)

async function addMember(
  ctx: Context,
  domain: string,
  name: string,
  facts: Partial<NewUser> = {},
  forceChange = false,
): Promise<User> {
  return createUser(
    ctx,
    {
      userPrincipalName: `${name}@${domain}`,
      displayName: name,
      accountEnabled: true,
      mailNickname: name,
      ...facts,
    },
    { hash: await passwordHash, forceChange },
  )
}

export const redirectUri = 'https://app.contoso.example/callback'

export const makeApplication = (
  { ctx }: TestTenant,
  facts: Partial<Registration> = {},
): Promise<Registered> =>
  ctx.db.transaction((tx) =>
    registerApplication(ctx, tx, {
      displayName: 'Projects',
      exposeApi: true,
      web: { redirectUris: [redirectUri] },
      ...facts,
    }),
  )

/** So that tests of something else meet no consent page. */
export const consentForEverybody = ({ ctx }: TestTenant, { servicePrincipal }: Registered): Promise<void> =>
  ctx.db.transaction(async (tx) => {
    const graph = await resolveResource(tx, null, { baseUrl: '' })
    if (graph === null) throw new Error('Every tenant has the Graph API.')
    await recordConsent(ctx, tx, {
      clientId: servicePrincipal.id,
      resourceId: graph.servicePrincipalId,
      grantedBy: { for: 'everybody' },
      scopes: ['openid', 'profile', 'email', 'offline_access'],
    })
  })

export const verifier = 'v'.repeat(50)

export const authorizeUrl = (
  { deployment }: World,
  { tenant }: TestTenant,
  clientId: string,
  parameters: Record<string, string> = {},
): string =>
  `${deployment.baseUrl}/${tenant.id}/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 's',
    nonce: 'n',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  })}`

/** The rows of the sign-in log, oldest first. */
export const signInsOf = async ({ ctx }: TestTenant) => {
  const rows = await ctx.db.transaction((tx) =>
    tx
      .selectFrom('sign_ins')
      .select([
        'user_principal_name',
        'user_id',
        'app_id',
        'app_display_name',
        'error_code',
        'home_tenant_id',
        'resource_tenant_id',
        'cross_tenant_access_type',
        'correlation_id',
        'authentication_details',
      ])
      .orderBy('created_date_time')
      .execute(),
  )
  return rows
}
