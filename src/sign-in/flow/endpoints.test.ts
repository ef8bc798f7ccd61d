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
  type TestTenant,
} from './world.fixture.ts'

const world = await openWorld()
let contoso: TestTenant
let clientId: string
let ann: string

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  const registered = await makeApplication(contoso, {
    isFallbackPublicClient: true,
    web: { redirectUris: [redirectUri] },
  })
  await consentForEverybody(contoso, registered)
  clientId = registered.application.appId
  ann = (await makeMember(contoso, 'ann')).userPrincipalName
})
afterAll(() => world.close())

const isAtApplication = (page: OpenedPage): boolean =>
  page.url.href.startsWith(redirectUri) && page.url.searchParams.has('code')

const atCommon = (parameters: Record<string, string> = {}, segment = 'common'): string =>
  authorizeUrl(world, contoso, clientId, parameters).replace(`/${contoso.tenant.id}/`, `/${segment}/`)

describe('RED-1: the endpoints without a tenant', () => {
  test.each(['common', 'organizations'])('%s finds the tenant by the address', async (segment) => {
    const browser = world.browser()
    const identifier = await browser.open(atCommon({}, segment))
    expect(titleOf(identifier)).toBe('Sign in')
    const password = await browser.submit(identifier, { identifier: ann })
    expect(titleOf(password)).toBe('Enter your password')
    expect(password.url.pathname).toContain(`/${contoso.tenant.id}/signin/`)
    const done = await browser.submit(await browser.submit(password, { password: PASSWORD }), { stay: 'no' })
    expect(isAtApplication(done)).toBe(true)
    expect(done.url.searchParams.get('state')).toBe('s')
  })

  test('finds it by the domain that a guest types', async () => {
    const browser = world.browser()
    const options = await browser.follow(await browser.open(atCommon()), 'Sign-in options')
    const find = await browser.follow(options, 'Sign in to an organization')
    const unknown = await browser.submit(find, { domain: 'nowhere.example' })
    expect(textOf(unknown)).toContain('No organization here uses this domain name')
    const malformed = await browser.submit(unknown, { domain: 'https://' })
    expect(textOf(malformed)).toContain('That is not a domain name')
    const page = await browser.submit(malformed, { domain: contoso.domain.toUpperCase() })
    expect(page.url.pathname).toContain(`/${contoso.tenant.id}/signin/`)
  })

  test('goes straight on where the application names the person or the domain', async () => {
    const hinted = await world.browser().open(atCommon({ login_hint: ann }))
    expect(titleOf(hinted)).toBe('Enter your password')
    const domain = await world.browser().open(atCommon({ domain_hint: contoso.domain }))
    expect(domain.url.pathname).toContain(`/${contoso.tenant.id}/signin/`)
  })

  test('an address of nobody’s domain is kept, to be corrected', async () => {
    const browser = world.browser()
    const page = await browser.submit(await browser.open(atCommon()), { identifier: 'gina@nowhere.example' })
    expect(page.html).toContain('value="gina@nowhere.example"')
    expect(textOf(page)).toContain('We found no way to sign in with this address')
  })

  test('a form that was not ours, or of another request, is refused', async () => {
    const browser = world.browser()
    const page = await browser.open(atCommon())
    const foreign = { headers: { origin: 'https://evil.example' } }
    expect((await browser.submit(page, { identifier: ann }, foreign)).status).toBe(403)
    const changed = { ...page, html: page.html.replaceAll('app.contoso.example', 'evil.example') }
    expect((await browser.submit(changed, { identifier: ann })).status).toBe(403)
  })

  test('leads to no application that the tenant does not know', async () => {
    const browser = world.browser()
    const page = await browser.open(atCommon({ redirect_uri: 'https://evil.example/' }))
    const refused = await browser.submit(page, { identifier: ann })
    expect(refused.url.origin).toBe(world.deployment.baseUrl)
    expect(textOf(refused)).toContain('AADSTS50011')
  })
})

test('an address that names no tenant is a page with a code', async () => {
  const page = await world
    .browser()
    .open(authorizeUrl(world, contoso, clientId).replace(contoso.tenant.id, 'nowhere.example'))
  expect(page.status).toBe(404)
  expect(textOf(page)).toContain('AADSTS90002')
})

describe('RFC 8628: a device', () => {
  async function askForDevice(): Promise<{ readonly userCode: string; readonly deviceCode: string }> {
    const answer = await fetch(`${world.deployment.baseUrl}/${contoso.tenant.id}/oauth2/v2.0/devicecode`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, scope: 'openid' }),
    })
    // RFC 8628 §3.2.
    const body = (await answer.json()) as { readonly user_code: string; readonly device_code: string }
    return { userCode: body.user_code, deviceCode: body.device_code }
  }

  const redeem = async (deviceCode: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${world.deployment.baseUrl}/${contoso.tenant.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: clientId,
        device_code: deviceCode,
      }),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  const address = () => `${world.deployment.baseUrl}/${contoso.tenant.id}/oauth2/deviceauth`

  test('is signed in by its code after the warning', async () => {
    const { userCode, deviceCode } = await askForDevice()
    const browser = world.browser()
    const input = await browser.open(address())
    expect(titleOf(input)).toBe('Connect a device')
    const confirm = await browser.submit(input, { user_code: userCode.toLowerCase() })
    expect(titleOf(confirm)).toBe('Is this your device?')
    expect(textOf(confirm)).toContain(userCode)
    const identifier = await browser.submit(confirm, { decision: 'confirm' })
    const password = await browser.submit(identifier, { identifier: ann })
    const done = await browser.submit(await browser.submit(password, { password: PASSWORD }), { stay: 'no' })
    expect(titleOf(done)).toBe('Your device is signed in')
    expect(await redeem(deviceCode)).toMatchObject({ token_type: 'Bearer' })
  })

  test('is declined by cancel', async () => {
    const { userCode, deviceCode } = await askForDevice()
    const browser = world.browser()
    const confirm = await browser.submit(await browser.open(address()), { user_code: userCode })
    const declined = await browser.submit(confirm, { decision: 'cancel' })
    expect(titleOf(declined)).toBe('Your device was not signed in')
    expect(textOf(declined)).toContain('nothing was shared with Projects')
    expect(await redeem(deviceCode)).toMatchObject({ error: 'access_denied' })
  })

  test('a wrong or missing code is said on the page', async () => {
    const browser = world.browser()
    const input = await browser.open(address())
    const wrong = await browser.submit(input, { user_code: 'BBBB-BBBB' })
    expect(textOf(wrong)).toContain('This code is not right')
    expect(textOf(await browser.submit(wrong, { user_code: '' }))).toContain(
      'Enter the code that your device',
    )
  })
})

describe('signing out', () => {
  test('asks first, and ends the session', async () => {
    const browser = world.browser()
    const password = await browser.open(authorizeUrl(world, contoso, clientId, { login_hint: ann }))
    await browser.submit(await browser.submit(password, { password: PASSWORD }), { stay: 'no' })
    const ask = await browser.open(`${world.deployment.baseUrl}/${contoso.tenant.id}/oauth2/v2.0/logout`)
    expect(titleOf(ask)).toBe('Sign out?')
    expect(textOf(ask)).toContain(ann)
    const done = await browser.submit(ask, { decision: 'signOut' })
    expect(titleOf(done)).toBe('You are signed out')
    expect(titleOf(await browser.open(authorizeUrl(world, contoso, clientId)))).toBe('Sign in')
  })

  test('a form without the page’s token signs nobody out', async () => {
    const browser = world.browser()
    const password = await browser.open(authorizeUrl(world, contoso, clientId, { login_hint: ann }))
    await browser.submit(await browser.submit(password, { password: PASSWORD }), { stay: 'no' })
    const ask = await browser.open(`${world.deployment.baseUrl}/${contoso.tenant.id}/oauth2/v2.0/logout`)
    const refused = await browser.submit(ask, { decision: 'signOut', csrf: 'made-up' })
    expect(titleOf(refused)).not.toBe('You are signed out')
    expect(isAtApplication(await browser.open(authorizeUrl(world, contoso, clientId)))).toBe(true)
  })
})

test('pages speak the person’s language', async () => {
  const german = await world
    .browser()
    .open(authorizeUrl(world, contoso, clientId), { 'accept-language': 'de-AT,en;q=0.5' })
  expect(titleOf(german)).toBe('Anmelden')
  const asked = await world
    .browser()
    .open(authorizeUrl(world, contoso, clientId, { ui_locales: 'en' }), { 'accept-language': 'de' })
  expect(titleOf(asked)).toBe('Sign in')
})
