import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, Context } from '../../platform/context.ts'
import { SealBroken } from '../../platform/crypto/keyring.ts'
import { digestToken } from '../../platform/crypto/tokens.ts'
import { openContext } from '../../platform/deployment.ts'
import { isGuid, parseTenantId } from '../../platform/ids.ts'
import { negotiateLanguage, type Translator, translator } from '../../platform/pages/index.ts'
import { findTenant, type Tenant } from '../../tenants/index.ts'
import type { ClientFacts } from '../engine/facts.ts'
import type { EngineHost, TenantEngine } from '../engine/host.ts'
import { type Interaction, readInteraction } from '../engine/interactions.ts'
import { readFace, type TenantFace } from './branding.ts'
import { type BrowserMemory, openBrowserMemory } from './browser-memory.ts'
import type { SignInDependencies } from './dependencies.ts'
import type { Attempt } from './model.ts'
import { beginAttempt, findAttempt } from './store.ts'

/** What a request to sign in is about; the same from its first page to its last. */
export interface Occasion {
  readonly prompt: 'login' | 'select_account' | 'consent'
  readonly reasons: readonly string[]
  readonly client: ClientFacts
  readonly redirectUri: string | null
  readonly loginHint: string | null
  /** Opened; `null` when none came along. An unreadable one is the empty ticket, which leads to nothing. */
  readonly ticket: string | null
  readonly sessionAccountId: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly scopes: readonly string[]
  readonly resource: string | null
}

/** One request of a browser to one page of one sign-in. */
export interface Visit {
  readonly dependencies: SignInDependencies
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly engine: TenantEngine
  readonly tenant: Tenant
  readonly face: TenantFace
  readonly ctx: Context
  readonly t: Translator
  readonly uid: string
  readonly interaction: Interaction
  readonly occasion: Occasion
  readonly attempt: Attempt
  readonly memory: BrowserMemory
}

/** A sign-in is worth an hour, as the engine's interaction behind it. */
const ATTEMPT_LIFETIME_MILLISECONDS = 3_600_000

export const attemptId = (uid: string): string => digestToken(uid)

/** The tenant with this id; domains are for people, pages are addressed by id only. */
export async function tenantById(dependencies: SignInDependencies, segment: string): Promise<Tenant | null> {
  const id = parseTenantId(segment)
  if (id === null || id !== segment) return null
  return dependencies.deployment.database.platform.transaction((tx) => findTenant(tx, id))
}

/** `null`: there is no such sign-in in this browser, or it is over. */
export async function openVisit(
  dependencies: SignInDependencies,
  host: EngineHost,
  request: FastifyRequest,
  reply: FastifyReply,
  tenant: Tenant,
  uid: string,
): Promise<Visit | null> {
  const { deployment } = dependencies
  const engine = await host.engineFor(tenant.id)
  const interaction = await readInteraction(engine, request, reply, deployment.baseUrl, uid)
  if (interaction === null) return null
  const occasion = await occasionOf(dependencies, engine, interaction)
  if (occasion === null) return null

  const text = textOf(interaction.params)
  const asked = text('client-request-id')
  const db = deployment.database.tenant(tenant.id)
  const now = deployment.clock.now()
  const id = attemptId(uid)
  const attempt = await db.transaction(async (tx) => {
    const known = await findAttempt(tx, id, now)
    if (known !== null) return known
    await beginAttempt(tx, tenant.id, {
      id,
      // Both tenants of a sign-in log it under the id that came with the request.
      correlationId: asked !== null && isGuid(asked) ? asked.toLowerCase() : deployment.ids.guid(),
      now,
      expiresAt: new Date(now.getTime() + ATTEMPT_LIFETIME_MILLISECONDS),
    })
    return findAttempt(tx, id, now)
  })
  if (attempt === null) return null
  const ctx = openContext(deployment, tenant.id, { kind: 'system', name: 'Sign-in' }, attempt.correlationId)
  const face = await readFace(ctx, tenant)
  return {
    dependencies,
    request,
    reply,
    engine,
    tenant,
    face,
    ctx,
    t: translatorFor(request, face, text('ui_locales')),
    uid,
    interaction,
    occasion,
    attempt,
    memory: openBrowserMemory(request, reply, deployment, tenant.id),
  }
}

export const translatorFor = (
  request: FastifyRequest,
  face: TenantFace | null,
  uiLocales: string | null = null,
): Translator =>
  translator(
    negotiateLanguage({
      uiLocales: uiLocales ?? undefined,
      acceptLanguage: request.headers['accept-language'],
      fallback: face?.language ?? undefined,
    }),
  )

/** For what the person does: they are the actor of the records that it leaves. */
export const actingAs = (
  visit: Visit,
  user: {
    readonly id: string
    readonly displayName: string | null
    readonly userPrincipalName: string | null
  },
): Context => {
  const actor: Actor = {
    kind: 'user',
    userId: user.id,
    displayName: user.displayName,
    userPrincipalName: user.userPrincipalName,
    ipAddress: visit.request.ip,
  }
  return { ...visit.ctx, actor }
}

const textOf =
  (params: Readonly<Record<string, unknown>>) =>
  (name: string): string | null => {
    const value = params[name]
    return typeof value === 'string' && value !== '' ? value : null
  }

async function occasionOf(
  dependencies: SignInDependencies,
  engine: TenantEngine,
  interaction: Interaction,
): Promise<Occasion | null> {
  const text = textOf(interaction.params)
  const client = await engine.directory.findClient(text('client_id') ?? '')
  const { name: prompt, reasons, details } = interaction.prompt
  if (client === null || !(prompt === 'login' || prompt === 'select_account' || prompt === 'consent'))
    return null
  const sealed = text('redemption')
  return {
    prompt,
    reasons,
    client,
    redirectUri: text('redirect_uri'),
    loginHint: text('login_hint')?.slice(0, 320) ?? null,
    ticket: sealed === null ? null : openTicketParameter(dependencies, engine.tenantId, sealed),
    sessionAccountId: interaction.session?.accountId ?? null,
    details,
    scopes: (text('scope') ?? '').split(' ').filter((scope) => scope !== ''),
    resource: text('resource'),
  }
}

const TICKET_PURPOSE = 'redemption-parameter'

/** A ticket on its way through the engine, which stores the request: sealed, so that a copy of it opens nothing. */
export const sealTicketParameter = (
  { deployment }: SignInDependencies,
  tenantId: string,
  ticket: string,
): string => deployment.keyring.seal(TICKET_PURPOSE, tenantId, ticket)

function openTicketParameter({ deployment }: SignInDependencies, tenantId: string, sealed: string): string {
  try {
    return deployment.keyring.open(TICKET_PURPOSE, tenantId, sealed).toString()
  } catch (cause) {
    if (cause instanceof SealBroken) return ''
    throw cause
  }
}
