import type { ExpandOptions, GraphRow, Navigation } from '../../graph/index.ts'
import type { Tx } from '../../platform/database/index.ts'
import { loadRelated } from '../related.ts'
import {
  directReports,
  manager,
  memberOf,
  ownedObjects,
  type Relation,
  sponsorOf,
  sponsors,
} from '../relations.ts'

const collection = (relation: Relation): Navigation => ({
  target: 'directoryObject',
  collection: true,
  load: (tx, ids, options) => loadRelated(tx, ids, relation, options),
})

/** The relations of a user; those that can be expanded say how (GRA-18). */
export const userNavigation = {
  manager: {
    target: 'directoryObject',
    collection: false,
    load: (tx, ids, options) => loadManagers(tx, ids, options),
  },
  directReports: collection(directReports),
  memberOf: collection(memberOf),
  transitiveMemberOf: { target: 'directoryObject', collection: true },
  ownedObjects: collection(ownedObjects),
  sponsors: { ...collection(sponsors), bind: 'create', bindLimit: 5 },
  sponsorOf: collection(sponsorOf),
} as const satisfies Record<string, Navigation>

/** Each user's manager; with `$levels` the manager's manager within, and so on, until a circle closes. */
async function loadManagers(
  tx: Tx,
  ids: readonly string[],
  options: ExpandOptions,
  seen: ReadonlySet<string> = new Set(ids),
): Promise<ReadonlyMap<string, readonly GraphRow[]>> {
  const direct = await loadRelated(tx, ids, manager, { ...options, limit: 1 })
  const found = new Set([...direct.values()].flat().map((row) => String(row['id'])))
  const next = found.difference(seen)
  if (options.levels <= 1 || next.size === 0) return direct
  const higher = await loadManagers(
    tx,
    [...next],
    { ...options, levels: options.levels - 1 },
    seen.union(next),
  )
  return new Map(
    [...direct].map(([id, rows]) => [
      id,
      rows.map((row) => {
        const [boss] = higher.get(String(row['id'])) ?? []
        return boss === undefined ? row : { ...row, manager: boss }
      }),
    ]),
  )
}
