import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedPage, type TestBrowser, textOf, titleOf } from './browser.fixture.ts'
import { makeMember, makeTenant, openWorld, PASSWORD, type TestTenant } from './world.fixture.ts'

/** A page of ours that somebody must be signed in for, as other modules will have them. */
const world = await openWorld((app, { signIn, tenantOf }) => {
  app.get<{ Params: { tenant: string } }>('/:tenant/desk', async (request, reply) => {
    const tenant = await tenantOf(request.params.tenant)
    const person = await signIn.requireSignedIn(request, reply, tenant, request.url)
    if (person === null) return reply
    return reply
      .type('text/html')
      .send(
        `<h1>Desk of ${person.account.subject.userPrincipalName}</h1>` +
          `<form method="post" action="/${tenant.id}/desk"><input name="csrf" value="${person.csrf}"></form>`,
      )
  })
  app.post<{ Params: { tenant: string } }>('/:tenant/desk', async (request, reply) => {
    const tenant = await tenantOf(request.params.tenant)
    const person = await signIn.findSignedIn(request, reply, tenant)
    const ours = person?.isOurForm(request) ?? false
    return reply
      .status(ours ? 200 : 403)
      .type('text/html')
      .send('<h1>Posted</h1>')
  })
  app.get<{ Params: { tenant: string }; Querystring: { to?: string } }>(
    '/:tenant/careless',
    async (request, reply) => {
      const tenant = await tenantOf(request.params.tenant)
      await signIn.requireSignedIn(request, reply, tenant, request.query.to ?? '')
      return reply
    },
  )
})
let contoso: TestTenant
let fabrikam: TestTenant
let ann: string

beforeAll(async () => {
  contoso = await makeTenant(world, 'Contoso')
  fabrikam = await makeTenant(world, 'Fabrikam')
  ann = (await makeMember(contoso, 'ann')).userPrincipalName
})
afterAll(() => world.close())

const desk = () => `${world.deployment.baseUrl}/${contoso.tenant.id}/desk?tab=2`

async function signInToDesk(browser: TestBrowser): Promise<OpenedPage> {
  const password = await browser.submit(await browser.open(desk()), { identifier: ann })
  return browser.submit(await browser.submit(password, { password: PASSWORD }), { stay: 'no' })
}

describe('a page of ours', () => {
  test('asks who is there, and comes back with its query', async () => {
    const browser = world.browser()
    const identifier = await browser.open(desk())
    expect(titleOf(identifier)).toBe('Sign in')
    expect(textOf(identifier)).not.toContain('to continue to')
    const page = await signInToDesk(browser)
    expect(page.url.href).toBe(desk())
    expect(titleOf(page)).toBe(`Desk of ${ann}`)
    expect(titleOf(await browser.open(desk()))).toBe(`Desk of ${ann}`)
  })

  test('knows its own forms from those of others', async () => {
    const browser = world.browser()
    const page = await signInToDesk(browser)
    expect((await browser.submit(page, {})).status).toBe(200)
    expect((await browser.submit(page, { csrf: 'x'.repeat(43) })).status).toBe(403)
    const foreign = await browser.submit(page, {}, { headers: { origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
    const other = world.browser()
    await signInToDesk(other)
    expect((await other.submit(page, {})).status).toBe(403)
  })

  test('who cancels stays outside, and may try again', async () => {
    const browser = world.browser()
    const left = await browser.follow(await browser.open(desk()), 'Cancel')
    expect(titleOf(left)).toBe('You canceled')
    expect(titleOf(await browser.follow(left, 'Sign in after all'))).toBe('Sign in')
  })

  test('a session of one tenant is none of another', async () => {
    const browser = world.browser()
    await signInToDesk(browser)
    const page = await browser.open(`${world.deployment.baseUrl}/${fabrikam.tenant.id}/desk`)
    expect(titleOf(page)).toBe('Sign in')
  })
})

describe('the way back', () => {
  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    'javascript:alert(1)',
    '',
  ])('leads never to %j', async (to) => {
    const url = `${world.deployment.baseUrl}/${contoso.tenant.id}/careless?${new URLSearchParams({ to })}`
    const response = await world.browser().request(url)
    expect(response.status).toBe(500)
    expect(response.headers.get('location')).toBeNull()
  })

  test('is known to the browser that set out, and to nobody else', async () => {
    const browser = world.browser()
    const page = await signInToDesk(browser)
    expect(titleOf(page)).toBe(`Desk of ${ann}`)
    const returned = browser.visited.find((address) => address.includes('/signed-in?')) ?? ''
    expect(returned).toContain('state=')
    const stranger = await world.browser().open(returned)
    expect(titleOf(stranger)).toBe('This page has expired')
    const made = await browser.open(`/${contoso.tenant.id}/signed-in?state=made-up&code=1`)
    expect(titleOf(made)).toBe('This page has expired')
  })
})
