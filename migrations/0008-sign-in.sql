-- One person's way through the sign-in pages, from the application's request to the session. The key is the SHA-256
-- digest of the interaction's id, which only the browser that began it knows (its cookie).
create table sign_in_attempts (
  tenant_id uuid not null,
  id text not null,
  -- Every step counts it up; two answers to the same page cannot both count.
  version integer not null default 0,
  stage jsonb not null,
  correlation_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
select make_island('sign_in_attempts');
create index sign_in_attempts_expired on sign_in_attempts (tenant_id, expires_at);

-- Failed tries, by a keyed digest of what was tried (an identifier, whether it exists or not) or of where from.
create table sign_in_throttles (
  tenant_id uuid not null,
  subject text not null,
  failures integer not null check (failures >= 0),
  last_failure_at timestamptz not null,
  locked_until timestamptz,
  -- After this moment the row says nothing any more.
  forgotten_at timestamptz not null,
  primary key (tenant_id, subject)
);
select make_island('sign_in_throttles');
create index sign_in_throttles_forgotten on sign_in_throttles (tenant_id, forgotten_at);
