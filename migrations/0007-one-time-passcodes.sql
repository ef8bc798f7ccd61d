-- One-time passcodes by mail (OTP-3). One row per purpose and address: the newest code is the only one.
create table one_time_passcodes (
  tenant_id uuid not null,
  purpose text not null check (purpose in ('signIn', 'invitationSenders')),
  address text not null check (address = lower(address)),
  -- Keyed: eight digits would be found from a bare digest in no time.
  code_mac text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  wrong_tries integer not null default 0,
  used_at timestamptz,
  -- Sends of the running quarter of an hour.
  window_began_at timestamptz not null,
  sends integer not null default 1,
  primary key (tenant_id, purpose, address)
);
select make_island('one_time_passcodes');
