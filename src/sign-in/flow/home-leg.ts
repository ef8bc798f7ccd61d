import type { FastifyReply, FastifyRequest } from 'fastify'
import { callbackPath, type LegState } from '../../federation/index.ts'
import { SealBroken } from '../../platform/crypto/keyring.ts'
import { digestToken } from '../../platform/crypto/tokens.ts'
import type { Deployment } from '../../platform/deployment.ts'
import { readCookie, setCookie } from './cookies.ts'
import type { Visit } from './visit.ts'

const PURPOSE = 'home-leg'
const LIFETIME_SECONDS = 3_600

/** A cookie for each way to a home tenant, so that two tabs do not disturb each other. */
const cookieName = (state: string): string =>
  `xenia_leg_${digestToken(state).replaceAll('-', '.').slice(0, 16)}`

/**
 * Ties the way to a home tenant to this browser: whoever comes back with the answer must bring the cookie, so an
 * answer that was made for somebody else signs nobody in (RFC 6749 §10.12).
 */
export function rememberLeg({ reply, dependencies, tenant, uid }: Visit, leg: LegState): void {
  const { baseUrl, keyring } = dependencies.deployment
  setCookie(reply, baseUrl, {
    name: cookieName(leg.state),
    value: keyring.seal(PURPOSE, tenant.id, uid),
    path: callbackPath(tenant.id),
    lifetimeSeconds: LIFETIME_SECONDS,
  })
}

/** The sign-in that this browser left for the home tenant with `state`, once: the cookie is gone afterwards. */
export function recallLeg(
  { baseUrl, keyring }: Deployment,
  request: FastifyRequest,
  reply: FastifyReply,
  tenantId: string,
  state: string,
): string | null {
  const name = cookieName(state)
  const sealed = readCookie(request, name)
  if (sealed === null) return null
  setCookie(reply, baseUrl, { name, value: '', path: callbackPath(tenantId), lifetimeSeconds: 0 })
  try {
    return keyring.open(PURPOSE, tenantId, sealed).toString()
  } catch (cause) {
    if (cause instanceof SealBroken) return null
    throw cause
  }
}
