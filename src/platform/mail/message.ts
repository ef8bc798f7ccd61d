import { Invalid } from '../errors.ts'
import type { Mail, Recipient } from './model.ts'

const MOST_RECIPIENTS = 50
/** RFC 5321 §4.5.3.1.3: a path has 256 octets, two of them the angle brackets. */
const LONGEST_ADDRESS_OCTETS = 254
const LONGEST_LINE = 998
const LARGEST_BODY_OCTETS = 1024 * 1024

// A line break ends a header and begins another, of the sender's choice; NUL and the rest have no business there.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

const ALLOWED_HEADER = /^(List-Unsubscribe|List-Unsubscribe-Post|X-[A-Za-z0-9-]{1,60})$/i

/**
 * Refuses (`Invalid`) a mail that would not leave as it was meant: line breaks in anything that becomes a header,
 * addresses that are lists or carry options, headers that would contradict ours. nodemailer guards itself, too;
 * this is the check that does not depend on it.
 */
export function checkMail(mail: Mail): void {
  const recipients = [...mail.to, ...(mail.cc ?? [])]
  if (mail.to.length === 0) throw new Invalid('A mail needs a recipient.')
  if (recipients.length > MOST_RECIPIENTS)
    throw new Invalid(`A mail has at most ${MOST_RECIPIENTS} recipients.`)
  for (const recipient of recipients) checkRecipient(recipient)
  if (mail.replyTo !== undefined) checkRecipient(mail.replyTo)
  if (mail.fromName !== undefined) checkLine('The sender’s name', mail.fromName)
  if (mail.subject.trim() === '') throw new Invalid('A mail needs a subject.')
  checkLine('The subject', mail.subject)
  if (mail.language !== undefined && !/^[A-Za-z0-9-]{2,35}$/.test(mail.language)) {
    throw new Invalid('The language of a mail is a BCP 47 tag.')
  }
  for (const [name, value] of Object.entries(mail.headers ?? {})) {
    if (!ALLOWED_HEADER.test(name)) throw new Invalid(`A mail cannot set the header '${printable(name)}'.`)
    checkLine(`The header '${name}'`, value)
  }
  for (const body of [mail.html, mail.text]) {
    if (body.trim() === '') throw new Invalid('A mail needs an HTML and a text body.')
    if (Buffer.byteLength(body) > LARGEST_BODY_OCTETS) throw new Invalid('The body of a mail is too large.')
  }
}

function checkRecipient({ address, name }: Recipient): void {
  if (!isMailAddress(address)) throw new Invalid(`'${printable(address)}' is not a mail address.`)
  if (name != null) checkLine('The recipient’s name', name)
}

/**
 * One plain address: no display name, no list, no quoted local part, no comment, no source route. Letters of any
 * script may stand on both sides (RFC 6531).
 */
export function isMailAddress(text: string): boolean {
  if (Buffer.byteLength(text) > LONGEST_ADDRESS_OCTETS || CONTROL.test(text)) return false
  return /^[^\s@<>()[\]:;,"\\]+@[^\s@<>()[\]:;,"\\.]+(\.[^\s@<>()[\]:;,"\\.]+)*$/.test(text)
}

function checkLine(what: string, text: string): void {
  if (CONTROL.test(text)) throw new Invalid(`${what} holds a line break or another control character.`)
  if (text.length > LONGEST_LINE) throw new Invalid(`${what} is too long.`)
}

const printable = (text: string): string => text.replace(new RegExp(CONTROL, 'g'), '�').slice(0, 100)
