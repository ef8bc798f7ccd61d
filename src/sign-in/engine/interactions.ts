import type { FastifyReply, FastifyRequest } from 'fastify'
import { errors, type InteractionResults, type Provider } from 'oidc-provider'
import type { TenantEngine } from './host.ts'
import { engineMessage } from './message.ts'

/** A request to sign in that waits for its pages. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/**
 * The interaction that this browser carries, if it is the one named in the path: the cookie binds it to the browser
 * that began it, so a link to somebody else's interaction leads nowhere. `null` when it is over or foreign.
 */
export async function readInteraction(
  engine: TenantEngine,
  request: FastifyRequest,
  reply: FastifyReply,
  baseUrl: string,
  uid: string,
): Promise<Interaction | null> {
  try {
    const interaction = await engine.provider.interactionDetails(message(engine, request, baseUrl), reply.raw)
    return interaction.uid === uid ? interaction : null
  } catch (cause) {
    if (cause instanceof errors.SessionNotFound) return null
    throw cause
  }
}

/** Gives the engine the outcome and returns where the browser goes next. */
export async function finishInteraction(
  engine: TenantEngine,
  request: FastifyRequest,
  reply: FastifyReply,
  baseUrl: string,
  interaction: Interaction,
  result: InteractionResults,
): Promise<string> {
  await leaveOtherAccount(engine, interaction, result)
  return engine.provider.interactionResult(message(engine, request, baseUrl), reply.raw, result)
}

/** The engine would ask for one more click when the account changes; the person has chosen already. */
async function leaveOtherAccount(
  engine: TenantEngine,
  interaction: Interaction,
  result: InteractionResults,
): Promise<void> {
  const { session } = interaction
  if (
    session?.uid === undefined ||
    result.login === undefined ||
    session.accountId === result.login.accountId
  )
    return
  const old = await engine.provider.Session.findByUid(session.uid)
  await old?.destroy()
  delete interaction.session
  await interaction.persist()
}

const message = (engine: TenantEngine, request: FastifyRequest, baseUrl: string) =>
  engineMessage(
    { method: 'GET', url: request.url, headers: request.headers, body: null, source: request.raw },
    baseUrl,
    engine.tenantId,
  )

/** Who is signed in to the tenant in this browser, by the engine's own session; `null` for nobody. */
export async function signedInAccount(
  engine: TenantEngine,
  request: FastifyRequest,
  reply: FastifyReply,
  baseUrl: string,
): Promise<{ readonly accountId: string; readonly sessionUid: string; readonly signedInAt: Date } | null> {
  const context = engine.provider.createContext(message(engine, request, baseUrl), reply.raw)
  const session = await engine.provider.Session.get(context)
  if (session.accountId === undefined || session.loginTs === undefined) return null
  return {
    accountId: session.accountId,
    sessionUid: session.uid,
    signedInAt: new Date(session.loginTs * 1000),
  }
}
