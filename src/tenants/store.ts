import type { Tx } from '../platform/database/index.ts'
import { parseTenantId, type TenantId } from '../platform/ids.ts'
import type { Domain, Tenant, TenantType } from './model.ts'

declare module '../platform/database/schema.ts' {
  interface Schema {
    tenants: {
      tenant_id: string
      display_name: string
      tenant_type: TenantType
      initial_domain: string
      created_at: Date
    }
    domains: {
      tenant_id: string
      name: string
      is_initial: boolean
      is_default: boolean
      verification_text: string
      verified_at: Date | null
      created_at: Date
    }
  }
}

const tenantColumns = ['tenant_id', 'display_name', 'tenant_type', 'initial_domain', 'created_at'] as const
const domainColumns = ['name', 'is_initial', 'is_default', 'verification_text', 'verified_at'] as const

interface TenantRow {
  readonly tenant_id: string
  readonly display_name: string
  readonly tenant_type: TenantType
  readonly initial_domain: string
  readonly created_at: Date
}

function tenantOf(row: TenantRow): Tenant {
  const id = parseTenantId(row.tenant_id)
  if (id === null) throw new TypeError('The column is a uuid.')
  return {
    id,
    displayName: row.display_name,
    tenantType: row.tenant_type,
    initialDomain: row.initial_domain,
    createdAt: row.created_at,
  }
}

export async function insertTenant(tx: Tx, tenant: Tenant): Promise<void> {
  await tx
    .insertInto('tenants')
    .values({
      tenant_id: tenant.id,
      display_name: tenant.displayName,
      tenant_type: tenant.tenantType,
      initial_domain: tenant.initialDomain,
      created_at: tenant.createdAt,
    })
    .execute()
}

export async function findTenant(tx: Tx, id: TenantId): Promise<Tenant | null> {
  const row = await tx
    .selectFrom('tenants')
    .select(tenantColumns)
    .where('tenant_id', '=', id)
    .executeTakeFirst()
  return row === undefined ? null : tenantOf(row)
}

/** The tenant that has verified this domain; `name` in lower case. */
export async function findTenantByDomain(tx: Tx, name: string): Promise<Tenant | null> {
  const row = await tx
    .selectFrom('domains')
    .innerJoin('tenants', 'tenants.tenant_id', 'domains.tenant_id')
    .select(['tenants.tenant_id', 'display_name', 'tenant_type', 'initial_domain', 'tenants.created_at'])
    .where('domains.name', '=', name)
    .where('domains.verified_at', 'is not', null)
    .executeTakeFirst()
  return row === undefined ? null : tenantOf(row)
}

/** Tenants in the order of their initial domains, after `after` (`''` for the first page). */
export async function listTenants(tx: Tx, after: string, limit: number): Promise<readonly Tenant[]> {
  const rows = await tx
    .selectFrom('tenants')
    .select(tenantColumns)
    .where('initial_domain', '>', after)
    .orderBy('initial_domain')
    .limit(limit)
    .execute()
  return rows.map(tenantOf)
}

export interface NewDomain {
  readonly tenantId: TenantId
  readonly name: string
  readonly isInitial: boolean
  readonly verificationText: string
  readonly verifiedAt: Date | null
  readonly createdAt: Date
}

/** Adds the domain unless this tenant has it already; says whether it did. */
export async function insertDomain(tx: Tx, domain: NewDomain): Promise<boolean> {
  const result = await tx
    .insertInto('domains')
    .values({
      tenant_id: domain.tenantId,
      name: domain.name,
      is_initial: domain.isInitial,
      is_default: domain.isInitial,
      verification_text: domain.verificationText,
      verified_at: domain.verifiedAt,
      created_at: domain.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function findDomains(tx: Tx, tenantId: TenantId): Promise<readonly Domain[]> {
  const rows = await tx
    .selectFrom('domains')
    .select(domainColumns)
    .where('tenant_id', '=', tenantId)
    .orderBy('name')
    .execute()
  return rows.map((row) => ({
    name: row.name,
    isInitial: row.is_initial,
    isDefault: row.is_default,
    verificationText: row.verification_text,
    verification:
      row.verified_at === null ? { state: 'pending' } : { state: 'verified', at: row.verified_at },
  }))
}

/**
 * Marks the domain verified. `false` when another tenant has it: two tenants that prove control of one name at
 * once cannot both get it, the unique index decides.
 */
export async function markVerified(tx: Tx, tenantId: TenantId, name: string, at: Date): Promise<boolean> {
  const result = await tx
    .updateTable('domains')
    .set({ verified_at: at })
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .where('verified_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('domains as other')
            .select('other.name')
            .where('other.name', '=', name)
            .where('other.verified_at', 'is not', null),
        ),
      ),
    )
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function deleteDomain(tx: Tx, tenantId: TenantId, name: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('domains')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .where('is_initial', '=', false)
    .executeTakeFirst()
  return result.numDeletedRows === 1n
}

/** Makes a verified domain the default one of its tenant; `false`, and nothing changes, when it is not verified. */
export async function setDefaultDomain(tx: Tx, tenantId: TenantId, name: string): Promise<boolean> {
  const verified = await tx
    .selectFrom('domains')
    .select('name')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .where('verified_at', 'is not', null)
    .forUpdate()
    .executeTakeFirst()
  if (verified === undefined) return false
  // Two statements: the index that allows one default looks at each row as it changes.
  await tx
    .updateTable('domains')
    .set({ is_default: false })
    .where('tenant_id', '=', tenantId)
    .where('is_default', '=', true)
    .execute()
  await tx
    .updateTable('domains')
    .set({ is_default: true })
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .execute()
  return true
}
