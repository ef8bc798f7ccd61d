import { sql } from 'kysely'
import { contextOf, newTenant, type TestDeployment, testDeployment } from '../../test/kit/deployment.ts'
import { asApplication, asPerson, type GraphClient, type Json, serveGraph } from '../../test/kit/graph.ts'
import { makeUser } from '../../test/kit/people.ts'
import type { TestTenant } from '../../test/kit/tenant.ts'
import { auditEntities } from '../audit/index.ts'
import { findById, type NewUser, peopleEntities, type User } from '../directory/index.ts'
import { answerFindAccount, answerOwnsAddress, type ProvenPerson } from '../federation/index.ts'
import { directoryRoleTemplates, type EntityType, type Route } from '../graph/index.ts'
import type { Database } from '../platform/database/index.ts'
import { asHome } from '../platform/ids.ts'
import { createMailer, type OutboxMessage } from '../platform/mail/index.ts'
import { answerTenantInformation, createPort, type Tenant, type TenantPort } from '../tenants/index.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { answerNotificationLanguage } from './home-language.ts'
import { defaultInvitationPolicy, defaultSettings, type InvitationSettings } from './policy.ts'
import { parseRedeemLink } from './redeem-url.ts'
import { createRedemption } from './redemption.ts'
import type { Redemption } from './redemption-model.ts'
import { inviteEntities, inviteRoutes } from './routes.ts'

/** A deployment with real tenants, port and outbox; only the policy can be set, and SMTP is not spoken. */
export interface World {
  readonly deployment: TestDeployment
  readonly dependencies: InvitationDependencies
  readonly redemption: Redemption
  /** What every tenant has decided from now on. */
  decide(settings: Partial<InvitationSettings>): void
  readonly blockedDomains: Set<string>
  organization(facts?: { readonly domains?: readonly string[] }): Promise<Organization>
}

export interface Organization {
  readonly tenant: Tenant
  readonly ctx: TestTenant
  /** Its first person: a User Administrator with mail. */
  readonly admin: User
  person(alias: string, facts?: Partial<NewUser>): Promise<User>
  /** A signed-in person. */
  as(user: User, scopes?: readonly string[], roles?: readonly string[]): GraphClient
  asAdmin(scopes?: readonly string[]): GraphClient
  asApplication(roles: readonly string[]): GraphClient
  read(id: string): Promise<User | null>
  /** Somebody of this organisation, as proved to another. */
  proven(user: User): ProvenPerson
  outbox(): Promise<readonly (OutboxMessage & { readonly text: string; readonly html: string })[]>
  audits(): Promise<readonly Audit[]>
  count(table: string): Promise<number>
}

export interface Audit {
  readonly activity: string
  readonly result: string
  readonly service: string
  readonly target: string | null
  readonly initiator: string | null
}

export interface WorldOptions {
  /** Stands between the tenants. */
  readonly port?: (usual: TenantPort) => TenantPort
  readonly database?: Database
}

export function testWorld({ port = (usual) => usual, database }: WorldOptions = {}): World {
  const deployment = database === undefined ? testDeployment() : testDeployment(database)
  const { keyring } = deployment
  const mailer = createMailer({ keyring, smtpUrl: 'smtp://127.0.0.1:1', fromAddress: 'xenia@xenia.test' })
  let settings = defaultSettings
  const blockedDomains = new Set<string>()
  const dependencies: InvitationDependencies = {
    deployment,
    mailer,
    port: port(
      createPort(deployment, [
        answerTenantInformation(deployment),
        answerFindAccount,
        answerOwnsAddress,
        answerNotificationLanguage,
      ]),
    ),
    policy: {
      ...defaultInvitationPolicy,
      settings: async () => settings,
      judgeDomain: async (_ctx, _tx, domain) =>
        blockedDomains.has(domain)
          ? { outcome: 'blocked', because: [{ rule: 'COL-3', message: 'On the list.' }] }
          : { outcome: 'allowed', because: [] },
    },
  }
  return {
    deployment,
    dependencies,
    redemption: createRedemption(dependencies),
    blockedDomains,
    decide(next) {
      settings = { ...defaultSettings, ...next }
    },
    organization: (facts) => makeOrganization(deployment, dependencies, facts),
  }
}

const entities: readonly EntityType[] = [...peopleEntities, ...auditEntities, ...inviteEntities]

export const everyRoute = (dependencies: InvitationDependencies): readonly Route[] =>
  inviteRoutes(dependencies)

async function makeOrganization(
  deployment: TestDeployment,
  dependencies: InvitationDependencies,
  facts: { readonly domains?: readonly string[] } = {},
): Promise<Organization> {
  const tenant = await newTenant(deployment, { trustedDomains: facts.domains ?? [] })
  const ctx: TestTenant = {
    ...contextOf(deployment, tenant),
    clock: deployment.clock,
    initialDomain: tenant.initialDomain,
  }
  const connect = serveGraph(ctx, everyRoute(dependencies), entities)
  const person = (alias: string, more: Partial<NewUser> = {}) =>
    makeUser(ctx, alias, { mail: `${alias}@${tenant.initialDomain}`, ...more })
  const admin = await person('ada')
  const servicePrincipalId = deployment.ids.guid()
  return {
    tenant,
    ctx,
    admin,
    person,
    as: (user, scopes = ['User.Invite.All'], roles = []) =>
      connect(asPerson(ctx, user.id, scopes, roles, user.userType)),
    asAdmin: (scopes = ['User.Invite.All', 'User.ReadWrite.All']) =>
      connect(asPerson(ctx, admin.id, scopes, [directoryRoleTemplates.userAdministrator])),
    asApplication: (roles) => connect(asApplication(ctx, servicePrincipalId, roles)),
    read: (id) => ctx.db.transaction((tx) => findById(tx, id)),
    proven: (user) => ({
      kind: 'organization',
      homeTenantId: asHome(tenant.id),
      homeObjectId: user.id,
      userPrincipalName: user.userPrincipalName,
      mail: user.mail,
      displayName: user.displayName,
      methods: ['pwd'],
      signedInAt: deployment.clock.now(),
    }),
    outbox: () =>
      ctx.db.transaction(async (tx) => {
        const { rows } = await sql<{ id: string; sealed: string }>`
          select id, sealed_body as sealed from outbox_messages order by queued_at, id`.execute(tx)
        const mails = new Map((await listOutbox(dependencies, tx)).map((mail) => [mail.id, mail]))
        return rows.flatMap(({ id, sealed }) => {
          const mail = mails.get(id)
          if (mail === undefined) return []
          const body = JSON.parse(deployment.keyring.open('mail body', tenant.id, sealed).toString())
          return [{ ...mail, text: String(body.text), html: String(body.html) }]
        })
      }),
    // In the order of writing: several of one millisecond have no other.
    audits: () =>
      ctx.db.transaction(async (tx) => {
        const { rows } = await sql<Audit>`
          select activity_display_name as activity, result, logged_by_service as service,
                 target_resources->0->>'id' as target,
                 coalesce(initiated_by->'user'->>'id', initiated_by->'app'->>'displayName') as initiator
            from directory_audits where activity_display_name not in ('Add user', 'Add signing key')
           order by ctid`.execute(tx)
        return rows
      }),
    count: (table) =>
      ctx.db.transaction(async (tx) => {
        const { rows } = await sql<{
          total: number
        }>`select count(*) as total from ${sql.table(table)}`.execute(tx)
        return Number(rows[0]?.total)
      }),
  }
}

const listOutbox = (
  { mailer }: InvitationDependencies,
  tx: Parameters<ReturnType<typeof createMailer>['list']>[0],
): Promise<readonly OutboxMessage[]> => {
  if (!('list' in mailer)) throw new TypeError('The world has a whole mailer.')
  return (mailer as ReturnType<typeof createMailer>).list(tx, 5_000)
}

export const body = (address: string, more: Readonly<Record<string, unknown>> = {}) => ({
  invitedUserEmailAddress: address,
  inviteRedirectUrl: 'https://app.contoso.com/welcome',
  ...more,
})

/** The ticket of an `inviteRedeemUrl`. */
export function ticketOf(world: World, redeemUrl: unknown): string {
  const rd = URL.parse(String(redeemUrl))?.searchParams.get('rd') ?? ''
  const link = parseRedeemLink(world.deployment.baseUrl, rd)
  if (link === null) throw new Error(`No link of ours: ${String(redeemUrl)}`)
  return link.ticket
}

/** `invitedUser.id` of an answer. */
export const invitedIdOf = (json: Json): string => String(json['invitedUser']?.id)
