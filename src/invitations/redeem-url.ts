import { isGuid } from '../platform/ids.ts'

/** What a mail link carries. The ticket is a secret: never log it; look it up by its digest. */
export interface RedeemLink {
  readonly tenantId: string
  readonly userId: string
  readonly ticket: string
}

/** 256 bits, base64url (`randomToken`). */
const TICKET = /^[A-Za-z0-9_-]{43}$/
const VERSION = '2.0'

/** `inviteRedeemUrl` (§2.2): `{base}/redeem?rd={encoded URL carrying tenant, user, ticket, ver}`. */
export function redeemUrl(baseUrl: string, { tenantId, userId, ticket }: RedeemLink): string {
  const inner = new URL('/redeem', baseUrl)
  inner.search = new URLSearchParams({ tenant: tenantId, user: userId, ticket, ver: VERSION }).toString()
  const outer = new URL('/redeem', baseUrl)
  outer.searchParams.set('rd', inner.href)
  return outer.href
}

/**
 * Reads the `rd` of a request to `/redeem`; null when it is not one of ours, letter for letter. The inner URL is never
 * opened or redirected to: it only holds the three values, so nothing else in it may matter.
 */
export function parseRedeemLink(baseUrl: string, rd: string): RedeemLink | null {
  const inner = URL.parse(rd)
  if (inner === null) return null
  const value = (name: string): string => inner.searchParams.get(name) ?? ''
  const link = { tenantId: value('tenant'), userId: value('user'), ticket: value('ticket') }
  if (!isGuid(link.tenantId) || !isGuid(link.userId) || !TICKET.test(link.ticket)) return null
  const asWritten = new URL(redeemUrl(baseUrl, link)).searchParams.get('rd')
  return rd === asWritten ? link : null
}
