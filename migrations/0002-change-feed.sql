-- The change feed (design, idea 5). `position` counts up by one without gaps within a tenant: it is drawn from
-- change_feed_heads under that row's lock, as the last thing before commit, so a reader that has seen position n
-- has seen every change up to n (decision 0005).
create table change_feed_heads (
  tenant_id uuid primary key references tenants,
  position bigint not null default 0
);
select make_island('change_feed_heads');

create table changes (
  tenant_id uuid not null,
  position bigint not null,
  occurred_at timestamptz not null,
  -- 'user', 'group', 'application', …: the Graph type of the object that changed.
  object_type text not null,
  object_id text not null,
  change text not null check (change in ('created', 'updated', 'deleted', 'restored', 'purged', 'memberAdded', 'memberRemoved')),
  -- For updates the Graph names of the properties that changed; for membership the other object.
  detail jsonb not null default '{}',
  primary key (tenant_id, position)
);
select make_island('changes');
create index changes_by_object on changes (tenant_id, object_id, position);

-- Audit records (graph-conventions.md, directoryAudit). Immutable: no update or delete is granted.
create table directory_audits (
  tenant_id uuid not null,
  id uuid not null,
  activity_date_time timestamptz not null,
  activity_display_name text not null,
  category text not null,
  operation_type text not null,
  correlation_id uuid not null,
  logged_by_service text not null,
  result text not null check (result in ('success', 'failure', 'timeout')),
  result_reason text not null default '',
  initiated_by jsonb not null,
  target_resources jsonb not null default '[]',
  additional_details jsonb not null default '[]',
  primary key (tenant_id, id)
);
select make_island('directory_audits');
revoke update, delete on directory_audits from xenia_tenant;
create index directory_audits_newest on directory_audits (tenant_id, activity_date_time desc, id desc);

create table sign_ins (
  tenant_id uuid not null,
  id uuid not null,
  created_date_time timestamptz not null,
  user_id uuid,
  user_display_name text,
  user_principal_name text,
  app_id text,
  app_display_name text,
  resource_id text,
  resource_display_name text,
  home_tenant_id uuid,
  resource_tenant_id uuid,
  cross_tenant_access_type text,
  user_type text,
  ip_address text,
  user_agent text,
  client_app_used text,
  is_interactive boolean not null,
  correlation_id uuid not null,
  error_code integer not null,
  failure_reason text,
  additional_details text,
  authentication_details jsonb not null default '[]',
  primary key (tenant_id, id)
);
select make_island('sign_ins');
revoke update, delete on sign_ins from xenia_tenant;
create index sign_ins_newest on sign_ins (tenant_id, created_date_time desc, id desc);
