import { type BulkFile, type BulkRow, bulkColumns, bulkVersion, readBulkFile } from './csv.ts'

// Files for the tests of bulk invitation, written by hand.

export const switches = { allowPlusAddressing: false }
export const headings = Object.values(bulkColumns).join(',')
export const url = 'https://app.contoso.com/'

export const read = (text: string | Uint8Array): Promise<BulkFile> =>
  readBulkFile([Buffer.from(text)], switches)

/** A file with the two fixed rows and these lines. */
export const file = (...lines: string[]): string => [bulkVersion, headings, ...lines].join('\n')

export async function rowsOf(text: string | Uint8Array): Promise<readonly BulkRow[]> {
  const result = await read(text)
  if (result.outcome === 'unusable') throw new Error(result.problem.message)
  return result.rows
}

export const brief = (rows: readonly BulkRow[]) =>
  rows.map((row) =>
    row.kind === 'invitation'
      ? `${row.place.row} ${row.address.text}`
      : `${row.place.row} bad: ${row.problems.map((problem) => problem.message).join(' ')}`,
  )
