import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../test/kit/browser.ts'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { freePort } from '../../test/kit/port.ts'
import { Invalid } from '../platform/errors.ts'
import { type PagesUnderTest, servePages } from './demo-pages.fixture.ts'

/** Set to a folder (git ignores `test/pictures/`) to keep a picture of every page. */
const pictures = process.env['XENIA_PICTURES'] ?? ''

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const

const { database } = ownDatabase()
let browser: Browser
let page: Page
let served: PagesUnderTest
let base: string
const complaints: string[] = []

beforeAll(async () => {
  const port = await freePort()
  base = `http://localhost:${port}`
  served = await servePages({
    database,
    baseUrl: base,
    invite: async ({ emailAddress }) => {
      if (emailAddress.startsWith('adele@')) return 'alreadyGuest'
      if (!emailAddress.includes('@')) throw new Invalid('Give one whole address, such as kim@mail.example.')
      return 'invited'
    },
  })
  await served.app.listen({ port, host: '127.0.0.1' })
  browser = await launchBrowser()
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage()
  page.on('console', (message) => complaints.push(`${page.url()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  if (pictures) mkdirSync(pictures, { recursive: true })
})

afterAll(async () => {
  await browser?.close()
  await served?.app.close()
})

test('the first page', async () => {
  await page.goto(base)
  await check('demo-home')
})

test('the button of the first page ends before Maria’s mail, by keyboard too', async () => {
  await page.goto(base)
  await page.getByRole('button', { name: 'Invite Maria Santos from Fabrikam' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Invitation sent' }).waitFor()
  expect(await page.getByRole('link', { name: 'Open the mail' }).getAttribute('href')).toBe('/dev/mailbox/42')
  await check('demo-invited')
})

test('an address that is none is refused where it was typed', async () => {
  await page.goto(base)
  await page.getByRole('textbox', { name: 'Email address' }).fill('kim')
  await page.getByRole('button', { name: 'Invite to Contoso' }).click()
  await page.getByText('Give one whole address').waitFor()
  await check('demo-home-refused')
})

test('somebody who is in already', async () => {
  await page.goto(base)
  await page.getByRole('textbox', { name: 'Email address' }).fill('adele@contoso.example')
  await page.getByRole('button', { name: 'Invite to Contoso' }).click()
  await page.getByRole('heading', { name: 'Adele Vance is a guest already' }).waitFor()
  await check('demo-already-guest')
})

test('the clock, moved by a button', async () => {
  await page.goto(`${base}/dev/clock`)
  await page.getByRole('button', { name: '+90 days' }).click()
  await page.getByText('90 days ahead of this computer.').waitFor()
  await check('demo-clock')
})

test('days that are no number are refused where they were typed', async () => {
  await page.goto(`${base}/dev/clock`)
  await page.getByRole('textbox', { name: 'Days' }).fill('soon')
  await page.getByRole('button', { name: 'Move', exact: true }).click()
  await page.getByText('Enter a number above 0.').waitFor()
  await check('demo-clock-refused')
})

test('a form opened at another address of this computer says where to go', async () => {
  await page.goto(`${base.replace('localhost', '127.0.0.1')}/dev/clock`)
  await page.getByRole('button', { name: '+1 hour' }).click()
  await page.getByRole('heading', { name: 'This form was not sent from here' }).waitFor()
  await check('demo-refused-form')
})

/** Sound in every look: nothing sideways, WCAG 2 AA, nothing that the page's own policy had to refuse. */
async function check(name: string): Promise<void> {
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
  expect(await page.locator('h1').count()).toBe(1)
  // Refused values answer 400 and 403, which Chromium reports although the page is as it should be.
  expect(complaints.filter((text) => !/status of 40[03]/.test(text))).toEqual([])
}

/** A string, because it runs in the browser, not here. */
async function overflow(): Promise<number> {
  return Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  )
}
