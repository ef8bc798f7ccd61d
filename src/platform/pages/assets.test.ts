import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { assets, stylesheet } from './assets.ts'

test('every asset may be cached for ever, because its path holds its hash', () => {
  for (const [path, asset] of assets) {
    const hash = createHash('sha256').update(asset.body).digest('hex').slice(0, 12)
    expect(path).toMatch(new RegExp(`^/assets/[a-z]+\\.${hash}\\.(css|svg|js)$`))
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  }
  expect(assets.size).toBe(3)
})

test('the stylesheet reaches for nothing outside', () => {
  expect(stylesheet.body.toString()).not.toMatch(/url\(|@import|https?:/)
})

test('light and dark name the same colours', () => {
  const [light = '', dark = ''] = stylesheet.body.toString().split('@media (prefers-color-scheme: dark)')
  const names = (css: string) => new Set(css.match(/--[a-z-]+(?=:)/g))
  const colours = [...names(light)].filter((name) => !/font|radius|target/.test(name))
  const rootOfDark = dark.slice(0, dark.indexOf('*,'))
  expect([...names(rootOfDark)].sort()).toEqual(colours.sort())
})
