import fc from 'fast-check'
import { expect, test } from 'vitest'
import { directionOf, negotiateLanguage } from './language.ts'
import { languages } from './translator.ts'

test.each([
  ['de', 'de-DE'],
  ['de-AT', 'de-DE'],
  ['DE-de', 'de-DE'],
  ['en-GB,en;q=0.9', 'en-US'],
  ['fr-FR, de;q=0.7, en;q=0.8', 'en-US'],
  ['fr-FR, de;q=0.8, en;q=0.7', 'de-DE'],
  ['de;q=0, en', 'en-US'],
  ['fr', 'en-US'],
  ['*', 'en-US'],
  ['de;q=many', 'en-US'],
  ['', 'en-US'],
])('Accept-Language %j is answered in %s', (acceptLanguage, expected) => {
  expect(negotiateLanguage({ acceptLanguage })).toBe(expected)
})

test('ui_locales of the request wins over the browser', () => {
  expect(negotiateLanguage({ uiLocales: 'fr-CA de', acceptLanguage: 'en-US' })).toBe('de-DE')
})

test('unknown ui_locales leave the choice to the browser', () => {
  expect(negotiateLanguage({ uiLocales: 'fr', acceptLanguage: 'de' })).toBe('de-DE')
})

test('the tenant’s own language answers wishes that nobody can meet', () => {
  expect(negotiateLanguage({ acceptLanguage: 'fi', fallback: 'de-DE' })).toBe('de-DE')
})

test('whatever the network sends, some language comes out', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 2000 }),
      fc.string({ maxLength: 2000 }),
      (uiLocales, acceptLanguage) => {
        expect(languages).toContain(negotiateLanguage({ uiLocales, acceptLanguage }))
      },
    ),
  )
})

test('Arabic and Hebrew are written from the right', () => {
  expect(['ar-SA', 'he-IL', 'de-DE', 'en-US'].map(directionOf)).toEqual(['rtl', 'rtl', 'ltr', 'ltr'])
})
