import { randomUUID } from 'node:crypto'

declare const tenantBrand: unique symbol
declare const homeBrand: unique symbol
declare const resourceBrand: unique symbol

/** A tenant's GUID, lower case. */
export type TenantId = string & { readonly [tenantBrand]: true }

/** The tenant where a person's account lives. */
export type HomeTenantId = TenantId & { readonly [homeBrand]: true }

/** The tenant whose things the person wants to use. Not assignable to `HomeTenantId`, nor the reverse. */
export type ResourceTenantId = TenantId & { readonly [resourceBrand]: true }

// The casts below are the only way into the branded types.
export const asHome = (id: TenantId): HomeTenantId => id as HomeTenantId
export const asResource = (id: TenantId): ResourceTenantId => id as ResourceTenantId

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isGuid = (text: string): boolean => GUID.test(text)

/** Parses a tenant GUID in any case; `null` when it is not a GUID. It says nothing about whether the tenant exists. */
export const parseTenantId = (text: string): TenantId | null =>
  GUID.test(text) ? (text.toLowerCase() as TenantId) : null

/** Where new identifiers come from; passed in so that tests and the demo can fix them. */
export interface Ids {
  /** A new random GUID, lower case. */
  guid(): string
}

export const randomIds: Ids = { guid: () => randomUUID() }
