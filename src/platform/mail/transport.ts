import { createTransport } from 'nodemailer'
import type { Recipient } from './model.ts'

/** A mail as it goes out. */
export interface Letter {
  /** Stable over all tries, so that a second copy after a crash is recognisable: `id@domain`, without brackets. */
  readonly messageId: string
  readonly date: Date
  readonly from: Recipient
  readonly to: readonly Recipient[]
  readonly cc: readonly Recipient[]
  readonly replyTo: Recipient | null
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly language: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** The mail server refused this mail for good: another try would end the same way. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

export interface MailTransport {
  /**
   * Resolves when the server has taken the mail for at least one recipient, naming those that it refused. Throws
   * `MailRefused`, or anything else when another try may help.
   */
  send(letter: Letter, signal: AbortSignal): Promise<{ readonly refusedAddresses: readonly string[] }>
  close(): void
}

/**
 * Connections are made when first needed and kept for a while. The address may carry nodemailer's options, e.g.
 * `smtp://user:password@mail.contoso.com:587?requireTLS=true`.
 */
export function smtpTransport(url: string): MailTransport {
  const transporter = createTransport({
    url,
    pool: true,
    maxConnections: 5,
    // Ours are the retries: nodemailer's own could send a mail twice within one try.
    maxRequeues: 0,
    idleTimeout: 30_000,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    // A body that names a file or an address is text, not an instruction to fetch it.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send(letter, signal) {
      try {
        const info = await transporter.sendMail({
          messageId: `<${letter.messageId}>`,
          date: letter.date,
          from: mailbox(letter.from),
          to: letter.to.map(mailbox),
          cc: letter.cc.map(mailbox),
          ...(letter.replyTo === null ? {} : { replyTo: mailbox(letter.replyTo) }),
          subject: letter.subject,
          html: letter.html,
          text: letter.text,
          headers: {
            ...letter.headers,
            // RFC 3834 §5 and Exchange's own word: nobody's out-of-office reply should come back.
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
            ...(letter.language === null ? {} : { 'Content-Language': letter.language }),
          },
          signal,
        })
        return { refusedAddresses: info.rejected.map(String) }
      } catch (error) {
        if (isPermanent(error)) throw new MailRefused(messageOf(error), { cause: error })
        throw error
      }
    },
    close: () => transporter.close(),
  }
}

const mailbox = ({ address, name }: Recipient) => ({ address, name: name ?? '' })

/**
 * Only answers about this mail (its envelope, its content) count. A greeting or a login that is refused is a matter
 * of configuration, and so is "authentication required" (530): the mails wait until it is put right.
 */
function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code: unknown = Reflect.get(error, 'code')
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return false
  const answer: unknown = Reflect.get(error, 'responseCode')
  // Without an answer nodemailer itself refused: an address that cannot be written, a mail larger than allowed.
  if (typeof answer !== 'number') return true
  return answer >= 500 && answer !== 503 && answer !== 530
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
