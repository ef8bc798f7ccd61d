import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acceptGuest, findById, findByIdentity, passcodeIdentity, updateUser } from '../../directory/index.ts'
import { type OpenedPage, type TestBrowser, textOf, titleOf } from './browser.fixture.ts'
import {
  authorizeUrl,
  consentForEverybody,
  inviteGuest,
  makeApplication,
  makeMember,
  makeTenant,
  openWorld,
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
beforeEach(() => void world.mails.splice(0))
afterAll(() => world.close())

let number = 0
const newAddress = () => `gina${number++}@mail.example`

/** A guest who has redeemed with a passcode. */
async function makeGuest(address = newAddress()): Promise<string> {
  const { guestId } = await inviteGuest(world, contoso, address)
  await contoso.ctx.db.transaction((tx) => acceptGuest(contoso.ctx, tx, guestId, passcodeIdentity(address)))
  return address
}

const begin = (browser: TestBrowser): Promise<OpenedPage> =>
  browser.open(authorizeUrl(world, contoso, clientId))

const codeFor = (address: string): string =>
  world.mails.findLast((mail) => mail.address === address)?.code ?? 'no mail'

async function askForCode(browser: TestBrowser, address: string): Promise<OpenedPage> {
  const offer = await browser.submit(await begin(browser), { identifier: address })
  expect(titleOf(offer)).toBe('Get a code to sign in')
  return browser.submit(offer, {})
}

const isAtApplication = (page: OpenedPage): boolean =>
  page.url.href.startsWith(redirectUri) && page.url.searchParams.has('code')

describe('OTP: a guest with nothing but a mailbox', () => {
  test('OTP-3: signs in with the mailed code, and is asked nothing else', async () => {
    const address = await makeGuest()
    const browser = world.browser()
    const enter = await askForCode(browser, address)
    expect(titleOf(enter)).toBe('Enter the code')
    expect(world.mails).toMatchObject([{ tenantId: contoso.tenant.id, address }])
    const done = await browser.submit(enter, { code: codeFor(address) }, { marker: 'name="code"' })
    expect(isAtApplication(done)).toBe(true)
    const audits = await contoso.ctx.db.transaction((tx) =>
      tx
        .selectFrom('directory_audits')
        .select(['activity_display_name', 'result'])
        .where('category', '=', 'Other')
        .orderBy('activity_date_time')
        .execute(),
    )
    expect(audits).toEqual([
      { activity_display_name: 'Generate one time password', result: 'success' },
      { activity_display_name: 'Verify one time password', result: 'success' },
    ])
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({
      error_code: 0,
      home_tenant_id: null,
      cross_tenant_access_type: 'none',
      authentication_details: [{ authenticationMethod: 'Email one-time passcode', succeeded: true }],
    })
  })

  test('OTP-3: the session lasts a day', async () => {
    const address = await makeGuest()
    const browser = world.browser()
    const enter = await askForCode(browser, address)
    await browser.submit(enter, { code: codeFor(address) }, { marker: 'name="code"' })
    expect(isAtApplication(await begin(browser))).toBe(true)
    world.clock.advance(24 * 3_600_000 + 1_000)
    expect(titleOf(await begin(browser))).toBe('Sign in')
  })

  test('OTP-3: a wrong code is said to be wrong, five kill it, a new one works', async () => {
    const address = await makeGuest()
    const browser = world.browser()
    let page = await askForCode(browser, address)
    const right = codeFor(address)
    const wrong = right === '00000000' ? '11111111' : '00000000'
    page = await browser.submit(page, { code: wrong }, { marker: 'name="code"' })
    expect(textOf(page)).toContain('This code is not right')
    for (let tries = 0; tries < 4; tries += 1) {
      page = await browser.submit(page, { code: wrong }, { marker: 'name="code"' })
    }
    expect(textOf(page)).toContain('Too many wrong tries')
    page = await browser.submit(page, { code: right }, { marker: 'name="code"' })
    expect(textOf(page)).toContain('Too many wrong tries')
    page = await browser.submit(page, {}, { marker: '/send-code' })
    expect(textOf(page)).toContain('a new code was sent')
    const done = await browser.submit(page, { code: codeFor(address) }, { marker: 'name="code"' })
    expect(isAtApplication(done)).toBe(true)
  })

  test('OTP-3: an address that nobody has sees the same pages, and no mail is sent', async () => {
    const [known, unknown] = [await makeGuest(), newAddress()]
    const pages = await Promise.all([known, unknown].map((address) => askForCode(world.browser(), address)))
    const neutral = (page: OpenedPage | undefined, address: string) =>
      page === undefined
        ? ''
        : textOf(page)
            .replaceAll(address, 'ADDRESS')
            .replace(/Technical details.*/, '')
    expect(neutral(pages[1], unknown)).toBe(neutral(pages[0], known))
    expect(world.mails.map(({ address }) => address)).toEqual([known])
  })

  test('OTP-3: a sixth send within a quarter of an hour is not made, known or not', async () => {
    for (const address of [await makeGuest(), newAddress()]) {
      const browser = world.browser()
      let page = await askForCode(browser, address)
      for (let sends = 1; sends < 5; sends += 1)
        page = await browser.submit(page, {}, { marker: '/send-code' })
      expect(textOf(page)).toContain('a new code was sent')
      page = await browser.submit(page, {}, { marker: '/send-code' })
      expect(textOf(page)).toContain('Several codes were already sent')
    }
    expect(world.mails).toHaveLength(5)
  })

  test('of fifty posts of the right code at the same time one signs in', async () => {
    const address = await makeGuest()
    const browser = world.browser()
    const enter = await askForCode(browser, address)
    const before = (await signInsOf(contoso)).length
    const code = codeFor(address)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => browser.post(enter, { code }, { marker: 'name="code"' })),
    )
    const onward = answers.map((answer) => answer.headers.get('location') ?? '')
    expect(answers.every((answer) => answer.status === 303)).toBe(true)
    expect(onward.filter((location) => location.includes('/authorize/'))).toHaveLength(1)
    expect((await signInsOf(contoso)).slice(before).map(({ error_code }) => error_code)).toEqual([0])
  })

  test('of the same code in two browsers one signs in', async () => {
    const address = await makeGuest()
    const [one, other] = [world.browser(), world.browser()]
    const first = await askForCode(one, address)
    const second = await askForCode(other, address)
    const code = codeFor(address)
    const pages = await Promise.all([
      one.submit(first, { code }, { marker: 'name="code"' }),
      other.submit(second, { code }, { marker: 'name="code"' }),
    ])
    expect(pages.filter(isAtApplication)).toHaveLength(1)
  })

  test('OTP-4: stays on the passcode, and is locked out when the tenant turns passcodes off', async () => {
    const address = await makeGuest()
    world.settings.passcodesEnabled = false
    const browser = world.browser()
    const page = await browser.submit(await begin(browser), { identifier: address })
    world.settings.passcodesEnabled = true
    expect(textOf(page)).toContain('We found no way to sign in with this address')
  })

  test('a blocked guest is told so only after the code', async () => {
    const address = await makeGuest()
    const browser = world.browser()
    const user = await contoso.ctx.db.transaction((tx) => findByIdentity(tx, passcodeIdentity(address)))
    await updateUser(contoso.ctx, user?.id ?? '', { accountEnabled: false })
    const enter = await askForCode(browser, address)
    const blocked = await browser.submit(enter, { code: codeFor(address) }, { marker: 'name="code"' })
    expect(textOf(blocked)).toContain('AADSTS50057')
  })
})

describe('RED-3: a pending guest who signs in directly', () => {
  test('reviews permissions once and is a guest from then on', async () => {
    const address = newAddress()
    const { guestId } = await inviteGuest(world, contoso, address)
    const browser = world.browser()
    const enter = await askForCode(browser, address)
    const review = await browser.submit(enter, { code: codeFor(address) }, { marker: 'name="code"' })
    expect(titleOf(review)).toBe('Review permissions')
    expect(textOf(review)).toContain(contoso.domain)
    expect(isAtApplication(await browser.submit(review, { decision: 'accept' }))).toBe(true)
    const user = await contoso.ctx.db.transaction((tx) => findById(tx, guestId))
    expect(user).toMatchObject({ externalUserState: 'Accepted' })
    expect(user?.identities).toContainEqual(passcodeIdentity(address))
    const again = world.browser()
    const done = await again.submit(
      await askForCode(again, address),
      { code: codeFor(address) },
      { marker: 'name="code"' },
    )
    expect(isAtApplication(done)).toBe(true)
  })

  test('RED-12: who cancels stays pending, and the application hears of it', async () => {
    const address = newAddress()
    const { guestId } = await inviteGuest(world, contoso, address)
    const browser = world.browser()
    const enter = await askForCode(browser, address)
    const review = await browser.submit(enter, { code: codeFor(address) }, { marker: 'name="code"' })
    const left = await browser.submit(review, { decision: 'cancel' })
    expect(left.url.searchParams.get('error')).toBe('access_denied')
    const user = await contoso.ctx.db.transaction((tx) => findById(tx, guestId))
    expect(user).toMatchObject({ externalUserState: 'PendingAcceptance' })
  })

  test('RED-11: a policy that blocks the domain by now is named, and nothing is used up', async () => {
    const address = newAddress()
    await inviteGuest(world, contoso, address)
    const browser = world.browser()
    const enter = await askForCode(browser, address)
    world.settings.blockedDomains.add('mail.example')
    const blocked = await browser.submit(enter, { code: codeFor(address) }, { marker: 'name="code"' })
    world.settings.blockedDomains.clear()
    expect(titleOf(blocked)).toBe('This sign-in is not allowed')
  })
})

describe('where nobody can sign in', () => {
  test.each(['', 'maria', 'maria@', '@fabrikam.example', 'a b@c', 'x@y@z.example'])(
    'the identifier %j is refused with words',
    async (identifier) => {
      const browser = world.browser()
      const page = await browser.submit(await begin(browser), { identifier })
      expect(titleOf(page)).toBe('Sign in')
      expect(page.html).toContain('aria-invalid')
    },
  )

  test('without passcodes an address of nobody has no way to sign in', async () => {
    world.settings.passcodesEnabled = false
    const browser = world.browser()
    const page = await browser.submit(await begin(browser), { identifier: newAddress() })
    world.settings.passcodesEnabled = true
    expect(textOf(page)).toContain('We found no way to sign in with this address')
  })

  test('an address of the tenant’s own domain always gets the password page', async () => {
    await makeMember(contoso, 'ann')
    for (const alias of ['ann', 'nobody']) {
      const browser = world.browser()
      const page = await browser.submit(await begin(browser), { identifier: `${alias}@${contoso.domain}` })
      expect(titleOf(page)).toBe('Enter your password')
    }
  })
})
