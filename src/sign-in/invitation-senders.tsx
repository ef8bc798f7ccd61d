import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { z } from 'zod'
import { PASSCODE_LENGTH, PASSCODE_LIFETIME_MINUTES } from '../federation/index.ts'
import type { InvitationSenders } from '../invitations/index.ts'
import type { Context } from '../platform/context.ts'
import { randomToken } from '../platform/crypto/tokens.ts'
import { openContext } from '../platform/deployment.ts'
import type { Translator } from '../platform/pages/index.ts'
import type { Tenant } from '../tenants/index.ts'
import { correlationOf } from './engine/http.ts'
import { faceOf, type TenantFace } from './flow/branding.ts'
import { readCookie, setCookie } from './flow/cookies.ts'
import type { SignInDependencies } from './flow/dependencies.ts'
import { formOf, formToken, judgeForm } from './flow/form-guard.ts'
import { sendPage, sendProblem } from './flow/problems.tsx'
import { tenantById, translatorFor } from './flow/visit.ts'
import { InvitationSendersPage, MailboxCodePage, MailboxPage, type PasscodeError } from './pages/index.ts'

interface TenantPath {
  readonly Params: { readonly tenant: string }
  readonly Querystring: { readonly address?: unknown; readonly done?: unknown }
}

/** One request to these pages, with all that it needs. */
interface Call {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly tenant: Tenant
  readonly face: TenantFace
  readonly ctx: Context
  readonly t: Translator
  /** Ties forms to this browser. */
  readonly browser: string
  /** The mailbox that this browser proved; `null`: none, or too long ago. */
  readonly proved: string | null
}

const BROWSER_COOKIE = 'xenia_senders'
const PROOF_COOKIE = 'xenia_mailbox'
const PURPOSE = 'proved-mailbox'
const PROOF_LIFETIME_SECONDS = 30 * 60
const Proof = z.object({ address: z.string(), until: z.number() })

/**
 * INV-16: whoever has a mailbox decides whether this tenant may send invitations to it. The mailbox is proved by a
 * code; no account is needed, since the person may have none.
 */
export function mountInvitationSenders(
  app: FastifyInstance,
  dependencies: SignInDependencies,
  senders: InvitationSenders,
): void {
  const { deployment } = dependencies
  const { baseUrl, keyring, clock } = deployment

  app.get<TenantPath>('/:tenant/invitation-senders', (request, reply) =>
    answer(request, reply, async (call) => {
      if (call.proved === null) return askMailbox(call, textOf(request.query.address), null)
      const done = textOf(request.query.done)
      return show(
        call,
        <InvitationSendersPage
          {...frameOf(call)}
          {...posting(call, 'change')}
          address={call.proved}
          senders={[
            {
              tenantId: call.tenant.id,
              displayName: call.face.displayName,
              domain: call.face.domain,
              blockedSince: await senders.blockedSince(call.ctx, call.proved),
            },
          ]}
          done={
            done === 'blocked' || done === 'unblocked'
              ? { kind: done, displayName: call.face.displayName }
              : null
          }
        />,
      )
    }),
  )

  app.post<TenantPath>('/:tenant/invitation-senders/code', (request, reply) =>
    answerForm(request, reply, async (call, form) => {
      const address = form.get('identifier') ?? form.get('address') ?? ''
      const again = form.has('identifier')
      const sent = await senders.sendCode(call.ctx, address, call.t.language)
      if (sent === 'malformed')
        return askMailbox(call, address, address.trim() === '' ? 'empty' : 'malformed')
      if (sent === 'tooMany' && !again) return askMailbox(call, address, 'tooMany')
      return askCode(call, address, null, again ? (sent === 'sent' ? 'sent' : 'tooMany') : 'none')
    }),
  )

  app.post<TenantPath>('/:tenant/invitation-senders/verify', (request, reply) =>
    answerForm(request, reply, async (call, form) => {
      const address = form.get('identifier') ?? ''
      const code = form.get('code') ?? ''
      if (code.trim() === '') return askCode(call, address, 'empty', 'none')
      const verdict = await senders.prove(call.ctx, address, code)
      if (verdict.outcome === 'refused') return askCode(call, address, verdict.reason, 'none')
      const until = clock.now().getTime() + PROOF_LIFETIME_SECONDS * 1000
      setCookie(reply, baseUrl, {
        name: PROOF_COOKIE,
        value: keyring.seal(PURPOSE, call.tenant.id, JSON.stringify({ address, until })),
        path: pathOf(call.tenant),
        lifetimeSeconds: PROOF_LIFETIME_SECONDS,
      })
      return reply.redirect(pathOf(call.tenant), 303)
    }),
  )

  app.post<TenantPath>('/:tenant/invitation-senders/change', (request, reply) =>
    answerForm(request, reply, async (call, form) => {
      if (call.proved === null) return askMailbox(call, '', null)
      const block = form.get('decision') === 'block'
      await (block ? senders.block(call.ctx, call.proved) : senders.unblock(call.ctx, call.proved))
      return reply.redirect(`${pathOf(call.tenant)}?done=${block ? 'blocked' : 'unblocked'}`, 303)
    }),
  )

  async function answer(
    request: FastifyRequest<TenantPath>,
    reply: FastifyReply,
    work: (call: Call) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const tenant = await tenantById(dependencies, request.params.tenant)
    if (tenant === null) return sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })
    const face = await faceOf(dependencies, tenant)
    const actor = { kind: 'system', name: 'Owner of a mailbox' } as const
    return work({
      request,
      reply,
      tenant,
      face,
      ctx: openContext(deployment, tenant.id, actor, correlationOf(request)),
      t: translatorFor(request, face),
      browser: browserOf(request, reply, tenant),
      proved: readProof(request, tenant),
    })
  }

  const answerForm = (
    request: FastifyRequest<TenantPath>,
    reply: FastifyReply,
    work: (call: Call, form: URLSearchParams) => Promise<FastifyReply>,
  ): Promise<FastifyReply> =>
    answer(request, reply, async (call) =>
      judgeForm(keyring, baseUrl, call.tenant.id, call.browser, request) === 'ours'
        ? work(call, formOf(request))
        : sendProblem(dependencies, request, reply, 'foreignForm', { face: call.face }),
    )

  function browserOf(request: FastifyRequest, reply: FastifyReply, tenant: Tenant): string {
    const known = readCookie(request, BROWSER_COOKIE)
    if (known !== null && /^[\w-]{43}$/.test(known)) return known
    const value = randomToken()
    setCookie(reply, baseUrl, { name: BROWSER_COOKIE, value, path: pathOf(tenant), lifetimeSeconds: null })
    return value
  }

  /** Sealed for this tenant, so a cookie that somebody made proves nothing. */
  function readProof(request: FastifyRequest, tenant: Tenant): string | null {
    const sealed = readCookie(request, PROOF_COOKIE)
    if (sealed === null) return null
    try {
      const proof = Proof.parse(JSON.parse(keyring.open(PURPOSE, tenant.id, sealed).toString()))
      return proof.until > clock.now().getTime() ? proof.address : null
    } catch {
      return null
    }
  }

  const posting = (call: Call, step: string) => ({
    action: `${pathOf(call.tenant)}/${step}`,
    csrf: formToken(keyring, call.tenant.id, call.browser),
  })

  const askMailbox = (call: Call, address: string, error: 'empty' | 'malformed' | 'tooMany' | null) =>
    show(
      call,
      <MailboxPage
        {...frameOf(call)}
        {...posting(call, 'code')}
        address={address}
        error={error === 'tooMany' ? null : error}
        tooManySends={error === 'tooMany'}
      />,
    )

  const askCode = (
    call: Call,
    address: string,
    error: PasscodeError | null,
    resend: 'none' | 'sent' | 'tooMany',
  ) =>
    show(
      call,
      <MailboxCodePage
        {...frameOf(call)}
        {...posting(call, 'verify')}
        account={{ displayName: null, identifier: address }}
        changeUrl={pathOf(call.tenant)}
        error={error}
        codeLength={PASSCODE_LENGTH}
        lifetimeMinutes={PASSCODE_LIFETIME_MINUTES}
        resend={resend}
        resendAction={`${pathOf(call.tenant)}/code`}
      />,
    )
}

const pathOf = (tenant: Tenant): string => `/${tenant.id}/invitation-senders`
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const show = async ({ reply }: Call, page: VNode): Promise<FastifyReply> => sendPage(reply, 200, page)

const frameOf = ({ t, face, ctx, request }: Call) => ({
  t,
  tenant: face,
  trace: { correlationId: ctx.correlationId, requestId: request.id, time: ctx.clock.now() },
})
