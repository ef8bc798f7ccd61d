import type { UserType } from '../directory/index.ts'
import {
  type AddressSwitches,
  type MailAddress,
  parseInvitedAddress,
  parseMailAddress,
  refuseBeyondAscii,
} from './address.ts'
import type { Refusal } from './model.ts'
import { badRequest } from './refusal.ts'
import { MOST_SPONSORS } from './sponsors.ts'

/** The body of `POST /invitations`, its types already checked; `null` stands for what was left out. */
export interface InvitationRequest {
  readonly invitedUserEmailAddress: string | null
  readonly inviteRedirectUrl: string | null
  readonly invitedUserDisplayName: string | null
  readonly invitedUserType: UserType
  readonly sendInvitationMessage: boolean
  readonly ccRecipients: readonly string[]
  readonly customizedMessageBody: string | null
  readonly messageLanguage: string | null
  readonly resetRedemption: boolean
  /** `invitedUser.id`. */
  readonly invitedUserId: string | null
  /** Ids of `invitedUserSponsors`. */
  readonly sponsorIds: readonly string[]
}

/** What a well-formed body says. */
export interface CheckedRequest {
  readonly outcome: 'wellFormed'
  readonly address: MailAddress
  readonly redirectUrl: string
}

/** Characters of the custom message; a mail, not an essay, and the store's bound. */
export const LONGEST_MESSAGE = 5_000
const LONGEST_DISPLAY_NAME = 256
const LONGEST_URL = 2_048

/** The first two of INV-2's checks that are ours: body, then address syntax. Looks at nothing but the request. */
export function checkRequest(
  request: InvitationRequest,
  switches: AddressSwitches,
): CheckedRequest | Refusal {
  const refusal = checkBody(request)
  if (refusal !== null) return refusal
  const typed = request.invitedUserEmailAddress ?? ''
  if (typed === '')
    return badRequest('INV-3', 'invitedUserEmailAddress is required.', 'invitedUserEmailAddress')
  const parsed = parseInvitedAddress(typed, switches)
  if (parsed.outcome === 'refused') {
    const [{ message }] = parsed.because
    return badRequest('INV-3', `invitedUserEmailAddress: ${message}`, 'invitedUserEmailAddress')
  }
  return { outcome: 'wellFormed', address: parsed.address, redirectUrl: request.inviteRedirectUrl ?? '' }
}

function checkBody(request: InvitationRequest): Refusal | null {
  const url = request.inviteRedirectUrl
  if (url === null || url === '')
    return badRequest('INV-4', 'inviteRedirectUrl is required.', 'inviteRedirectUrl')
  const urlProblem = redirectUrlProblem(url)
  if (urlProblem !== null) return badRequest('INV-4', `inviteRedirectUrl ${urlProblem}`, 'inviteRedirectUrl')

  const name = request.invitedUserDisplayName
  if (name !== null && (name.length > LONGEST_DISPLAY_NAME || hasControls(name))) {
    return badRequest(
      'INV-1',
      `invitedUserDisplayName must be one line of at most ${LONGEST_DISPLAY_NAME} characters.`,
      'invitedUserDisplayName',
    )
  }
  const messageProblem = customMessageProblem(request.customizedMessageBody ?? '')
  if (messageProblem !== null) {
    return badRequest('INV-12', `customizedMessageBody ${messageProblem}`, 'invitedUserMessageInfo')
  }
  if (request.messageLanguage !== null && !isLanguageTag(request.messageLanguage)) {
    return badRequest(
      'INV-14',
      'messageLanguage must be a language tag such as en-US.',
      'invitedUserMessageInfo',
    )
  }
  if (request.sponsorIds.length > MOST_SPONSORS) {
    return badRequest('SPO-1', `A user has at most ${MOST_SPONSORS} sponsors.`, 'invitedUserSponsors')
  }
  if (request.resetRedemption && request.invitedUserId === null) {
    return badRequest(
      'RST-1',
      'resetRedemption needs invitedUser.id: whose redemption is to be reset?',
      'invitedUser',
    )
  }
  return checkCopies(request.ccRecipients)
}

function checkCopies(addresses: readonly string[]): Refusal | null {
  if (addresses.length > 1) {
    return badRequest('INV-15', 'ccRecipients holds at most one recipient.', 'invitedUserMessageInfo')
  }
  for (const address of addresses) {
    const parsed = refuseBeyondAscii(address) ?? parseMailAddress(address)
    if (parsed.outcome === 'refused') {
      return badRequest('INV-15', `ccRecipients: ${parsed.because[0].message}`, 'invitedUserMessageInfo')
    }
  }
  return null
}

/** INV-4: what is wrong with a landing address, as the end of a sentence; null when nothing is. */
export function redirectUrlProblem(text: string): string | null {
  if (text.length > LONGEST_URL) return `is longer than ${LONGEST_URL} characters.`
  // URL readers drop tabs and line breaks and turn backslashes: what we check must be what the browser sees.
  if (/[\s\\]/u.test(text) || hasControls(text)) return 'must not hold spaces, line breaks or backslashes.'
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  if (url === null) return 'must be an absolute https address such as https://myapps.contoso.com.'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password.'
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'must begin with https://.'
  return null
}

// RFC 8252 §8.3 for the addresses, RFC 6761 §6.3 for the names.
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** What is wrong with a custom message, as the end of a sentence; null when nothing is. */
export function customMessageProblem(text: string): string | null {
  if (text.length > LONGEST_MESSAGE) return `is longer than ${LONGEST_MESSAGE} characters.`
  if (hasControls(text.replace(/[\r\n\t]/g, ''))) return 'holds control characters.'
  return null
}

/** Includes NUL, which PostgreSQL's text cannot hold, and halves of surrogate pairs, which UTF-8 cannot. */
const hasControls = (text: string): boolean => /\p{Cc}/u.test(text) || !text.isWellFormed()

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
