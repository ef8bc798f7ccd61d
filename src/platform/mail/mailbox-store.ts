import { type Generated, type JSONColumnType, sql } from 'kysely'
import type { Database } from '../database/index.ts'

declare module '../database/schema.ts' {
  interface Schema {
    development_mailbox: DevelopmentMailboxTable
  }
}

interface DevelopmentMailboxTable {
  id: Generated<number>
  received_at: Date
  sender: string
  recipients: string[]
  subject: string
  header_lines: JSONColumnType<readonly string[]>
  html: string | null
  plain_text: string
  attachment_names: string[]
}

/** A mail as the development mailbox received it. */
export interface ReceivedMail {
  readonly id: string
  readonly receivedAt: Date
  /** The `From` header as written, e.g. `Contoso <invitations@localhost>`. */
  readonly from: string
  /** Everybody whom the mail server was told to deliver to, copies included. */
  readonly recipients: readonly string[]
  readonly subject: string
  readonly headerLines: readonly string[]
  readonly html: string | null
  readonly text: string
  readonly attachmentNames: readonly string[]
}

export interface MailboxFilter {
  /** Only mail to this address; case does not matter. */
  readonly to?: string | undefined
  readonly limit?: number
}

/** Where received mail is kept: the last 500. Newest first. */
export interface MailboxStore {
  add(mail: Omit<ReceivedMail, 'id'>): Promise<ReceivedMail>
  list(filter: MailboxFilter): Promise<readonly ReceivedMail[]>
  get(id: string): Promise<ReceivedMail | null>
  clear(): Promise<void>
}

const KEPT = 500

/** For tests: gone with the program. */
export function memoryMailbox(): MailboxStore {
  let mails: readonly ReceivedMail[] = []
  let last = 0
  return {
    async add(mail) {
      const kept = { ...mail, id: String(++last) }
      mails = [kept, ...mails].slice(0, KEPT)
      return kept
    },
    list: async ({ to, limit = KEPT }) =>
      mails
        .filter((mail) => to === undefined || mail.recipients.some((address) => sameAddress(address, to)))
        .slice(0, limit),
    get: async (id) => mails.find((mail) => mail.id === id) ?? null,
    async clear() {
      mails = []
    },
  }
}

const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** In the deployment's database, so that it survives a restart. */
export function databaseMailbox(database: Database): MailboxStore {
  const { transaction } = database.platform
  return {
    add: (mail) =>
      transaction(async (tx) => {
        const { id } = await tx
          .insertInto('development_mailbox')
          .values({
            received_at: mail.receivedAt,
            sender: mail.from,
            recipients: [...mail.recipients],
            subject: mail.subject,
            header_lines: JSON.stringify(mail.headerLines),
            html: mail.html,
            plain_text: mail.text,
            attachment_names: [...mail.attachmentNames],
          })
          .returning('id')
          .executeTakeFirstOrThrow()
        await sql`
          delete from development_mailbox
           where id <= (select id from development_mailbox order by id desc offset ${KEPT} limit 1)`.execute(
          tx,
        )
        return { ...mail, id: String(id) }
      }),
    list: ({ to, limit = KEPT }) =>
      transaction(async (tx) => {
        const rows = await tx
          .selectFrom('development_mailbox')
          .select(columns)
          .$if(to !== undefined, (query) =>
            query.where(
              sql<boolean>`exists (select from unnest(recipients) as r where lower(r) = lower(${to}))`,
            ),
          )
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
        return rows.map(present)
      }),
    async get(id) {
      if (!/^[0-9]{1,18}$/.test(id)) return null
      const row = await transaction((tx) =>
        tx.selectFrom('development_mailbox').select(columns).where('id', '=', Number(id)).executeTakeFirst(),
      )
      return row === undefined ? null : present(row)
    },
    clear: () =>
      transaction(async (tx) => {
        await tx.deleteFrom('development_mailbox').execute()
      }),
  }
}

const columns = [
  'id',
  'received_at',
  'sender',
  'recipients',
  'subject',
  'header_lines',
  'html',
  'plain_text',
  'attachment_names',
] as const

interface Row {
  id: number
  received_at: Date
  sender: string
  recipients: string[]
  subject: string
  header_lines: readonly string[]
  html: string | null
  plain_text: string
  attachment_names: string[]
}

const present = (row: Row): ReceivedMail => ({
  id: String(row.id),
  receivedAt: row.received_at,
  from: row.sender,
  recipients: row.recipients,
  subject: row.subject,
  headerLines: row.header_lines,
  html: row.html,
  text: row.plain_text,
  attachmentNames: row.attachment_names,
})
