import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedPage, textOf, titleOf } from './browser.fixture.ts'
import {
  authorizeUrl,
  consentForEverybody,
  makeApplication,
  makeMember,
  makeTenant,
  openWorld,
  PASSWORD,
  redirectUri,
  signInsOf,
  type TestTenant,
} from './world.fixture.ts'

const world = await openWorld()
let contoso: TestTenant
let fabrikam: TestTenant
let clientId: string
let ann: string

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  fabrikam = await makeTenant(world, 'Fabrikam')
  const registered = await makeApplication(contoso)
  await consentForEverybody(contoso, registered)
  clientId = registered.application.appId
  ann = (await makeMember(contoso, 'ann')).userPrincipalName
})
afterAll(() => world.close())

const passwordPage = async (browser = world.browser()) => ({
  browser,
  page: await browser.open(authorizeUrl(world, contoso, clientId, { login_hint: ann })),
})

describe('a form that another site posts', () => {
  test.each([
    ['with another origin', { origin: 'https://evil.example' }],
    ['with the origin of a sandboxed frame', { origin: 'null' }],
    ['from another site, by what the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['from another origin of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('%s is refused and does nothing', async (_name, headers) => {
    const { browser, page } = await passwordPage()
    const refused = await browser.submit(page, { password: PASSWORD }, { headers })
    expect(refused.status).toBe(403)
    expect(textOf(refused)).toContain('AADSTS90027')
    expect(titleOf(await browser.open(page.url.href))).toBe('Enter your password')
  })

  test.each(['', 'x'.repeat(43), 'äöü'])('with the token %j is refused', async (csrf) => {
    const { browser, page } = await passwordPage()
    expect((await browser.submit(page, { password: PASSWORD, csrf })).status).toBe(403)
  })

  test('with the token of another sign-in is refused', async () => {
    const other = await passwordPage()
    const csrf = /name="csrf" value="([^"]*)"/.exec(other.page.html)?.[1] ?? ''
    const { browser, page } = await passwordPage()
    expect((await browser.submit(page, { password: PASSWORD, csrf })).status).toBe(403)
  })

  test('of a browser that says nothing of origins is judged by its token', async () => {
    const { browser, page } = await passwordPage()
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.html)?.[1] ?? ''
    const response = await browser.request(`${page.url.href}/password`, {
      method: 'POST',
      body: new URLSearchParams({ csrf, password: PASSWORD }),
    })
    expect(response.status).toBe(303)
  })
})

describe('a sign-in of another browser', () => {
  test('cannot be seen, continued or cancelled', async () => {
    const { browser, page } = await passwordPage()
    const stranger = world.browser()
    for (const path of ['', '/identifier', '/cancel', '/again']) {
      const seen = await stranger.open(`${page.url.href}${path}`)
      expect({ status: seen.status, title: titleOf(seen) }).toEqual({
        status: 400,
        title: 'This page has expired',
      })
    }
    const posted = await stranger.submit(page, { password: PASSWORD })
    expect(posted.status).toBe(400)
    const own = await passwordPage(stranger)
    const mixed: OpenedPage = {
      ...page,
      html: own.page.html.replaceAll(own.page.url.pathname, page.url.pathname),
    }
    expect((await stranger.submit(mixed, { password: PASSWORD })).status).toBe(400)
    const stay = await browser.submit(page, { password: PASSWORD })
    expect(titleOf(stay)).toBe('Stay signed in?')
  })

  test('in another tenant is nothing', async () => {
    const { browser, page } = await passwordPage()
    const elsewhere = page.url.href.replace(contoso.tenant.id, fabrikam.tenant.id)
    expect((await browser.open(elsewhere)).status).toBe(400)
    const nowhere = page.url.href.replace(contoso.tenant.id, world.deployment.ids.guid())
    expect((await browser.open(nowhere)).status).toBe(404)
    expect((await browser.open(page.url.href.replace(contoso.tenant.id, 'nowhere'))).status).toBe(404)
  })

  test('that has ended is over for its own browser too', async () => {
    const { browser, page } = await passwordPage()
    await browser.submit(await browser.submit(page, { password: PASSWORD }), { stay: 'no' })
    expect((await browser.open(page.url.href)).status).toBe(400)
    expect((await browser.submit(page, { password: PASSWORD })).status).toBe(400)
  })

  test('ends with the hour', async () => {
    const { browser, page } = await passwordPage()
    world.clock.advance(3_601_000)
    expect((await browser.open(page.url.href)).status).toBe(400)
  })
})

describe('a step that is not due', () => {
  test.each([
    ['password', { password: PASSWORD }],
    ['new-password', { password: 'nine brown otters', repeated: 'nine brown otters' }],
    ['code', { code: '12345678' }],
    ['send-code', {}],
    ['review', { decision: 'accept' }],
    ['stay', { stay: 'yes' }],
    ['consent', { decision: 'accept', forOrganization: 'on' }],
    ['wrong-account', { decision: 'prove' }],
    ['account', { account: 'session' }],
  ])('%s leads back to where the sign-in stands', async (name, values) => {
    const browser = world.browser()
    const identifier = await browser.open(authorizeUrl(world, contoso, clientId))
    const csrf = /name="csrf" value="([^"]*)"/.exec(identifier.html)?.[1] ?? ''
    const response = await browser.request(`${identifier.url.href}/${name}`, {
      method: 'POST',
      body: new URLSearchParams({ csrf, ...values }),
    })
    expect(response.headers.get('location')).toBe(identifier.url.pathname)
    expect(titleOf(await browser.open(identifier.url.href))).toBe('Sign in')
  })

  test('pressing a button twice signs in once', async () => {
    const { browser, page } = await passwordPage()
    const stay = await browser.submit(page, { password: PASSWORD })
    const before = (await signInsOf(contoso)).length
    const answers = await Promise.all([
      browser.post(stay, { stay: 'no' }),
      browser.post(stay, { stay: 'no' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect((await signInsOf(contoso)).slice(before)).toHaveLength(1)
  })
})

describe('addresses', () => {
  const lies = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  }

  test('a caller’s Host and forwarding headers stand on no page and in no redirect', async () => {
    const browser = world.browser()
    const page = await browser.open(authorizeUrl(world, contoso, clientId), lies)
    expect(page.html).not.toContain('evil.example')
    const posted = await browser.post(page, { identifier: ann }, { headers: lies })
    expect(posted.headers.get('location')).not.toContain('evil.example')
    expect(browser.visited.join()).not.toContain('evil.example')
  })

  test('a page may send its form here and to the application, nowhere else', async () => {
    const { page } = await passwordPage()
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`form-action 'self' ${new URL(redirectUri).origin};`)
    expect(policy).toContain("script-src 'none'")
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
  })

  test.each([
    'https://evil.example/',
    'https://app.contoso.example.evil.example/callback',
    `${redirectUri}/../../evil`,
    '//evil.example',
    'javascript:alert(1)',
  ])('no page leads to the unregistered %s', async (uri) => {
    const page = await world.browser().open(authorizeUrl(world, contoso, clientId, { redirect_uri: uri }))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('AADSTS50011')
    expect(page.html).not.toMatch(/href="[^"]*evil/)
  })

  test('an application that is unknown here is named on a page', async () => {
    const page = await world.browser().open(authorizeUrl(world, contoso, world.deployment.ids.guid()))
    expect(page.status).toBe(400)
    expect(textOf(page)).toContain('AADSTS700016')
  })

  test('what was typed is shown as text', async () => {
    const browser = world.browser()
    const page = await browser.open(authorizeUrl(world, contoso, clientId))
    const typed = '"><script>alert(1)</script>@x.example'
    const again = await browser.submit(page, { identifier: typed })
    expect(again.html).not.toContain('<script>')
    expect(again.html).toContain('&lt;script')
  })
})

test('the cookies of a sign-in are out of reach of scripts and of other sites', async () => {
  const browser = world.browser()
  const lines: string[] = []
  const identifier = await browser.open(authorizeUrl(world, contoso, clientId))
  const named = await browser.submit(identifier, { identifier: ann })
  const stay = await browser.submit(named, { password: PASSWORD })
  for (const response of [
    await browser.request(authorizeUrl(world, contoso, clientId)),
    await browser.post(stay, { stay: 'no', remember: 'on' }),
  ]) {
    lines.push(...response.headers.getSetCookie())
  }
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) {
    expect(line.toLowerCase()).toContain('httponly')
    expect(line.toLowerCase()).toContain('samesite=lax')
  }
})
