import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SealBroken } from '../../platform/crypto/keyring.ts'
import { digestToken, randomToken } from '../../platform/crypto/tokens.ts'
import { onwardAddress } from '../../platform/pages/index.ts'
import type { Tenant } from '../../tenants/index.ts'
import type { AccountFacts } from '../engine/facts.ts'
import type { EngineHost } from '../engine/host.ts'
import { signedInAccount } from '../engine/interactions.ts'
import { beganAfter } from '../engine/session-age.ts'
import { signedInPath } from '../first-party.ts'
import { CancelledPage, LeavingPage } from '../pages/index.ts'
import { ownSignInUrl } from './authorize-url.ts'
import { faceOf } from './branding.ts'
import { readCookie, setCookie } from './cookies.ts'
import type { SignInDependencies } from './dependencies.ts'
import { formToken, judgeForm } from './form-guard.ts'
import { sendExpired, sendPage, sendProblem } from './problems.tsx'
import { sealTicketParameter, tenantById, translatorFor } from './visit.ts'

/** Where a sign-in to our own pages leads. */
export type Destination =
  /** A path of ours. */
  | { readonly kind: 'page'; readonly path: string }
  /** RED-13: the address that the inviter chose. */
  | { readonly kind: 'invitation'; readonly url: string }

/** Somebody who is signed in to this tenant in this browser. */
export interface SignedInPerson {
  readonly account: AccountFacts
  /** For the forms of pages that this person sees. */
  readonly csrf: string
  /** Is the request a form that one of those pages posted? */
  isOurForm(request: FastifyRequest): boolean
}

export interface OwnSignIns {
  /** Who is signed in; `null` for nobody. */
  findSignedIn(request: FastifyRequest, reply: FastifyReply, tenant: Tenant): Promise<SignedInPerson | null>
  /**
   * Who is signed in. `null`: the browser has been sent to sign in and comes back to `returnTo`, a path of ours;
   * the caller answers nothing.
   */
  requireSignedIn(
    request: FastifyRequest,
    reply: FastifyReply,
    tenant: Tenant,
    returnTo: string,
  ): Promise<SignedInPerson | null>
  /** Sends the browser to sign in for an invitation. */
  beginRedemption(
    reply: FastifyReply,
    tenant: Tenant,
    invitation: { readonly ticket: string; readonly address: string; readonly redirectUrl: string },
  ): FastifyReply
}

const destination = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('page'), path: z.string() }),
  z.object({ kind: z.literal('invitation'), url: z.string() }),
])

const PURPOSE = 'own-sign-in'
const LIFETIME_SECONDS = 3_600

/** Kept in the browser, sealed: an address that somebody else made leads nowhere. */
const cookieName = (state: string): string =>
  `xenia_return_${digestToken(state).replaceAll('-', '.').slice(0, 16)}`

/** Sign-in to pages of our own. */
export function createOwnSignIns(dependencies: SignInDependencies, host: EngineHost): OwnSignIns {
  const { baseUrl, keyring } = dependencies.deployment

  function begin(
    reply: FastifyReply,
    tenant: Tenant,
    to: Destination,
    request: { readonly loginHint: string | null; readonly redemption: string | null },
  ): FastifyReply {
    const state = randomToken()
    setCookie(reply, baseUrl, {
      name: cookieName(state),
      value: keyring.seal(PURPOSE, tenant.id, JSON.stringify(to)),
      path: signedInPath(tenant.id),
      lifetimeSeconds: LIFETIME_SECONDS,
    })
    return reply.redirect(ownSignInUrl(baseUrl, tenant.id, { state, ...request }), 303)
  }

  async function findSignedIn(
    request: FastifyRequest,
    reply: FastifyReply,
    tenant: Tenant,
  ): Promise<SignedInPerson | null> {
    const engine = await host.engineFor(tenant.id)
    const session = await signedInAccount(engine, request, reply, baseUrl)
    const account = session === null ? null : await engine.directory.findAccount(session.accountId)
    if (session === null || account === null) return null
    if (!beganAfter(session.signedInAt.getTime() / 1000, account.sessionsValidFrom)) return null
    return {
      account,
      csrf: formToken(keyring, tenant.id, session.sessionUid),
      isOurForm: (posted) => judgeForm(keyring, baseUrl, tenant.id, session.sessionUid, posted) === 'ours',
    }
  }

  return {
    findSignedIn,
    async requireSignedIn(request, reply, tenant, returnTo) {
      const person = await findSignedIn(request, reply, tenant)
      if (person === null) begin(reply, tenant, { kind: 'page', path: ownPath(baseUrl, returnTo) }, nobody)
      return person
    },
    beginRedemption: (reply, tenant, { ticket, address, redirectUrl }) =>
      begin(
        reply,
        tenant,
        { kind: 'invitation', url: onwardAddress(redirectUrl) },
        { loginHint: address, redemption: sealTicketParameter(dependencies, tenant.id, ticket) },
      ),
  }
}

/** The page that a sign-in to our own pages returns to. It needs nothing of the code in its address: the session is all. */
export function mountSignedIn(app: FastifyInstance, dependencies: SignInDependencies): void {
  const { baseUrl, keyring } = dependencies.deployment

  app.get<{
    readonly Params: { readonly tenant: string }
    readonly Querystring: { readonly state?: string; readonly error?: string }
  }>('/:tenant/signed-in', async (request, reply) => {
    const tenant = await tenantById(dependencies, request.params.tenant)
    if (tenant === null) return sendProblem(dependencies, request, reply, 'unknownTenant', { face: null })
    const face = await faceOf(dependencies, tenant)
    const state = typeof request.query.state === 'string' ? request.query.state : ''
    const to = recall(request, tenant, state)
    if (to === null) return sendExpired(request, reply, face)
    const t = translatorFor(request, face)
    if (request.query.error !== undefined) {
      const what = to.kind === 'invitation' ? 'invitation' : 'signIn'
      const retryUrl = to.kind === 'page' ? to.path : null
      return sendPage(
        reply,
        200,
        <CancelledPage t={t} tenant={face} trace={null} what={what} retryUrl={retryUrl} />,
      )
    }
    setCookie(reply, baseUrl, {
      name: cookieName(state),
      value: '',
      path: signedInPath(tenant.id),
      lifetimeSeconds: 0,
    })
    if (to.kind === 'page') return reply.redirect(to.path, 303)
    // A page, not a redirect: the chain began with our own form, whose policy cannot name this address.
    const page = (
      <LeavingPage t={t} tenant={face} trace={null} url={to.url} destinationName={new URL(to.url).host} />
    )
    return sendPage(reply, 200, page)
  })

  function recall(request: FastifyRequest, tenant: Tenant, state: string): Destination | null {
    const sealed = readCookie(request, cookieName(state))
    if (sealed === null) return null
    try {
      return destination.parse(JSON.parse(keyring.open(PURPOSE, tenant.id, sealed).toString()))
    } catch (cause) {
      if (cause instanceof SealBroken) return null
      throw cause
    }
  }
}

const nobody = { loginHint: null, redemption: null }

/** Throws `RangeError` for anything but a path of ours: `//evil.test` and `/\evil.test` are addresses elsewhere. */
function ownPath(baseUrl: string, path: string): string {
  const url = path.startsWith('/') ? URL.parse(path, baseUrl) : null
  if (url === null || url.origin !== new URL(baseUrl).origin) throw new RangeError('Not a path of ours.')
  return `${url.pathname}${url.search}${url.hash}`
}
