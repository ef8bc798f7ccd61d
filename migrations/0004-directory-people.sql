-- People and groups (docs/spec/graph-conventions.md, section 2; b2b-collaboration.md, section 2.1).
--
-- Columns that end in _key hold the lower-case form of the column before them, compared byte by byte. Directory text
-- is compared without case (GRA-20), but under row-level security PostgreSQL uses an index only for leakproof
-- conditions, and lower(), like and @> are not: an index on lower(display_name) would never be used. Comparing a
-- stored key is leakproof, and in "C" order a prefix is a range of the index.

create table users (
  tenant_id uuid not null references tenants,
  id uuid not null,
  user_principal_name text not null,
  user_principal_name_key text collate "C" not null generated always as (lower(user_principal_name)) stored,
  display_name text not null check (length(display_name) between 1 and 256),
  display_name_key text collate "C" not null generated always as (lower(display_name)) stored,
  account_enabled boolean not null,
  user_type text not null check (user_type in ('Member', 'Guest')),
  creation_type text check (creation_type in ('Invitation', 'LocalAccount', 'EmailVerified', 'SelfServiceSignUp')),
  external_user_state text check (external_user_state in ('PendingAcceptance', 'Accepted')),
  external_user_state_change_date_time timestamptz,
  mail text,
  mail_key text collate "C" generated always as (lower(mail)) stored,
  mail_nickname text,
  mail_nickname_key text collate "C" generated always as (lower(mail_nickname)) stored,
  given_name text,
  given_name_key text collate "C" generated always as (lower(given_name)) stored,
  surname text,
  surname_key text collate "C" generated always as (lower(surname)) stored,
  employee_id text,
  employee_id_key text collate "C" generated always as (lower(employee_id)) stored,
  department text,
  department_key text collate "C" generated always as (lower(department)) stored,
  company_name text,
  job_title text,
  employee_type text,
  employee_hire_date timestamptz,
  office_location text,
  street_address text,
  city text,
  state text,
  postal_code text,
  country text,
  usage_location text,
  preferred_language text,
  mobile_phone text,
  business_phones text[] not null default '{}' check (cardinality(business_phones) <= 1),
  other_mails text[] not null default '{}',
  proxy_addresses text[] not null default '{}',
  im_addresses text[] not null default '{}',
  -- objectIdentity[] as shown; user_identities holds the same entries for look-up.
  identities jsonb not null default '[]',
  show_in_address_list boolean,
  password_policies text,
  last_password_change_date_time timestamptz,
  sign_in_sessions_valid_from_date_time timestamptz not null,
  on_premises_immutable_id text,
  on_premises_sam_account_name text,
  on_premises_user_principal_name text,
  on_premises_sync_enabled boolean,
  on_premises_extension_attributes jsonb not null default '{}',
  manager_id uuid,
  -- Rarely used properties that nobody filters by, under their Graph names, and directory extensions.
  more jsonb not null default '{}',
  created_date_time timestamptz not null,
  -- Set while the user lies in deletedItems (GRA-56).
  deleted_date_time timestamptz,
  primary key (tenant_id, id),
  check ((external_user_state is null) = (external_user_state_change_date_time is null))
);
select make_island('users');

-- Deleted users take part: their name carries their id in front, so it is free and unique again (GRA-58).
create unique index users_user_principal_name on users (tenant_id, user_principal_name_key);
create index users_display_name on users (tenant_id, display_name_key, id) where deleted_date_time is null;
create index users_created on users (tenant_id, created_date_time, id) where deleted_date_time is null;
create index users_mail on users (tenant_id, mail_key) where deleted_date_time is null and mail_key is not null;
create index users_mail_nickname on users (tenant_id, mail_nickname_key) where deleted_date_time is null;
create index users_given_name on users (tenant_id, given_name_key) where deleted_date_time is null;
create index users_surname on users (tenant_id, surname_key) where deleted_date_time is null;
create index users_employee_id on users (tenant_id, employee_id_key) where employee_id_key is not null;
create index users_department on users (tenant_id, department_key) where department_key is not null;
create index users_guests on users (tenant_id, external_user_state, created_date_time, id)
  where user_type = 'Guest' and deleted_date_time is null;
create index users_deleted on users (tenant_id, deleted_date_time, id) where deleted_date_time is not null;
create index users_manager on users (tenant_id, manager_id) where manager_id is not null;

-- Every address that leads to a user who is not deleted, lower case: one indexed read for sign-in and invitation.
create table user_addresses (
  tenant_id uuid not null,
  address text collate "C" not null check (address = lower(address)),
  kind text not null check (kind in ('upn', 'mail', 'proxy', 'other')),
  -- The address as filters name it: proxy addresses carry their protocol.
  written text collate "C" not null generated always as (case kind when 'proxy' then 'smtp:' || address else address end) stored,
  user_id uuid not null,
  primary key (tenant_id, address, kind, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
select make_island('user_addresses');
create index user_addresses_by_user on user_addresses (tenant_id, user_id);
create index user_addresses_written on user_addresses (tenant_id, written) where kind in ('proxy', 'other');
-- A proxy address leads to one person, whatever its protocol's case.
create unique index user_addresses_one_proxy on user_addresses (tenant_id, address) where kind = 'proxy';

-- Who a user is elsewhere. The subject is kept here even where Graph shows null (RED-14).
create table user_identities (
  tenant_id uuid not null,
  sign_in_type text not null check (length(sign_in_type) <= 64),
  issuer text collate "C" not null check (length(issuer) <= 512),
  issuer_assigned_id text collate "C" not null check (length(issuer_assigned_id) <= 512),
  user_id uuid not null,
  primary key (tenant_id, issuer, issuer_assigned_id, sign_in_type),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
select make_island('user_identities');
create index user_identities_by_user on user_identities (tenant_id, user_id);

create table user_passwords (
  tenant_id uuid not null,
  user_id uuid not null,
  hash text not null,
  force_change boolean not null,
  force_change_with_mfa boolean not null default false,
  changed_at timestamptz not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
select make_island('user_passwords');

-- At most five per user (SPO-1), which the service guards under the user's row lock.
create table user_sponsors (
  tenant_id uuid not null,
  user_id uuid not null,
  sponsor_id uuid not null check (sponsor_id <> user_id),
  sponsor_type text not null check (sponsor_type in ('user', 'group')),
  added_at timestamptz not null,
  primary key (tenant_id, user_id, sponsor_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
select make_island('user_sponsors');
create index user_sponsors_of on user_sponsors (tenant_id, sponsor_id);

create table groups (
  tenant_id uuid not null references tenants,
  id uuid not null,
  display_name text not null check (length(display_name) between 1 and 256),
  display_name_key text collate "C" not null generated always as (lower(display_name)) stored,
  description text,
  mail_enabled boolean not null,
  mail_nickname text not null,
  mail_nickname_key text collate "C" not null generated always as (lower(mail_nickname)) stored,
  security_enabled boolean not null,
  group_types text[] not null default '{}',
  membership_rule text,
  membership_rule_processing_state text check (membership_rule_processing_state in ('On', 'Paused')),
  is_assignable_to_role boolean not null default false,
  visibility text check (visibility in ('Public', 'Private', 'HiddenMembership')),
  mail text,
  mail_key text collate "C" generated always as (lower(mail)) stored,
  unique_name text,
  unique_name_key text collate "C" generated always as (lower(unique_name)) stored,
  on_premises_sync_enabled boolean,
  created_date_time timestamptz not null,
  deleted_date_time timestamptz,
  primary key (tenant_id, id)
);
select make_island('groups');
create unique index groups_unique_name on groups (tenant_id, unique_name_key) where unique_name_key is not null;
create index groups_display_name on groups (tenant_id, display_name_key, id) where deleted_date_time is null;
create index groups_created on groups (tenant_id, created_date_time, id) where deleted_date_time is null;
create index groups_mail_nickname on groups (tenant_id, mail_nickname_key) where deleted_date_time is null;
create index groups_deleted on groups (tenant_id, deleted_date_time, id) where deleted_date_time is not null;

-- A member may be of several types, so there is no foreign key on it: purging an object removes its rows.
create table group_members (
  tenant_id uuid not null,
  group_id uuid not null,
  member_id uuid not null check (member_id <> group_id),
  member_type text not null check (member_type in ('user', 'group', 'servicePrincipal')),
  added_at timestamptz not null,
  primary key (tenant_id, group_id, member_id),
  foreign key (tenant_id, group_id) references groups (tenant_id, id) on delete cascade
);
select make_island('group_members');
create index group_members_of on group_members (tenant_id, member_id, group_id);

create table group_owners (
  tenant_id uuid not null,
  group_id uuid not null,
  owner_id uuid not null,
  owner_type text not null check (owner_type in ('user', 'servicePrincipal')),
  added_at timestamptz not null,
  primary key (tenant_id, group_id, owner_id),
  foreign key (tenant_id, group_id) references groups (tenant_id, id) on delete cascade
);
select make_island('group_owners');
create index group_owners_of on group_owners (tenant_id, owner_id, group_id);

-- Activated built-in roles. The catalogue is a constant of the program; a role's id is its template id (GRA-62).
create table directory_roles (
  tenant_id uuid not null references tenants,
  role_template_id uuid not null,
  activated_at timestamptz not null,
  primary key (tenant_id, role_template_id)
);
select make_island('directory_roles');

create table directory_role_assignments (
  tenant_id uuid not null,
  role_template_id uuid not null,
  principal_id uuid not null,
  principal_type text not null check (principal_type in ('user', 'group', 'servicePrincipal')),
  assigned_at timestamptz not null,
  primary key (tenant_id, role_template_id, principal_id),
  foreign key (tenant_id, role_template_id) references directory_roles (tenant_id, role_template_id)
);
select make_island('directory_role_assignments');
create index directory_role_assignments_of on directory_role_assignments (tenant_id, principal_id);

-- securityIdentifier in Graph: the object's GUID as a Windows SID, four little-endian 32-bit numbers.
create function security_identifier(id uuid) returns text language sql immutable strict parallel safe as $$
  select 'S-1-12-1-' || string_agg((
           get_byte(bytes, part[1])::bigint + get_byte(bytes, part[2])::bigint * 256
           + get_byte(bytes, part[3])::bigint * 65536 + get_byte(bytes, part[4])::bigint * 16777216)::text,
           '-' order by position)
    from (select uuid_send(id) as bytes) as guid,
         -- The first three fields of a GUID are stored the other way round.
         (values (1, array[3, 2, 1, 0]), (2, array[5, 4, 7, 6]), (3, array[8, 9, 10, 11]), (4, array[12, 13, 14, 15]))
           as parts (position, part)
$$;
