import type { Database } from '../platform/database/index.ts'
import type { TenantId } from '../platform/ids.ts'

/** The table of the example entity, an island like every other. For databases of one test file's own. */
export async function createBoats({ pool }: Database): Promise<void> {
  await pool.query(`
    create table boats (
      tenant_id uuid not null references tenants,
      id uuid not null,
      display_name text not null,
      display_name_key text collate "C" not null generated always as (lower(display_name)) stored,
      harbour text,
      call_sign text,
      mail text,
      hull text,
      rights text,
      in_service boolean not null default true,
      length float8,
      berths int,
      owner_id uuid,
      launched_date_time timestamptz,
      deleted_date_time timestamptz,
      notes text,
      aliases text[] not null default '{}',
      marks jsonb,
      first_mark jsonb,
      registry_number text not null,
      primary key (tenant_id, id)
    );
    select make_island('boats');
    create index boats_name on boats (tenant_id, display_name_key, id);
    create index boats_harbour on boats (tenant_id, lower(harbour), id);
    create index boats_launched on boats (tenant_id, launched_date_time, id);`)
}

export interface BoatRow {
  readonly id?: string
  readonly display_name: string
  readonly harbour?: string | null
  readonly call_sign?: string | null
  readonly mail?: string | null
  readonly hull?: string | null
  readonly rights?: string | null
  readonly in_service?: boolean
  readonly length?: number | null
  readonly berths?: number | null
  readonly owner_id?: string | null
  readonly launched_date_time?: string | null
  readonly notes?: string | null
  readonly aliases?: readonly string[]
  readonly marks?: unknown
  readonly first_mark?: unknown
}

/** Inserts rows for one tenant. Ids count up in the given order unless given. */
export async function addBoats(
  { pool }: Database,
  tenantId: TenantId,
  rows: readonly BoatRow[],
): Promise<void> {
  const complete = rows.map((row, index) => ({
    in_service: true,
    aliases: [],
    marks: [],
    registry_number: `N-${index}`,
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ...row,
    tenant_id: tenantId,
  }))
  await pool.query(
    `insert into boats (tenant_id, id, display_name, harbour, call_sign, mail, hull, rights, in_service, length,
       berths, owner_id, launched_date_time, notes, aliases, marks, first_mark, registry_number)
     select tenant_id, id, display_name, harbour, call_sign, mail, hull, rights, in_service, length, berths,
       owner_id, launched_date_time, notes, aliases, marks, first_mark, registry_number
     from jsonb_populate_recordset(null::boats, $1)`,
    [JSON.stringify(complete)],
  )
}
