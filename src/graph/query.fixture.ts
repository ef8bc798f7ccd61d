import type { PageKey } from './page.ts'
import { defaultQuerySettings, type Query, type QuerySettings, readQuery } from './query.ts'
import type { QueryShape } from './query-shape.ts'
import { parseQueryString } from './query-string.ts'
import { badRequest } from './refusals.ts'

export interface Asking {
  /** Send `ConsistencyLevel: eventual`. */
  readonly eventual?: boolean
  readonly settings?: Partial<QuerySettings>
  readonly after?: PageKey
}

/** Reads the query options of `?…` as the frame does for a route of this shape. */
export function ask(shape: QueryShape, search: string, asking: Asking = {}): Query {
  const query = readQuery(shape, {
    options: parseQueryString(search, 'v1.0').options,
    consistencyLevel: asking.eventual === true ? 'eventual' : undefined,
    settings: { ...defaultQuerySettings, ...asking.settings },
    findEntity: () => shape.entity,
    openToken: () => {
      throw badRequest('no token here')
    },
  })
  return asking.after === undefined ? query : { ...query, after: asking.after }
}
