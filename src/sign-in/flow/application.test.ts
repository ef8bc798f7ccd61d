import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  assignAppRole,
  assignRole,
  DEFAULT_ACCESS,
  type Registered,
  type User,
  updateServicePrincipal,
} from '../../directory/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { type OpenedPage, type TestBrowser, textOf, titleOf } from './browser.fixture.ts'
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
let ann: User
let admin: User
let api: Registered

const scope = (id: string, value: string, type: 'User' | 'Admin') => ({
  id,
  value,
  type,
  adminConsentDisplayName: `${value} as an administrator`,
  adminConsentDescription: `Allows ${value}, for administrators.`,
  userConsentDisplayName: `${value} your orders`,
  userConsentDescription: `Allows the application to ${value}.`,
})

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  ann = await makeMember(contoso, 'ann')
  admin = await makeMember(contoso, 'admin')
  await contoso.ctx.db.transaction((tx) =>
    assignRole(contoso.ctx, tx, directoryRoleTemplates.globalAdministrator, admin.id),
  )
  api = await makeApplication(contoso, {
    displayName: 'Orders',
    api: {
      oauth2PermissionScopes: [
        scope('dddddddd-dddd-4ddd-8ddd-dddddddddddd', 'Read', 'User'),
        scope('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'Write', 'Admin'),
      ],
    },
  })
})
afterAll(() => world.close())

const isAtApplication = (page: OpenedPage): boolean =>
  page.url.href.startsWith(redirectUri) && page.url.searchParams.has('code')

async function signIn(
  browser: TestBrowser,
  registered: Registered,
  user: User,
  parameters: Record<string, string> = {},
): Promise<OpenedPage> {
  const url = authorizeUrl(world, contoso, registered.application.appId, {
    login_hint: user.userPrincipalName,
    ...parameters,
  })
  const page = await browser.open(url)
  if (titleOf(page) !== 'Enter your password') return page
  const next = await browser.submit(page, { password: PASSWORD })
  return titleOf(next) === 'Stay signed in?' ? browser.submit(next, { stay: 'no' }) : next
}

const read = () => `openid api://${api.application.appId}/Read`
const write = () => `openid api://${api.application.appId}/Write`

describe('GRA-56: consent', () => {
  test('shows in plain words what the application wants, and asks once', async () => {
    const registered = await makeApplication(contoso, { displayName: 'Shop' })
    const browser = world.browser()
    const consent = await signIn(browser, registered, ann, { scope: read() })
    expect(titleOf(consent)).toBe('Permissions requested')
    expect(textOf(consent)).toContain('Read your orders')
    expect(textOf(consent)).toContain('Shop asks for your permission')
    expect(textOf(consent)).not.toContain('Accept for everyone')
    expect(isAtApplication(await browser.submit(consent, { decision: 'accept' }))).toBe(true)
    expect(isAtApplication(await signIn(world.browser(), registered, ann, { scope: read() }))).toBe(true)
    const other = await makeMember(contoso, 'other')
    expect(titleOf(await signIn(world.browser(), registered, other, { scope: read() }))).toBe(
      'Permissions requested',
    )
  })

  test('asks again only for what is new', async () => {
    const registered = await makeApplication(contoso)
    await consentForEverybody(contoso, registered)
    const consent = await signIn(world.browser(), registered, ann, { scope: read() })
    expect(textOf(consent)).toContain('Read your orders')
    expect(textOf(consent)).not.toContain('Sign you in')
  })

  test('prompt=consent shows everything again', async () => {
    const registered = await makeApplication(contoso)
    await consentForEverybody(contoso, registered)
    const browser = world.browser()
    const consent = await signIn(browser, registered, ann, { prompt: 'consent' })
    expect(titleOf(consent)).toBe('Permissions requested')
    expect(isAtApplication(await browser.submit(consent, { decision: 'accept' }))).toBe(true)
  })

  test('cancel tells the application, grants nothing and is logged', async () => {
    const registered = await makeApplication(contoso)
    const browser = world.browser()
    const consent = await signIn(browser, registered, ann)
    const left = await browser.submit(consent, { decision: 'cancel' })
    expect(left.url.searchParams.get('error')).toBe('access_denied')
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({ error_code: 65004, user_id: ann.id })
    expect(titleOf(await signIn(browser, registered, ann))).toBe('Permissions requested')
  })

  test('an administrator may consent for everybody', async () => {
    const registered = await makeApplication(contoso)
    const browser = world.browser()
    const consent = await signIn(browser, registered, admin, { scope: write() })
    expect(textOf(consent)).toContain('Accept for everyone in Contoso')
    const done = await browser.submit(consent, { decision: 'accept', forOrganization: 'on' })
    expect(isAtApplication(done)).toBe(true)
    expect(isAtApplication(await signIn(world.browser(), registered, ann, { scope: write() }))).toBe(true)
  })

  test('a permission for administrators cannot be given by anybody else', async () => {
    const registered = await makeApplication(contoso)
    const browser = world.browser()
    const page = await signIn(browser, registered, ann, { scope: write() })
    expect(titleOf(page)).toBe('An administrator has to approve')
    const csrf = /name="csrf" value="([^"]*)"/.exec(
      (await browser.follow(page, 'I have an administrator account')).html,
    )?.[1]
    await browser.request(`${page.url.href}/consent`, {
      method: 'POST',
      body: new URLSearchParams({ csrf: csrf ?? '', decision: 'accept', forOrganization: 'on' }),
    })
    expect(titleOf(await browser.open(page.url.href))).toBe('An administrator has to approve')
  })

  test('an administrator can take the place of the person at the page', async () => {
    const registered = await makeApplication(contoso)
    const browser = world.browser()
    const page = await signIn(browser, registered, ann, { scope: write() })
    const identifier = await browser.follow(page, 'I have an administrator account')
    const password = await browser.submit(identifier, { identifier: admin.userPrincipalName })
    const consent = await browser.submit(await browser.submit(password, { password: PASSWORD }), {
      stay: 'no',
    })
    expect(titleOf(consent)).toBe('Permissions requested')
    expect(textOf(consent)).toContain(admin.userPrincipalName)
    expect(isAtApplication(await browser.submit(consent, { decision: 'accept' }))).toBe(true)
  })

  test('what cannot be ticked by this person is not granted for everybody', async () => {
    const registered = await makeApplication(contoso)
    const browser = world.browser()
    const consent = await signIn(browser, registered, ann)
    await browser.submit(consent, { decision: 'accept', forOrganization: 'on' })
    const other = await makeMember(contoso, 'another')
    expect(titleOf(await signIn(world.browser(), registered, other))).toBe('Permissions requested')
  })
})

describe('GRA-59: an application for assigned people only', () => {
  async function makeClosed(): Promise<Registered> {
    const registered = await makeApplication(contoso, {
      displayName: 'Payroll',
      servicePrincipal: { appRoleAssignmentRequired: true },
    })
    await consentForEverybody(contoso, registered)
    return registered
  }

  test('AADSTS50105: sends others away after the proof, and logs it', async () => {
    const page = await signIn(world.browser(), await makeClosed(), ann)
    expect(textOf(page)).toContain('AADSTS50105')
    expect(textOf(page)).toContain('Payroll is only for people who were assigned to it')
    expect((await signInsOf(contoso)).at(-1)).toMatchObject({ error_code: 50105, user_id: ann.id })
  })

  test('also somebody who is signed in already', async () => {
    const open = await makeApplication(contoso)
    await consentForEverybody(contoso, open)
    const browser = world.browser()
    expect(isAtApplication(await signIn(browser, open, ann))).toBe(true)
    const closed = await makeClosed()
    const page = await browser.open(authorizeUrl(world, contoso, closed.application.appId))
    expect(textOf(page)).toContain('AADSTS50105')
    const silent = await browser.open(
      authorizeUrl(world, contoso, closed.application.appId, { prompt: 'none' }),
    )
    expect(silent.url.searchParams.get('error')).toBe('access_denied')
  })

  test('lets assigned people in, with the default access too', async () => {
    const closed = await makeClosed()
    const assigned = await makeMember(contoso, 'assigned')
    await contoso.ctx.db.transaction((tx) =>
      assignAppRole(contoso.ctx, tx, {
        appRoleId: DEFAULT_ACCESS,
        principalId: assigned.id,
        resourceId: closed.servicePrincipal.id,
      }),
    )
    expect(isAtApplication(await signIn(world.browser(), closed, assigned))).toBe(true)
  })

  test('offers to use another account', async () => {
    const browser = world.browser()
    const page = await signIn(browser, await makeClosed(), ann)
    expect(titleOf(await browser.follow(page, 'Use another account'))).toBe('Sign in')
  })
})

describe('prompt=select_account', () => {
  test('offers the accounts of this browser; the signed-in one goes straight on', async () => {
    const registered = await makeApplication(contoso)
    await consentForEverybody(contoso, registered)
    const browser = world.browser()
    await signIn(browser, registered, admin)
    await signIn(browser, registered, ann, { prompt: 'login' })
    const picker = await browser.open(
      authorizeUrl(world, contoso, registered.application.appId, { prompt: 'select_account' }),
    )
    expect(titleOf(picker)).toBe('Pick an account')
    expect(textOf(picker)).toContain(ann.userPrincipalName)
    expect(textOf(picker)).toContain(admin.userPrincipalName)
    const idOf = (user: User): string =>
      [...picker.html.matchAll(/<button\b[^>]*value="([^"]*)"[^>]*>([\s\S]*?)<\/button>/g)].find(
        ([, , content = '']) => content.includes(`${user.displayName}<`),
      )?.[1] ?? ''
    const again = async () =>
      browser.open(authorizeUrl(world, contoso, registered.application.appId, { prompt: 'select_account' }))
    expect(isAtApplication(await browser.submit(picker, { account: idOf(ann) }))).toBe(true)
    const password = await browser.submit(await again(), { account: idOf(admin) })
    expect(titleOf(password)).toBe('Enter your password')
    expect(textOf(password)).toContain(admin.userPrincipalName)
    expect(titleOf(await browser.follow(await again(), 'Use another account'))).toBe('Sign in')
  })

  test('asks for a name in a browser that knows nobody', async () => {
    const registered = await makeApplication(contoso)
    const page = await world
      .browser()
      .open(authorizeUrl(world, contoso, registered.application.appId, { prompt: 'select_account' }))
    expect(titleOf(page)).toBe('Sign in')
  })

  test('an account that this browser does not know cannot be chosen', async () => {
    const registered = await makeApplication(contoso)
    await consentForEverybody(contoso, registered)
    const browser = world.browser()
    await signIn(browser, registered, ann)
    const picker = await browser.open(
      authorizeUrl(world, contoso, registered.application.appId, { prompt: 'select_account' }),
    )
    expect(titleOf(await browser.submit(picker, { account: admin.id }))).toBe('Pick an account')
  })
})

test('a disabled application is refused on a page', async () => {
  const registered = await makeApplication(contoso)
  await contoso.ctx.db.transaction((tx) =>
    updateServicePrincipal(contoso.ctx, tx, registered.servicePrincipal.id, { accountEnabled: false }),
  )
  const page = await world.browser().open(authorizeUrl(world, contoso, registered.application.appId))
  expect(page.status).toBe(400)
  expect(textOf(page)).toContain('AADSTS700016')
})
