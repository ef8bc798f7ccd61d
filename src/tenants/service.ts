import { recordAudit } from '../audit/index.ts'
import type { Context } from '../platform/context.ts'
import { randomToken } from '../platform/crypto/tokens.ts'
import { isUniqueViolation, type Tx } from '../platform/database/index.ts'
import type { Deployment } from '../platform/deployment.ts'
import { openContext } from '../platform/deployment.ts'
import { Conflict, Invalid, NotFound } from '../platform/errors.ts'
import { parseTenantId, type TenantId } from '../platform/ids.ts'
import type { Domain, Tenant, TenantType } from './model.ts'
import { normaliseDomain, provesControl } from './rules.ts'
import { addSigningKey } from './signing-keys.ts'
import * as store from './store.ts'

export interface NewTenant {
  readonly displayName: string
  readonly tenantType: TenantType
  readonly initialDomain: string
  /** Verified without asking DNS: for the first run, the command line and tests, never for an HTTP caller. */
  readonly trustedDomains?: readonly string[]
}

/** Prepares a new tenant's own rows; must be safe to run again, since a start repeats what a crash cut short. */
export type TenantInitialiser = (ctx: Context, tx: Tx) => Promise<void>

/**
 * Creates a tenant: its reference rows, then its own rows (organisation, signing key, what `initialisers` add) in
 * one transaction of the new tenant. 409 when the initial domain is taken.
 */
export async function createTenant(
  deployment: Deployment,
  request: NewTenant,
  initialisers: readonly TenantInitialiser[],
): Promise<Tenant> {
  const id = parseTenantId(deployment.ids.guid())
  if (id === null) throw new TypeError('Ids make GUIDs.')
  const [initialDomain, ...others] = [request.initialDomain, ...(request.trustedDomains ?? [])].map(
    requireDomain,
  )
  if (initialDomain === undefined) throw new TypeError('The list has a first element.')
  if (request.displayName.trim() === '' || request.displayName.length > 256) {
    throw new Invalid('The display name of a tenant has 1 to 256 characters.')
  }
  const tenant: Tenant = {
    id,
    displayName: request.displayName.trim(),
    tenantType: request.tenantType,
    initialDomain,
    createdAt: deployment.clock.now(),
  }
  await deployment.database.platform.transaction(async (tx) => {
    for (const name of [initialDomain, ...others]) {
      if ((await store.findTenantByDomain(tx, name)) !== null) {
        throw new Conflict(`The domain ${name} belongs to another tenant.`)
      }
    }
    await store.insertTenant(tx, tenant)
    for (const name of [initialDomain, ...others]) {
      await store.insertDomain(tx, {
        tenantId: id,
        name,
        isInitial: name === initialDomain,
        verificationText: newVerificationText(),
        verifiedAt: tenant.createdAt,
        createdAt: tenant.createdAt,
      })
    }
  })
  await initialiseTenant(deployment, tenant.id, initialisers)
  return tenant
}

/** Gives a tenant every row that it must have. Does nothing where all is there. */
export async function initialiseTenant(
  deployment: Deployment,
  id: TenantId,
  initialisers: readonly TenantInitialiser[],
): Promise<void> {
  const ctx = openContext(deployment, id, { kind: 'system', name: 'Tenant creation' }, deployment.ids.guid())
  await addSigningKey(ctx, deployment.keyring, 'unless one signs')
  await ctx.db.transaction(async (tx) => {
    for (const initialise of initialisers) await initialise(ctx, tx)
  })
}

const requireDomain = (text: string): string => {
  const name = normaliseDomain(text)
  if (name === null) throw new Invalid(`"${text}" is not a domain name.`)
  return name
}

const newVerificationText = (): string => `xenia-verification=${randomToken()}`

/** Looks up the TXT records of a name; rejects when DNS does not answer. Injected, so that tests need no DNS. */
export type TxtResolver = (name: string) => Promise<readonly (readonly string[])[]>

/** Claims a domain for the tenant of `ctx`. It counts only after `verifyDomain`. 409 when this tenant has it. */
export async function addDomain(ctx: Context, deployment: Deployment, text: string): Promise<Domain> {
  const name = requireDomain(text)
  const createdAt = ctx.clock.now()
  const added = await deployment.database.platform.transaction((tx) =>
    store.insertDomain(tx, {
      tenantId: ctx.tenantId,
      name,
      isInitial: false,
      verificationText: newVerificationText(),
      verifiedAt: null,
      createdAt,
    }),
  )
  if (!added) throw new Conflict(`The domain ${name} is already listed in this tenant.`)
  await auditDomain(ctx, 'Add unverified domain', 'Add', name)
  return findDomain(ctx, name)
}

/**
 * Verifies a claimed domain by its TXT record. 400 when the record is not there yet, 409 when another tenant has
 * verified the name meanwhile.
 */
export async function verifyDomain(
  ctx: Context,
  deployment: Deployment,
  resolveTxt: TxtResolver,
  text: string,
): Promise<Domain> {
  const domain = await findDomain(ctx, requireDomain(text))
  if (domain.verification.state === 'verified') return domain
  // DNS is asked before any transaction: it may take seconds.
  const records = await resolveTxt(domain.name).catch(() => [])
  if (!provesControl(records, domain.verificationText)) {
    throw new Invalid(
      `The TXT record of ${domain.name} was not found. Add the text "${domain.verificationText}" and try again; DNS changes can take an hour to spread.`,
    )
  }
  const verified = await deployment.database.platform
    .transaction((tx) => store.markVerified(tx, ctx.tenantId, domain.name, ctx.clock.now()))
    .catch((error) => {
      if (isUniqueViolation(error, 'domains_verified_once')) return false
      throw error
    })
  if (!verified) throw new Conflict(`The domain ${domain.name} is verified in another tenant.`)
  await auditDomain(ctx, 'Verify domain', 'Update', domain.name)
  return findDomain(ctx, domain.name)
}

/** Gives a domain up. The initial domain stays for ever: 400. */
export async function removeDomain(ctx: Context, deployment: Deployment, text: string): Promise<void> {
  const domain = await findDomain(ctx, text.toLowerCase())
  if (domain.isInitial) throw new Invalid('The initial domain of a tenant cannot be removed.')
  if (domain.isDefault) throw new Invalid('Make another domain the default one first.')
  await deployment.database.platform.transaction((tx) => store.deleteDomain(tx, ctx.tenantId, domain.name))
  await auditDomain(ctx, 'Remove domain', 'Delete', domain.name)
}

export async function findDomain(ctx: Context, name: string): Promise<Domain> {
  const domains = await ctx.db.transaction((tx) => store.findDomains(tx, ctx.tenantId))
  const domain = domains.find((candidate) => candidate.name === name.toLowerCase())
  if (domain === undefined) throw new NotFound(name)
  return domain
}

const auditDomain = (
  ctx: Context,
  activity: string,
  operationType: 'Add' | 'Update' | 'Delete',
  name: string,
) =>
  ctx.db.transaction((tx) =>
    recordAudit(ctx, tx, {
      activity,
      category: 'DirectoryManagement',
      operationType,
      targets: [{ id: ctx.tenantId, type: 'Directory', displayName: name }],
    }),
  )

/**
 * The tenant that a `{tenant}` path segment names: a GUID or a verified domain, in any case. `null` for anything
 * else; `common` and `organizations` are no tenants and are resolved by sign-in.
 */
export function resolveTenant(deployment: Deployment, segment: string): Promise<Tenant | null> {
  const id = parseTenantId(segment)
  return deployment.database.platform.transaction(async (tx) => {
    if (id !== null) return store.findTenant(tx, id)
    const name = normaliseDomain(segment)
    return name === null ? null : store.findTenantByDomain(tx, name)
  })
}
