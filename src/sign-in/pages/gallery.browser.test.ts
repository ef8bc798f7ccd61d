import { mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../test/kit/browser.ts'
import { assets, pageHeaders, render, translator } from '../../platform/pages/index.ts'
import { gallery } from './gallery.tsx'

/** Set to a folder (git ignores `test/pictures/`) to keep a picture of every page. */
const pictures = process.env['XENIA_PICTURES'] ?? ''

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const

let browser: Browser
let server: Server
let base: string
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://gallery').pathname
    const asset = assets.get(path)
    if (asset) return response.writeHead(200, asset.headers).end(asset.body)
    const [, language, name] = path.split('/')
    const exhibit = gallery.find((one) => one.name === name)
    if (!exhibit) return response.writeHead(404).end()
    const t = translator(language === 'de-DE' ? 'de-DE' : 'en-US')
    // No refresh: the browser would leave the page that is being looked at.
    const html = render(exhibit.show(t)).replace(/<meta http-equiv="refresh"[^>]*>/, '')
    return response.writeHead(200, pageHeaders()).end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`

  browser = await launchBrowser()
  // Not even the browser's own scripts are needed by the pages; axe runs outside of the page's policy.
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  page = await context.newPage()
  page.on('console', (message) => complaints.push(`${page.url()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  if (pictures) mkdirSync(pictures, { recursive: true })
})

afterAll(async () => {
  await browser?.close()
  await new Promise((resolve) => server.close(resolve))
})

test.each(gallery)(
  '$name: WCAG 2 AA in light and dark, at desk and phone width',
  async ({ name }) => {
    await page.goto(`${base}/en-US/${name}`)
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
    expect(complaints).toEqual([])
  },
  60_000,
)

test.each(gallery)('$name: German words fit on a phone', async ({ name }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(`${base}/de-DE/${name}`)
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
