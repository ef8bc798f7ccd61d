import type { DevelopmentMailbox, ReceivedMail } from '../platform/mail/index.ts'

export interface AwaitedMail {
  /** The first mail to the address that arrives from now on; null when none does in time. */
  readonly arrived: Promise<ReceivedMail | null>
  /** To be called in any case. */
  stop(): void
}

/** Begin before what sends the mail, so that it cannot arrive in between. The time is people's, not the product's. */
export function awaitMail(
  mailbox: Pick<DevelopmentMailbox, 'onMail'>,
  to: string,
  patienceMilliseconds: number,
): AwaitedMail {
  const isToThem = ({ recipients }: ReceivedMail) =>
    recipients.some((recipient) => recipient.toLowerCase() === to.toLowerCase())
  const { promise, resolve } = Promise.withResolvers<ReceivedMail | null>()
  const forget = mailbox.onMail((mail) => {
    if (isToThem(mail)) resolve(mail)
  })
  const timer = setTimeout(() => resolve(null), patienceMilliseconds)
  return {
    arrived: promise,
    stop: () => {
      forget()
      clearTimeout(timer)
      resolve(null)
    },
  }
}
