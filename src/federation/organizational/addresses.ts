import { parseTenantId, type TenantId } from '../../platform/ids.ts'

/** A tenant's client id towards other tenants: an address under its own issuer, with its metadata behind it. */
export const relyingPartyId = (baseUrl: string, tenantId: TenantId): string =>
  `${baseUrl}/${tenantId}/v2.0/relying-party`

/** Where the home tenant sends the person back to. */
export const callbackAddress = (baseUrl: string, tenantId: TenantId): string =>
  `${baseUrl}${callbackPath(tenantId)}`

export const callbackPath = (tenantId: string): string => `/${tenantId}/federation/callback`

/** The tenant of this deployment whose client id this is; `null` for every other client id. */
export function tenantOfRelyingParty(baseUrl: string, clientId: string): TenantId | null {
  const rest = clientId.startsWith(`${baseUrl}/`) ? clientId.slice(baseUrl.length + 1) : ''
  const [segment = '', ...path] = rest.split('/')
  const tenantId = parseTenantId(segment)
  return tenantId !== null && path.join('/') === 'v2.0/relying-party' && segment === tenantId
    ? tenantId
    : null
}
