import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Set to a folder (git ignores `test/pictures/`) to keep pictures of every page of every journey. */
const pictures = process.env['XENIA_PICTURES'] ?? ''
if (pictures) mkdirSync(pictures, { recursive: true })

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const

/** Two looks see every width and every colour; all four are for pictures. */
const looks = LOOKS.filter(({ name }) => pictures !== '' || name === 'light' || name === 'phone-dark')

/** Collects what the browser itself complains about: errors of scripts, and everything that the policy forbade. */
export function watch(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    const { url } = message.location()
    // Chromium reports a page's own status 4xx as an error, too; whoever looks for that page has asked for it.
    if (/responded with a status of 4\d\d/.test(message.text()) && url === page.url()) return
    complaints.push(`console: ${message.text()} (${url})`)
  })
  return complaints
}

/** Shapes of pages that were judged in this test file: the next journey's differ in names only. */
const judged = new Set<string>()

// Strings, because they run in the browser, not here.
const SHAPE = `[...document.querySelectorAll('body *')].map((element) => element.localName + element.className).join()`
const EXCESS_WIDTH = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

/** Looks at the page in the window as it is, and the first time in other windows, too. */
export async function complaintsOf(page: Page, name: string, scripts: boolean): Promise<string[]> {
  const asShown = await overflow(page)
  // Without scripts the browser can be asked for little.
  if (!scripts) return asShown
  const shape = String(await page.evaluate(SHAPE))
  if (judged.has(shape)) return asShown
  judged.add(shape)
  const before = page.viewportSize() ?? LOOKS[0]
  const complaints: string[] = []
  for (const { name: look, colorScheme, width, height } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    const found = [...(await overflow(page)), ...(await barriers(page))]
    complaints.push(...found.map((complaint) => `${look}: ${complaint}`))
    if (pictures) await page.screenshot({ path: `${pictures}/${fileName(name)}-${look}.png`, fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(before)
  return [...asShown, ...complaints]
}

async function overflow(page: Page): Promise<string[]> {
  return (await page.evaluate(EXCESS_WIDTH)) === 0 ? [] : ['scrolls sideways']
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // The frame of a mail allows no scripts, so axe would wait for its answer in there for ever.
    .setLegacyMode()
    .options({ iframes: false })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} ${html}`))
}

const fileName = (name: string): string =>
  `journey-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80)}`
