import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { Invalid } from '../platform/errors.ts'
import { type PagesUnderTest, servePages } from './demo-pages.fixture.ts'
import { sampleDemo } from './description.fixture.ts'
import { aheadOf } from './pages/clock.tsx'

const HOUR = 3_600_000
const own = ownDatabase()
const us = sampleDemo.baseUrl
const [contoso, fabrikam] = sampleDemo.tenants
const maria = fabrikam?.users[0]?.userPrincipalName ?? ''

let served: PagesUnderTest

/** A browser that has opened a page: its cookie, and the token of that page's form. */
async function open(path: string) {
  const answer = await served.app.inject({ url: path })
  const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? ''
  const csrf = /name="csrf" value="([^"]+)"/.exec(answer.body)?.[1] ?? ''
  return { answer, cookie, csrf }
}

const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  served.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: us, ...headers },
    payload: new URLSearchParams(fields).toString(),
  })

const submit = async (path: string, from: string, fields: Record<string, string>) => {
  const { cookie, csrf } = await open(from)
  return post(path, { csrf, ...fields }, { cookie })
}

afterEach(async () => {
  await served.app.close()
  await own.database.pool.query('delete from deployment_settings')
})

describe('the first page', () => {
  beforeEach(async () => {
    served = await servePages({ database: own.database })
  })

  test('shows who can sign in, with what and where', async () => {
    const { answer } = await open('/')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    for (const tenant of sampleDemo.tenants) {
      for (const user of tenant.users) {
        expect(answer.body).toContain(`value="${user.userPrincipalName}"`)
        expect(answer.body).toContain(`value="${user.password}"`)
      }
      for (const application of tenant.applications) {
        expect(answer.body).toContain(`href="${application.signInUrl}"`)
        expect(answer.body, 'a secret is for scripts').not.toContain(application.secret)
      }
      expect(answer.body).toContain(`href="/${tenant.id}/my-organizations"`)
    }
    expect(answer.body).toContain('href="/dev/mailbox"')
    expect(answer.body).toContain('href="/dev/clock"')
  })

  test('its button invites Maria to Contoso as Adele, then shows her mail', async () => {
    const answer = await submit('/demo/invite', '/', { address: maria })
    expect(served.invitations).toEqual([
      {
        tenantId: contoso?.id,
        inviterId: contoso?.users[0]?.id,
        emailAddress: 'maria@fabrikam.example',
        displayName: 'Maria Santos',
        redirectUrl: 'http://localhost:8081/sign-in',
      },
    ])
    expect(answer.statusCode).toBe(303)
    const { answer: next } = await open(String(answer.headers.location))
    expect(next.body).toContain('href="/dev/mailbox/42"')
    expect(next.body).toContain('sunny-orchard-piano-93')
  })

  test('anybody else can be invited by address, and is shown no password', async () => {
    const answer = await submit('/demo/invite', '/', { address: ' kim@mail.example ' })
    expect(served.invitations).toMatchObject([{ emailAddress: 'kim@mail.example', displayName: null }])
    const { answer: next } = await open(String(answer.headers.location))
    expect(next.body).toContain('A code goes to')
    expect(next.body).not.toContain('Password')
  })

  test('a form of another site, without its token, or without its cookie invites nobody', async () => {
    const { cookie, csrf } = await open('/')
    const fields = { csrf, address: maria }
    const refused = [
      await post('/demo/invite', fields, { cookie, origin: 'https://evil.example' }),
      await post('/demo/invite', fields, { cookie, origin: 'null' }),
      await post('/demo/invite', { address: maria }, { cookie }),
      await post(
        '/demo/invite',
        { ...fields, csrf: csrf.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) },
        { cookie },
      ),
      await post('/demo/invite', fields),
      await post('/demo/invite', fields, { cookie: `xenia-demo=${'A'.repeat(43)}` }),
    ]
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(refused.map(() => 403))
    expect(refused[0]?.body).toContain(`href="${us}/"`)
    expect(served.invitations).toEqual([])
  })

  test('the page after it believes no mail that is no number', async () => {
    const { answer } = await open('/demo/invited?address=a%40b.example&mail=../../evil')
    expect(answer.body).not.toContain('evil')
    expect(answer.body).toContain('href="/dev/mailbox"')
  })

  test('text of the address bar is shown as text', async () => {
    const { answer } = await open(`/demo/invited?address=${encodeURIComponent('<script>alert(1)</script>')}`)
    expect(answer.body).not.toContain('<script')
  })
})

describe('an invitation', () => {
  test('that is refused says why, beside the address', async () => {
    served = await servePages({
      database: own.database,
      invite: async () => {
        throw new Invalid('The address is not one.')
      },
    })
    const answer = await submit('/demo/invite', '/', { address: 'nonsense' })
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('The address is not one.')
    expect(answer.body).toMatch(/<input[^>]*value="nonsense"[^>]*>/)
  })

  test('INV-8: of somebody who is in already leads straight to the application', async () => {
    served = await servePages({ database: own.database, invite: async () => 'alreadyGuest' })
    const answer = await submit('/demo/invite', '/', { address: maria })
    const { answer: next } = await open(String(answer.headers.location))
    expect(next.body).toContain('Maria Santos is a guest already')
    expect(next.body).toContain('href="http://localhost:8081/sign-in?login_hint=maria%40fabrikam.example"')
  })

  test('whose mail is slow leads to the mailbox', async () => {
    served = await servePages({ database: own.database, invite: async () => 'invitedWithoutMail' })
    const answer = await submit('/demo/invite', '/', { address: maria })
    const { answer: next } = await open(String(answer.headers.location))
    expect(next.body).toContain('The mail is on its way.')
    expect(next.body).toContain('href="/dev/mailbox"')
  })
})

test('without a demo the first page says so and invites nobody', async () => {
  served = await servePages({ database: own.database, demo: null })
  const { answer } = await open('/')
  expect(answer.body).toContain('no demo')
  expect(answer.body).toContain('href="/dev/clock"')
  const attempt = await post('/demo/invite', { address: maria })
  expect(attempt.statusCode).toBe(404)
})

describe('the clock page', () => {
  beforeEach(async () => {
    served = await servePages({ database: own.database })
  })

  test('moves the clock by its buttons and by days, and wakes the jobs', async () => {
    const answer = await submit('/dev/clock', '/dev/clock', { hours: '720' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/dev/clock'])
    await submit('/dev/clock', '/dev/clock', { days: '0.5' })
    expect(served.clock.offsetMilliseconds).toBe(732 * HOUR)
    expect(served.jobsWoken.times).toBe(2)
    const { answer: page } = await open('/dev/clock')
    expect(page.body).toContain('30 days and 12 hours ahead of this computer.')
  })

  test.each([
    { days: '-1' },
    { days: 'tomorrow' },
    { days: '' },
    { hours: '0' },
    { hours: 'x' },
    {},
    { days: '1e9' },
  ])('refuses %j and stays', async (fields) => {
    const answer = await submit('/dev/clock', '/dev/clock', fields)
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('aria-invalid="true"')
    expect(served.clock.offsetMilliseconds).toBe(0)
  })

  test('a form of another site does not move it', async () => {
    const { cookie, csrf } = await open('/dev/clock')
    const answer = await post('/dev/clock', { csrf, hours: '1' }, { cookie, origin: 'https://evil.example' })
    expect(answer.statusCode).toBe(403)
    expect(served.clock.offsetMilliseconds).toBe(0)
  })
})

describe('the clock for scripts', () => {
  beforeEach(async () => {
    served = await servePages({ database: own.database })
  })

  const send = (payload: string, headers: Record<string, string> = {}) =>
    served.app.inject({
      method: 'POST',
      url: '/dev/clock.json',
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    })

  test('tells the time and moves it', async () => {
    const moved = await send('{"advanceSeconds":90.5}')
    expect(moved.statusCode).toBe(200)
    expect(moved.json()).toMatchObject({ offsetMilliseconds: 90_500 })
    const asked = await served.app.inject({ url: '/dev/clock.json' })
    const { now, offsetMilliseconds } = asked.json()
    expect(offsetMilliseconds).toBe(90_500)
    expect(Date.parse(now)).toBeLessThanOrEqual(served.clock.now().getTime())
  })

  test.each([
    '',
    '{',
    '[]',
    '{}',
    '{"advanceSeconds":0}',
    '{"advanceSeconds":-5}',
    '{"advanceSeconds":"1"}',
    '{"advanceSeconds":1e12}',
    '{"advanceSeconds":0.0001}',
    '{"advanceSeconds":1,"more":1}',
  ])('refuses %s and stays', async (body) => {
    const answer = await send(body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ error: { code: 'BadRequest' } })
    expect(served.clock.offsetMilliseconds).toBe(0)
  })

  test('another site cannot move it: neither as JSON nor as a form, which browsers send unasked', async () => {
    const foreign = { origin: 'https://evil.example' }
    expect((await send('{"advanceSeconds":1}', foreign)).statusCode).toBe(403)
    const disguised = await send('{"advanceSeconds":1}', { 'content-type': 'text/plain' })
    expect(disguised.statusCode).toBe(415)
    expect(served.clock.offsetMilliseconds).toBe(0)
  })
})

test('the lead of the clock is told in words', () => {
  expect([0, HOUR, 24 * HOUR, 49 * HOUR, 90 * 24 * HOUR].map(aheadOf)).toEqual([
    'The same as this computer’s.',
    '1 hour ahead of this computer.',
    '1 day ahead of this computer.',
    '2 days and 1 hour ahead of this computer.',
    '90 days ahead of this computer.',
  ])
})
