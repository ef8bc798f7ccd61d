-- Applications, their service principals, and who may use what (graph-conventions.md, section 2). Columns that end
-- in _key are lower-case forms for look-up, as in 0004.

create table applications (
  tenant_id uuid not null references tenants,
  id uuid not null,
  app_id uuid not null,
  display_name text not null check (length(display_name) between 1 and 256),
  display_name_key text collate "C" not null generated always as (lower(display_name)) stored,
  description text,
  notes text,
  sign_in_audience text not null
    check (sign_in_audience in ('AzureADMyOrg', 'AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount')),
  identifier_uris text[] not null default '{}',
  publisher_domain text,
  unique_name text,
  unique_name_key text collate "C" generated always as (lower(unique_name)) stored,
  tags text[] not null default '{}',
  group_membership_claims text,
  is_fallback_public_client boolean,
  native_authentication_apis_enabled text,
  service_management_reference text,
  -- Complex properties, each in the shape that Graph shows.
  api jsonb not null,
  app_roles jsonb not null default '[]',
  web jsonb not null,
  spa jsonb not null,
  public_client jsonb not null,
  required_resource_access jsonb not null default '[]',
  optional_claims jsonb,
  info jsonb not null,
  authentication_behaviors jsonb,
  created_date_time timestamptz not null,
  deleted_date_time timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, app_id)
);
select make_island('applications');
create unique index applications_unique_name on applications (tenant_id, unique_name_key) where unique_name_key is not null;
create index applications_display_name on applications (tenant_id, display_name_key, id) where deleted_date_time is null;
create index applications_deleted on applications (tenant_id, deleted_date_time, id) where deleted_date_time is not null;

-- Identifier URIs (lower case) and the application that each names. One table for own and foreign applications, so
-- that no foreign one can take a name that an own one has. A deleted application keeps its names until it is purged.
create table resource_identifiers (
  tenant_id uuid not null references tenants,
  identifier text collate "C" not null check (identifier = lower(identifier)),
  app_id uuid not null,
  primary key (tenant_id, identifier)
);
select make_island('resource_identifiers');
create index resource_identifiers_by_app on resource_identifiers (tenant_id, app_id);

-- Secrets are generated here with 256 bits, so a plain digest is enough: there is nothing to guess.
create table application_credentials (
  tenant_id uuid not null,
  application_id uuid not null,
  key_id uuid not null,
  kind text not null check (kind in ('password', 'key')),
  display_name text,
  start_date_time timestamptz not null,
  end_date_time timestamptz not null,
  -- password
  hint text,
  secret_digest bytea check (length(secret_digest) = 32),
  -- key: a certificate (DER) or a public JWK, and always the JWK that proves signatures.
  key_type text check (key_type in ('AsymmetricX509Cert', 'JsonWebKey')),
  key_value bytea,
  custom_key_identifier bytea,
  public_jwk jsonb,
  primary key (tenant_id, application_id, key_id),
  foreign key (tenant_id, application_id) references applications (tenant_id, id) on delete cascade,
  check (start_date_time < end_date_time),
  check ((kind = 'password') = (secret_digest is not null and hint is not null)),
  check ((kind = 'key') = (key_type is not null and key_value is not null and public_jwk is not null
                           and custom_key_identifier is not null))
);
select make_island('application_credentials');

create table service_principals (
  tenant_id uuid not null references tenants,
  id uuid not null,
  app_id uuid not null,
  -- Null for the product's own.
  app_owner_tenant_id uuid,
  service_principal_type text not null default 'Application',
  display_name text not null check (length(display_name) between 1 and 256),
  display_name_key text collate "C" not null generated always as (lower(display_name)) stored,
  description text,
  notes text,
  account_enabled boolean not null default true,
  app_role_assignment_required boolean not null default false,
  tags text[] not null default '{}',
  login_url text,
  preferred_single_sign_on_mode text,
  notification_email_addresses text[] not null default '{}',
  -- Copies of the application's properties, renewed in the transaction that changes an own application, and from
  -- the owner's description of a foreign one.
  app_display_name text not null,
  sign_in_audience text not null,
  app_roles jsonb not null default '[]',
  oauth2_permission_scopes jsonb not null default '[]',
  reply_urls text[] not null default '{}',
  service_principal_names text[] not null default '{}',
  homepage text,
  logout_url text,
  info jsonb not null,
  -- The owner's description of a foreign application: what sign-in needs beyond the copies. Null for own ones.
  foreign_application jsonb,
  created_date_time timestamptz not null,
  deleted_date_time timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, app_id)
);
select make_island('service_principals');
create index service_principals_display_name on service_principals (tenant_id, display_name_key, id)
  where deleted_date_time is null;
create index service_principals_deleted on service_principals (tenant_id, deleted_date_time, id)
  where deleted_date_time is not null;

-- Owners of applications and of service principals; `object_id` is the id of either.
create table application_owners (
  tenant_id uuid not null references tenants,
  object_id uuid not null,
  owner_id uuid not null,
  owner_type text not null check (owner_type in ('user', 'servicePrincipal')),
  added_date_time timestamptz not null,
  primary key (tenant_id, object_id, owner_id)
);
select make_island('application_owners');
create index application_owners_by_owner on application_owners (tenant_id, owner_id, object_id);

create table app_role_assignments (
  tenant_id uuid not null,
  id uuid not null,
  -- The zero GUID is default access: assigned, but to no role.
  app_role_id uuid not null,
  principal_id uuid not null,
  principal_type text not null check (principal_type in ('User', 'Group', 'ServicePrincipal')),
  resource_id uuid not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, resource_id, principal_id, app_role_id),
  foreign key (tenant_id, resource_id) references service_principals (tenant_id, id) on delete cascade
);
select make_island('app_role_assignments');
create index app_role_assignments_by_principal on app_role_assignments (tenant_id, principal_id, resource_id);

-- Delegated permissions. No principal: granted by an administrator for everybody (AllPrincipals).
create table oauth2_permission_grants (
  tenant_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  resource_id uuid not null,
  principal_id uuid,
  -- Values of the resource's scopes, in the order in which they were granted.
  scopes text[] not null,
  created_date_time timestamptz not null,
  primary key (tenant_id, id),
  unique nulls not distinct (tenant_id, client_id, resource_id, principal_id),
  foreign key (tenant_id, client_id) references service_principals (tenant_id, id) on delete cascade,
  foreign key (tenant_id, resource_id) references service_principals (tenant_id, id) on delete cascade
);
select make_island('oauth2_permission_grants');
create index oauth2_permission_grants_by_principal on oauth2_permission_grants (tenant_id, principal_id)
  where principal_id is not null;
create index oauth2_permission_grants_by_resource on oauth2_permission_grants (tenant_id, resource_id);

-- The log readers' usual filters (GRA-66), each with the newest first.
create index directory_audits_by_correlation on directory_audits (tenant_id, correlation_id);
create index directory_audits_by_activity
  on directory_audits (tenant_id, activity_display_name, activity_date_time desc, id desc);
create index sign_ins_by_user on sign_ins (tenant_id, user_id, created_date_time desc, id desc);
create index sign_ins_by_app on sign_ins (tenant_id, app_id, created_date_time desc, id desc);
create index sign_ins_by_correlation on sign_ins (tenant_id, correlation_id);
