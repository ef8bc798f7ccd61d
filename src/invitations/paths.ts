import type { TenantId } from '../platform/ids.ts'

/** Where somebody manages who may send them invitations (INV-16). */
export const sendersPath = (tenantId: TenantId): string => `/${tenantId}/invitation-senders`

/** The link in a mail; the address only fills in the form, the mailbox is proved by a code. */
export function sendersUrl(baseUrl: string, tenantId: TenantId, address: string): string {
  const url = new URL(sendersPath(tenantId), baseUrl)
  url.searchParams.set('address', address)
  return url.href
}
