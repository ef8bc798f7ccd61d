import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acceptGuest, organisationalIdentity, type User, updateUser } from '../../directory/index.ts'
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
  verifier,
} from './world.fixture.ts'

const world = await openWorld()
let contoso: TestTenant
let fabrikam: TestTenant
let clientId: string
let secret: string
let maria: User

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  fabrikam = await makeTenant(world, 'Fabrikam')
  const registered = await makeApplication(contoso, { secret: { displayName: 'one' } })
  await consentForEverybody(contoso, registered)
  clientId = registered.application.appId
  secret = registered.secret?.secretText ?? ''
  maria = await makeMember(fabrikam, 'maria', { displayName: 'Maria Sullivan' })
  await makeGuest(maria)
})
afterAll(() => world.close())

/** A guest of Contoso who has redeemed with the account at Fabrikam. */
async function makeGuest(member: User): Promise<User> {
  const { guestId } = await inviteGuest(world, contoso, member.userPrincipalName)
  return contoso.ctx.db.transaction((tx) =>
    acceptGuest(contoso.ctx, tx, guestId, organisationalIdentity(fabrikam.tenant.id, member.id)),
  )
}

const begin = (browser: TestBrowser, parameters: Record<string, string> = {}): Promise<OpenedPage> =>
  browser.open(authorizeUrl(world, contoso, clientId, parameters))

const atFabrikam = (page: OpenedPage): boolean => page.url.pathname.startsWith(`/${fabrikam.tenant.id}/`)

const isAtApplication = (page: OpenedPage): boolean =>
  page.url.href.startsWith(redirectUri) && page.url.searchParams.has('code')

async function signInAtFabrikam(browser: TestBrowser, name: string): Promise<OpenedPage> {
  const home = await browser.submit(await begin(browser), { identifier: name })
  expect(atFabrikam(home)).toBe(true)
  return browser.submit(home, { password: PASSWORD })
}

describe('RED-4: a guest with an account in another organisation', () => {
  test('types the address here, the password at home, and is at the application', async () => {
    const browser = world.browser()
    const home = await browser.submit(await begin(browser), { identifier: maria.userPrincipalName })
    expect(atFabrikam(home)).toBe(true)
    expect(titleOf(home)).toBe('Enter your password')
    expect(textOf(home)).toContain('Fabrikam')
    expect(textOf(home)).toContain(maria.userPrincipalName)
    const done = await browser.submit(home, { password: PASSWORD })
    expect(isAtApplication(done)).toBe(true)
  })

  test('GTK-1, GTK-2: gets a token of this tenant that names the home tenant', async () => {
    const done = await signInAtFabrikam(world.browser(), maria.userPrincipalName)
    const answer = await fetch(`${world.deployment.baseUrl}/${contoso.tenant.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        client_secret: secret,
        code: done.url.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    })
    // The shape is asserted below.
    const { id_token: token = '' } = (await answer.json()) as Record<string, string>
    expect(decodeJwt(token)).toMatchObject({
      tid: contoso.tenant.id,
      idp: `${world.deployment.baseUrl}/${fabrikam.tenant.id}/`,
      amr: ['pwd'],
    })
  })

  test('both tenants log it, each its own part, under one correlation id', async () => {
    const [here, there] = [(await signInsOf(contoso)).length, (await signInsOf(fabrikam)).length]
    await signInAtFabrikam(world.browser(), maria.userPrincipalName)
    const ours = (await signInsOf(contoso)).slice(here)
    const theirs = (await signInsOf(fabrikam)).slice(there)
    const pair = {
      error_code: 0,
      home_tenant_id: fabrikam.tenant.id,
      resource_tenant_id: contoso.tenant.id,
      cross_tenant_access_type: 'b2bCollaboration',
    }
    expect(ours).toMatchObject([{ ...pair, app_id: clientId }])
    expect(theirs).toMatchObject([
      { ...pair, user_principal_name: maria.userPrincipalName, app_display_name: 'Contoso' },
    ])
    expect(theirs[0]?.correlation_id).toBe(ours[0]?.correlation_id)
  })

  test('needs no password where the home tenant knows the browser', async () => {
    const browser = world.browser()
    await signInAtFabrikam(browser, maria.userPrincipalName)
    const done = await browser.submit(await begin(browser, { prompt: 'login' }), {
      identifier: maria.userPrincipalName,
    })
    expect(isAtApplication(done)).toBe(true)
  })

  test('is asked at home again when somebody else was signed in there', async () => {
    const nora = await makeMember(fabrikam, 'nora')
    await makeGuest(nora)
    const browser = world.browser()
    await signInAtFabrikam(browser, maria.userPrincipalName)
    const home = await browser.submit(await begin(browser, { prompt: 'login' }), {
      identifier: nora.userPrincipalName,
    })
    expect(atFabrikam(home)).toBe(true)
    expect(textOf(home)).toContain(nora.userPrincipalName)
    expect(isAtApplication(await browser.submit(home, { password: PASSWORD }))).toBe(true)
    expect((await signInsOf(contoso)).at(-1)?.user_principal_name).toContain('nora')
  })

  test('comes back from the home page without an answer, and can name somebody else', async () => {
    const browser = world.browser()
    const begun = await begin(browser)
    await browser.submit(begun, { identifier: maria.userPrincipalName })
    const back = await browser.open(begun.url.href)
    expect(titleOf(back)).toBe('Sign in')
    expect(back.html).toContain(maria.userPrincipalName)
    const password = await browser.submit(back, { identifier: `ann@${contoso.domain}` })
    expect(titleOf(password)).toBe('Enter your password')
    expect(atFabrikam(password)).toBe(false)
  })

  test('who leaves at home is told that nothing happened, and may try again', async () => {
    const browser = world.browser()
    const home = await browser.submit(await begin(browser), { identifier: maria.userPrincipalName })
    const identifier = await browser.follow(home, 'Change')
    const left = await browser.follow(identifier, 'Cancel')
    expect(textOf(left)).toContain('The sign-in at Fabrikam was not finished')
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({ error_code: 65004, app_id: clientId })
    const again = await browser.follow(left, 'Try again')
    expect(atFabrikam(again)).toBe(true)
    expect(isAtApplication(await browser.submit(again, { password: PASSWORD }))).toBe(true)
  })
})

describe('RED-3: AADSTS50020', () => {
  test('a person of another organisation who is no guest learns it after the password, not before', async () => {
    const stranger = await makeMember(fabrikam, 'stranger')
    const page = await signInAtFabrikam(world.browser(), stranger.userPrincipalName)
    expect(textOf(page)).toContain('AADSTS50020')
    expect(textOf(page)).toContain('is not a user of Contoso')
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({
      error_code: 50020,
      home_tenant_id: fabrikam.tenant.id,
      user_id: null,
    })
  })

  test('the page leads back to the application with the code', async () => {
    const stranger = await makeMember(fabrikam, 'stranger2')
    const browser = world.browser()
    const page = await signInAtFabrikam(browser, stranger.userPrincipalName)
    const left = await browser.follow(page, 'Back to the application')
    expect(left.url.searchParams.get('error')).toBe('access_denied')
    expect(left.url.searchParams.get('error_description')).toMatch(/^AADSTS50020: /)
  })

  test('a guest who is blocked here learns it after the password', async () => {
    const owen = await makeMember(fabrikam, 'owen')
    const guest = await makeGuest(owen)
    await updateUser(contoso.ctx, guest.id, { accountEnabled: false })
    const page = await signInAtFabrikam(world.browser(), owen.userPrincipalName)
    expect(textOf(page)).toContain('AADSTS50057')
  })
})

describe('TRU-7: as home tenant', () => {
  test('a guest of the home tenant does not count as one of its people', async () => {
    // A third organisation's person is a guest of Fabrikam, with a session there.
    const litware = await makeTenant(world, 'Litware')
    const lee = await makeMember(litware, 'lee')
    const { guestId } = await inviteGuest(world, fabrikam, lee.userPrincipalName)
    await fabrikam.ctx.db.transaction((tx) =>
      acceptGuest(fabrikam.ctx, tx, guestId, organisationalIdentity(litware.tenant.id, lee.id)),
    )
    const registered = await makeApplication(fabrikam)
    await consentForEverybody(fabrikam, registered)
    const browser = world.browser()
    const litwarePage = await browser.submit(
      await browser.open(authorizeUrl(world, fabrikam, registered.application.appId)),
      { identifier: lee.userPrincipalName },
    )
    expect(isAtApplication(await browser.submit(litwarePage, { password: PASSWORD }))).toBe(true)

    const home = await browser.submit(await begin(browser), { identifier: maria.userPrincipalName })
    expect(atFabrikam(home)).toBe(true)
    expect(titleOf(home)).toBe('Enter your password')
    const asGuest = await browser.submit(await browser.follow(home, 'Change'), {
      identifier: lee.userPrincipalName,
    })
    expect(atFabrikam(asGuest)).toBe(true)
    expect(textOf(await browser.submit(asGuest, { password: PASSWORD }))).toContain('do not go together')
  })

  test('a password that a guest has left from before opens nothing (CNV-1)', async () => {
    const converted = await makeMember(fabrikam, 'converted')
    const elsewhere = organisationalIdentity(world.deployment.ids.guid(), world.deployment.ids.guid())
    await updateUser(fabrikam.ctx, converted.id, { identities: [elsewhere] })
    const browser = world.browser()
    const home = await browser.submit(await begin(browser), { identifier: maria.userPrincipalName })
    const named = await browser.submit(await browser.follow(home, 'Change'), {
      identifier: converted.userPrincipalName,
    })
    expect(textOf(await browser.submit(named, { password: PASSWORD }))).toContain('do not go together')
  })

  test('no consent page is shown: the resource tenant asks for consent itself', async () => {
    const browser = world.browser()
    await signInAtFabrikam(browser, maria.userPrincipalName)
    expect(browser.visited.some((address) => address.includes('consent'))).toBe(false)
  })
})

describe('the way back from the home tenant', () => {
  /** Signs in at home and stops with the answer in hand. */
  async function answerOf(browser: TestBrowser): Promise<string> {
    const home = await browser.submit(await begin(browser), { identifier: maria.userPrincipalName })
    const posted = await browser.post(home, { password: PASSWORD })
    const resumed = await browser.request(posted.headers.get('location') ?? '')
    return resumed.headers.get('location') ?? ''
  }

  test('is open only to the browser that went it', async () => {
    const browser = world.browser()
    const answer = await answerOf(browser)
    expect(answer).toContain(`/${contoso.tenant.id}/federation/callback?code=`)
    const stolen = await world.browser().open(answer)
    expect(stolen.status).toBe(400)
    expect(titleOf(stolen)).toBe('This page has expired')
    expect(isAtApplication(await browser.open(answer))).toBe(true)
  })

  test('an answer of a stranger signs nobody in (RFC 6749 §10.12)', async () => {
    const victim = world.browser()
    await victim.submit(await begin(victim), { identifier: maria.userPrincipalName })
    const page = await victim.open(await answerOf(world.browser()))
    expect(titleOf(page)).toBe('This page has expired')
  })

  test('an answer to an earlier try is over', async () => {
    const browser = world.browser()
    const begun = await begin(browser)
    const home = await browser.submit(begun, { identifier: maria.userPrincipalName })
    const posted = await browser.post(home, { password: PASSWORD })
    const earlier =
      (await browser.request(posted.headers.get('location') ?? '')).headers.get('location') ?? ''
    await browser.post(await browser.open(begun.url.href), { identifier: maria.userPrincipalName })
    expect(titleOf(await browser.open(earlier))).toBe('This page has expired')
  })

  test('can be gone once', async () => {
    const browser = world.browser()
    const answer = await answerOf(browser)
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.request(answer)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('a code that was exchanged for another is not believed', async () => {
    const browser = world.browser()
    const answer = new URL(await answerOf(browser))
    const foreign = new URL(await answerOf(world.browser()))
    answer.searchParams.set('code', foreign.searchParams.get('code') ?? '')
    const page = await browser.open(answer.href)
    expect(textOf(page)).toContain('AADSTS50012')
    expect(textOf(page)).toContain('could not be verified')
  })

  test.each(['?state=x', '?code=1&state=', '?error=access_denied', ''])(
    '%j alone is nothing',
    async (query) => {
      const page = await world.browser().open(`/${contoso.tenant.id}/federation/callback${query}`)
      expect(page.status).toBe(400)
    },
  )
})
