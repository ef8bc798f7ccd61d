import type { JWK } from 'jose'
import type { ColumnType } from 'kysely'
import type {
  ApiApplication,
  AppRole,
  AuthenticationBehaviors,
  ForeignApplication,
  InformationalUrls,
  OptionalClaims,
  OwnerType,
  PermissionScope,
  PrincipalType,
  RequiredResourceAccess,
  SignInAudience,
  WebApplication,
} from './model.ts'

/** jsonb, written as text: pg would send an array as a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>
type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>
type Strings = ColumnType<string[], readonly string[], readonly string[]>
/** Computed by the database. */
type Generated<T> = ColumnType<T, never, never>

export interface ApplicationTable {
  tenant_id: string
  id: string
  app_id: string
  display_name: string
  display_name_key: Generated<string>
  description: string | null
  notes: string | null
  sign_in_audience: SignInAudience
  identifier_uris: Strings
  publisher_domain: string | null
  unique_name: string | null
  unique_name_key: Generated<string | null>
  tags: Strings
  group_membership_claims: string | null
  is_fallback_public_client: boolean | null
  native_authentication_apis_enabled: string | null
  service_management_reference: string | null
  api: Json<ApiApplication>
  app_roles: Json<AppRole[]>
  web: Json<WebApplication>
  spa: Json<{ readonly redirectUris: readonly string[] }>
  public_client: Json<{ readonly redirectUris: readonly string[] }>
  required_resource_access: Json<RequiredResourceAccess[]>
  optional_claims: JsonOrNull<OptionalClaims>
  info: Json<InformationalUrls>
  authentication_behaviors: JsonOrNull<AuthenticationBehaviors>
  created_date_time: Date
  deleted_date_time: Date | null
}

export interface ServicePrincipalTable {
  tenant_id: string
  id: string
  app_id: string
  app_owner_tenant_id: string | null
  service_principal_type: string
  display_name: string
  display_name_key: Generated<string>
  description: string | null
  notes: string | null
  account_enabled: boolean
  app_role_assignment_required: boolean
  tags: Strings
  login_url: string | null
  preferred_single_sign_on_mode: string | null
  notification_email_addresses: Strings
  app_display_name: string
  sign_in_audience: SignInAudience
  app_roles: Json<AppRole[]>
  oauth2_permission_scopes: Json<PermissionScope[]>
  reply_urls: Strings
  service_principal_names: Strings
  homepage: string | null
  logout_url: string | null
  info: Json<InformationalUrls>
  foreign_application: JsonOrNull<ForeignApplication>
  created_date_time: Date
  deleted_date_time: Date | null
}

interface ApplicationCredentialTable {
  tenant_id: string
  application_id: string
  key_id: string
  kind: 'password' | 'key'
  display_name: string | null
  start_date_time: Date
  end_date_time: Date
  hint: string | null
  secret_digest: Buffer | null
  key_type: 'AsymmetricX509Cert' | 'JsonWebKey' | null
  key_value: Buffer | null
  custom_key_identifier: Buffer | null
  public_jwk: JsonOrNull<JWK>
}

declare module '../../platform/database/schema.ts' {
  interface Schema {
    applications: ApplicationTable
    service_principals: ServicePrincipalTable
    application_credentials: ApplicationCredentialTable
    resource_identifiers: { tenant_id: string; identifier: string; app_id: string }
    application_owners: {
      tenant_id: string
      object_id: string
      owner_id: string
      owner_type: OwnerType
      added_date_time: Date
    }
    app_role_assignments: {
      tenant_id: string
      id: string
      app_role_id: string
      principal_id: string
      principal_type: PrincipalType
      resource_id: string
      created_date_time: Date
    }
    oauth2_permission_grants: {
      tenant_id: string
      id: string
      client_id: string
      resource_id: string
      principal_id: string | null
      scopes: Strings
      created_date_time: Date
    }
  }
}
