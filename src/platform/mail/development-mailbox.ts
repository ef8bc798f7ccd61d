import { once } from 'node:events'
import { type AddressObject, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/index.ts'
import type { Logger } from '../telemetry/log.ts'
import {
  databaseMailbox,
  type MailboxFilter,
  type MailboxStore,
  memoryMailbox,
  type ReceivedMail,
} from './mailbox-store.ts'

/** A mail server that delivers to nobody and shows everything. Development and tests only. */
export interface DevelopmentMailbox {
  /** What `XENIA_SMTP_URL` would say. */
  readonly smtpUrl: string
  /** Newest first. */
  list(filter?: MailboxFilter): Promise<readonly ReceivedMail[]>
  get(id: string): Promise<ReceivedMail | null>
  clear(): Promise<void>
  /** Calls back for every mail that arrives from now on. Returns how to stop that. */
  onMail(listener: (mail: ReceivedMail) => void): () => void
  close(): Promise<void>
}

export interface DevelopmentMailboxOptions {
  /** Where to keep the mail; `null` keeps it in memory. */
  readonly database: Database | null
  readonly clock: Clock
  readonly log: Logger
}

const LARGEST_MAIL_OCTETS = 10 * 1024 * 1024

/** Listens on a free port of the loopback interface. */
export async function startDevelopmentMailbox(
  options: DevelopmentMailboxOptions,
): Promise<DevelopmentMailbox> {
  const store = options.database === null ? memoryMailbox() : databaseMailbox(options.database)
  const listeners = new Set<(mail: ReceivedMail) => void>()

  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> => {
    const mail = await read(stream, session, options.clock, store)
    for (const listener of listeners) listener(mail)
  }
  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Xenia development mailbox',
    size: LARGEST_MAIL_OCTETS,
    disabledCommands: ['AUTH', 'STARTTLS'],
    // It would ask a name server, and development is offline.
    disableReverseLookup: true,
    closeTimeout: 500,
    // The sender hears "taken" only after the mail is kept.
    onData: (stream, session, done) => void receive(stream, session).then(() => done(), done),
  })
  server.on('error', (error) => options.log.warn({ error }, 'The development mailbox had a problem'))
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')

  return {
    smtpUrl: `smtp://127.0.0.1:${portOf(listening.address())}`,
    list: (filter = {}) => store.list(filter),
    get: (id) => store.get(id),
    clear: () => store.clear(),
    onMail(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

async function read(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  clock: Clock,
  store: MailboxStore,
): Promise<ReceivedMail> {
  const parsed = await simpleParser(stream, { skipTextToHtml: true, skipTextLinks: true })
  if (stream.sizeExceeded) throw Object.assign(new Error('The mail is too large.'), { responseCode: 552 })
  const { mailFrom, rcptTo } = session.envelope
  return store.add({
    receivedAt: clock.now(),
    from: senderOf(parsed.from) ?? (mailFrom === false ? '' : mailFrom.address),
    recipients: rcptTo.map(({ address }) => address),
    subject: parsed.subject ?? '',
    headerLines: parsed.headerLines.map(({ line }) => line),
    html: parsed.html || null,
    text: parsed.text ?? '',
    attachmentNames: parsed.attachments.map(({ filename }) => filename ?? 'unnamed'),
  })
}

function senderOf(from: AddressObject | undefined): string | null {
  const [sender] = from?.value ?? []
  if (sender?.address === undefined) return null
  return sender.name === '' ? sender.address : `${sender.name} <${sender.address}>`
}

function portOf(address: string | { port: number } | null): number {
  if (address === null || typeof address === 'string') throw new Error('The mailbox listens on no port.')
  return address.port
}
