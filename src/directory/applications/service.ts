import { type ModifiedProperty, recordAudit } from '../../audit/index.ts'
import type { Context } from '../../platform/context.ts'
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts'
import { findDomains } from '../../tenants/index.ts'
import { modifiedProperties } from '../audit-targets.ts'
import { announce } from '../changes.ts'
import { DuplicateValue } from '../duplicates.ts'
import { applyChanges, changedProperties } from './apply-changes.ts'
import { deleteAssignmentsToRoles } from './assignment-store.ts'
import { ownerFor, refuse, refuseTooLate, requireApplication } from './guards.ts'
import type { IdentifierUriFacts } from './identifier-uris.ts'
import type { Application, ApplicationSettings } from './model.ts'
import { deleteOwnersOf, insertOwner } from './owner-store.ts'
import { changeProblems, settingsProblems } from './rules.ts'
import {
  purgeServicePrincipalOf,
  restoreServicePrincipalOf,
  softDeleteServicePrincipalOf,
} from './service-principal-deletion.ts'
import { saveCopy } from './service-principal-store.ts'
import { copyOf } from './service-principals.ts'
import { type ApplicationChanges, emptySettings } from './settings.ts'
import {
  claimIdentifiers,
  insertApplication,
  purgeApplication as purgeRow,
  saveSettings,
  setDeleted,
} from './store.ts'

/**
 * Creates an application, owned by whoever acts. As in Graph it has no service principal yet: `registerApplication`
 * makes both. 400 lists everything wrong with the settings.
 */
export async function createApplication(
  ctx: Context,
  tx: Tx,
  changes: ApplicationChanges,
): Promise<Application> {
  const id = ctx.ids.guid()
  const appId = ctx.ids.guid()
  const domains = await verifiedDomains(ctx, tx)
  const { settings, problems } = applyChanges(emptySettings, changes)
  refuse([...problems, ...settingsProblems(settings, factsOf(ctx, appId, domains.names))])
  const application: Application = {
    ...settings,
    id,
    appId,
    publisherDomain: domains.publisher,
    createdDateTime: ctx.clock.now(),
    deletedDateTime: null,
  }
  await insertApplication(tx, ctx.tenantId, application).catch(asTakenName)
  await claim(ctx, tx, application)
  const owner = ownerFor(ctx.actor)
  if (owner !== null) await insertOwner(tx, ctx.tenantId, id, owner, ctx.clock.now())
  await recordAudit(ctx, tx, {
    activity: 'Add application',
    category: 'ApplicationManagement',
    operationType: 'Add',
    targets: [target(application, modified(emptySettings, settings))],
  })
  announce(ctx, tx, { objectType: 'application', objectId: id, change: 'created' })
  return application
}

/**
 * Changes what `changes` names and nothing else (GRA-30), and the copies in the service principal with it. 404 for
 * an unknown or deleted application. Changing nothing records nothing.
 */
export async function updateApplication(
  ctx: Context,
  tx: Tx,
  id: string,
  changes: ApplicationChanges,
): Promise<Application> {
  const before = await requireApplication(tx, id, 'present')
  const { settings, problems } = applyChanges(settingsOf(before), changes)
  const properties = changedProperties(settingsOf(before), settings)
  if (properties.length === 0 && problems.length === 0) return before
  const { names } = await verifiedDomains(ctx, tx)
  refuse([
    ...problems,
    ...settingsProblems(settings, factsOf(ctx, before.appId, names)),
    ...changeProblems(before, settings),
  ])
  const after: Application = { ...before, ...settings }
  await saveSettings(tx, id, settings).catch(asTakenName)
  await claim(ctx, tx, after)
  await renewCopy(ctx, tx, before, after)
  await recordAudit(ctx, tx, {
    activity: 'Update application',
    category: 'ApplicationManagement',
    operationType: 'Update',
    targets: [target(after, modified(settingsOf(before), settings))],
  })
  announce(ctx, tx, { objectType: 'application', objectId: id, change: 'updated', detail: { properties } })
  return after
}

/** What the service principal copies changes with the application; roles that are gone are taken from who held them. */
async function renewCopy(ctx: Context, tx: Tx, before: Application, after: Application): Promise<void> {
  const copy = copyOf(after)
  if (changedProperties(copyOf(before), copy).length === 0) return
  const id = await saveCopy(tx, after.appId, copy, null)
  if (id === null) return
  await deleteAssignmentsToRoles(tx, id, removedIds(before.appRoles, after.appRoles))
  announce(ctx, tx, { objectType: 'servicePrincipal', objectId: id, change: 'updated' })
}

/** Moves an application and its own service principal to deletedItems (GRA-56, 59). */
export async function deleteApplication(ctx: Context, tx: Tx, id: string): Promise<void> {
  const application = await requireApplication(tx, id, 'present')
  await setDeleted(tx, id, ctx.clock.now())
  await softDeleteServicePrincipalOf(ctx, tx, application.appId)
  await record(ctx, tx, 'Delete application', 'Delete', application)
  announce(ctx, tx, { objectType: 'application', objectId: id, change: 'deleted' })
}

/** Brings an application and its service principal back (GRA-57, 59). 404 after thirty days (GRA-58). */
export async function restoreApplication(ctx: Context, tx: Tx, id: string): Promise<Application> {
  const application = await requireApplication(tx, id, 'deleted')
  refuseTooLate(ctx, application)
  await setDeleted(tx, id, null)
  await restoreServicePrincipalOf(ctx, tx, application.appId)
  await record(ctx, tx, 'Restore application', 'Other', application)
  announce(ctx, tx, { objectType: 'application', objectId: id, change: 'restored' })
  return { ...application, deletedDateTime: null }
}

/** Removes a deleted application for good, with its service principal, credentials, owners and names. */
export async function purgeApplication(ctx: Context, tx: Tx, id: string): Promise<void> {
  const application = await requireApplication(tx, id, 'deleted')
  await purgeServicePrincipalOf(ctx, tx, application.appId)
  await claimIdentifiers(tx, ctx.tenantId, application.appId, [])
  await deleteOwnersOf(tx, id)
  await purgeRow(tx, id)
  await record(ctx, tx, 'Hard Delete application', 'Delete', application)
  announce(ctx, tx, { objectType: 'application', objectId: id, change: 'purged' })
}

function settingsOf(application: Application): ApplicationSettings {
  const { id, appId, publisherDomain, createdDateTime, deletedDateTime, ...settings } = application
  return settings
}

const factsOf = (ctx: Context, appId: string, verifiedDomains: readonly string[]): IdentifierUriFacts => ({
  appId,
  tenantId: ctx.tenantId,
  verifiedDomains,
})

async function verifiedDomains(
  ctx: Context,
  tx: Tx,
): Promise<{ readonly names: readonly string[]; readonly publisher: string | null }> {
  const domains = await findDomains(tx, ctx.tenantId)
  const verified = domains.filter((domain) => domain.verification.state === 'verified')
  const publisher = verified.find((domain) => domain.isDefault) ?? verified[0]
  return { names: verified.map((domain) => domain.name), publisher: publisher?.name ?? null }
}

async function claim(ctx: Context, tx: Tx, application: Application): Promise<void> {
  const taken = await claimIdentifiers(tx, ctx.tenantId, application.appId, application.identifierUris)
  if (taken !== null) throw new DuplicateValue('identifierUris')
}

const asTakenName = (error: unknown): never => {
  throw isUniqueViolation(error, 'applications_unique_name') ? new DuplicateValue('uniqueName', error) : error
}

const removedIds = (
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): readonly string[] => {
  const kept = new Set(after.map(({ id }) => id))
  return before.map(({ id }) => id).filter((id) => !kept.has(id))
}

const modified = (before: ApplicationSettings, after: ApplicationSettings): readonly ModifiedProperty[] =>
  modifiedProperties(changedProperties(before, after), { ...before }, { ...after })

const target = (application: Application, changes: readonly ModifiedProperty[] = []) =>
  ({
    id: application.id,
    type: 'Application',
    displayName: application.displayName,
    modifiedProperties: changes,
  }) as const

const record = (
  ctx: Context,
  tx: Tx,
  activity: string,
  operationType: 'Delete' | 'Other',
  application: Application,
): Promise<void> =>
  recordAudit(ctx, tx, {
    activity,
    category: 'ApplicationManagement',
    operationType,
    targets: [target(application)],
  })
