import { IntlMessageFormat } from 'intl-messageformat'
import type { MailLanguage } from './message-rules.ts'
import { deDE } from './messages/de-DE.ts'
import { enUS } from './messages/en-US.ts'

export type MailTextKey = keyof typeof enUS

export const mailCatalogues: Readonly<Record<MailLanguage, Readonly<Record<MailTextKey, string>>>> = {
  'en-US': enUS,
  'de-DE': deDE,
}

/** A text in the mail's language. Throws when a value that the text needs is missing. Escapes nothing. */
export type MailTexts = (key: MailTextKey, values?: Readonly<Record<string, string | number>>) => string

export function mailTexts(language: MailLanguage): MailTexts {
  return (key, values) => String(compiled(language, key).format(values))
}

const cache = new Map<string, IntlMessageFormat>()

function compiled(language: MailLanguage, key: MailTextKey): IntlMessageFormat {
  const id = `${language} ${key}`
  const known = cache.get(id)
  if (known !== undefined) return known
  // Tags are off: markup belongs to the mail's layout, and a `<` in a text is just a `<`.
  const fresh = new IntlMessageFormat(mailCatalogues[language][key], language, undefined, { ignoreTag: true })
  cache.set(id, fresh)
  return fresh
}

/** To the minute, in UTC and saying so: the reader's own time zone is not known. */
export const mailDate = (date: Date, language: MailLanguage): string => {
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${moment.format(date)} UTC`
}

const LONGEST_NAME = 80

/**
 * A name that somebody chose, fit for a subject and a heading: one line, no long text in disguise, and no characters
 * that turn the direction of what follows (a name could otherwise rewrite the sentence around it).
 */
export function plainName(name: string): string {
  const line = name
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const characters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)]
  if (characters.length <= LONGEST_NAME) return line
  return `${characters
    .slice(0, LONGEST_NAME - 1)
    .map(({ segment }) => segment)
    .join('')}…`
}
