import { bulkColumns, bulkVersion } from './csv.ts'
import type { Place } from './csv-records.ts'

/** What became of one row, for the administrator to download and keep. */
export interface BulkResult {
  readonly place: Place
  readonly address: string
  readonly outcome: 'waiting' | 'invited' | 'alreadyAccepted' | 'failed'
  readonly invitedUserId: string | null
  /** Empty unless the row failed. */
  readonly reason: string
}

/** The file to fill in. Rows 1 and 2 stay as they are; the example goes. */
export const bulkTemplate = (exampleRedirectUrl: string): string =>
  writeRows([
    [bulkVersion],
    Object.values(bulkColumns),
    [
      'Example: maria@fabrikam.com',
      exampleRedirectUrl,
      'true',
      'Welcome, and thank you for joining the project.',
    ],
  ])

export const bulkResults = (results: readonly BulkResult[]): string =>
  writeRows([
    ['Row', 'Line', 'Email address', 'Outcome', 'Object ID of the invited user', 'Reason'],
    ...results.map(({ place, address, outcome, invitedUserId, reason }) => [
      String(place.row),
      String(place.line),
      address,
      outcome,
      invitedUserId ?? '',
      reason,
    ]),
  ])

/** RFC 4180, with a byte order mark: without it Excel takes the text for a Windows code page. */
const writeRows = (rows: readonly (readonly string[])[]): string =>
  `\ufeff${rows.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('')}`

function writeCell(text: string): string {
  const safe = disarm(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * Spreadsheets run a cell that begins with one of these as a formula, and an address or message comes from whoever
 * wrote the file (OWASP: CSV injection). An apostrophe makes it text again. Full-width forms count in some locales.
 */
const disarm = (text: string): string =>
  /^[\s\0]*[=+\-@＝＋－＠|%]/u.test(text) || /^[\t\r]/.test(text) ? `'${text}` : text
