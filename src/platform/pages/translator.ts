import { IntlMessageFormat } from 'intl-messageformat'
import type { ComponentChild, VNode } from 'preact'
import type { ArgumentNames, Catalogue } from './messages/catalogue.ts'
import { deDE } from './messages/de-DE.ts'
import { enUS } from './messages/en-US.ts'

type Source = typeof enUS

export type MessageKey = keyof Source

/** Keys whose messages need no value: for tables that map a state to its text. */
export type PlainMessageKey = {
  [Key in MessageKey]: [ArgumentNames<Source[Key]>] extends [never] ? Key : never
}[MessageKey]

type Value = string | number | Date
type ValuesOf<Key extends MessageKey, Kind> = [ArgumentNames<Source[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<ArgumentNames<Source[Key]>, Kind>>]

/** The texts of every language, source language first. `messages.test.ts` holds them to the same keys. */
export const catalogues = {
  'en-US': enUS,
  'de-DE': deDE,
} as const satisfies Record<string, Catalogue>

export type Language = keyof typeof catalogues

export const languages: readonly Language[] = ['en-US', 'de-DE']

/** Used when nothing the person asked for is available (INV-14 ends there, too). */
export const defaultLanguage: Language = 'en-US'

/** Speaks one language: `t('password.title')`. Values are not escaped here; Preact escapes what it renders. */
export interface Translator {
  <Key extends MessageKey>(key: Key, ...values: ValuesOf<Key, Value>): string
  readonly language: Language
  /** Same, but values may be elements (`<strong>`), for names that deserve emphasis inside a sentence. */
  rich<Key extends MessageKey>(key: Key, ...values: ValuesOf<Key, Value | VNode>): ComponentChild[]
}

export function translator(language: Language): Translator {
  const known = translators.get(language)
  if (known) return known

  const compiled = new Map<string, IntlMessageFormat>()
  const message = (key: MessageKey): IntlMessageFormat => {
    const found = compiled.get(key)
    if (found) return found
    // Tags in messages are switched off: markup belongs to the pages, and a `<` in a text is just a `<`.
    const fresh = new IntlMessageFormat(catalogues[language][key], language, FORMATS, { ignoreTag: true })
    compiled.set(key, fresh)
    return fresh
  }

  const plain = (key: MessageKey, values?: Readonly<Record<string, Value>>): string =>
    String(message(key).format(values))
  const rich = (key: MessageKey, values?: Readonly<Record<string, Value | VNode>>): ComponentChild[] =>
    message(key)
      .formatToParts<VNode>(values)
      .map((part) => part.value)

  // The cast narrows two loosely typed functions to the interface above, which checks each key's values.
  const built = Object.assign(plain, { language, rich }) as unknown as Translator
  translators.set(language, built)
  return built
}

// The server's own time zone is nobody's: days are those of UTC, as everywhere in the API.
const FORMATS = {
  date: { long: { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' } },
} as const

const translators = new Map<Language, Translator>()
