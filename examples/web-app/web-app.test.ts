import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { freePort } from '../../test/kit/port.ts'
import { type Issuer, PlainBrowser, startIssuer } from '../issuer.fixture.ts'
import { type ExampleApp, startExampleApp } from './app.ts'
import { personPage } from './pages.ts'
import { createSessions } from './sessions.ts'
import { createSignIn } from './sign-in.ts'

const { database } = ownDatabase()
let issuer: Issuer
let app: ExampleApp

beforeAll(async () => {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  issuer = await startIssuer(database, { tls: false, applicationOrigin: origin })
  app = await startExampleApp({ ...registration(), origin, port })
})

afterAll(async () => {
  await app?.stop()
  await issuer?.close()
})

function registration() {
  const [contoso] = issuer.demo.tenants
  const [application] = contoso?.applications ?? []
  if (contoso === undefined || application === undefined) throw new Error('no demo')
  return {
    issuer: contoso.issuer,
    clientId: application.appId,
    clientSecret: application.secret,
    name: application.displayName,
    organization: contoso.displayName,
  }
}

const signInAs = (name: string): string => `${app.origin}/sign-in?login_hint=${encodeURIComponent(name)}`

describe('with the real token service', () => {
  test('a person signs in and is shown with every claim of the ID token', async () => {
    const browser = new PlainBrowser()
    const { url, status, page } = await browser.open(signInAs('otto@contoso.example'))
    expect([url.href, status]).toEqual([`${app.origin}/`, 200])
    expect(page).toContain('Hello Otto Lang')
    expect(page).toContain('Member of Contoso')
    const claims = new Map(
      [...page.matchAll(/<th scope="row">([^<]+)<\/th>\s*<td>([^<]*)<\/td>/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    )
    const [contoso] = issuer.demo.tenants
    expect(Object.fromEntries(claims)).toMatchObject({
      iss: contoso?.issuer,
      aud: registration().clientId,
      tid: contoso?.id,
      oid: contoso?.users[2]?.id,
      name: 'Otto Lang',
      preferred_username: 'otto@contoso.example',
      email: 'otto@contoso.example',
      acct: '0',
      ver: '2.0',
      roles: '[&quot;Orders.Approve&quot;]',
    })
    expect((await browser.open(`${app.origin}/`)).page, 'and stays signed in').toContain('Hello Otto Lang')
  })

  test('two browsers are two people', async () => {
    const [one, other] = [new PlainBrowser(), new PlainBrowser()]
    await one.open(signInAs('otto@contoso.example'))
    await other.open(signInAs('gita@contoso.example'))
    expect((await one.open(`${app.origin}/`)).page).toContain('Hello Otto Lang')
    expect((await other.open(`${app.origin}/`)).page).toContain('Hello Gita Inoue')
  })

  test('signing out ends the session here and goes on to the token service', async () => {
    const browser = new PlainBrowser()
    await browser.open(signInAs('otto@contoso.example'))
    const { url } = await browser.open(`${app.origin}/sign-out`, {})
    expect(url.origin).toBe(issuer.baseUrl)
    expect(url.pathname).toMatch(/\/oauth2\/v2\.0\/logout/)
    expect((await browser.open(`${app.origin}/`)).page).toContain('Please sign in.')
  })

  test('a person who declines is told so, not signed in', async () => {
    const browser = new PlainBrowser()
    const { status, page } = await browser.open(`${app.origin}/sign-in`)
    expect(status).toBe(403)
    expect(page).toContain('You are not signed in')
    expect(page).toContain('access_denied')
    expect((await browser.open(`${app.origin}/`)).page).toContain('Please sign in.')
  })

  test('an answer that this browser did not ask for is refused', async () => {
    const browser = new PlainBrowser()
    const strange = await browser.open(`${app.origin}/callback?code=x&state=y`)
    expect(strange.status).toBe(400)
    expect(strange.page).toContain('not begun in this browser')
  })

  test('the secret is also a script’s way to the Graph API and to the application’s own', async () => {
    const rolesFor = async (scope: string) => {
      const { clientId, clientSecret } = registration()
      const response = await fetch(`${issuer.baseUrl}/contoso.example/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
          scope,
        }),
      })
      const answer: unknown = await response.json()
      const token = z.object({ access_token: z.string() }).parse(answer).access_token
      return decodeJwt(token)['roles']
    }
    expect(await rolesFor('https://graph.microsoft.com/.default')).toEqual(
      expect.arrayContaining(['User.Invite.All', 'User.Read.All', 'Group.Read.All', 'AuditLog.Read.All']),
    )
    expect(await rolesFor('api://partners.contoso.example/.default')).toEqual(['Orders.Approve'])
  })

  test('a wrong secret redeems nothing', async () => {
    const signIn = createSignIn({ ...registration(), clientSecret: 'wrong', origin: app.origin })
    const { url, pending } = await signIn.begin('otto@contoso.example')
    await expect(signIn.finish(await answerOf(url), pending)).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })

  test('asks the token service through the fetch that it is given', async () => {
    const asked: string[] = []
    const signIn = createSignIn({
      ...registration(),
      origin: app.origin,
      fetch: (url, init) => {
        asked.push(new URL(url).pathname.split('/').at(-1) ?? '')
        return fetch(url, init)
      },
    })
    const { url, pending } = await signIn.begin('otto@contoso.example')
    const { claims } = await signIn.finish(await answerOf(url), pending)
    expect(claims['name']).toBe('Otto Lang')
    expect(asked).toEqual(['openid-configuration', 'token', 'keys'])
  })

  test('an answer to another question is refused', async () => {
    const signIn = createSignIn({ ...registration(), origin: app.origin })
    const [one, other] = [
      await signIn.begin('otto@contoso.example'),
      await signIn.begin('otto@contoso.example'),
    ]
    const back = await answerOf(one.url)
    await expect(signIn.finish(back, other.pending)).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' })
    const wrongNonce = { ...one.pending, nonce: 'another' }
    await expect(signIn.finish(back, wrongNonce)).rejects.toMatchObject({
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    })
  })

  /** Where the token service sends the browser, without going there. */
  async function answerOf(url: URL): Promise<URL> {
    const at: { url: URL | null } = { url: null }
    const browser = new PlainBrowser(async (target, init) => {
      const wanted = new URL(String(target))
      if (wanted.origin !== app.origin) return fetch(target, init)
      at.url = wanted
      return new Response('arrived')
    })
    await browser.open(url.href)
    if (at.url === null) throw new Error('The browser was not sent back.')
    return at.url
  }
})

describe('the application itself', () => {
  test('builds its request from its own origin, whatever the Host header says', async () => {
    const response = await fetch(`${app.origin}/sign-in`, {
      redirect: 'manual',
      headers: { host: 'evil.example' },
    })
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.origin).toBe(issuer.baseUrl)
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      redirect_uri: `${app.origin}/callback`,
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile email',
    })
  })

  test('shows text of others as text', async () => {
    const { page } = await new PlainBrowser().open(
      `${app.origin}/callback?error=%3Cscript%3E&state=x&error_description=%3Cb%3E`,
    )
    expect(page).not.toMatch(/<script>|<b>/)
  })

  test('has a privacy statement, a stylesheet, and nothing else', async () => {
    const browser = new PlainBrowser()
    expect((await browser.open(`${app.origin}/privacy`)).page).toContain('Contoso uses your name')
    expect((await fetch(`${app.origin}/style.css`)).headers.get('content-type')).toBe(
      'text/css; charset=utf-8',
    )
    expect((await browser.open(`${app.origin}/other`)).status).toBe(404)
    expect((await browser.open(`${app.origin}/sign-in`, {})).status).toBe(404)
  })

  test('runs no script and can be framed by nobody', async () => {
    const { headers } = await fetch(`${app.origin}/`)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test('refuses a port that is taken', async () => {
    const port = Number(new URL(app.origin).port)
    await expect(startExampleApp({ ...registration(), origin: app.origin, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})

describe('who it says has come', () => {
  const face = { name: 'Contoso Partner Portal', organization: 'Contoso' }
  const claims = { iss: 'i', sub: 's', aud: 'a', iat: 0, exp: 0, name: 'Maria Santos' }
  const maria = {
    ...claims,
    preferred_username: 'maria@fabrikam.example',
    idp: 'https://login.xenia.test/h/',
  }

  test('GTK-4: a guest of the organisation, by `acct`', () => {
    const page = personPage(face, { ...maria, acct: 1 })
    expect(page).toContain('Guest of Contoso')
    expect(page).toContain('<dd>fabrikam.example</dd>')
  })

  test('GTK-2: a guest, by `idp` where the application was given no `acct`', () => {
    expect(personPage(face, maria)).toContain('Guest of Contoso')
  })

  test('a guest with a mailed code has no home organisation', () => {
    const page = personPage(face, { ...claims, acct: 1, idp: 'mail', preferred_username: 'kim@mail.example' })
    expect(page).toContain('none: a code was mailed to kim@mail.example')
  })

  test('an employee who signs in elsewhere is a member all the same', () => {
    expect(personPage(face, { ...maria, acct: 0 })).toContain('Member of Contoso')
  })
})

test('a session begun anew makes the old id worthless, and ends by its own cookie only', () => {
  const sessions = createSessions('name', false)
  const pending = { state: 's', nonce: 'n', codeVerifier: 'v' }
  const cookie = (header: string) => header.split(';')[0]
  const first = cookie(sessions.begin(undefined, { kind: 'signingIn', pending }))
  const second = cookie(sessions.begin(first, { kind: 'signingIn', pending }))
  expect(sessions.find(first)).toBeNull()
  expect(sessions.find(`other=1; ${second}`)).toMatchObject({ kind: 'signingIn' })
  sessions.end('name=guess')
  expect(sessions.find(second)).not.toBeNull()
  sessions.end(second)
  expect(sessions.find(second)).toBeNull()
})
