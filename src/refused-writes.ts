import { type AuditCategory, type AuditRecord, recordRefusal } from './audit/index.ts'
import type { RefusedWrite } from './graph/index.ts'
import type { Context } from './platform/context.ts'

/** Where a route's first segment stands in the audit log. */
const categories: Readonly<Record<string, AuditCategory>> = {
  users: 'UserManagement',
  invitations: 'UserManagement',
  groups: 'GroupManagement',
  applications: 'ApplicationManagement',
  servicePrincipals: 'ApplicationManagement',
  oauth2PermissionGrants: 'ApplicationManagement',
  directoryRoles: 'RoleManagement',
  domains: 'DirectoryManagement',
  organization: 'DirectoryManagement',
}

const operations: Readonly<Record<RefusedWrite['method'], AuditRecord['operationType']>> = {
  GET: 'Read',
  POST: 'Add',
  PATCH: 'Update',
  PUT: 'Update',
  DELETE: 'Delete',
}

/** GRA-67: a refused write leaves exactly one record too, with the words that the caller was told. */
export function recordRefusedWrite(
  ctx: Context,
  { method, path, params, reason }: RefusedWrite,
): Promise<void> {
  const [, segment = ''] = path.split('/')
  return recordRefusal(ctx, {
    activity: `${method} ${path}`,
    category: categories[segment] ?? 'Other',
    operationType: operations[method],
    targets: Object.values(params).map((id) => ({ id, type: 'Other' })),
    failure: reason.message,
  })
}
