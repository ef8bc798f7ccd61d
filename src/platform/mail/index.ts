/** Mail: an outbox in the database, delivery over SMTP, and a mailbox for development. */
export {
  type DevelopmentMailbox,
  type DevelopmentMailboxOptions,
  startDevelopmentMailbox,
} from './development-mailbox.ts'
export { createMailer, type Mailer, type MailOptions } from './mail.ts'
export { mailboxPath } from './mailbox-pages.tsx'
export { registerMailbox } from './mailbox-routes.tsx'
export type { MailboxFilter, ReceivedMail } from './mailbox-store.ts'
export { isMailAddress } from './message.ts'
export type { Failure, Mail, MailMetrics, OutboxMessage, Recipient } from './model.ts'
