import type { Reason } from '../platform/errors.ts'
import type { Caller } from './model.ts'
import type { InvitationRequest } from './request-rules.ts'

/** Which mail goes out with an invitation, and what is in it by choice. */
export type MailPlan =
  | {
      /** `notification`: nothing to accept, both tenants agreed to skip consent (RED-15). */
      readonly kind: 'invitation' | 'notification'
      readonly language: MailLanguage
      readonly customMessage: string | null
      readonly copyTo: string | null
      /** Texts for the response's `Warning` header (INV-13). */
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'none'; readonly because: readonly Reason[]; readonly warnings: readonly string[] }

/** The languages that mails are written in; the first is the last resort of INV-14. */
export const mailLanguages = ['en-US', 'de-DE'] as const
export type MailLanguage = (typeof mailLanguages)[number]

/** In the order of INV-14; null where nothing is known. */
export interface LanguageWishes {
  readonly message: string | null
  readonly guest: string | null
  /** Of organisational accounts only. */
  readonly homeTenant: string | null
  readonly resourceTenant: string | null
}

export interface MailFacts {
  readonly request: InvitationRequest
  readonly caller: Caller
  readonly alreadyAccepted: boolean
  /** The person has blocked this tenant (INV-16). */
  readonly unsubscribed: boolean
  /** Both tenants let their people in and out without consent (ARD-1). */
  readonly automaticRedemption: boolean
  readonly languages: LanguageWishes
}

/** The audit log's words for INV-16. */
export const UNSUBSCRIBED = 'Email not sent, user unsubscribed'

export function planMail(facts: MailFacts): MailPlan {
  const { request, caller } = facts
  const none = (rule: string, message: string): MailPlan => ({
    kind: 'none',
    because: [{ rule, message }],
    warnings: [],
  })
  if (!request.sendInvitationMessage) return none('INV-12', 'sendInvitationMessage is false.')
  if (facts.alreadyAccepted)
    return none('INV-8', 'The guest has accepted already; there is nothing to accept.')
  if (facts.unsubscribed) return none('INV-16', UNSUBSCRIBED)

  const written = request.customizedMessageBody?.trim() ?? ''
  const dropped = written === '' ? null : reasonToDropMessage(caller)
  return {
    kind: facts.automaticRedemption ? 'notification' : 'invitation',
    language: chooseLanguage(facts.languages),
    customMessage: written === '' || dropped !== null ? null : written,
    copyTo: request.ccRecipients[0] ?? null,
    warnings: dropped === null ? [] : [dropped],
  }
}

/** INV-13: a text that nobody answers for, and that nobody can answer to, is what a phisher would send. */
function reasonToDropMessage(caller: Caller): string | null {
  if (caller.kind === 'application') return 'The custom message was left out: the inviter is an application.'
  return caller.mail === null
    ? 'The custom message was left out: the inviter has no mail address here.'
    : null
}

/** INV-14: the first wish that we have a translation for. */
export function chooseLanguage(wishes: LanguageWishes): MailLanguage {
  for (const wish of [wishes.message, wishes.guest, wishes.homeTenant, wishes.resourceTenant]) {
    const found = wish === null ? null : lookUp(wish)
    if (found !== null) return found
  }
  return mailLanguages[0]
}

/** RFC 4647 §3.4, shortened: one variety of each language, so `de-AT` is served by `de-DE`. */
function lookUp(tag: string): MailLanguage | null {
  const [primary] = tag.toLowerCase().split('-')
  return mailLanguages.find((language) => language.toLowerCase().split('-')[0] === primary) ?? null
}

/** One value of the `Warning` header (RFC 7234 §5.5): 199 is "miscellaneous", `-` stands for an unnamed sender. */
export const warningHeader = (text: string): string => `199 - "${text.replace(/["\\]/g, '\\$&')}"`
