import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import type { Context } from '../platform/context.ts'
import { type Deployment, openContext } from '../platform/deployment.ts'
import type { TenantId } from '../platform/ids.ts'

/**
 * The messages that may cross between two tenants: name → question and answer, both plain JSON. A module that
 * answers a message adds it here by declaration merging and passes its `answer` to `createPort`.
 */
export interface TenantMessages {
  /** What a tenant says of itself to anybody: its name, for pages that speak of it. */
  tenantInformation: {
    question: Record<string, never>
    answer: { displayName: string; initialDomain: string }
  }
}

export type MessageName = keyof TenantMessages

type Question<N extends MessageName> = TenantMessages[N]['question']
type Answer<N extends MessageName> = TenantMessages[N]['answer']

/** A tenant may answer, decline, or not be there; the asker decides what each means (XTA-11: silence is no match). */
export type PortAnswer<A> =
  | { readonly outcome: 'answered'; readonly answer: A }
  | { readonly outcome: 'unreachable'; readonly why: string }

export interface TenantPort {
  /** Asks `to` on behalf of `ctx`'s tenant. Never throws for what the other side does. Not inside a transaction. */
  ask<N extends MessageName>(
    ctx: Context,
    to: TenantId,
    name: N,
    question: Question<N>,
  ): Promise<PortAnswer<Answer<N>>>
}

/** How a tenant answers one kind of message, under its own scope. `from` is authenticated by the transport. */
export interface MessageHandler<N extends MessageName> {
  readonly name: N
  readonly question: z.ZodType<Question<N>>
  answer(ctx: Context, from: TenantId, question: Question<N>): Promise<Answer<N>>
}

/** A handler of any message. */
export type AnyMessageHandler = { [N in MessageName]: MessageHandler<N> }[MessageName]

const ANSWER_WITHIN_MILLISECONDS = 5_000

/**
 * The port with its in-process transport, for two tenants of this deployment. Messages are turned to JSON and back
 * even here, so nothing but plain data can cross and the HTTPS transport has nothing new to prove.
 */
export function createPort(deployment: Deployment, handlers: readonly AnyMessageHandler[]): TenantPort {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]))
  return {
    async ask<N extends MessageName>(ctx: Context, to: TenantId, name: N, question: Question<N>) {
      // The map's key is the handler's own name, so the handler found is the one of this message.
      const handler = byName.get(name) as MessageHandler<N> | undefined
      if (handler === undefined) return { outcome: 'unreachable', why: `No tenant here answers "${name}".` }
      const there = openContext(
        deployment,
        to,
        { kind: 'system', name: `Tenant ${ctx.tenantId}` },
        ctx.correlationId,
      )
      try {
        const received = handler.question.parse(JSON.parse(JSON.stringify(question)))
        const answer = await Promise.race([
          handler.answer(there, ctx.tenantId, received),
          delay(ANSWER_WITHIN_MILLISECONDS, undefined, { ref: false }).then(() => {
            throw new Error(`No answer within ${ANSWER_WITHIN_MILLISECONDS} ms.`)
          }),
        ])
        return { outcome: 'answered', answer: JSON.parse(JSON.stringify(answer)) }
      } catch (cause) {
        there.log.warn({ from: ctx.tenantId, message: name, cause }, 'a tenant did not answer')
        return { outcome: 'unreachable', why: cause instanceof Error ? cause.message : String(cause) }
      }
    },
  }
}
