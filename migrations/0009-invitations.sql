-- Invitations (b2b-collaboration.md). An offer of access to one address, for one user object that exists already.
-- "Expired" is no state here: it follows from the times, so a longer lifetime or a moved clock needs no repair.
create table invitations (
  tenant_id uuid not null,
  id uuid not null,
  invited_user_id uuid not null,
  -- As in invitedUserEmailAddress, the domain in lower case.
  address text not null check (length(address) <= 254),
  address_key text collate "C" not null generated always as (lower(address)) stored,
  redirect_url text not null check (length(redirect_url) <= 2048),
  -- What redemption will do to the user object.
  purpose text not null check (purpose in ('newGuest', 'pendingGuest', 'acceptedGuest', 'conversion', 'reset')),
  display_name text,
  user_type text not null check (user_type in ('Member', 'Guest')),
  -- The mail, kept so that it can be sent again.
  sends_mail boolean not null,
  language text not null,
  custom_message text check (length(custom_message) <= 5000),
  copy_to text check (length(copy_to) <= 254),
  last_sent_at timestamptz,
  invited_at timestamptz not null,
  -- The inviting user or application, and its name then: it may be deleted since.
  inviter_id text not null,
  inviter_kind text not null check (inviter_kind in ('user', 'application', 'system')),
  inviter_name text not null,
  state text not null check (state in ('pendingAcceptance', 'completed', 'revoked', 'superseded')),
  -- Of its newest ticket; null: never (INV-11).
  expires_at timestamptz,
  ended_at timestamptz,
  completion text check (completion in ('redeemed', 'automatic', 'alreadyAccepted')),
  revoked_by text,
  primary key (tenant_id, id),
  foreign key (tenant_id, invited_user_id) references users (tenant_id, id) on delete cascade,
  check ((state = 'pendingAcceptance') = (ended_at is null)),
  check ((state = 'completed') = (completion is not null)),
  check ((state = 'revoked') = (revoked_by is not null))
);
select make_island('invitations');
create index invitations_newest on invitations (tenant_id, invited_at desc, id desc);
create index invitations_of_user on invitations (tenant_id, invited_user_id, invited_at desc);
create index invitations_of_address on invitations (tenant_id, address_key);
create index invitations_open on invitations (tenant_id, invited_at desc, id desc) where state = 'pendingAcceptance';

-- The secrets in the links, by their SHA-256 digest only. Several may lead to one invitation; each has its own end
-- (INV-8, INV-11). Nothing here is used up: what can happen once is the acceptance of the guest (RED-14).
create table invitation_tickets (
  tenant_id uuid not null,
  digest text collate "C" not null,
  invitation_id uuid not null,
  issued_at timestamptz not null,
  expires_at timestamptz,
  primary key (tenant_id, digest),
  foreign key (tenant_id, invitation_id) references invitations (tenant_id, id) on delete cascade
);
select make_island('invitation_tickets');
create index invitation_tickets_of_invitation on invitation_tickets (tenant_id, invitation_id);

-- Mailboxes whose owners want no more invitations from this tenant (INV-16).
create table invitation_mail_blocks (
  tenant_id uuid not null,
  address text collate "C" not null check (address = lower(address) and length(address) <= 254),
  blocked_at timestamptz not null,
  primary key (tenant_id, address)
);
select make_island('invitation_mail_blocks');

-- One upload of the bulk template. The caller is kept so that the rows run with the rights that they have then.
create table bulk_invitations (
  tenant_id uuid not null,
  id uuid not null,
  file_name text check (length(file_name) <= 256),
  submitted_at timestamptz not null,
  caller jsonb not null,
  actor jsonb not null,
  row_count integer not null,
  -- Set once, by whoever finds no row left to do.
  finished_at timestamptz,
  primary key (tenant_id, id)
);
select make_island('bulk_invitations');
create index bulk_invitations_newest on bulk_invitations (tenant_id, submitted_at desc, id desc);

create table bulk_invitation_rows (
  tenant_id uuid not null,
  bulk_id uuid not null,
  -- As a spreadsheet counts, and the line of the text file.
  row_number integer not null,
  line_number integer not null,
  address text not null check (length(address) <= 254),
  redirect_url text,
  sends_mail boolean,
  custom_message text,
  state text not null check (state in ('waiting', 'invited', 'alreadyAccepted', 'failed')),
  tries integer not null default 0,
  invitation_id uuid,
  invited_user_id uuid,
  -- Why it failed; all that was wrong with a row that could not be read.
  reason text,
  done_at timestamptz,
  primary key (tenant_id, bulk_id, row_number),
  foreign key (tenant_id, bulk_id) references bulk_invitations (tenant_id, id) on delete cascade,
  check ((state = 'waiting') = (done_at is null)),
  check ((state = 'failed') = (reason is not null)),
  check ((state in ('invited', 'alreadyAccepted')) = (invited_user_id is not null))
);
select make_island('bulk_invitation_rows');
create index bulk_invitation_rows_waiting on bulk_invitation_rows (tenant_id, bulk_id, row_number) where state = 'waiting';
