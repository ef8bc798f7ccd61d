import { beforeAll } from 'vitest'
import { type OwnDatabase, ownDatabase } from '../../test/kit/own-database.ts'
import { makeTenant } from '../../test/kit/tenant.ts'
import type { TenantId } from '../platform/ids.ts'
import { addBoats, type BoatRow, createBoats } from './boats.fixture.ts'
import { boatSource } from './example.fixture.ts'
import { listEntities } from './list.ts'
import type { Page } from './page.ts'
import { type Asking, ask } from './query.fixture.ts'
import type { QueryShape } from './query-shape.ts'

/** Four boats that differ in everything a filter can look at; ids end in their index. */
export const fleet: readonly BoatRow[] = [
  {
    display_name: 'Ängsö',
    harbour: 'Kiel',
    berths: 4,
    length: 9.5,
    hull: 'mono',
    rights: 'sail,sell',
    owner_id: 'aaaaaaaa-0000-4000-8000-000000000001',
    launched_date_time: '2026-01-02T03:04:05.123456Z',
    mail: 'a@Boats.example',
    aliases: ['One', 'two'],
    marks: [
      { kind: 'flag', value: 'Red', rank: 3 },
      { kind: 'plate', value: 'K-1', rank: 9 },
    ],
    first_mark: { value: 'x', rank: 1 },
  },
  {
    display_name: 'beatrice',
    harbour: 'KIEL',
    berths: 2,
    in_service: false,
    marks: null,
    first_mark: { value: null },
  },
  {
    display_name: 'Charlotte 100% _',
    harbour: null,
    berths: null,
    aliases: ['TWO'],
    marks: [{ kind: 'flag', value: 'Blue' }],
  },
  {
    display_name: "d'Artagnan\\",
    harbour: 'Riga',
    launched_date_time: '2026-01-02T03:04:05.123457Z',
    length: 3,
  },
]

export interface Fleet {
  readonly own: OwnDatabase
  /** A new tenant with these boats. */
  tenant(boats: readonly BoatRow[]): Promise<TenantId>
  /** One page for these query options, in the tenant that owns `fleet` unless another is named. */
  page(shape: QueryShape, search: string, asking?: Asking, id?: TenantId): Promise<Page>
  fleetTenant(): TenantId
}

/** A database of the test file's own with the boats table, `fleet` in one tenant and a boat like its first in another. */
export function fleetDatabase(): Fleet {
  const own = ownDatabase()
  let owner: TenantId | undefined
  const fleetTenant = (): TenantId => {
    if (owner === undefined) throw new Error('The fleet is there inside tests only.')
    return owner
  }
  const tenant = async (boats: readonly BoatRow[]): Promise<TenantId> => {
    const { tenantId } = await makeTenant(own.database)
    await addBoats(own.database, tenantId, boats)
    return tenantId
  }
  beforeAll(async () => {
    await createBoats(own.database)
    owner = await tenant(fleet)
    await tenant([{ display_name: 'Ängsö', harbour: 'Kiel', aliases: ['two'] }])
  })
  return {
    own,
    tenant,
    fleetTenant,
    page: (shape, search, asking = {}, id = fleetTenant()) =>
      own.database
        .tenant(id)
        .transaction((tx) => listEntities(tx, ask(shape, search, asking), boatSource(id))),
  }
}

export const names = ({ rows }: Page): readonly unknown[] => rows.map((row) => row['displayName'])
