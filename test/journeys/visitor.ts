import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { complaintsOf, watch } from './page-checks.ts'

/** A device in somebody's hand. */
export interface Device {
  readonly width: number
  readonly height: number
  /** Signing in must work without them, too. */
  readonly scripts: boolean
}

export const desk: Device = { width: 1280, height: 800, scripts: true }
export const phone: Device = { width: 390, height: 844, scripts: true }
export const plainPhone: Device = { ...phone, scripts: false }

/** For journeys that everybody must be able to make; the first one looks closely at each page. */
export const devices = [
  { name: 'at a desk', device: desk },
  { name: 'on a phone, without scripts', device: plainPhone },
] as const

type Role = 'button' | 'link'

/**
 * A person at a browser of their own. What is on a page they find as people do, by role and name, and they do one
 * thing at a time. Every page that they stop at is checked and remembered.
 */
export class Visitor {
  /** Headings of the pages at which they had to stop, in order. */
  readonly screens: string[] = []
  /** Labels of the fields that they filled in. */
  readonly typed: string[] = []
  clicks = 0
  readonly page: Page
  readonly #context: BrowserContext
  readonly #device: Device
  readonly #complaints: string[]

  private constructor(context: BrowserContext, page: Page, device: Device) {
    this.page = page
    this.#context = context
    this.#device = device
    this.#complaints = watch(page)
  }

  static async arrive(browser: Browser, device: Device): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: device.width, height: device.height },
      javaScriptEnabled: device.scripts,
      reducedMotion: 'reduce',
      locale: 'en-US',
    })
    context.setDefaultTimeout(10_000)
    return new Visitor(context, await context.newPage(), device)
  }

  async goTo(url: string): Promise<void> {
    await this.page.goto(url)
  }

  /** Waits for the page with this heading, and for `words` on it, and looks at it closely. */
  async sees(heading: string | RegExp, words?: string | RegExp): Promise<void> {
    const title = this.page.getByRole('heading', { level: 1, name: heading, exact: true })
    await title.waitFor().catch(async (cause: unknown) => {
      const shown = await this.page.getByRole('heading', { level: 1 }).allTextContents()
      throw new Error(`Wanted "${heading}", saw "${shown}" at ${this.page.url()}`, { cause })
    })
    if (words !== undefined) await this.page.getByText(words).first().waitFor()
    const shown = await title.innerText()
    this.screens.push(shown)
    const name = `${shown} ${words ?? ''}`.trim()
    this.#complaints.push(...(await complaintsOf(this.page, name, this.#device.scripts)))
    expect(this.#complaints, name).toEqual([])
  }

  async does(role: Role, name: string | RegExp, within: Page | FrameLocator = this.page): Promise<void> {
    this.clicks += 1
    await within.getByRole(role, { name, exact: true }).click()
  }

  presses = (name: string | RegExp): Promise<void> => this.does('button', name)
  follows = (name: string | RegExp): Promise<void> => this.does('link', name)

  async types(label: string, value: string): Promise<void> {
    this.typed.push(label)
    await this.page.getByLabel(label, { exact: true }).fill(value)
  }

  /** The Enter key, where the person is. */
  async sends(): Promise<void> {
    await this.page.keyboard.press('Enter')
  }

  /** The entry of a list about `name` says this, too. */
  async rowOf(name: string, words: RegExp): Promise<void> {
    await this.page.getByRole('listitem').filter({ hasText: name }).getByText(words).waitFor()
  }

  /** Looks again and again, as somebody who waits; a page may do so by itself. */
  async refreshesUntil(words: string): Promise<void> {
    const refresh = this.page.getByRole('link', { name: 'Refresh' })
    await expect
      .poll(
        async () => {
          if ((await this.page.getByText(words).count()) > 0) return true
          if (!this.#device.scripts && (await refresh.count()) > 0) await refresh.click()
          return false
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe(true)
  }

  /** Another tab of the same browser. */
  async besides(): Promise<Visitor> {
    return new Visitor(this.#context, await this.#context.newPage(), this.#device)
  }

  /** The site's own session is over; others know nothing of that. */
  async forgetsSite(origin: string): Promise<void> {
    await this.#context.clearCookies({ domain: new URL(origin).hostname })
  }

  /** Closes all windows and opens the browser again: only cookies that were to last are left. */
  async closesBrowser(): Promise<void> {
    const cookies = await this.#context.cookies()
    await this.page.goto('about:blank')
    await this.#context.clearCookies()
    await this.#context.addCookies(cookies.filter(({ expires }) => expires !== -1))
  }

  async leaves(): Promise<void> {
    await this.#context.close()
  }
}
