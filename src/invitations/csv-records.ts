import { finished } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CsvError, Parser } from 'csv-parse'

/** One record of a CSV file, well-formed or not. */
export type CsvRecord =
  | { readonly kind: 'cells'; readonly place: Place; readonly cells: readonly string[] }
  | { readonly kind: 'malformed'; readonly place: Place; readonly problem: string }

export interface Place {
  /** Line of the text file on which the record begins, from 1. */
  readonly line: number
  /** As a spreadsheet counts, from 1: a cell with line breaks in it is still one row. */
  readonly row: number
}

export type Delimiter = ',' | ';' | '\t'

const SLICE_BYTES = 64 * 1024

/**
 * Reads RFC 4180 records, any line ending, blank lines included as records of one empty cell. A record with broken
 * quotes costs only its first line: reading goes on at the next one, so one bad row does not swallow the file. Works
 * in slices, so a large file does not hold up other requests.
 */
export async function* readRecords(
  file: Uint8Array,
  delimiter: Delimiter,
): AsyncGenerator<CsvRecord, void, void> {
  const place = new PlaceCounter(file)
  let start = 0
  while (start < file.length) {
    const from = start
    const ready: CsvRecord[] = []
    const parser = new Parser({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells: string[], info) => {
        // `info.bytes` counts up to the end of this record, its line break included; `info.lines` would count a
        // CRLF within quotes twice.
        ready.push({ kind: 'cells', place: place.next(start), cells })
        start = from + info.bytes
        return null
      },
    })
    const end = finished(parser.resume()).then(
      () => null,
      (error: unknown) => error,
    )
    for (let at = from; at < file.length && !parser.destroyed; at += SLICE_BYTES) {
      parser.write(file.subarray(at, at + SLICE_BYTES))
      yield* ready.splice(0)
      await nextTurn()
    }
    if (!parser.destroyed) parser.end()
    const failure = await end
    yield* ready.splice(0)
    if (failure === null) return
    if (!(failure instanceof CsvError)) throw failure
    yield { kind: 'malformed', place: place.next(start), problem: explain(failure.code) }
    start = afterLineBreak(file, start)
  }
}

function explain(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'A quotation mark opens on this line and is never closed.'
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return 'A quotation mark stands in the wrong place. Put the whole text in quotes and write each quote inside twice.'
    default:
      return 'This line is not valid CSV.'
  }
}

const CARRIAGE_RETURN = 13
const LINE_FEED = 10

function afterLineBreak(file: Uint8Array, from: number): number {
  let at = from
  while (at < file.length && file[at] !== LINE_FEED && file[at] !== CARRIAGE_RETURN) at += 1
  return file[at] === CARRIAGE_RETURN && file[at + 1] === LINE_FEED ? at + 2 : at + 1
}

/** Turns the offset of each record into its place; offsets only grow, so the file is walked once. */
class PlaceCounter {
  readonly #file: Uint8Array
  #offset = 0
  #line = 1
  #row = 0

  constructor(file: Uint8Array) {
    this.#file = file
  }

  next(offset: number): Place {
    while (this.#offset < offset) {
      this.#offset = Math.min(afterLineBreak(this.#file, this.#offset), offset)
      this.#line += 1
    }
    this.#row += 1
    return { line: this.#line, row: this.#row }
  }
}
