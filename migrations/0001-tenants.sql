-- Reference tables: global, small, the same on every node. Tenants may read them, only the platform role writes.

create table tenants (
  tenant_id uuid primary key,
  display_name text not null check (length(display_name) between 1 and 256),
  tenant_type text not null check (tenant_type in ('AAD', 'CIAM')),
  initial_domain text not null unique check (initial_domain = lower(initial_domain)),
  created_at timestamptz not null
);

-- A name can be claimed by several tenants, but be verified by one only.
create table domains (
  tenant_id uuid not null references tenants,
  name text not null check (name = lower(name) and length(name) <= 253),
  is_initial boolean not null default false,
  is_default boolean not null default false,
  verification_text text not null,
  verified_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, name)
);
create unique index domains_verified_once on domains (name) where verified_at is not null;
create unique index domains_one_default on domains (tenant_id) where is_default;

grant select on tenants, domains to xenia_tenant;
grant select, insert, update, delete on tenants, domains to xenia_platform;

-- Deployment-wide facts that are no tenant's: the development clock, the digest of the master key.
create table deployment_settings (
  name text primary key,
  value jsonb not null
);
grant select on deployment_settings to xenia_tenant;
grant select, insert, update, delete on deployment_settings to xenia_platform;

-- Makes a table an island (design, idea 1): the tenant role sees and writes only the rows of the tenant of its
-- transaction, the platform role sees none, and the owner is bound too.
create function make_island(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy island on %s to xenia_tenant
       using (tenant_id = current_setting(''xenia.tenant_id'')::uuid)
       with check (tenant_id = current_setting(''xenia.tenant_id'')::uuid)', target);
  execute format('grant select, insert, update, delete on %s to xenia_tenant', target);
end $$;

-- What a tenant says of itself, beyond the reference row: organization in Graph.
create table organizations (
  tenant_id uuid primary key references tenants,
  preferred_language text not null default 'en-US',
  privacy_contact_email text,
  privacy_statement_url text,
  technical_notification_mails text[] not null default '{}',
  country_letter_code text,
  settings jsonb not null default '{}'
);
select make_island('organizations');

-- Token signing keys. `sealed_private_jwk` is encrypted under the master key. A key is published from `created_at`
-- to `published_until`, and signs from `signs_from` until a younger one does.
create table signing_keys (
  tenant_id uuid not null references tenants,
  key_id text not null,
  algorithm text not null check (algorithm in ('RS256')),
  public_jwk jsonb not null,
  sealed_private_jwk text not null,
  created_at timestamptz not null,
  signs_from timestamptz not null,
  published_until timestamptz,
  primary key (tenant_id, key_id)
);
select make_island('signing_keys');
