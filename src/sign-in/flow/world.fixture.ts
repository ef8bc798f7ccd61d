import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { contextOf, newTenant, type TestDeployment, testDeployment } from '../../../test/kit/deployment.ts'
import { freePort } from '../../../test/kit/port.ts'
import {
  acceptGuest,
  createGuest,
  createUser,
  ensureGraphServicePrincipal,
  findByAddress,
  findById,
  findByIdentity,
  type NewUser,
  organisationalIdentity,
  passcodeIdentity,
  type Registered,
  type Registration,
  recordConsent,
  registerApplication,
  resolveResource,
  type User,
} from '../../directory/index.ts'
import {
  answerFindAccount,
  answerOwnsAddress,
  answerRelyingPartyMetadata,
  ownsAddress,
} from '../../federation/index.ts'
import { defaultRedemptionConfiguration } from '../../invitations/index.ts'
import type { Context } from '../../platform/context.ts'
import { randomToken } from '../../platform/crypto/tokens.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { PreconditionFailed } from '../../platform/errors.ts'
import { inProcessFetch } from '../../platform/http/in-process-fetch.ts'
import { createHttpServer } from '../../platform/http/server.ts'
import { createPasswordHasher, type PasswordHasher } from '../../platform/passwords.ts'
import { createMetrics } from '../../platform/telemetry/metrics.ts'
import { createPort, resolveTenant, type Tenant } from '../../tenants/index.ts'
import { TestBrowser } from './browser.fixture.ts'
import { createSignIn, type SignIn } from './create-sign-in.ts'
import type { RedemptionJudgement, RedemptionPort, RedemptionRequest } from './redemption-port.ts'

export const PASSWORD = 'seven green llamas'
const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 100 })
const passwordHash = hasher.hash(PASSWORD)

export interface SentCode {
  readonly tenantId: string
  readonly address: string
  readonly code: string
}

/** A deployment that listens, with sign-in and nothing else. */
export interface World {
  readonly deployment: Deployment
  readonly clock: TestDeployment['clock']
  readonly signIn: SignIn
  readonly mails: SentCode[]
  readonly tickets: TestTickets
  /** Reset it after a test that changes it. */
  readonly settings: { passcodesEnabled: boolean; hasher: PasswordHasher }
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
  const settings = { passcodesEnabled: true, hasher }
  const tenantPort = createPort(deployment, [
    answerRelyingPartyMetadata(deployment),
    answerFindAccount,
    answerOwnsAddress,
  ])
  const app = createHttpServer({
    ids: deployment.ids,
    log: deployment.log,
    metrics: createMetrics(),
    tls: null,
    trustedProxies: ['127.0.0.1'],
    readyWhen: [],
  })
  const tickets = new TestTickets(async (ctx, person, address) =>
    person.kind === 'passcode'
      ? person.address === address.toLowerCase()
      : ownsAddress(ctx, tenantPort, person.homeTenantId, person.homeObjectId, address),
  )
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
    redemption: tickets,
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
    tickets,
    settings,
    browser: () => new TestBrowser(deployment.baseUrl),
    close: () => app.close(),
  }
}

export interface TestTenant {
  readonly tenant: Tenant
  readonly ctx: Context
  readonly domain: string
}

export async function makeTenant(world: World, displayName: string): Promise<TestTenant> {
  const domain = `${displayName.toLowerCase()}-${world.deployment.ids.guid().slice(0, 8)}.example`
  const tenant = await newTenant(world.deployment, { displayName, initialDomain: domain }, [
    ensureGraphServicePrincipal,
  ])
  return { tenant, ctx: contextOf(world.deployment, tenant), domain }
}

/** A member with a password. */
export async function makeMember(
  { ctx, domain }: TestTenant,
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

interface StoredTicket {
  readonly tenantId: string
  readonly invitedUserId: string
  readonly address: string
  readonly redirectUrl: string
  expired: boolean
}

type Person = RedemptionRequest['person']

/** Invitations as sign-in sees them, over real guests. */
export class TestTickets implements RedemptionPort {
  readonly #tickets = new Map<string, StoredTicket>()
  readonly #owns: (ctx: Context, person: Person, address: string) => Promise<boolean>
  blockedBy: 'domainList' | null = null

  constructor(owns: (ctx: Context, person: Person, address: string) => Promise<boolean>) {
    this.#owns = owns
  }

  /** Makes a pending guest and a ticket for it. */
  async invite(
    { ctx }: TestTenant,
    address: string,
    redirectUrl = 'https://app.contoso.example/welcome',
  ): Promise<{ readonly ticket: string; readonly guest: User }> {
    const guest = await ctx.db.transaction((tx) => createGuest(ctx, tx, { address }))
    return { ticket: this.issue(ctx, guest.id, address, redirectUrl), guest }
  }

  issue(ctx: Context, invitedUserId: string, address: string, redirectUrl: string): string {
    const ticket = randomToken()
    this.#tickets.set(ticket, { tenantId: ctx.tenantId, invitedUserId, address, redirectUrl, expired: false })
    return ticket
  }

  expire(ticket: string): void {
    const stored = this.#tickets.get(ticket)
    if (stored !== undefined) stored.expired = true
  }

  async openTicket(ctx: Context, ticket: string) {
    const stored = this.#find(ctx, ticket)
    if (stored === undefined) return { outcome: 'unknown' } as const
    const guest = await ctx.db.transaction((tx) => findById(tx, stored.invitedUserId))
    if (guest === null) return { outcome: 'unknown' } as const
    if (guest.externalUserState === 'Accepted') {
      return { outcome: 'accepted', redirectUrl: stored.redirectUrl } as const
    }
    if (stored.expired) return { outcome: 'expired', inviterContact: 'inviter@contoso.example' } as const
    const { address, invitedUserId, redirectUrl } = stored
    return { outcome: 'open', address, invitedUserId, redirectUrl } as const
  }

  #find(ctx: Context, ticket: string): StoredTicket | undefined {
    const stored = this.#tickets.get(ticket)
    return stored?.tenantId === ctx.tenantId ? stored : undefined
  }

  async judge(ctx: Context, request: RedemptionRequest): Promise<RedemptionJudgement> {
    const { person, ticket, provedAddresses } = request
    const address = person.kind === 'passcode' ? person.address : (person.mail ?? person.userPrincipalName)
    const stored = ticket === null ? undefined : this.#find(ctx, ticket)
    const matches = await ctx.db.transaction((tx) => findByAddress(tx, stored?.address ?? address))
    const guest = stored
      ? await ctx.db.transaction((tx) => findById(tx, stored.invitedUserId))
      : matches.find(({ user }) => user.externalUserState === 'PendingAcceptance')?.user
    if (guest == null) return { outcome: 'nobody' }
    if (guest.externalUserState === 'Accepted') {
      return { outcome: 'alreadyAccepted', redirectUrl: stored?.redirectUrl ?? null }
    }
    if (this.blockedBy !== null) return { outcome: 'blocked', by: this.blockedBy }
    const wanted = stored?.address ?? guest.mail ?? ''
    const proved = provedAddresses.some((one) => one.toLowerCase() === wanted.toLowerCase())
    const identity = identityOf(person)
    const other = await ctx.db.transaction((tx) => findByIdentity(tx, identity))
    const mayProve = other === null
    if (other !== null && other.id !== guest.id) return { outcome: 'wrongAccount', address: wanted, mayProve }
    if (!proved && !(await this.#owns(ctx, person, wanted))) {
      return { outcome: 'wrongAccount', address: wanted, mayProve }
    }
    return { outcome: 'accept', invitedUserId: guest.id, inviterName: 'Ines' }
  }

  async redeem(ctx: Context, request: RedemptionRequest & { readonly invitedUserId: string }) {
    const judgement = await this.judge(ctx, request)
    if (judgement.outcome !== 'accept') return judgement
    try {
      await ctx.db.transaction((tx) =>
        acceptGuest(ctx, tx, request.invitedUserId, identityOf(request.person)),
      )
      return { outcome: 'accepted' } as const
    } catch (cause) {
      if (cause instanceof PreconditionFailed)
        return { outcome: 'alreadyAccepted', redirectUrl: null } as const
      throw cause
    }
  }
}

const identityOf = (person: Person) =>
  person.kind === 'organization'
    ? organisationalIdentity(person.homeTenantId, person.homeObjectId)
    : passcodeIdentity(person.address)

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
