import { isUtf8 } from 'node:buffer'
import { type AddressSwitches, type MailAddress, parseInvitedAddress } from './address.ts'
import { type CsvRecord, type Delimiter, type Place, readRecords } from './csv-records.ts'
import { customMessageProblem, redirectUrlProblem } from './request-rules.ts'

/** Entra's template: row 1 is `bulkVersion`, row 2 these headings. Columns are found by the key in brackets. */
export const bulkVersion = 'version:v1.0'
export const bulkColumns = {
  inviteeEmail: 'Email address to invite [inviteeEmail] Required',
  inviteRedirectURL: 'Redirection url [inviteRedirectURL] Required',
  sendEmail: 'Send invitation message (true or false) [sendEmail]',
  customizedMessageBody: 'Customized invitation message [customizedMessageBody]',
} as const

export type BulkColumn = keyof typeof bulkColumns

/**
 * Bounds of one file: the body limit of the API, and an evening's work for a careful administrator. Spreadsheets
 * leave blank rows behind; they are free, but four million of them would still cost seconds to read.
 */
export const bulkLimits = { bytes: 4 * 1024 * 1024, rows: 10_000, rowsWithBlankOnes: 100_000 } as const

/** A row that may be invited. Who may invite whom is decided when its turn comes. */
export interface BulkInvitation {
  readonly kind: 'invitation'
  readonly place: Place
  readonly address: MailAddress
  readonly redirectUrl: string
  readonly sendMessage: boolean
  readonly customMessage: string | null
}

export interface BadRow {
  readonly kind: 'badRow'
  readonly place: Place
  /** As typed, at most 254 characters, so that people find the row; empty when it could not be read. */
  readonly address: string
  readonly problems: readonly RowProblem[]
}

export interface RowProblem {
  /** Null: the row as a whole. */
  readonly column: BulkColumn | null
  readonly message: string
}

export type BulkRow = BulkInvitation | BadRow

/** The file cannot be used; always the last thing that a reader reports. */
export interface FileProblem {
  readonly kind: 'fileProblem'
  readonly problem: 'tooLarge' | 'notText' | 'empty' | 'version' | 'headings' | 'noRows' | 'tooManyRows'
  readonly message: string
}

export type BulkFile =
  | { readonly outcome: 'readable'; readonly rows: readonly BulkRow[] }
  | { readonly outcome: 'unusable'; readonly problem: FileProblem }

/**
 * Reads a whole file: its rows, or the one reason why it cannot be used. Invites nobody, so it also serves the page's
 * live validation.
 */
export async function readBulkFile(source: ByteSource, switches: AddressSwitches): Promise<BulkFile> {
  const rows: BulkRow[] = []
  for await (const row of readBulkRows(source, switches)) {
    if (row.kind === 'fileProblem') return { outcome: 'unusable', problem: row }
    rows.push(row)
  }
  return { outcome: 'readable', rows }
}

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * The rows one by one, as they are read. Of rows with the same address the first good one counts. Stop at a
 * `fileProblem`; rows before it were good, but a caller that wants all or nothing takes `readBulkFile`.
 */
export async function* readBulkRows(
  source: ByteSource,
  switches: AddressSwitches,
): AsyncGenerator<BulkRow | FileProblem, void, void> {
  const file = await gather(source)
  if ('kind' in file) return yield file
  const records = readRecords(file, findDelimiter(file))

  const version = await records.next()
  if (version.done === true) return yield fileProblem('empty', 'The file is empty.')
  if (firstCell(version.value) !== bulkVersion) {
    return yield fileProblem('version', `Row 1 of the file must be ${bulkVersion}, as in the template.`)
  }
  const headings = await records.next()
  const columns = findColumns(headings.done === true ? null : headings.value)
  if ('kind' in columns) return yield columns

  const seen = new Map<string, Place>()
  let count = 0
  for await (const record of records) {
    const isBlank = record.kind === 'cells' && record.cells.every((cell) => cell.trim() === '')
    if (!isBlank) count += 1
    if (count > bulkLimits.rows || record.place.row > bulkLimits.rowsWithBlankOnes) {
      return yield fileProblem('tooManyRows', `The file has more than ${bulkLimits.rows} rows. Split it.`)
    }
    if (!isBlank) yield onlyOnce(readRow(record, columns, switches), seen)
  }
  if (count === 0)
    yield fileProblem('noRows', 'The file holds no row to invite: nothing follows the headings.')
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** The bytes without a byte order mark. Reading stops as soon as the limit is passed. */
async function gather(source: ByteSource): Promise<Uint8Array | FileProblem> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > bulkLimits.bytes) {
      return fileProblem('tooLarge', `The file is larger than ${bulkLimits.bytes} bytes. Split it.`)
    }
    chunks.push(chunk)
  }
  const file = Buffer.concat(chunks)
  // A file in a Windows code page would otherwise mail broken umlauts to hundreds of people. Text that came through
  // HTTP as a string has lost such bytes to replacement characters.
  if (!isUtf8(file) || file.includes('\ufffd')) {
    return fileProblem(
      'notText',
      'The file is not UTF-8 text. In Excel, save it as "CSV UTF-8 (comma delimited)".',
    )
  }
  return file.subarray(0, 3).equals(BYTE_ORDER_MARK) ? file.subarray(3) : file
}

/** Excel writes semicolons where the comma is the decimal sign. Row 2 tells: its headings hold neither. */
function findDelimiter(file: Uint8Array): Delimiter {
  const head = new TextDecoder().decode(file.subarray(0, 4096))
  const headings = head.split(/\r\n|\n|\r/)[1] ?? ''
  const count = (delimiter: Delimiter) => headings.split(delimiter).length
  if (count(';') > count(',') && count(';') > count('\t')) return ';'
  return count('\t') > count(',') ? '\t' : ','
}

type ColumnPlaces = { readonly [column in BulkColumn]: number | null } & { readonly count: number }

function findColumns(record: CsvRecord | null): ColumnPlaces | FileProblem {
  const cells = record?.kind === 'cells' ? record.cells : []
  const twice: string[] = []
  const missing: string[] = []
  const find = (column: BulkColumn, required: boolean): number | null => {
    const key = `[${column}]`.toLowerCase()
    const at = cells.findIndex((cell) => cell.toLowerCase().includes(key))
    if (at < 0 && required) missing.push(bulkColumns[column])
    if (cells.findLastIndex((cell) => cell.toLowerCase().includes(key)) > at) twice.push(bulkColumns[column])
    return at < 0 ? null : at
  }
  const places: ColumnPlaces = {
    inviteeEmail: find('inviteeEmail', true),
    inviteRedirectURL: find('inviteRedirectURL', true),
    sendEmail: find('sendEmail', false),
    customizedMessageBody: find('customizedMessageBody', false),
    count: cells.length,
  }
  if (missing.length > 0)
    return fileProblem('headings', `Row 2 of the file lacks the heading ${quoted(missing)}.`)
  if (twice.length > 0)
    return fileProblem('headings', `Row 2 of the file has the heading ${quoted(twice)} twice.`)
  return places
}

function readRow(record: CsvRecord, columns: ColumnPlaces, switches: AddressSwitches): BulkRow {
  const { place } = record
  if (record.kind === 'malformed') return badRow(place, '', [{ column: null, message: record.problem }])

  const cell = (column: BulkColumn): string => record.cells[columns[column] ?? -1]?.trim() ?? ''
  const problems: RowProblem[] = []
  const problem = (column: BulkColumn | null, message: string) => void problems.push({ column, message })

  const typed = cell('inviteeEmail')
  const parsed = parseInvitedAddress(typed, switches)
  if (/^example:/i.test(typed)) problem('inviteeEmail', "This is the template's example row. Delete it.")
  else if (parsed.outcome === 'refused') problem('inviteeEmail', parsed.because[0].message)

  const redirectUrl = cell('inviteRedirectURL')
  const urlProblem = redirectUrl === '' ? 'is required.' : redirectUrlProblem(redirectUrl)
  if (urlProblem !== null) problem('inviteRedirectURL', `The redirection url ${urlProblem}`)

  const sendMessage = truth(cell('sendEmail'))
  if (sendMessage === null) problem('sendEmail', 'Send invitation message must be true or false.')

  const message = cell('customizedMessageBody')
  const messageProblem = customMessageProblem(message)
  if (messageProblem !== null) problem('customizedMessageBody', `The message ${messageProblem}`)

  // What stands right of the last heading is most often the rest of a message with a comma in it: to drop it
  // would mail half a sentence.
  if (record.cells.slice(columns.count).some((extra) => extra.trim() !== '')) {
    problem(
      null,
      'This row has more cells than there are headings. Put a text with commas in quotation marks.',
    )
  }
  if (problems.length > 0 || parsed.outcome === 'refused' || sendMessage === null) {
    return badRow(place, typed, problems)
  }
  const customMessage = message === '' ? null : message
  return { kind: 'invitation', place, address: parsed.address, redirectUrl, sendMessage, customMessage }
}

function onlyOnce(row: BulkRow, seen: Map<string, Place>): BulkRow {
  if (row.kind === 'badRow') return row
  const first = seen.get(row.address.key)
  if (first !== undefined) {
    const message = `The same address is already in row ${first.row} (line ${first.line}).`
    return badRow(row.place, row.address.text, [{ column: 'inviteeEmail', message }])
  }
  seen.set(row.address.key, row.place)
  return row
}

/** Excel in German writes its own words for a truth value that it recognised. */
function truth(text: string): boolean | null {
  switch (text.toLowerCase()) {
    case 'true':
    case 'wahr':
      return true
    case 'false':
    case 'falsch':
    case '':
      return false
    default:
      return null
  }
}

const firstCell = (record: CsvRecord): string =>
  record.kind === 'cells' ? (record.cells[0]?.trim().toLowerCase() ?? '') : ''

const quoted = (headings: readonly string[]): string =>
  headings.map((heading) => `"${heading}"`).join(' and ')

const badRow = (place: Place, address: string, problems: readonly RowProblem[]): BadRow => ({
  kind: 'badRow',
  place,
  address: address.slice(0, 254),
  problems,
})

const fileProblem = (problem: FileProblem['problem'], message: string): FileProblem => ({
  kind: 'fileProblem',
  problem,
  message,
})
