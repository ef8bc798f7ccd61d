import type { Reason } from '../platform/errors.ts'
import { normaliseDomain } from '../tenants/index.ts'

/** A mail address that invitations and mail can work with. */
export interface MailAddress {
  /** What is stored and mailed to: the local part as typed, the domain in lower-case ASCII form. */
  readonly text: string
  readonly local: string
  /** What domain lists and verified domains are compared with (COL-6). */
  readonly domain: string
  /** All lower case: two addresses with the same key are one mailbox to us. */
  readonly key: string
}

export type ParsedAddress = { readonly outcome: 'parsed'; readonly address: MailAddress } | BadAddress

export interface BadAddress {
  readonly outcome: 'refused'
  readonly because: readonly [Reason]
}

export interface AddressSwitches {
  /** Off by default (INV-3): `ann+news@x.com` reaches ann's mailbox and would be a second guest for one person. */
  readonly allowPlusAddressing: boolean
}

/** RFC 5321 §4.5.3.1. An address is at most 254 long: its path of 256 has angle brackets around it. */
const LONGEST_LOCAL_PART = 64
const LONGEST_ADDRESS = 254

/** INV-3's list. `@` is not on it: exactly one is needed. */
const NOT_INVITED = new Set('~!#$%^&*()+=[]{}\\/|;:\'"<>?,')

/** RFC 5322 §3.2.3 `atext`, plus the dot. */
const ATEXT = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/

/** The address of somebody to be invited (INV-3): narrower than what mail allows. */
export function parseInvitedAddress(text: string, switches: AddressSwitches): ParsedAddress {
  const foreign = refuseBeyondAscii(text)
  if (foreign !== null) return foreign
  for (const character of text) {
    if (character === '+' && switches.allowPlusAddressing) continue
    if (NOT_INVITED.has(character))
      return bad(`'${character}' is not allowed in the address of an invited user.`)
  }
  const parsed = parseMailAddress(text)
  if (parsed.outcome === 'refused') return parsed
  const { local } = parsed.address
  if (local.startsWith('-') || local.endsWith('-'))
    return bad("The part before '@' must not start or end with '-'.")
  return parsed
}

/**
 * Mail is sent to ASCII addresses only. An internationalized domain has an ASCII form, and whoever invites types that:
 * look-alike letters would otherwise send an invitation to a stranger (UTS 39 §4).
 */
export function refuseBeyondAscii(text: string): BadAddress | null {
  return /[^\p{ASCII}]/u.test(text)
    ? bad('An address may hold only unaccented ASCII characters; write an internationalized domain as xn--….')
    : null
}

/**
 * Any address that mail can be sent to, for CC recipients. Quoted local parts, comments and address literals of
 * RFC 5321 are refused: no mailbox that people use needs them and mail headers are easier to forge with them.
 */
export function parseMailAddress(text: string): ParsedAddress {
  if (text === '') return bad('The address is empty.')
  // Before any other pattern runs over it: the text may be megabytes.
  if (text.length > LONGEST_ADDRESS) return bad(`The address is longer than ${LONGEST_ADDRESS} characters.`)
  const at = text.lastIndexOf('@')
  if (at < 0) return bad("The address has no '@'.")
  const local = text.slice(0, at)
  if (local.includes('@')) return bad("The address has more than one '@'.")
  return checkLocalPart(local) ?? withDomain(local, text.slice(at + 1))
}

function checkLocalPart(local: string): BadAddress | null {
  if (local === '') return bad("The address has nothing before '@'.")
  if (local.length > LONGEST_LOCAL_PART) {
    return bad(`The part before '@' is longer than ${LONGEST_LOCAL_PART} characters.`)
  }
  // RFC 6531 mailboxes exist, but Graph's `mail` and user principal names are ASCII.
  if (/[^\x20-\x7e]/.test(local)) return bad("The part before '@' may hold only unaccented ASCII characters.")
  if (!ATEXT.test(local))
    return bad("The part before '@' holds a character that mail addresses do not allow.")
  if (local.startsWith('.') || local.endsWith('.'))
    return bad("The part before '@' must not start or end with '.'.")
  if (local.includes('..')) return bad("The part before '@' must not hold two dots in a row.")
  return null
}

function withDomain(local: string, typed: string): ParsedAddress {
  const domain = hasOnlyDomainCharacters(typed) ? normaliseDomain(typed) : null
  if (domain === null) return bad("What follows '@' is not a domain name such as fabrikam.com.")
  const address = `${local}@${domain}`
  // Only now is the domain's true length known: one character of an IDN can be several in ASCII form.
  if (address.length > LONGEST_ADDRESS)
    return bad(`The address is longer than ${LONGEST_ADDRESS} characters.`)
  return { outcome: 'parsed', address: { text: address, local, domain, key: address.toLowerCase() } }
}

/**
 * The URL standard's domain reader would otherwise stop at a slash, decode `%41` and trim spaces, so that
 * `fabrikam.com/x` and `f%61brikam.com` would both pass as `fabrikam.com`.
 */
const hasOnlyDomainCharacters = (typed: string): boolean =>
  /^(?:[A-Za-z0-9.-]|[^\p{ASCII}\s\p{C}])+$/u.test(typed)

/** Are these one mailbox? Case and the domain's spelling (Unicode or ASCII) do not count. */
export function sameMailbox(one: string, other: string): boolean {
  const key = addressKey(one)
  return key !== null && key === addressKey(other)
}

/** What an address is compared and looked up by; null when it is none. */
export function addressKey(text: string): string | null {
  const parsed = parseMailAddress(text.trim())
  return parsed.outcome === 'parsed' ? parsed.address.key : null
}

const bad = (message: string): BadAddress => ({ outcome: 'refused', because: [{ rule: 'INV-3', message }] })
