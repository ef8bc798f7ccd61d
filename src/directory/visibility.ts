import {
  callerHas,
  directoryRoleTemplates,
  type GraphCaller,
  type GraphRow,
  type Page,
  type Query,
} from '../graph/index.ts'
import { Forbidden } from '../platform/errors.ts'
import { may } from './authority.ts'
import { maySeeType } from './object-types.ts'

// external-collaboration-settings.md, section 3.2, column "Limited": the level that every tenant begins with.
const publicProperties: ReadonlySet<string> = new Set([
  'id',
  '@odata.type',
  'displayName',
  'mail',
  'userPrincipalName',
  'userType',
])

/** A guest without any directory role, who sees other people only in outline and can list nothing. */
export const isLimitedGuest = (caller: GraphCaller): boolean =>
  caller.kind === 'delegated' && caller.userType === 'Guest' && caller.directoryRoles.size === 0

/** GAR-4: 403 on the lists that a guest may not read. */
export function refuseLimitedGuest(caller: GraphCaller): void {
  if (isLimitedGuest(caller)) throw new Forbidden('Insufficient privileges to complete the operation.')
}

/** The object without what the caller may not see; the presenter writes the rest as null (GAR-4). */
export function conceal(caller: GraphCaller, row: GraphRow, type?: string): GraphRow {
  if (!isLimitedGuest(caller) || caller.kind !== 'delegated') return row
  const kind = type ?? String(row['@odata.type'] ?? '').replace('#microsoft.graph.', '')
  if (kind !== 'user' || row['id'] === caller.userId) return row
  return Object.fromEntries(Object.entries(row).filter(([name]) => publicProperties.has(name)))
}

export const concealPage = (caller: GraphCaller, page: Page, type?: string): Page => ({
  ...page,
  rows: page.rows.map((row) => conceal(caller, row, type)),
})

/**
 * `$expand` shows no more than the collection itself would: objects of types that the token does not cover come with
 * type and id alone (GRA-39), people in outline to guests (GAR-4).
 */
export function concealExpanded(caller: GraphCaller, query: Query, row: GraphRow): GraphRow {
  const name = query.expand?.name
  const related = name === undefined ? undefined : row[name]
  if (name === undefined || related === undefined || related === null) return row
  const shown = (one: GraphRow): GraphRow => {
    const type = String(one['@odata.type'] ?? '').replace('#microsoft.graph.', '')
    return maySeeType(caller, type)
      ? conceal(caller, one)
      : { '@odata.type': one['@odata.type'], id: one['id'] }
  }
  // What `load` of a navigation returns are rows, one or several.
  const objects = related as GraphRow | readonly GraphRow[]
  return { ...row, [name]: isList(objects) ? objects.map(shown) : shown(objects) }
}

const isList = (value: GraphRow | readonly GraphRow[]): value is readonly GraphRow[] => Array.isArray(value)

// The same table, row "company".
const publicOfOrganization: ReadonlySet<string> = new Set(['id', 'displayName', 'verifiedDomains'])

/** The organisation as this caller may see it. */
export const concealOrganization = (caller: GraphCaller, row: GraphRow): GraphRow =>
  isLimitedGuest(caller)
    ? Object.fromEntries(Object.entries(row).filter(([name]) => publicOfOrganization.has(name)))
    : row

/** May the caller see groups and members that are hidden (GRA-38)? */
export function seesHidden(caller: GraphCaller): boolean {
  if (callerHas(caller, 'Member.Read.Hidden')) return true
  return caller.kind === 'delegated' && holdsAny(caller.directoryRoles, may.readHiddenMembership)
}

const holdsAny = (held: ReadonlySet<string>, roles: readonly string[]): boolean =>
  held.has(directoryRoleTemplates.globalAdministrator) || roles.some((role) => held.has(role))
