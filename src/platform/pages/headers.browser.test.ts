import { createServer, type RequestListener, type Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../test/kit/browser.ts'
import { type PageSecurity, pageHeaders } from './headers.ts'

let browser: Browser
let application: { origin: string; server: Server }
let product: { origin: string; server: Server }
let security: PageSecurity

beforeAll(async () => {
  application = await serve((_request, response) => response.end('<h1>arrived</h1>'))
  product = await serve((request, response) => {
    const hop = request.url ?? '/'
    if (hop === '/posted') return response.writeHead(303, { location: '/hop' }).end()
    if (hop === '/hop') return response.writeHead(302, { location: `${application.origin}/cb` }).end()
    if (hop === '/leave') {
      const refresh = `<meta http-equiv="refresh" content="0;url=${application.origin}/cb">`
      return response.writeHead(200, pageHeaders()).end(`<!doctype html>${refresh}<h1>leaving</h1>`)
    }
    const action = hop === '/by-page' ? '/leave' : '/posted'
    const form = `<form method="post" action="${action}"><button>Go</button></form>`
    return response.writeHead(200, pageHeaders(security)).end(`<!doctype html><h1>sign in</h1>${form}`)
  })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  for (const { server } of [application, product]) await new Promise((resolve) => server.close(resolve))
})

/** The headline of the page where a press of the button ends. */
async function pressGo(path: string, under: PageSecurity): Promise<string> {
  security = under
  const page = await browser.newPage()
  const refused = page.waitForEvent('console', (message) => message.text().includes('form-action'))
  refused.catch(() => 'the page was closed without a refusal')
  await page.goto(`${product.origin}${path}`)
  await page.getByRole('button').click()
  const end = await Promise.race([
    page
      .getByRole('heading', { name: 'arrived' })
      .waitFor()
      .then(() => 'arrived'),
    refused.then(() => 'refused'),
  ])
  await page.close()
  return end
}

test('under form-action self, redirects after a post cannot leave for an application', async () => {
  expect(await pressGo('/', {})).toBe('refused')
})

test('an application whose origin is named is reached', async () => {
  expect(await pressGo('/', { formAction: [`${application.origin}/cb`] })).toBe('arrived')
})

test('without form-action every end is reached', async () => {
  expect(await pressGo('/', { formAction: 'any' })).toBe('arrived')
})

test('a page that leads on by itself ends the reach of form-action', async () => {
  expect(await pressGo('/by-page', {})).toBe('arrived')
})

async function serve(listener: RequestListener): Promise<{ origin: string; server: Server }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }
}
