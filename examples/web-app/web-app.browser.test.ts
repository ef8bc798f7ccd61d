import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../test/kit/browser.ts'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { freePort } from '../../test/kit/port.ts'
import { type Issuer, startIssuer } from '../issuer.fixture.ts'
import { type ExampleApp, startExampleApp } from './app.ts'

/** Set to a folder (git ignores `test/pictures/`) to keep a picture of every page. */
const pictures = process.env['XENIA_PICTURES'] ?? ''

const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const

const { database } = ownDatabase()
let issuer: Issuer
let app: ExampleApp
let browser: Browser
let page: Page

beforeAll(async () => {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  issuer = await startIssuer(database, { tls: false, applicationOrigin: origin })
  const [contoso] = issuer.demo.tenants
  const [application] = contoso?.applications ?? []
  app = await startExampleApp({
    issuer: contoso?.issuer ?? '',
    clientId: application?.appId ?? '',
    clientSecret: application?.secret ?? '',
    name: application?.displayName ?? '',
    organization: 'Contoso',
    origin,
    port,
  })
  browser = await launchBrowser()
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage()
  if (pictures) mkdirSync(pictures, { recursive: true })
})

afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await issuer?.close()
})

test('before and after signing in, and after declining', async () => {
  await page.goto(app.origin)
  await check('example-welcome')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor()
  await check('example-declined')
  await page.goto(`${app.origin}/sign-in?login_hint=otto@contoso.example`)
  await page.getByRole('heading', { name: 'Hello Otto Lang' }).waitFor()
  await check('example-person')
  await page.getByRole('link', { name: 'Privacy' }).click()
  await page.getByRole('heading', { name: 'Privacy' }).waitFor()
  await check('example-privacy')
})

test('signing out leaves for the token service: the form may lead there', async () => {
  await page.goto(`${app.origin}/`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL((url) => url.origin === issuer.baseUrl)
})

async function check(name: string): Promise<void> {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme })
    await page.setViewportSize({ width: look.width, height: look.height })
    // A string, because it runs in the browser, not here.
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    expect(await page.evaluate(overflow), `${look.name} must not scroll sideways`).toBe(0)
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze()
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map((node) => `${look.name}: ${id} ${node.html}`)),
    ).toEqual([])
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${look.name}.png`, fullPage: true })
  }
}
