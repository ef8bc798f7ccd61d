import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import { catalogues, languages, translator } from '../translator.ts'
import type { Catalogue } from './catalogue.ts'

const source: Catalogue = catalogues['en-US']

/** The names that a message asks for, from its parsed form, not from its letters. */
function argumentsOf(message: string): string[] {
  const names = new Set<string>()
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    // Types 0 and 7 of the parser are literals and `#`; every other element names its argument in `value`.
    if ('type' in value && 'value' in value && value.type !== 0 && value.type !== 7)
      names.add(String(value.value))
    if ('options' in value) Object.values(Object(value.options)).forEach(walk)
    if ('value' in value) walk(value.value)
  }
  walk(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst())
  return [...names].sort()
}

describe.each(languages)('%s', (language) => {
  const catalogue: Catalogue = catalogues[language]

  test('has every key of the source, and no other', () => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(source).sort())
  })

  test('asks in every message for the values that the source asks for', () => {
    const asked = (texts: Catalogue) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, argumentsOf(text)]))
    expect(asked(catalogue)).toEqual(asked(source))
  })

  test('has no empty message and no straight quote', () => {
    const bad = Object.entries(catalogue).filter(([, text]) => text.trim() === '' || /["'`]/.test(text))
    expect(bad).toEqual([])
  })
})

test('the second language is a translation: few messages may read the same', () => {
  const same = Object.entries(catalogues['de-DE']).filter(([key, text]) => source[key] === text)
  expect(same.map(([key]) => key).sort()).toEqual(['device.label', 'page.title', 'product.name'])
})

test('the names found by the parser are those that the types ask for', () => {
  expect(argumentsOf(source['blocked.home'] ?? '')).toEqual(['home', 'identifier', 'resource'])
  expect(argumentsOf(source['locked.wait'] ?? '')).toEqual(['minutes'])
})

test('plurals follow the language', () => {
  expect(translator('de-DE')('locked.wait', { minutes: 1 })).toContain('1 Minute,')
  expect(translator('de-DE')('locked.wait', { minutes: 2 })).toContain('2 Minuten,')
})

test('days are those of UTC wherever the server stands', () => {
  const since = new Date('2026-02-28T23:30:00Z')
  expect(translator('en-US')('organizations.guestSince', { since })).toBe('Guest since February 28, 2026')
  expect(translator('de-DE')('organizations.guestSince', { since })).toBe('Gast seit 28. Februar 2026')
})

test('a forgotten value does not compile, and throws where types were bypassed', () => {
  const t = translator('en-US')
  // @ts-expect-error: the message has a {contact}.
  expect(() => t('error.help')).toThrow()
  // @ts-expect-error: no such key.
  expect(() => t('no.such.key')).toThrow()
})
