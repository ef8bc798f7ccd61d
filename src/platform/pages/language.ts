import { defaultLanguage, type Language, languages } from './translator.ts'

export interface LanguageWishes {
  /** OpenID Connect Core §3.1.2.1: space-separated tags in order of preference; wins over the browser. */
  readonly uiLocales?: string | undefined
  readonly acceptLanguage?: string | undefined
  /** The tenant's own language, when none of the wishes can be met. */
  readonly fallback?: Language | undefined
}

// Both come from the network: more than this is not a wish but an attack on the parser.
const LONGEST_HEADER = 500
const MOST_TAGS = 20

/** Picks the language of a page. Never fails: unknown, malformed and oversized wishes are passed over. */
export function negotiateLanguage(wishes: LanguageWishes): Language {
  const asked = [...spaceSeparated(wishes.uiLocales), ...byQuality(wishes.acceptLanguage)]
  for (const tag of asked) {
    const found = lookUp(tag)
    if (found) return found
  }
  return wishes.fallback ?? defaultLanguage
}

/** The language for a tag such as `de`, `de-AT` or `DE-de`; `null` when we do not speak it. */
export function lookUp(tag: string): Language | null {
  const wanted = tag.toLowerCase()
  const exact = languages.find((language) => language.toLowerCase() === wanted)
  if (exact) return exact
  // RFC 4647 §3.4 would end at `de`; we have one variety per language, so any German is served by it.
  const primary = wanted.split('-')[0]
  return languages.find((language) => language.toLowerCase().split('-')[0] === primary) ?? null
}

function spaceSeparated(list: string | undefined): string[] {
  return (list ?? '').slice(0, LONGEST_HEADER).split(/\s+/).filter(Boolean).slice(0, MOST_TAGS)
}

/** RFC 9110 §12.5.4: highest `q` first, header order among equals; `q=0` means "not this one". */
function byQuality(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, LONGEST_HEADER)
    .split(',')
    .slice(0, MOST_TAGS)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const quality = parameters.find((parameter) => parameter.startsWith('q='))
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) }
    })
    .filter(({ tag, quality }) => tag !== '' && tag !== '*' && quality > 0 && quality <= 1)
    .sort((left, right) => right.quality - left.quality)
    .map(({ tag }) => tag)
}

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur'])

/** The writing direction of a language tag, for `<html dir>`. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr'
}
