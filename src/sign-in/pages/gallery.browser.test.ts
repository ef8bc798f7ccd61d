import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../test/kit/browser.ts'
import { gallery } from './gallery.tsx'
import { type GalleryServer, serveGallery } from './gallery-server.ts'

/** Set to a folder (git ignores `test/pictures/`) to keep a picture of every page. */
const pictures = process.env['XENIA_PICTURES'] ?? ''

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const

let browser: Browser
let server: GalleryServer
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  server = await serveGallery()
  browser = await launchBrowser()
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  page = await context.newPage()
  // A browser that had to refuse something by the page's policy says so on its console.
  page.on('console', (message) => complaints.push(`${page.url()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  if (pictures) mkdirSync(pictures, { recursive: true })
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

test.each(gallery)(
  '$name: WCAG 2 AA in light and dark, at desk and phone width',
  async ({ name }) => {
    await page.goto(server.address('en-US', name))
    for (const look of LOOKS) {
      await page.emulateMedia({ colorScheme: look.colorScheme })
      await page.setViewportSize({ width: look.width, height: look.height })
      expect(await overflow(), `${look.name} must not scroll sideways`).toBe(0)
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze()
      expect(
        violations.flatMap(({ id, nodes }) => nodes.map((node) => `${look.name}: ${id} ${node.html}`)),
      ).toEqual([])
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${look.name}.png`, fullPage: true })
    }
    // Taken out, so that one page's complaint fails that page's test alone.
    expect(complaints.splice(0)).toEqual([])
  },
  60_000,
)

test.each(gallery)('$name: German words fit on a phone', async ({ name }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(server.address('de-DE', name))
  // WCAG 1.4.10: 320 CSS pixels, which is also 1280 at 400 % zoom.
  expect(await overflow()).toBe(0)
  if (pictures) await page.screenshot({ path: `${pictures}/${name}-german.png`, fullPage: true })
})

/** Pixels by which the page is wider than the window. A string, because it runs in the browser, not here. */
async function overflow(): Promise<number> {
  return Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  )
}
