import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { ClientBase, Connection, Submittable } from 'pg'

/** Whole rows in PostgreSQL's text format, each with its line end. */
export interface Rows {
  readonly count: number
  readonly bytes: Buffer
}

/** Rows are gathered up to this size; a longer one comes alone. */
const GATHERED_BYTES = 64 * 1024

/** What pg calls on the query under way. Its types end at `submit`, since only add-ons need the rest. */
interface CopyQuery extends Submittable {
  handleError(error: Error): void
  handleCommandComplete(message: { readonly text: string }): void
  handleReadyForQuery(): void
  handleCopyData?(message: { readonly chunk: Buffer }, connection: Connection): void
  handleCopyInResponse?(connection: CopyConnection): void
}

/** The part of pg's connection that its types leave out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

/**
 * Runs `COPY … TO STDOUT`. The connection serves nothing else until all is read; when the reader is slow the server
 * waits. Give up the connection when reading ends early.
 */
export function copyOut(client: ClientBase, statement: string): AsyncIterable<Rows> {
  let connection: Connection | undefined
  let gathered: Buffer[] = []
  let size = 0
  const readable = new Readable({
    objectMode: true,
    highWaterMark: 4,
    read: () => void connection?.stream.resume(),
  })
  const flush = () => {
    if (gathered.length === 0) return
    const rows: Rows = { count: gathered.length, bytes: Buffer.concat(gathered, size) }
    gathered = []
    size = 0
    if (!readable.push(rows)) connection?.stream.pause()
  }
  const query: CopyQuery = {
    submit(on) {
      connection = on
      on.query(statement)
    },
    handleCopyData({ chunk }) {
      // The parser uses its buffer again.
      gathered.push(Buffer.from(chunk))
      size += chunk.length
      if (size >= GATHERED_BYTES) flush()
    },
    handleCommandComplete: flush,
    handleReadyForQuery() {
      // The reader asks for no more after the end, but the next statement wants to be heard.
      connection?.stream.resume()
      readable.push(null)
    },
    handleError: (error) => void readable.destroy(error),
  }
  client.query(query)
  return readable
}

/**
 * Runs `COPY … FROM STDIN` with these bytes and says how many rows came in. When `source` throws, the statement
 * fails and its error is thrown here.
 */
export async function copyIn(
  client: ClientBase,
  statement: string,
  source: AsyncIterable<Buffer>,
): Promise<number> {
  const begun = Promise.withResolvers<CopyConnection>()
  const ended = Promise.withResolvers<number>()
  let failure: Error | undefined
  let count = 0
  const query: CopyQuery = {
    submit: (on) => on.query(statement),
    handleCopyInResponse: (on) => begun.resolve(on),
    handleCommandComplete({ text }) {
      count = Number(text.replace('COPY ', ''))
    },
    handleReadyForQuery: () => (failure === undefined ? ended.resolve(count) : ended.reject(failure)),
    // Of a server that refuses a row `handleReadyForQuery` follows, of a lost connection nothing does.
    handleError(error) {
      failure = error
      begun.reject(error)
      ended.reject(error)
    },
  }
  client.query(query)
  // It may end with an error while bytes are still on their way; that is read below.
  ended.promise.catch(() => {})
  const connection = await begun.promise
  try {
    for await (const bytes of source) {
      if (failure !== undefined) break
      connection.sendCopyFromChunk(bytes)
      if (connection.stream.writableNeedDrain)
        await Promise.race([once(connection.stream, 'drain'), ended.promise])
    }
  } catch (error) {
    if (failure === undefined) connection.sendCopyFail('The source ended early.')
    await ended.promise.catch(() => {})
    throw error
  }
  if (failure === undefined) connection.endCopyFrom()
  return ended.promise
}
