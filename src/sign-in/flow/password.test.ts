import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findById, updateUser } from '../../directory/index.ts'
import { Unavailable } from '../../platform/errors.ts'
import { type OpenedPage, type TestBrowser, textOf, titleOf } from './browser.fixture.ts'
import {
  authorizeUrl,
  consentForEverybody,
  inviteGuest,
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
let clientId: string

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  const registered = await makeApplication(contoso)
  await consentForEverybody(contoso, registered)
  clientId = registered.application.appId
})
afterAll(() => world.close())

const begin = (browser: TestBrowser, parameters: Record<string, string> = {}): Promise<OpenedPage> =>
  browser.open(authorizeUrl(world, contoso, clientId, parameters))

const nameOf = (alias: string) => `${alias}@${contoso.domain}`

async function typePassword(
  browser: TestBrowser,
  identifier: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<OpenedPage> {
  const named = await browser.submit(await begin(browser), { identifier })
  return browser.submit(named, { password }, { headers })
}

/** Answers "stay signed in?" with no, where it is asked. */
async function signIn(browser: TestBrowser, identifier: string, password = PASSWORD): Promise<OpenedPage> {
  const next = await typePassword(browser, identifier, password)
  return titleOf(next) === 'Stay signed in?' ? browser.submit(next, { stay: 'no' }) : next
}

const isAtApplication = (page: OpenedPage): boolean =>
  page.url.href.startsWith(redirectUri) && page.url.searchParams.has('code')

describe('a member', () => {
  beforeAll(() => makeMember(contoso, 'ann'))

  test('gets from the application over two pages back to the application', async () => {
    const browser = world.browser()
    const identifier = await begin(browser)
    expect(titleOf(identifier)).toBe('Sign in')
    expect(textOf(identifier)).toContain('to continue to Projects')
    const password = await browser.submit(identifier, { identifier: nameOf('ann') })
    expect(titleOf(password)).toBe('Enter your password')
    expect(textOf(password)).toContain(nameOf('ann'))
    const stay = await browser.submit(password, { password: PASSWORD })
    expect(titleOf(stay)).toBe('Stay signed in?')
    const done = await browser.submit(stay, { stay: 'no' })
    expect(isAtApplication(done)).toBe(true)
    expect(done.url.searchParams.get('state')).toBe('s')
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({
      user_principal_name: nameOf('ann'),
      app_id: clientId,
      error_code: 0,
      home_tenant_id: contoso.tenant.id,
      resource_tenant_id: contoso.tenant.id,
      cross_tenant_access_type: 'none',
      authentication_details: [{ authenticationMethod: 'Password', succeeded: true }],
    })
  })

  test('needs no second sign-in in the same browser', async () => {
    const browser = world.browser()
    await signIn(browser, nameOf('ann'))
    expect(isAtApplication(await begin(browser))).toBe(true)
    expect(titleOf(await begin(world.browser()))).toBe('Sign in')
  })

  test('named by the application starts at the password and can change the name', async () => {
    const browser = world.browser()
    const password = await begin(browser, { login_hint: nameOf('ann') })
    expect(titleOf(password)).toBe('Enter your password')
    const identifier = await browser.follow(password, 'Change')
    expect(titleOf(identifier)).toBe('Sign in')
    expect(identifier.html).toContain(`value="${nameOf('ann')}"`)
    const other = await browser.submit(identifier, { identifier: nameOf('ben') })
    expect(textOf(other)).toContain(nameOf('ben'))
  })

  test('is told of a wrong password, once, and a reload sends nothing again', async () => {
    const browser = world.browser()
    const before = (await signInsOf(contoso)).length
    const wrong = await typePassword(browser, nameOf('ann'), 'not this one')
    expect(textOf(wrong)).toContain('This account and password do not go together')
    await browser.open(wrong.url.href)
    const rows = (await signInsOf(contoso)).slice(before)
    expect(rows.map(({ error_code }) => error_code)).toEqual([50126])
    const done = await browser.submit(await browser.submit(wrong, { password: PASSWORD }), { stay: 'no' })
    expect(isAtApplication(done)).toBe(true)
  })

  test('who leaves goes back to the application with access_denied', async () => {
    const browser = world.browser()
    const left = await browser.follow(await begin(browser), 'Cancel')
    expect(left.url.href).toContain(redirectUri)
    expect(left.url.searchParams.get('error')).toBe('access_denied')
    expect(left.url.searchParams.get('error_description')).toMatch(/^AADSTS65004: /)
  })

  test('stays signed in when asked to, and is not asked again where they said so', async () => {
    const browser = world.browser()
    const stay = await typePassword(browser, nameOf('ann'), PASSWORD)
    expect(isAtApplication(await browser.submit(stay, { stay: 'yes', remember: 'on' }))).toBe(true)
    const again = await browser.submit(await begin(browser, { prompt: 'login' }), {
      identifier: nameOf('ann'),
    })
    expect(isAtApplication(await browser.submit(again, { password: PASSWORD }))).toBe(true)
  })

  test('a blocked one is told so only after the right password', async () => {
    const dan = await makeMember(contoso, 'dan', { accountEnabled: false })
    const browser = world.browser()
    const wrong = await typePassword(browser, nameOf('dan'), 'not this one')
    expect(textOf(wrong)).toContain('This account and password do not go together')
    const blocked = await browser.submit(wrong, { password: PASSWORD })
    expect(textOf(blocked)).toContain('AADSTS50057')
    expect(textOf(blocked)).toContain('is blocked in Contoso')
    await updateUser(contoso.ctx, dan.id, { accountEnabled: true })
    expect(isAtApplication(await signIn(world.browser(), nameOf('dan')))).toBe(true)
  })

  test('an external account has no password here, whatever is typed', async () => {
    const { guestId } = await inviteGuest(world, contoso, 'gus@elsewhere.example')
    const guest = await contoso.ctx.db.transaction((tx) => findById(tx, guestId))
    const page = await begin(world.browser(), { login_hint: guest?.userPrincipalName ?? '' })
    expect(page.status).toBe(200)
    expect(titleOf(page)).not.toBe('Enter your password')
  })
})

describe('PWD-1: a password that an administrator gave', () => {
  test('is changed before anything else, and the new one counts', async () => {
    await makeMember(contoso, 'fay', {}, true)
    const browser = world.browser()
    const change = await typePassword(browser, nameOf('fay'), PASSWORD)
    expect(titleOf(change)).toBe('Choose a new password')
    const said = async (page: OpenedPage, password: string, repeated = password) =>
      browser.submit(page, { password, repeated })
    const empty = await said(change, '')
    expect(textOf(empty)).toContain('Enter a new password')
    const mismatch = await said(empty, 'nine brown otters', 'nine brown otter')
    expect(textOf(mismatch)).toContain('The two entries differ')
    const weak = await said(mismatch, 'contoso1')
    expect(textOf(weak)).toContain('too easy to guess')
    const unchanged = await said(weak, PASSWORD)
    expect(textOf(unchanged)).toContain('That is the password you have')
    const done = await browser.submit(await said(unchanged, 'nine brown otters'), { stay: 'no' })
    expect(isAtApplication(done)).toBe(true)
    expect(textOf(await typePassword(world.browser(), nameOf('fay'), PASSWORD))).toContain(
      'do not go together',
    )
    expect(isAtApplication(await signIn(world.browser(), nameOf('fay'), 'nine brown otters'))).toBe(true)
  })
})

describe('LCK-1: too many wrong passwords', () => {
  /** A place of its own in the network, so that the tests do not share its counter. */
  const from = (address: string) => ({ 'x-forwarded-for': address })

  async function exhaust(browser: TestBrowser, identifier: string, address: string): Promise<OpenedPage> {
    let page = await browser.submit(await begin(browser), { identifier })
    for (let attempt = 0; attempt < 11; attempt += 1) {
      page = await browser.submit(page, { password: `wrong ${attempt}` }, { headers: from(address) })
      if (titleOf(page) === 'Sign-in is paused') break
    }
    return page
  }

  test('pause an account and a name that nobody has alike', async () => {
    await makeMember(contoso, 'leo')
    const [known, unknown] = [world.browser(), world.browser()]
    const paused = await exhaust(known, nameOf('leo'), '198.51.100.1')
    const pausedToo = await exhaust(unknown, nameOf('nobody'), '198.51.100.2')
    expect(titleOf(paused)).toBe('Sign-in is paused')
    expect(textOf(paused)).toContain('Wait about 1 minute')
    expect({ ...pausedToo, status: pausedToo.status }).toMatchObject({ status: paused.status })
    const neutral = (page: OpenedPage, name: string) =>
      textOf(page)
        .replaceAll(name, 'NAME')
        .replace(/Technical details.*/, '')
    expect(neutral(pausedToo, nameOf('nobody'))).toBe(neutral(paused, nameOf('leo')))
  })

  test('even the right one does not count during the pause; it does afterwards', async () => {
    await makeMember(contoso, 'lia')
    await exhaust(world.browser(), nameOf('lia'), '198.51.100.3')
    const browser = world.browser()
    const during = await typePassword(browser, nameOf('lia'), PASSWORD, from('198.51.100.4'))
    expect(titleOf(during)).toBe('Sign-in is paused')
    world.clock.advance(61_000)
    const after = await browser.follow(during, 'Try again')
    expect(titleOf(after)).toBe('Enter your password')
    const done = await browser.submit(await browser.submit(after, { password: PASSWORD }), { stay: 'no' })
    expect(isAtApplication(done)).toBe(true)
  })

  test('each further one doubles the pause, and an hour is the most', async () => {
    const browser = world.browser()
    let page = await exhaust(browser, nameOf('void'), '198.51.100.5')
    const minutes: string[] = []
    for (let round = 0; round < 9; round += 1) {
      minutes.push(/Wait about (\d+) minute/.exec(textOf(page))?.[1] ?? textOf(page))
      world.clock.advance(Number(minutes.at(-1)) * 60_000 + 1_000)
      // An hour ends the sign-in itself; the counter lives on.
      page = await browser.submit(await begin(browser), { identifier: nameOf('void') })
      await browser.post(page, { password: 'wrong again' }, { headers: from('198.51.100.5') })
      page = await browser.submit(page, { password: 'and again' }, { headers: from('198.51.100.5') })
    }
    expect(minutes).toEqual(['1', '2', '4', '8', '16', '32', '60', '60', '60'])
  })

  test('of strangers do not keep the owner out of a browser that the account knows', async () => {
    await makeMember(contoso, 'mia')
    const owner = world.browser()
    await signIn(owner, nameOf('mia'))
    await exhaust(world.browser(), nameOf('mia'), '198.51.100.6')
    const page = await owner.submit(await begin(owner, { prompt: 'login' }), { identifier: nameOf('mia') })
    const next = await owner.submit(page, { password: PASSWORD })
    expect(titleOf(next)).toBe('Stay signed in?')
  })

  test('fifty at once are counted before any is tried', async () => {
    await makeMember(contoso, 'zoe')
    const browsers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = world.browser()
        return { browser, page: await browser.submit(await begin(browser), { identifier: nameOf('zoe') }) }
      }),
    )
    const before = (await signInsOf(contoso)).length
    await Promise.all(
      browsers.map(({ browser, page }) =>
        browser.post(page, { password: 'wrong' }, { headers: from('198.51.100.7') }),
      ),
    )
    const codes = (await signInsOf(contoso)).slice(before).map(({ error_code }) => error_code)
    expect(codes.filter((code) => code === 50126)).toHaveLength(10)
    expect(codes.filter((code) => code === 50053)).toHaveLength(40)
  })
})

test('a full queue of password checks answers 503 and counts nobody’s failure', async () => {
  await makeMember(contoso, 'kim')
  const browser = world.browser()
  const page = await browser.submit(await begin(browser), { identifier: nameOf('kim') })
  const { hasher } = world.settings
  world.settings.hasher = {
    ...hasher,
    verify: () => Promise.reject(new Unavailable('Too many sign-ins at this moment.', 2)),
  }
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const busy = await browser.post(page, { password: PASSWORD })
    expect(busy.status).toBe(503)
    expect(busy.headers.get('retry-after')).toBe('2')
  }
  world.settings.hasher = hasher
  const done = await browser.submit(await browser.submit(page, { password: PASSWORD }), { stay: 'no' })
  expect(isAtApplication(done)).toBe(true)
})
