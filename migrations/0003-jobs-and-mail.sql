-- Background jobs live in the schema graphile_worker, which brings its own migrations (platform/jobs/install.ts).
-- Here is only what the product adds around it.

-- The one way for a tenant's transaction to leave a job behind. It runs as its owner, since the tenant role sees
-- nothing of the queue, and takes the tenant from the transaction: a caller cannot name another.
create function enqueue_job(
  job_name text,
  job_payload jsonb,
  job_run_at timestamptz,
  job_max_attempts integer,
  job_key text,
  correlation_id uuid
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := current_setting('xenia.tenant_id')::uuid;
begin
  -- Named arguments: graphile_worker may add more. Late binding: its schema is installed after this migration.
  perform graphile_worker.add_job(
    identifier => job_name,
    payload => json_build_object(
      'tenantId', tenant,
      'correlationId', correlation_id,
      'runAt', job_run_at,
      'payload', job_payload
    ),
    run_at => job_run_at,
    max_attempts => job_max_attempts,
    -- Keys are a tenant's own: no tenant may replace another's job.
    job_key => case when job_key is not null then concat_ws(':', tenant, job_name, job_key) end
  );
end $$;
revoke all on function enqueue_job from public;
grant execute on function enqueue_job to xenia_tenant;

-- Reference tables of the job runners, which work as the login role.
-- A node whose sign of life stops loses its jobs to the others.
create table job_nodes (
  worker_id text primary key,
  seen_at timestamptz not null
);

create table recurring_jobs (
  name text primary key,
  next_run_at timestamptz not null
);

-- Mail that a tenant has to send, written in the transaction that causes it. The body (links with tickets, codes)
-- is encrypted under the master key and cleared once the mail is sent.
create table outbox_messages (
  tenant_id uuid not null,
  id uuid not null,
  -- What the mail is: 'invitation', 'passcode', …
  kind text not null check (kind <> ''),
  correlation_id uuid not null,
  message_id text not null,
  from_name text,
  reply_to jsonb,
  to_recipients jsonb not null check (jsonb_array_length(to_recipients) > 0),
  cc_recipients jsonb not null default '[]',
  subject text not null check (subject !~ '[\r\n]'),
  language text,
  headers jsonb not null default '{}',
  sealed_body text,
  queued_at timestamptz not null,
  -- After this moment the mail would only confuse (a code has expired) and is not sent any more.
  useful_until timestamptz,
  state text not null check (state in ('pending', 'sent', 'failed')),
  attempts integer not null default 0,
  -- While a delivery runs. One that never ends (the program was killed) loses its claim at this moment.
  claimed_until timestamptz,
  last_attempt_at timestamptz,
  last_error text,
  sent_at timestamptz,
  -- Recipients that the mail server refused although it took the mail for others.
  refused_addresses text[] not null default '{}',
  failed_at timestamptz,
  failure text check (failure in ('refused', 'givenUp', 'outdated')),
  primary key (tenant_id, id),
  check ((state = 'sent') = (sent_at is not null)),
  check ((state = 'failed') = (failed_at is not null)),
  check ((failed_at is null) = (failure is null)),
  check (state <> 'pending' or sealed_body is not null),
  check (state <> 'sent' or sealed_body is null)
);
select make_island('outbox_messages');
create index outbox_messages_newest on outbox_messages (tenant_id, queued_at desc, id desc);

-- Reference table: what the development mailbox has received. Empty in production.
create table development_mailbox (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  sender text not null,
  recipients text[] not null,
  subject text not null,
  header_lines jsonb not null,
  html text,
  plain_text text not null,
  attachment_names text[] not null
);
grant select, insert, delete on development_mailbox to xenia_platform;
