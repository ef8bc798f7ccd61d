import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  findById,
  organisationalIdentity,
  passcodeIdentity,
  type User,
  updateUser,
} from '../../directory/index.ts'
import { type OpenedPage, type TestBrowser, textOf, titleOf } from './browser.fixture.ts'
import {
  authorizeUrl,
  consentForEverybody,
  type Invited,
  inviteGuest,
  makeApplication,
  makeMember,
  makeTenant,
  openWorld,
  PASSWORD,
  redirectUri,
  signInsOf,
  type TestTenant,
  welcome,
} from './world.fixture.ts'

const world = await openWorld()
let contoso: TestTenant
let fabrikam: TestTenant
let clientId: string

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  fabrikam = await makeTenant(world, 'Fabrikam')
  const registered = await makeApplication(contoso)
  await consentForEverybody(contoso, registered)
  clientId = registered.application.appId
})
beforeEach(() => void world.mails.splice(0))
afterAll(() => world.close())

interface InvitedMember extends Invited {
  readonly member: User
}

let number = 0

async function invite(): Promise<InvitedMember> {
  const member = await makeMember(fabrikam, `maria${number++}`, { displayName: 'Maria Sullivan' })
  return { member, ...(await inviteGuest(world, contoso, member.userPrincipalName)) }
}

const inviteAddress = (address: string) => inviteGuest(world, contoso, address)

const guestOf = ({ guestId }: Invited) => contoso.ctx.db.transaction((tx) => findById(tx, guestId))

const stateOf = async (invited: Invited) => (await guestOf(invited))?.externalUserState

const atFabrikam = (page: OpenedPage): boolean => page.url.pathname.startsWith(`/${fabrikam.tenant.id}/`)

/** Opens the link and signs in at home, up to the page after that. */
async function openAndSignIn(browser: TestBrowser, { link }: Pick<Invited, 'link'>): Promise<OpenedPage> {
  const home = await browser.open(link)
  expect(titleOf(home)).toBe('Enter your password')
  expect(atFabrikam(home)).toBe(true)
  return browser.submit(home, { password: PASSWORD })
}

describe('RED-1: the link in the mail', () => {
  test('leads over two pages to the application, and no second sign-in', async () => {
    const invited = await invite()
    const browser = world.browser()
    const review = await openAndSignIn(browser, invited)
    expect(titleOf(review)).toBe('Review permissions')
    expect(textOf(review)).toContain('Ines of Contoso invites you as a guest')
    expect(textOf(review)).toContain('Maria Sullivan')
    const done = await browser.submit(review, { decision: 'accept' })
    expect(done.url.href).toBe(welcome)
    const user = await guestOf(invited)
    expect(user).toMatchObject({ externalUserState: 'Accepted' })
    expect(user?.identities).toContainEqual(organisationalIdentity(fabrikam.tenant.id, invited.member.id))
    const application = await browser.open(authorizeUrl(world, contoso, clientId))
    expect(application.url.href).toContain(`${redirectUri}?code=`)
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({ error_code: 0, user_id: invited.guestId })
  })

  test('is one page where the home tenant knows the browser', async () => {
    const invited = await invite()
    const browser = world.browser()
    const registered = await makeApplication(fabrikam)
    await consentForEverybody(fabrikam, registered)
    const first = await browser.open(
      authorizeUrl(world, fabrikam, registered.application.appId, {
        login_hint: invited.member.userPrincipalName,
      }),
    )
    await browser.submit(await browser.submit(first, { password: PASSWORD }), { stay: 'no' })
    const review = await browser.open(invited.link)
    expect(titleOf(review)).toBe('Review permissions')
    expect((await browser.submit(review, { decision: 'accept' })).url.href).toBe(welcome)
  })

  test('RED-13: a second click on a used link goes to the application', async () => {
    const invited = await invite()
    const browser = world.browser()
    await browser.submit(await openAndSignIn(browser, invited), { decision: 'accept' })
    expect((await browser.open(invited.link)).url.href).toBe(welcome)
    expect((await world.browser().open(invited.link)).url.href).toBe(welcome)
  })

  test('INV-11: an expired ticket says so and whom to ask, and changes nothing', async () => {
    world.settings.invitationLifetimeDays = 1
    const invited = await invite()
    world.settings.invitationLifetimeDays = null
    world.clock.advance(25 * 3_600_000)
    const page = await world.browser().open(invited.link)
    expect(page.status).toBe(410)
    expect(textOf(page)).toContain(contoso.inviter.mail)
    expect(await stateOf(invited)).toBe('PendingAcceptance')
  })

  test('a tampered, foreign or mistyped one is the same neutral page', async () => {
    const invited = await invite()
    const tampered = (change: (url: URL) => void) => {
      const url = new URL(invited.link)
      const inner = new URL(url.searchParams.get('rd') ?? '')
      change(inner)
      url.searchParams.set('rd', inner.href)
      return url.href
    }
    const links = [
      tampered((url) => url.searchParams.set('ticket', 'A'.repeat(43))),
      tampered((url) => url.searchParams.set('tenant', fabrikam.tenant.id)),
      tampered((url) => url.searchParams.set('tenant', world.deployment.ids.guid())),
      tampered((url) => {
        url.host = 'evil.example'
      }),
      `${world.deployment.baseUrl}/redeem`,
      `${world.deployment.baseUrl}/redeem?rd=https://evil.example/`,
      `${world.deployment.baseUrl}/redeem?rd=1&rd=2`,
      `${world.deployment.baseUrl}/${contoso.tenant.id}/redeem?ticket=x`,
    ]
    const pages = await Promise.all(links.map((link) => world.browser().open(link)))
    expect(pages.map(({ status }) => status)).toEqual(links.map(() => 404))
    expect(new Set(pages.map((page) => textOf(page))).size).toBe(1)
    expect(await stateOf(invited)).toBe('PendingAcceptance')
  })

  test('opened twice at once redeems once', async () => {
    const invited = await invite()
    const browsers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const browser = world.browser()
        return { browser, review: await openAndSignIn(browser, invited) }
      }),
    )
    const before = (await signInsOf(contoso)).length
    const ends = await Promise.all(
      browsers.map(({ browser, review }) => browser.submit(review, { decision: 'accept' })),
    )
    expect(ends.map(({ url }) => url.href)).toEqual(browsers.map(() => welcome))
    const rows = (await signInsOf(contoso)).slice(before)
    expect(rows.every(({ error_code }) => error_code === 0)).toBe(true)
  })

  test('of fifty posts of one review one accepts', async () => {
    const invited = await invite()
    const browser = world.browser()
    const review = await openAndSignIn(browser, invited)
    const before = (await signInsOf(contoso)).length
    await Promise.all(Array.from({ length: 50 }, () => browser.post(review, { decision: 'accept' })))
    expect(await stateOf(invited)).toBe('Accepted')
    expect((await signInsOf(contoso)).slice(before)).toHaveLength(1)
  })
})

describe('RED-12: cancel', () => {
  test('leaves the guest pending and the ticket good', async () => {
    const invited = await invite()
    const browser = world.browser()
    const cancelled = await browser.submit(await openAndSignIn(browser, invited), { decision: 'cancel' })
    expect(titleOf(cancelled)).toBe('You canceled')
    expect(textOf(cancelled)).toContain('The invitation stays open')
    expect(await stateOf(invited)).toBe('PendingAcceptance')
    const review = await browser.open(invited.link)
    expect((await browser.submit(review, { decision: 'accept' })).url.href).toBe(welcome)
  })
})

describe('RED-10: opened while signed in as somebody else', () => {
  test('in this tenant says so before anything happens, and switching leads on', async () => {
    const invited = await invite()
    const browser = world.browser()
    await makeMember(contoso, `ann${number++}`)
    const ann = `ann${number - 1}@${contoso.domain}`
    const password = await browser.open(authorizeUrl(world, contoso, clientId, { login_hint: ann }))
    await browser.submit(await browser.submit(password, { password: PASSWORD }), { stay: 'no' })

    const wrong = await browser.open(invited.link)
    expect(titleOf(wrong)).toBe('This invitation is for another account')
    expect(textOf(wrong)).toContain(ann)
    expect(textOf(wrong)).toContain(invited.member.userPrincipalName)
    expect(textOf(wrong)).not.toContain('Both are mine')
    const home = await browser.submit(wrong, { decision: 'switch' })
    expect(atFabrikam(home)).toBe(true)
    const review = await browser.submit(home, { password: PASSWORD })
    expect((await browser.submit(review, { decision: 'accept' })).url.href).toBe(welcome)
    expect(await stateOf(invited)).toBe('Accepted')
  })

  test('here and at home as one guest: switching asks at home at once, not the same question again', async () => {
    const [first, second] = [await invite(), await invite()]
    const browser = world.browser()
    await browser.submit(await openAndSignIn(browser, first), { decision: 'accept' })
    const wrong = await browser.open(second.link)
    expect(titleOf(wrong)).toBe('This invitation is for another account')
    const home = await browser.submit(wrong, { decision: 'switch' })
    expect(atFabrikam(home)).toBe(true)
    expect(textOf(home)).toContain(second.member.userPrincipalName)
    const review = await browser.submit(home, { password: PASSWORD })
    expect(titleOf(review)).toBe('Review permissions')
  })

  /** Signed in at home as Nora, the invitation is Maria's. */
  async function openAsNora(): Promise<{
    browser: TestBrowser
    invited: InvitedMember
    nora: User
    wrong: OpenedPage
  }> {
    const invited = await invite()
    const nora = await makeMember(fabrikam, `nora${number++}`, { displayName: 'Nora' })
    const browser = world.browser()
    const home = await browser.open(invited.link)
    const named = await browser.submit(await browser.follow(home, 'Change'), {
      identifier: nora.userPrincipalName,
    })
    const wrong = await browser.submit(named, { password: PASSWORD })
    expect(titleOf(wrong)).toBe('This invitation is for another account')
    return { browser, invited, nora, wrong }
  }

  test('at home says so too; switching asks at home for the invited account', async () => {
    const { browser, invited, wrong } = await openAsNora()
    expect(textOf(wrong)).toContain('Nora')
    expect(await stateOf(invited)).toBe('PendingAcceptance')
    const home = await browser.submit(wrong, { decision: 'switch' })
    expect(atFabrikam(home)).toBe(true)
    expect(textOf(home)).toContain(invited.member.userPrincipalName)
    const review = await browser.submit(home, { password: PASSWORD })
    expect((await browser.submit(review, { decision: 'accept' })).url.href).toBe(welcome)
  })

  test('the account may be kept by a code to the invited mailbox', async () => {
    const { browser, invited, nora, wrong } = await openAsNora()
    const enter = await browser.submit(wrong, { decision: 'prove' })
    expect(titleOf(enter)).toBe('Enter the code')
    expect(world.mails).toMatchObject([{ address: invited.member.userPrincipalName }])
    const code = world.mails[0]?.code ?? ''
    const review = await browser.submit(enter, { code }, { marker: 'name="code"' })
    expect(titleOf(review)).toBe('Review permissions')
    expect(textOf(review)).toContain('Nora')
    expect((await browser.submit(review, { decision: 'accept' })).url.href).toBe(welcome)
    const user = await guestOf(invited)
    expect(user?.identities).toContainEqual(organisationalIdentity(fabrikam.tenant.id, nora.id))
  })

  test('cancel leaves everything as it was', async () => {
    const { browser, invited, wrong } = await openAsNora()
    const cancelled = await browser.submit(wrong, { decision: 'cancel' })
    expect(titleOf(cancelled)).toBe('You canceled')
    expect(await stateOf(invited)).toBe('PendingAcceptance')
    expect(world.mails).toEqual([])
  })

  test('a decision that the page does not offer does nothing', async () => {
    const { browser, wrong } = await openAsNora()
    const page = await browser.submit(wrong, { decision: 'accept' })
    expect(titleOf(page)).toBe('This invitation is for another account')
  })
})

describe('OTP-2: somebody who has only a mailbox', () => {
  const code = () => world.mails[0]?.code ?? ''
  const asPage = { 'sec-fetch-dest': 'document' }

  test('who opens the link in a browser gets the code at once: two pages to the application', async () => {
    const invited = await inviteAddress('only@mailbox.example')
    const browser = world.browser()
    const enter = await browser.open(invited.link, asPage)
    expect(titleOf(enter)).toBe('Enter the code')
    const review = await browser.submit(enter, { code: code() }, { marker: 'name="code"' })
    expect(titleOf(review)).toBe('Review permissions')
    expect((await browser.submit(review, { decision: 'accept' })).url.href).toBe(welcome)
    const user = await guestOf(invited)
    expect(user?.identities).toContainEqual(passcodeIdentity('only@mailbox.example'))
  })

  test('a scanner that follows links causes no mail, nor does a page that only fetches ahead', async () => {
    const invited = await inviteAddress('scanned@mailbox.example')
    for (const headers of [{}, { ...asPage, 'sec-purpose': 'prefetch' }]) {
      const page = await world.browser().open(invited.link, headers)
      expect(titleOf(page)).toBe('Get a code to sign in')
    }
    expect(world.mails).toEqual([])
  })

  test('cannot be made to name another address', async () => {
    const invited = await inviteAddress('fixed@mailbox.example')
    const browser = world.browser()
    const page = await browser.open(invited.link)
    const enter = await browser.submit(page, { identifier: 'other@mailbox.example' })
    expect(world.mails).toMatchObject([{ address: 'fixed@mailbox.example' }])
    const response = await browser.request(`${page.url.href}/identifier`)
    expect(response.status).toBe(303)
    expect(titleOf(enter)).toBe('Enter the code')
  })
})

test('INV-10: a guest who was blocked meanwhile gets in nowhere', async () => {
  const invited = await invite()
  const browser = world.browser()
  const review = await openAndSignIn(browser, invited)
  await updateUser(contoso.ctx, invited.guestId, { accountEnabled: false })
  const page = await browser.submit(review, { decision: 'accept' })
  expect(textOf(page)).toContain('AADSTS50057')
  expect(await stateOf(invited)).toBe('PendingAcceptance')
})

test('a ticket parameter that we did not make leads to the neutral page', async () => {
  const page = await world.browser().open(authorizeUrl(world, contoso, clientId, { redemption: 'forged' }))
  expect(titleOf(page)).toBe('This invitation can’t be used')
})

test('the ticket stands in no row of the database', async () => {
  const invited = await invite()
  await world.browser().open(invited.link)
  const found = async (text: string) => {
    const { rows } = await contoso.ctx.db.transaction((tx) =>
      sql<{ readonly row: string }>`
        select payload::text as row from oidc_artifacts union all
        select stage::text from sign_in_attempts`.execute(tx),
    )
    return rows.filter(({ row }) => row.includes(text)).length
  }
  expect(await found(invited.member.userPrincipalName)).toBeGreaterThan(0)
  expect(await found(invited.ticket)).toBe(0)
})
