import { z } from 'zod'
import { readOrganization } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import { findTenantByDomain, type MessageHandler } from '../tenants/index.ts'
import type { InvitationDependencies } from './dependencies.ts'

declare module '../tenants/port.ts' {
  interface TenantMessages {
    /** Resource asks home: in which language do you write to your people? (INV-14) */
    notificationLanguage: { question: Record<string, never>; answer: { language: string } }
  }
}

export const answerNotificationLanguage: MessageHandler<'notificationLanguage'> = {
  name: 'notificationLanguage',
  question: z.object({}).strict() as z.ZodType<Record<string, never>>,
  async answer(ctx) {
    const { preferredLanguage } = await ctx.db.transaction(readOrganization)
    return { language: preferredLanguage }
  },
}

/** What was found out already, by domain. */
export type HomeLanguages = Map<string, Promise<string | null>>

/**
 * INV-14: the language of the tenant that has verified the domain; null where there is none, or it does not say.
 * Not inside a transaction.
 */
export function findHomeLanguage(
  dependencies: Pick<InvitationDependencies, 'deployment' | 'port'>,
  ctx: Context,
  domain: string,
  known: HomeLanguages,
): Promise<string | null> {
  const before = known.get(domain)
  if (before !== undefined) return before
  const asked = askHome(dependencies, ctx, domain)
  known.set(domain, asked)
  return asked
}

async function askHome(
  { deployment, port }: Pick<InvitationDependencies, 'deployment' | 'port'>,
  ctx: Context,
  domain: string,
): Promise<string | null> {
  const home = await deployment.database.platform.transaction((tx) => findTenantByDomain(tx, domain))
  if (home === null || home.id === ctx.tenantId) return null
  const answer = await port.ask(ctx, home.id, 'notificationLanguage', {})
  return answer.outcome === 'answered' ? answer.answer.language : null
}
