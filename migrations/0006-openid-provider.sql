-- What the OpenID provider stores: sessions, interactions, codes, refresh tokens, grants, device codes, used
-- assertion ids. Keys are SHA-256 digests of the identifiers, so a copy of the table opens no door.
create table oidc_artifacts (
  tenant_id uuid not null,
  model text not null,
  id_digest text not null,
  -- Without its own identifier, which only its holder knows.
  payload jsonb not null,
  uid_digest text,
  user_code_digest text,
  grant_digest text,
  created_at timestamptz not null,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (tenant_id, model, id_digest)
);
select make_island('oidc_artifacts');
create unique index oidc_artifacts_by_uid on oidc_artifacts (tenant_id, model, uid_digest) where uid_digest is not null;
create unique index oidc_artifacts_by_user_code on oidc_artifacts (tenant_id, user_code_digest)
  where user_code_digest is not null;
create index oidc_artifacts_by_grant on oidc_artifacts (tenant_id, grant_digest) where grant_digest is not null;
create index oidc_artifacts_expired on oidc_artifacts (tenant_id, expires_at);
