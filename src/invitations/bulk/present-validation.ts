import type { BulkFile } from '../csv.ts'

export interface Validation {
  /** Why the file as a whole cannot be used; null: its rows can be looked at. */
  readonly fileProblem: string | null
  readonly rowCount: number
  readonly goodCount: number
  readonly badRows: readonly {
    readonly rowNumber: number
    readonly lineNumber: number
    readonly invitedUserEmailAddress: string
    readonly reasons: readonly string[]
  }[]
}

/** What reading a file found, as the API and the page say it. */
export function presentValidation(file: BulkFile): Validation {
  if (file.outcome === 'unusable') {
    return { fileProblem: file.problem.message, rowCount: 0, goodCount: 0, badRows: [] }
  }
  const badRows = file.rows.flatMap((row) =>
    row.kind === 'badRow'
      ? [
          {
            rowNumber: row.place.row,
            lineNumber: row.place.line,
            invitedUserEmailAddress: row.address,
            reasons: row.problems.map(({ message }) => message),
          },
        ]
      : [],
  )
  return {
    fileProblem: null,
    rowCount: file.rows.length,
    goodCount: file.rows.length - badRows.length,
    badRows,
  }
}
