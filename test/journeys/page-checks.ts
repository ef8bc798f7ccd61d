import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import type { Device } from './visitor.ts'

/** Set to a folder (git ignores `test/pictures/`) to keep a picture of every page of every journey. */
const pictures = process.env['XENIA_PICTURES'] ?? ''
if (pictures) mkdirSync(pictures, { recursive: true })

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const

/** Collects what the browser itself complains about: errors of scripts, and everything that the policy forbade. */
export function watch(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    // Chromium reports the page's own status 4xx as an error, too; whoever sees the page has asked for that.
    if (/the server responded with a status of 4\d\d/.test(message.text()) && isPage(message.location().url))
      return
    complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  const isPage = (url: string) => url === page.url()
  return complaints
}

/** What is wrong with the page as it is shown. Its accessibility can be judged only where scripts run. */
export async function complaintsOf(page: Page, device: Device, heading: string): Promise<string[]> {
  const complaints = [...(await overflow(page)), ...(device.scripts ? await barriers(page) : [])]
  if (pictures !== '' && device.scripts) await takePictures(page, heading)
  return complaints.map((complaint) => `"${heading}", ${device.width} px: ${complaint}`)
}

async function overflow(page: Page): Promise<string[]> {
  // A string, because it runs in the browser, not here.
  const width = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  return (await page.evaluate(width)) === 0 ? [] : ['scrolls sideways']
}

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} ${html}`))
}

async function takePictures(page: Page, heading: string): Promise<void> {
  const before = page.viewportSize() ?? LOOKS[0]
  for (const { name, colorScheme, width, height } of LOOKS) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: `${pictures}/${fileName(heading)}-${name}.png`, fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(before)
}

const fileName = (heading: string): string =>
  `journey-${heading
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`
