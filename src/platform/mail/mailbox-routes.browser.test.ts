import fastify from 'fastify'
import { createTransport } from 'nodemailer'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchBrowser } from '../../../test/kit/browser.ts'
import { systemClock } from '../clock.ts'
import { assets } from '../pages/index.ts'
import { silentLogger } from '../telemetry/log.ts'
import { type DevelopmentMailbox, registerMailbox, startDevelopmentMailbox } from './index.ts'

let browser: Browser
let mailbox: DevelopmentMailbox
let origin: string
const app = fastify()

beforeAll(async () => {
  mailbox = await startDevelopmentMailbox({ database: null, clock: systemClock, log: silentLogger })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _body, done) => done(null))
  for (const asset of assets.values()) {
    app.get(asset.path, async (_request, reply) => reply.headers(asset.headers).send(asset.body))
  }
  app.get('/redeem', async (_request, reply) => reply.type('text/html').send('<h1>Redeemed</h1>'))
  registerMailbox(app, mailbox)
  origin = await app.listen({ host: '127.0.0.1', port: 0 })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await app.close()
  await mailbox.close()
})
beforeEach(() => mailbox.clear())

async function arrived(mail: { to?: string; subject?: string; html?: string; text?: string }) {
  const transport = createTransport(mailbox.smtpUrl)
  await transport.sendMail({
    from: 'Contoso <c@x.example>',
    to: 'maria@fabrikam.example',
    text: 'x',
    ...mail,
  })
  transport.close()
  const [newest] = await mailbox.list()
  if (newest === undefined) throw new Error('no mail')
  return newest
}

describe('the mailbox in a browser', () => {
  test('leads from the list through the mail to what it links to, in the same window', async () => {
    await arrived({
      subject: 'You are invited',
      html: '<html><head></head><a href="/redeem">Accept</a></html>',
    })
    const page = await browser.newPage()
    await page.goto(`${origin}/dev/mailbox`)
    await page.getByRole('link', { name: 'You are invited' }).click()
    await page.frameLocator('iframe').getByRole('link', { name: 'Accept' }).click()
    await page.getByRole('heading', { name: 'Redeemed' }).waitFor()
    await page.close()
  })

  test('runs no script of a mail and sends no form of it, but shows its styles', async () => {
    const mail = await arrived({
      subject: 'Evil',
      html: `<style>p { color: rgb(1, 2, 3) }</style><p onclick="document.title='hit'">text</p>
        <script>parent.document.title = 'hit'; document.title = 'hit'</script>
        <img src="x:" onerror="document.title='hit'">
        <a href="javascript:document.title='hit'">run</a>
        <form action="/dev/mailbox/clear" method="post"><button>clear</button></form>`,
    })
    const page = await browser.newPage()
    for (const address of [`/dev/mailbox/${mail.id}`, `/dev/mailbox/${mail.id}/html`]) {
      await page.goto(`${origin}${address}`)
      const inside = address.endsWith('html') ? page.mainFrame() : page.frameLocator('iframe')
      const text = inside.getByText('text')
      expect(await text.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(1, 2, 3)')
      await text.click()
      await inside.getByRole('link', { name: 'run' }).click()
      await inside.getByRole('button', { name: 'clear' }).click()
      expect(await text.textContent()).toBe('text')
      expect(await page.title()).not.toBe('hit')
    }
    expect(await mailbox.list()).toHaveLength(1)
    await page.close()
  })

  test('filters by recipient and deletes everything, without a script of its own', async () => {
    await arrived({ to: 'a@x.example', subject: 'for a' })
    await arrived({ to: 'b@x.example', subject: 'for b' })
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${origin}/dev/mailbox`)
    await page.getByLabel('Only mail to this address').fill('B@x.example')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('link', { name: 'for b' }).waitFor()
    expect(await page.getByRole('link', { name: 'for a' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Delete all mail' }).click()
    await page.getByText('No mail yet').waitFor()
    await context.close()
  })
})

describe('the mailbox over HTTP', () => {
  test('gives scripts the mail of one recipient as JSON, with its links', async () => {
    await arrived({
      to: 'maria@fabrikam.example',
      subject: 'You are invited',
      html: '<a href="https://x.example/redeem?ticket=1&amp;lang=de">Accept</a><a href="mailto:a@b">x</a>',
      text: 'Accept: https://x.example/redeem?ticket=1&lang=de',
    })
    const answer = await fetch(`${origin}/dev/mailbox.json?to=MARIA@fabrikam.example`)
    expect(await answer.json()).toMatchObject({
      value: [
        {
          subject: 'You are invited',
          to: ['maria@fabrikam.example'],
          links: ['https://x.example/redeem?ticket=1&lang=de'],
        },
      ],
    })
    const others = await fetch(`${origin}/dev/mailbox.json?to=else@fabrikam.example`)
    expect(await others.json()).toEqual({ value: [] })
    const wrong = await fetch(`${origin}/dev/mailbox.json?to=a@x&to=b@x`)
    expect(wrong.status).toBe(400)
  })

  test('shows text and headers as they are: markup in them is text', async () => {
    const mail = await arrived({
      subject: '<b>bold</b>',
      text: '<script>x</script> https://x.example/?a=1&b=2',
    })
    const text = await (await fetch(`${origin}/dev/mailbox/${mail.id}?view=text`)).text()
    expect(text).toContain('&lt;script>x&lt;/script>')
    expect(text).toContain('<a href="https://x.example/?a=1&amp;b=2">')
    expect(text).not.toContain('<b>bold')
    const headers = await (await fetch(`${origin}/dev/mailbox/${mail.id}?view=headers`)).text()
    expect(headers).toContain('Message-ID: &lt;')
  })

  test.each(['/dev/mailbox/999999', '/dev/mailbox/x', '/dev/mailbox/999999/html', '/dev/mailbox/..%2f/html'])(
    'answers 404 at %s',
    async (path) => {
      expect((await fetch(`${origin}${path}`)).status).toBe(404)
    },
  )

  test('is not emptied by another site', async () => {
    await arrived({ subject: 'stays' })
    const answer = await fetch(`${origin}/dev/mailbox/clear`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(answer.status).toBe(403)
    expect(await mailbox.list()).toHaveLength(1)
  })
})
