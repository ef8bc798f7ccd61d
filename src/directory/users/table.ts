import type { ColumnType, Selectable } from 'kysely'
import type { AddressKind, User } from './model.ts'

// The columns bear the names of the properties, so the table's type follows from the model's.
type Snake<Name extends string, Done extends string = ''> = Name extends `${infer Head}${infer Rest}`
  ? Snake<Rest, Head extends Lowercase<Head> ? `${Done}${Head}` : `${Done}_${Lowercase<Head>}`>
  : Done

/** jsonb is written as text: pg would send an array as a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>

type Columns<Model> = {
  [Name in keyof Model & string as Snake<Name>]: Name extends JsonProperty ? Json<Model[Name]> : Model[Name]
}

type JsonProperty = 'identities' | 'onPremisesExtensionAttributes' | 'more'

export interface UserTable extends Columns<User> {
  tenant_id: string
}

declare module '../../platform/database/schema.ts' {
  interface Schema {
    users: UserTable
    user_addresses: { tenant_id: string; address: string; kind: AddressKind; user_id: string }
    user_identities: {
      tenant_id: string
      sign_in_type: string
      issuer: string
      issuer_assigned_id: string
      user_id: string
    }
    user_passwords: {
      tenant_id: string
      user_id: string
      hash: string
      force_change: boolean
      force_change_with_mfa: boolean
      changed_at: Date
    }
  }
}

const properties = [
  'id',
  'userPrincipalName',
  'displayName',
  'accountEnabled',
  'userType',
  'creationType',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'mail',
  'mailNickname',
  'givenName',
  'surname',
  'employeeId',
  'department',
  'companyName',
  'jobTitle',
  'employeeType',
  'employeeHireDate',
  'officeLocation',
  'streetAddress',
  'city',
  'state',
  'postalCode',
  'country',
  'usageLocation',
  'preferredLanguage',
  'mobilePhone',
  'businessPhones',
  'otherMails',
  'proxyAddresses',
  'imAddresses',
  'identities',
  'showInAddressList',
  'passwordPolicies',
  'lastPasswordChangeDateTime',
  'signInSessionsValidFromDateTime',
  'onPremisesImmutableId',
  'onPremisesSamAccountName',
  'onPremisesUserPrincipalName',
  'onPremisesSyncEnabled',
  'onPremisesExtensionAttributes',
  'managerId',
  'more',
  'createdDateTime',
  'deletedDateTime',
] as const satisfies readonly (keyof User)[]

const json: ReadonlySet<string> = new Set<JsonProperty>([
  'identities',
  'onPremisesExtensionAttributes',
  'more',
])

const columnOf = (property: string): string =>
  property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export type UserColumn = keyof UserTable

// The names above in snake case are the table's columns: `Snake` says the same in types.
/** Every column of a user, to be selected for `userOf`. */
export const columns = properties.map(columnOf) as readonly string[] as readonly UserColumn[]

/** The same in a join. */
export const aliased = columns.map((column) => `users.${column}` as const)

export function userOf(row: Partial<Selectable<UserTable>>): User {
  const user = Object.fromEntries(properties.map((property, at) => [property, row[columns[at] ?? 'id']]))
  // Every property of the model has its column, of the same type.
  return user as unknown as User
}

/** Columns and values of these properties, for insert and update. */
export function rowOf(facts: Partial<User>): Record<string, unknown> {
  const entries = Object.entries(facts).map(([property, value]) => [
    columnOf(property),
    json.has(property) ? JSON.stringify(value) : value,
  ])
  return Object.fromEntries(entries)
}
