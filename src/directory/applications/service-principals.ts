import type { Context } from '../../platform/context.ts'
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts'
import { Conflict, type ErrorDetail, Invalid } from '../../platform/errors.ts'
import { isGuid } from '../../platform/ids.ts'
import { findDomains } from '../../tenants/index.ts'
import { modifiedProperties } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import { changedProperties } from './apply-changes.ts'
import {
  foreignApplicationProblems,
  foreignApplicationSchema,
  foreignIdentifierUris,
} from './foreign-applications.ts'
import { ownerFor, refuse, refuseFirstParty, requireServicePrincipal } from './guards.ts'
import type {
  Application,
  DescribeForeignApplication,
  ForeignApplication,
  ServicePrincipal,
  ServicePrincipalSettings,
} from './model.ts'
import { insertOwner } from './owner-store.ts'
import { redirectUrisOf } from './rules.ts'
import { recordServicePrincipal as record } from './service-principal-audit.ts'
import { judgeServicePrincipal } from './service-principal-rules.ts'
import {
  type ApplicationCopy,
  findByAppId,
  insertServicePrincipal,
  saveCopy,
  saveServicePrincipalSettings,
} from './service-principal-store.ts'
import { claimIdentifiers, findApplicationByAppId, replyUrlsOf } from './store.ts'

/** What a caller may give for a service principal; absent members stay as they are. */
export type ServicePrincipalChanges = {
  readonly [Name in keyof ServicePrincipalSettings]?: ServicePrincipalSettings[Name] | null
}

export interface NewServicePrincipal extends ServicePrincipalChanges {
  readonly appId: string
}

/**
 * Brings an application into this tenant: an own one, or one of another tenant, whose owner is asked through
 * `describe` (never inside a transaction, and never by reading its rows). 400 when nobody offers `appId`; 409 when
 * it is here already, deleted or not.
 */
export async function createServicePrincipal(
  ctx: Context,
  request: NewServicePrincipal,
  describe: DescribeForeignApplication,
): Promise<ServicePrincipal> {
  const appId = request.appId.toLowerCase()
  const unknown = (): Invalid =>
    new Invalid(
      `The appId '${request.appId}' of the service principal does not reference a valid application object.`,
      { details: [{ code: 'NoBackingApplicationObject', target: 'appId', message: 'No such application.' }] },
    )
  if (!isGuid(appId)) throw unknown()
  const create = (source: ForeignApplication | null) =>
    ctx.db.transaction(async (tx) => {
      const own = await findApplicationByAppId(tx, appId)
      if (own !== null) return addServicePrincipal(ctx, tx, own, request)
      return source === null ? null : addForeignServicePrincipal(ctx, tx, source, request)
    })
  const known = await create(null)
  if (known !== null) return known
  const described = await describe(ctx, appId)
  if (described === null || described.appId !== appId) throw unknown()
  const made = await create(readDescription(ctx, described))
  if (made === null) throw unknown()
  return made
}

/** Adds the service principal of an own application. 409 when it has one. */
export const addServicePrincipal = (
  ctx: Context,
  tx: Tx,
  application: Application,
  given: ServicePrincipalChanges = {},
): Promise<ServicePrincipal> =>
  add(ctx, tx, application.appId, ctx.tenantId, copyOf(application), null, given)

async function addForeignServicePrincipal(
  ctx: Context,
  tx: Tx,
  foreign: ForeignApplication,
  given: ServicePrincipalChanges,
): Promise<ServicePrincipal> {
  const copy = await claimedCopy(ctx, tx, foreign)
  return add(ctx, tx, foreign.appId, foreign.ownerTenantId, copy, foreign, given)
}

async function add(
  ctx: Context,
  tx: Tx,
  appId: string,
  ownerTenantId: string,
  copy: ApplicationCopy,
  foreign: ForeignApplication | null,
  given: ServicePrincipalChanges,
): Promise<ServicePrincipal> {
  const present = await findByAppId(tx, appId)
  if (present !== null) throw alreadyHere(present)
  const unset: ServicePrincipalSettings = {
    displayName: copy.appDisplayName,
    description: null,
    notes: null,
    accountEnabled: true,
    appRoleAssignmentRequired: false,
    tags: [],
    loginUrl: null,
    preferredSingleSignOnMode: null,
    notificationEmailAddresses: [],
  }
  const servicePrincipal: ServicePrincipal = {
    ...withChanges(unset, given),
    ...copy,
    id: ctx.ids.guid(),
    appId,
    appOwnerTenantId: ownerTenantId,
    servicePrincipalType: 'Application',
    createdDateTime: ctx.clock.now(),
    deletedDateTime: null,
  }
  await insertServicePrincipal(tx, ctx.tenantId, servicePrincipal, foreign).catch((error) => {
    // Two at once: the other one committed between the look and the insert.
    throw isUniqueViolation(error) ? alreadyHere(servicePrincipal) : error
  })
  const owner = ownerFor(ctx.actor)
  if (owner !== null) await insertOwner(tx, ctx.tenantId, servicePrincipal.id, owner, ctx.clock.now())
  await record(ctx, tx, 'Add service principal', 'Add', servicePrincipal)
  announce(ctx, tx, { objectType: 'servicePrincipal', objectId: servicePrincipal.id, change: 'created' })
  return servicePrincipal
}

/** Changes what this tenant decides about the application. The copies of the application's own are not its to change. */
export async function updateServicePrincipal(
  ctx: Context,
  tx: Tx,
  id: string,
  changes: ServicePrincipalChanges,
): Promise<ServicePrincipal> {
  const before = await requireServicePrincipal(tx, id, 'present')
  refuseFirstParty(before)
  const settings = withChanges(before, changes)
  const properties = changedProperties(before, { ...before, ...settings })
  if (properties.length === 0) return before
  await saveServicePrincipalSettings(tx, id, settings)
  const after = { ...before, ...settings }
  await record(
    ctx,
    tx,
    'Update service principal',
    'Update',
    after,
    modifiedProperties(properties, { ...before }, { ...after }),
  )
  announce(ctx, tx, {
    objectType: 'servicePrincipal',
    objectId: id,
    change: 'updated',
    detail: { properties },
  })
  return after
}

/** Asks the owner of a foreign application again and renews the copies. Null when the owner no longer offers it. */
export async function refreshServicePrincipal(
  ctx: Context,
  appId: string,
  describe: DescribeForeignApplication,
): Promise<string | null> {
  const described = await describe(ctx, appId)
  if (described === null || described.appId !== appId) return null
  const foreign = readDescription(ctx, described)
  return ctx.db.transaction(async (tx) => {
    const present = await findByAppId(tx, appId)
    // Another tenant that claims an application of ours, or of a third one, is not its owner.
    if (present === null || present.appOwnerTenantId !== foreign.ownerTenantId) return null
    const id = await saveCopy(tx, appId, await claimedCopy(ctx, tx, foreign), foreign)
    if (id !== null) announce(ctx, tx, { objectType: 'servicePrincipal', objectId: id, change: 'updated' })
    return id
  })
}

/** What the service principal of an own application copies from it. */
export const copyOf = (application: Application): ApplicationCopy => ({
  appDisplayName: application.displayName,
  signInAudience: application.signInAudience,
  appRoles: application.appRoles,
  oauth2PermissionScopes: application.api.oauth2PermissionScopes,
  replyUrls: replyUrlsOf(redirectUrisOf(application)),
  servicePrincipalNames: [application.appId, ...application.identifierUris],
  homepage: application.web.homePageUrl,
  logoutUrl: application.web.logoutUrl,
  info: application.info,
})

/** What a foreign application may bring with it; the names are claimed for it, those that are taken are left out. */
async function claimedCopy(ctx: Context, tx: Tx, foreign: ForeignApplication): Promise<ApplicationCopy> {
  const domains = await findDomains(tx, ctx.tenantId)
  const verifiedDomains = domains
    .filter((domain) => domain.verification.state === 'verified')
    .map((domain) => domain.name)
  let names = foreignIdentifierUris(foreign, { tenantId: ctx.tenantId, verifiedDomains })
  for (;;) {
    const taken = await claimIdentifiers(tx, ctx.tenantId, foreign.appId, names)
    if (taken === null) break
    names = names.filter((name) => name.toLowerCase() !== taken.toLowerCase())
  }
  return {
    appDisplayName: foreign.displayName,
    signInAudience: foreign.signInAudience,
    appRoles: foreign.appRoles,
    oauth2PermissionScopes: foreign.oauth2PermissionScopes,
    replyUrls: replyUrlsOf(foreign.redirectUris),
    servicePrincipalNames: [foreign.appId, ...names],
    homepage: foreign.homePageUrl,
    logoutUrl: foreign.logoutUrl,
    info: foreign.info,
  }
}

function readDescription(ctx: Context, described: ForeignApplication): ForeignApplication {
  const parsed = foreignApplicationSchema.safeParse(described)
  if (!parsed.success)
    throw new Invalid('The owner of the application describes it in a way that is not understood.')
  // Our own applications are in our own rows: who says otherwise wants to pass as us.
  if (parsed.data.ownerTenantId === ctx.tenantId)
    throw new Invalid('The owner of the application is another tenant.')
  refuse(foreignApplicationProblems(parsed.data))
  return parsed.data
}

function withChanges(
  before: ServicePrincipalSettings,
  changes: ServicePrincipalChanges,
): ServicePrincipalSettings {
  const judged = judgeServicePrincipal(before, changes)
  refuse(judged.problems satisfies readonly ErrorDetail[])
  return judged.settings
}

function alreadyHere(present: ServicePrincipal): Conflict {
  const remedy =
    present.deletedDateTime === null ? '' : ' It is deleted: restore it, or delete it for good first.'
  return new Conflict(
    `The service principal cannot be created, updated, or restored because the service principal name ${present.appId} is already in use.${remedy}`,
    { code: 'Request_MultipleObjectsWithSameKeyValue' },
  )
}
