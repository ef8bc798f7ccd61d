import type { GraphRow } from './types.ts'

/** Where the next page starts: the last row's order values, as PostgreSQL writes them, and its key. */
export interface PageKey {
  readonly values: readonly (string | null)[]
  readonly id: string
}

export interface Page {
  readonly rows: readonly GraphRow[]
  /** Absent on the last page. */
  readonly next?: PageKey
  /** Only when asked for, and only on the first page (GRA-26). */
  readonly count?: number
}
