import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchBrowser } from '../../../test/kit/browser.ts'
import { type GalleryServer, serveGallery } from './gallery-server.ts'

let browser: Browser
let server: GalleryServer
let context: BrowserContext
let page: Page

beforeAll(async () => {
  server = await serveGallery()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

afterEach(() => context.close())

const lastPost = () => server.posts.at(-1)
const posted = () => page.getByRole('heading', { name: 'Posted' }).waitFor()

describe('without JavaScript', () => {
  beforeEach(async () => {
    context = await browser.newContext({ javaScriptEnabled: false })
    page = await context.newPage()
  })

  test('the identifier is typed and sent by keyboard alone', async () => {
    await page.goto(server.address('en-US', 'identifier'))
    await page.keyboard.type('maria@fabrikam.example')
    await page.keyboard.press('Enter')
    await posted()
    expect(lastPost()?.fields).toEqual({ csrf: 'sample-token', identifier: 'maria@fabrikam.example' })
  })

  test('a refused value stays to be corrected, is named with its error, and has the focus', async () => {
    await page.goto(server.address('en-US', 'identifier-common'))
    const field = page.getByRole('textbox', { name: 'Email or username', exact: true })
    expect(await field.inputValue()).toBe('maria@fabrikam')
    await page.keyboard.press('End')
    await page.keyboard.type('.example')
    await page.keyboard.press('Enter')
    await posted()
    expect(lastPost()?.fields['identifier']).toBe('maria@fabrikam.example')
  })

  test('the password goes with its user name, for password managers and for the server', async () => {
    await page.goto(server.address('en-US', 'password'))
    await page.getByLabel('Password').fill('correct horse')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await posted()
    expect(lastPost()?.fields).toEqual({
      csrf: 'sample-token',
      identifier: 'maria@fabrikam.example',
      password: 'correct horse',
    })
  })

  test('OTP-3: a code pasted with its spaces fits into the field', async () => {
    await page.goto(server.address('en-US', 'enter-code'))
    await page.getByLabel('Code from the email').fill('1234 5678')
    await page.keyboard.press('Enter')
    await posted()
    expect(lastPost()?.fields['code']).toBe('1234 5678')
  })

  test('a new code is asked for without giving up the old form’s address', async () => {
    await page.goto(server.address('en-US', 'enter-code'))
    await page.getByRole('button', { name: 'Send a new code' }).click()
    await posted()
    expect(lastPost()?.fields).toEqual({ csrf: 'sample-token', identifier: 'maria@fabrikam.example' })
  })

  test.each([
    ['Accept', 'accept'],
    ['Cancel', 'cancel'],
  ])('RED-12: %s is one press', async (name, decision) => {
    await page.goto(server.address('en-US', 'review-permissions'))
    await page.getByRole('button', { name }).click()
    await posted()
    expect(lastPost()?.fields).toEqual({ csrf: 'sample-token', decision })
  })

  test('RED-5: a realm is chosen by its name', async () => {
    await page.goto(server.address('en-US', 'home-realm'))
    await page.getByRole('button', { name: 'Work or school account' }).click()
    await posted()
    expect(lastPost()?.fields).toMatchObject({ identifier: 'maria@fabrikam.example', realm: 'work' })
  })

  test('an account is picked by its name, and only its id is sent', async () => {
    await page.goto(server.address('en-US', 'account-picker'))
    await page.getByRole('button', { name: 'Maria Sullivan' }).click()
    await posted()
    expect(lastPost()?.fields).toEqual({ csrf: 'sample-token', account: '1' })
  })

  test('INV-16: each organisation has a button of its own name', async () => {
    await page.goto(server.address('en-US', 'invitation-senders'))
    await page.getByRole('button', { name: 'Unblock Contoso' }).click()
    await posted()
    expect(lastPost()?.fields).toEqual({ csrf: 'sample-token', tenant: 'b', decision: 'unblock' })
  })

  test('the way back to the identifier says which account it changes', async () => {
    await page.goto(server.address('en-US', 'password'))
    const link = page.getByRole('link', { name: 'Change the account you sign in with' })
    expect(await link.getAttribute('href')).toBe('/elsewhere')
  })

  test('an answer by form post waits for its button', async () => {
    await page.goto(server.address('en-US', 'form-post'))
    expect(await page.getByRole('button', { name: 'Continue to Contoso Projects' }).isVisible()).toBe(true)
  })
})

describe('with JavaScript', () => {
  beforeEach(async () => {
    context = await browser.newContext()
    page = await context.newPage()
    // The sample application stands nowhere: answer for it.
    await page.route('https://app.contoso.example/**', (route) => route.fulfill({ body: 'arrived' }))
  })

  test('an answer by form post submits itself, with every field intact', async () => {
    const answer = page.waitForRequest('https://app.contoso.example/signin-oidc')
    await page.goto(server.address('en-US', 'form-post', 'alive'))
    const fields = Object.fromEntries(new URLSearchParams((await answer).postData() ?? ''))
    expect(fields).toEqual({ code: 'sample', state: '"><script>alert(1)</script>' })
  })

  test('a leaving page goes on by itself to exactly its address', async () => {
    await page.route('http://127.0.0.1:1/**', (route) => route.fulfill({ body: 'arrived' }))
    const onward = page.waitForRequest(/127\.0\.0\.1:1\//)
    await page.goto(server.address('en-US', 'leaving', 'alive'))
    expect((await onward).url()).toBe('http://127.0.0.1:1/app?a=1&b=%27')
  })
})
