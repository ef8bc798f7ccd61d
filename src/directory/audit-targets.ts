import type { AuditTarget, ModifiedProperty } from '../audit/index.ts'

type Values = Readonly<Record<string, unknown>>

/** What an audit record says of each changed property: values as JSON text, absent ones as null. */
export const modifiedProperties = (
  names: readonly string[],
  before: Values,
  after: Values,
): readonly ModifiedProperty[] =>
  names.map((name) => ({ displayName: name, oldValue: asJson(before[name]), newValue: asJson(after[name]) }))

const asJson = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value)

export const userTarget = (
  user: { readonly id: string; readonly displayName: string; readonly userPrincipalName: string },
  modified: readonly ModifiedProperty[] = [],
): AuditTarget => ({
  id: user.id,
  type: 'User',
  displayName: user.displayName,
  userPrincipalName: user.userPrincipalName,
  modifiedProperties: modified,
})

export const groupTarget = (
  group: { readonly id: string; readonly displayName: string },
  modified: readonly ModifiedProperty[] = [],
): AuditTarget => ({
  id: group.id,
  type: 'Group',
  displayName: group.displayName,
  modifiedProperties: modified,
})

const auditTypes = {
  user: 'User',
  group: 'Group',
  servicePrincipal: 'ServicePrincipal',
  application: 'Application',
  directoryRole: 'Role',
} as const

/** Any directory object as the other side of a relation. */
export const objectTarget = (object: {
  readonly id: string
  readonly type: keyof typeof auditTypes
  readonly displayName: string
  readonly userPrincipalName: string | null
}): AuditTarget => ({
  id: object.id,
  type: auditTypes[object.type],
  displayName: object.displayName,
  userPrincipalName: object.userPrincipalName,
})
