import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newTenant, testDeployment } from '../../../test/kit/deployment.ts'
import { freePort } from '../../../test/kit/port.ts'
import { createHttpServer } from '../../platform/http/server.ts'
import { createMetrics } from '../../platform/telemetry/metrics.ts'
import type { Tenant } from '../../tenants/index.ts'
import type { ClientFacts, EngineDirectory, ResourceFacts } from './facts.ts'
import { createEngineHost } from './host.ts'
import { mountEngine } from './http.ts'
import { finishInteraction, readInteraction } from './interactions.ts'
import type { EnginePages } from './provider.ts'

/**
 * The protocol engine by itself: a directory of plain facts in place of the product's, and a sign-in page that
 * signs Ann in at once.
 */
const ann = '11111111-1111-4111-8111-111111111111'
const web = '22222222-2222-4222-8222-222222222222'
const api = '33333333-3333-4333-8333-333333333333'
const other = '44444444-4444-4444-8444-444444444444'
const secret = 'a-long-enough-secret'
const spaUri = 'https://spa.contoso.test/'
const redirectUri = 'https://app.contoso.test/callback'

const pair = await generateKeyPair('RS256')
const certificateKey = { ...(await exportJWK(pair.publicKey)), kid: 'cert', alg: 'RS256', use: 'sig' }

const shared = testDeployment()
const port = await freePort()
const deployment = { ...shared, baseUrl: `http://127.0.0.1:${port}` }
let tenant: Tenant
let accountEnabled = true
let sessionsValidFrom = new Date(0)
let consented: ReadonlyMap<string, readonly string[]> = new Map([[api, ['read', 'write']]])

const resources: readonly ResourceFacts[] = [api, other].map((appId) => ({
  appId,
  displayName: `API ${appId}`,
  servicePrincipalId: appId,
  scopes: ['read', 'write', 'admin'],
  scopesById: new Map([['read-id', 'read']]),
  optionalAccessTokenClaims: [],
}))

const client: ClientFacts = {
  clientId: web,
  displayName: 'Web',
  kind: 'application',
  redirectUris: { web: [redirectUri], spa: [spaUri], native: ['http://localhost/native'] },
  browserOrigins: ['https://spa.contoso.test'],
  postLogoutRedirectUris: [],
  allowsPublicClient: true,
  hasSecret: true,
  publicKeys: [certificateKey],
  implicitIdToken: false,
  declaredScopes: new Map([[api, ['read-id']]]),
  optionalIdTokenClaims: [{ name: 'acct', additionalProperties: [] }],
  servicePrincipalId: '55555555-5555-4555-8555-555555555555',
  assignmentRequired: false,
}

const directory: EngineDirectory = {
  findClient: async (id) => (id === web ? client : null),
  prepareForApplication: async () => {},
  verifySecret: async (_id, given) => given === secret,
  findAccount: async (id) =>
    id !== ann || !accountEnabled
      ? null
      : {
          subject: {
            tenantId: tenant.id,
            objectId: ann,
            displayName: 'Ann',
            userPrincipalName: 'ann_fabrikam.test#EXT#@contoso.test',
            mail: 'ann@fabrikam.test',
            userType: 'Guest',
            identityProvider: 'https://sts.fabrikam.test/',
            homeUserPrincipalName: 'ann@fabrikam.test',
          },
          homeObjectId: '66666666-6666-4666-8666-666666666666',
          homeTenantId: '77777777-7777-4777-8777-777777777777',
          sessionsValidFrom,
        },
  findResource: async (identifier) =>
    resources.find((resource) => identifier === `api://${resource.appId}` || identifier === resource.appId) ??
    null,
  consentsOf: async () => ({
    openId: ['openid', 'profile', 'email', 'offline_access'],
    resources: consented,
  }),
  applicationRoles: async () => ['Orders.Read.All'],
  userRoles: async () => ['Reader'],
  isAssigned: async () => false,
}

const plain = async () => 'page'
const pages: EnginePages = {
  interactionPath: (tenantId, uid) => `/${tenantId}/signin/${uid}`,
  renderError: async (_ctx, failure) =>
    `error page: ${failure.message} ${'error_description' in failure ? failure.error_description : ''}`,
  deviceCodeInput: async (_ctx, facts) => `xsrf=${facts.xsrf};`,
  deviceCodeConfirm: async (_ctx, facts) => `xsrf=${facts.xsrf};${facts.userCode}`,
  deviceCodeDone: plain,
  signOutConfirm: plain,
  signOutDone: plain,
}

const app = createHttpServer({
  ids: shared.ids,
  log: shared.log,
  metrics: createMetrics(),
  tls: null,
  trustedProxies: [],
  readyWhen: [],
})

const host = createEngineHost(deployment, () => directory, pages)
mountEngine(app, {
  deployment,
  host,
  chooseTenant: async (_request, reply, segment, query) => void reply.send(`choose ${segment} ${query}`),
  unknownTenant: async (_request, reply) => void reply.status(404).send('unknown tenant'),
})
app.get<{ Params: { tenant: string; uid: string } }>('/:tenant/signin/:uid', async (request, reply) => {
  const engine = await host.engineFor(tenant.id)
  const interaction = await readInteraction(engine, request, reply, deployment.baseUrl, request.params.uid)
  if (interaction === null) return reply.status(400).send('no interaction')
  const result = { login: { accountId: ann, amr: ['pwd'], remember: false }, select_account: {}, consent: {} }
  return reply.redirect(
    await finishInteraction(engine, request, reply, deployment.baseUrl, interaction, result),
    303,
  )
})

beforeAll(async () => {
  tenant = await newTenant(deployment)
  await app.listen({ port, host: '127.0.0.1' })
})
afterAll(() => app.close())

/** A browser's memory: cookies by name, path ignored since names differ per tenant. */
class Browser {
  readonly cookies = new Map<string, string>()
  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { ...headers, cookie, accept: 'text/html' },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) this.cookies.set(name, value)
    }
    return response
  }
  /** Follows redirects while they stay here; returns where the browser is sent outside, or the last page. */
  async follow(
    url: string,
  ): Promise<{ readonly location: URL | null; readonly page: string; readonly status: number }> {
    let next = url
    for (let hop = 0; hop < 10; hop += 1) {
      const response = await this.get(next)
      const location = response.headers.get('location')
      if (location === null) return { location: null, page: await response.text(), status: response.status }
      const target = new URL(location, deployment.baseUrl)
      if (target.origin !== new URL(deployment.baseUrl).origin)
        return { location: target, page: '', status: response.status }
      next = target.href
    }
    throw new Error('endless redirects')
  }
}

const verifier = 'v'.repeat(50)
const challenge = createHash('sha256').update(verifier).digest('base64url')

const authorizeUrl = (parameters: Record<string, string> = {}, segment: string = tenant.id): string =>
  `${deployment.baseUrl}/${segment}/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: web,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: `openid profile offline_access api://${api}/read`,
    state: 's',
    nonce: 'n',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...parameters,
  })}`

async function token(
  form: Record<string, string>,
  segment: string = tenant.id,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${deployment.baseUrl}/${segment}/oauth2/v2.0/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  })
  // The shapes are asserted by each test.
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, string>,
  }
}

async function newCode(parameters: Record<string, string> = {}): Promise<string> {
  const { location, page } = await new Browser().follow(authorizeUrl(parameters))
  const code = location?.searchParams.get('code')
  if (code == null) throw new Error(`no code: ${location?.href ?? page}`)
  return code
}

const redeem = (code: string, more: Record<string, string> = {}) =>
  token({
    grant_type: 'authorization_code',
    client_id: web,
    client_secret: secret,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...more,
  })

async function verified(jwt: string) {
  const response = await fetch(`${deployment.baseUrl}/${tenant.id}/discovery/v2.0/keys`)
  const keys = createLocalJWKSet((await response.json()) as { keys: [] })
  return jwtVerify(jwt, keys, { issuer: `${deployment.baseUrl}/${tenant.id}/v2.0` })
}

describe('an authorization code', () => {
  test('GTK-1, GTK-2, GTK-4: gives tokens with Entra’s claims', async () => {
    const { status, body } = await redeem(await newCode(), { client_info: '1' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, ext_expires_in: 3600 })
    expect(body['scope']?.split(' ').sort()).toEqual(
      [`api://${api}/read`, 'offline_access', 'openid', 'profile'].sort(),
    )
    expect(JSON.parse(Buffer.from(body['client_info'] ?? '', 'base64url').toString())).toEqual({
      uid: '66666666-6666-4666-8666-666666666666',
      utid: '77777777-7777-4777-8777-777777777777',
    })

    const id = await verified(body['id_token'] ?? '')
    expect(id.payload).toMatchObject({
      aud: web,
      tid: tenant.id,
      oid: ann,
      nonce: 'n',
      ver: '2.0',
      idp: 'https://sts.fabrikam.test/',
      acct: 1,
      name: 'Ann',
      preferred_username: 'ann@fabrikam.test',
      roles: ['Reader'],
    })
    expect(id.payload['upn']).toBeUndefined()
    expect(id.payload.sub).not.toBe(ann)

    const access = await verified(body['access_token'] ?? '')
    expect(access.protectedHeader.typ).toBe('JWT')
    expect(access.payload).toMatchObject({
      aud: api,
      azp: web,
      azpacr: '1',
      scp: 'read',
      oid: ann,
      tid: tenant.id,
      ver: '2.0',
    })
    // Core §8.1: another audience, another subject.
    expect(access.payload.sub).not.toBe(id.payload.sub)
  })

  test('is found by its tenant when it is redeemed at common', async () => {
    const code = await newCode()
    const form = {
      grant_type: 'authorization_code',
      client_id: web,
      client_secret: secret,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }
    expect((await token(form, 'common')).status).toBe(200)
  })

  test('works once: of fifty redemptions at the same time exactly one succeeds', async () => {
    const code = await newCode()
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(code)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status !== 200).map((answer) => answer.body['error'])).toEqual(
      Array.from({ length: 49 }, () => 'invalid_grant'),
    )
  })

  test('of this tenant is nothing in another', async () => {
    const code = await newCode()
    const stranger = await newTenant(deployment)
    const form = {
      grant_type: 'authorization_code',
      client_id: web,
      client_secret: secret,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }
    expect((await token(form, stranger.id)).body['error']).toBe('invalid_grant')
  })

  test.each([
    ['a wrong verifier', { code_verifier: 'w'.repeat(50) }, 501481],
    ['no verifier', { code_verifier: '' }, 501481],
    ['another redirect URI', { redirect_uri: 'https://app.contoso.test/other' }, 50011],
    ['a wrong secret', { client_secret: 'wrong' }, 7000215],
    ['an unknown client', { client_id: other }, 700016],
  ])('is refused with %s', async (_name, more, code) => {
    const { status, body } = await redeem(await newCode(), more)
    expect({ status: status >= 400 && status < 500, codes: body['error_codes'] }).toEqual({
      status: true,
      codes: [code],
    })
    expect(body['error_description']).toMatch(/^AADSTS\d+: .* Correlation ID: /)
  })

  test('RFC 8252 §7.3: a native loopback redirect may use any port, a web one may not', async () => {
    const native = await new Browser().follow(authorizeUrl({ redirect_uri: 'http://localhost:53211/native' }))
    expect(native.location?.port).toBe('53211')
    const web = await new Browser().follow(
      authorizeUrl({ redirect_uri: 'https://app.contoso.test:444/callback' }),
    )
    expect(web.location).toBeNull()
  })

  test.each([
    'https://app.contoso.test/callback/../evil',
    'https://app.contoso.test/callback?x=1',
    'https://app.contoso.test.evil.test/callback',
    'https://evil.test/https://app.contoso.test/callback',
    'https://app.contoso.test@evil.test/callback',
    'HTTPS://APP.CONTOSO.TEST/callback',
    'http://app.contoso.test/callback',
    'javascript:alert(1)',
    'http://localhost:1/native/extra',
  ])('is never sent to %s', async (uri) => {
    const { location, page, status } = await new Browser().follow(authorizeUrl({ redirect_uri: uri }))
    expect({ location, status }).toEqual({ location: null, status: 400 })
    expect(page).toContain('error page')
  })
})

describe('a code of a web platform', () => {
  test('is worth nothing without client authentication', async () => {
    expect((await redeem(await newCode(), { client_secret: '' })).body['error']).toBe('invalid_grant')
  })
})

describe('a refresh token', () => {
  const refresh = (refresh_token: string, more: Record<string, string> = {}) =>
    token({ grant_type: 'refresh_token', client_id: web, client_secret: secret, refresh_token, ...more })
  const newRefreshToken = async () => (await redeem(await newCode())).body['refresh_token'] ?? ''

  test('rotates, and its reuse ends the whole chain', async () => {
    const first = await newRefreshToken()
    const second = (await refresh(first)).body['refresh_token'] ?? ''
    expect(second).not.toBe(first)
    expect((await refresh(first)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(second)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('works once: of fifty refreshes at the same time exactly one succeeds', async () => {
    const value = await newRefreshToken()
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(value)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })

  test('serves another resource that was consented to, and none that was not', async () => {
    consented = new Map([
      [api, ['read']],
      [other, ['read']],
    ])
    const first = await newRefreshToken()
    const answer = await refresh(first, { scope: `api://${other}/read openid offline_access` })
    expect(decodeJwt(answer.body['access_token'] ?? '').aud).toBe(other)
    expect(answer.body['scope']).toContain(`api://${other}/read`)
    consented = new Map([[api, ['read']]])
    const refused = await refresh(answer.body['refresh_token'] ?? '', { scope: `api://${other}/read` })
    expect(refused.body['error']).toMatch(/invalid_/)
    consented = new Map([[api, ['read', 'write']]])
  })

  test('dies with its account and with a revocation of sessions (RST-2)', async () => {
    const disabled = await newRefreshToken()
    accountEnabled = false
    expect((await refresh(disabled)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50173] })
    accountEnabled = true
    const revoked = await newRefreshToken()
    sessionsValidFrom = new Date(Date.now() + 5_000)
    expect((await refresh(revoked)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50173] })
    sessionsValidFrom = new Date(0)
  })

  test('of a client that authenticated is useless without authentication', async () => {
    const value = await newRefreshToken()
    expect((await refresh(value, { client_secret: '' })).status).toBe(400)
    expect((await refresh(value)).status).toBe(200)
  })

  test('of a browser application does not outlive its first day by rotating', async () => {
    const code = await newCode({ redirect_uri: spaUri })
    const form = { client_id: web, redirect_uri: spaUri, code_verifier: verifier }
    const first = await token({ ...form, grant_type: 'authorization_code', code })
    shared.clock.advance(23 * 3600 * 1000)
    const rotate = (refresh_token = '') =>
      token({ client_id: web, grant_type: 'refresh_token', refresh_token })
    const second = await rotate(first.body['refresh_token'])
    expect(second.status).toBe(200)
  })

  test('of .default covers what the application declares', async () => {
    const { body } = await redeem(await newCode({ scope: `openid api://${api}/.default` }))
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ aud: api, scp: 'read' })
  })

  test('is given only to those who ask for offline_access', async () => {
    const { body } = await redeem(await newCode({ scope: `openid api://${api}/read` }))
    expect(body['refresh_token']).toBeUndefined()
  })
})

describe('an application itself', () => {
  const form = { grant_type: 'client_credentials', client_id: web, scope: `api://${api}/.default` }

  test('gets a token with its roles by secret', async () => {
    const { body } = await token({ ...form, client_secret: secret })
    expect((await verified(body['access_token'] ?? '')).payload).toMatchObject({
      aud: api,
      azp: web,
      azpacr: '1',
      idtyp: 'app',
      oid: client.servicePrincipalId,
      roles: ['Orders.Read.All'],
    })
    expect(decodeJwt(body['access_token'] ?? '')['scp']).toBeUndefined()
    expect(body['refresh_token']).toBeUndefined()
  })

  const assertion = (claims: Record<string, unknown> = {}, key = pair.privateKey) =>
    new SignJWT({ jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'RS256', x5t: 'thumbprint' })
      .setIssuer(web)
      .setSubject(web)
      .setAudience(`${deployment.baseUrl}/${tenant.id}/oauth2/v2.0/token`)
      .setExpirationTime('5m')
      .sign(key)
  const byAssertion = async (jwt: string) =>
    token({
      ...form,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    })

  test('gets a token by certificate (RFC 7523)', async () => {
    const { body } = await byAssertion(await assertion())
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ azpacr: '2' })
  })

  test('cannot use one assertion twice, even at the same time', async () => {
    const jwt = await assertion()
    const answers = await Promise.all(Array.from({ length: 20 }, () => byAssertion(jwt)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })

  test('is refused with a foreign key', async () => {
    const foreign = await generateKeyPair('RS256')
    expect((await byAssertion(await assertion({}, foreign.privateKey))).body).toMatchObject({
      error: 'invalid_client',
    })
  })

  test.each([
    ['no scope', { scope: '' }, 1002012],
    ['a scope that is not .default', { scope: `api://${api}/read` }, 1002012],
    ['an unknown resource', { scope: 'api://nowhere/.default' }, 500011],
    ['a resource parameter', { resource: `api://${api}` }, 901002],
    ['no secret', { client_secret: '' }, 7000218],
  ])('is refused with %s', async (_name, more, code) => {
    const { status, body } = await token({ ...form, client_secret: secret, ...more })
    expect({ refused: status >= 400 && status < 500, codes: body['error_codes'] }).toEqual({
      refused: true,
      codes: [code],
    })
  })
})

describe('the correlation id of an error', () => {
  const own = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
  const post = (search: string, more: Record<string, string>, headers: Record<string, string>) =>
    fetch(`${deployment.baseUrl}/${tenant.id}/oauth2/v2.0/token${search}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: web, ...more }),
    })

  test.each([
    ['a header', '', {}, { 'client-request-id': own }],
    ['a form parameter, as MSAL does', '', { 'client-request-id': own.toUpperCase() }, {}],
    ['a query parameter, as MSAL does in browsers', `?client-request-id=${own}`, {}, {}],
  ])('is the one that the client sent as %s', async (_name, search, more, headers) => {
    expect(await (await post(search, more, headers)).json()).toMatchObject({ correlation_id: own })
  })

  test('is ours where the client sent something else', async () => {
    const answer = await post('', { 'client-request-id': '<script>' }, {})
    expect(await answer.json()).toMatchObject({ correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })
})

describe('addresses', () => {
  test('the Host and forwarding headers of a caller change nothing', async () => {
    const headers = {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.test',
    }
    const discovery = await fetch(
      `${deployment.baseUrl}/${tenant.id}/v2.0/.well-known/openid-configuration`,
      { headers },
    )
    expect(await discovery.text()).not.toContain('evil.test')
    const response = await new Browser().get(authorizeUrl(), headers)
    expect(response.headers.get('location')).toMatch(
      new RegExp(`^(${deployment.baseUrl})?/${tenant.id}/signin/`),
    )
  })

  test('a tenant is addressed by GUID or verified domain, and answers with one issuer', async () => {
    for (const segment of [tenant.id, tenant.initialDomain, tenant.id.toUpperCase()]) {
      const response = await fetch(`${deployment.baseUrl}/${segment}/v2.0/.well-known/openid-configuration`)
      expect(await response.json()).toMatchObject({ issuer: `${deployment.baseUrl}/${tenant.id}/v2.0` })
    }
    const { location } = await new Browser().follow(authorizeUrl({}, tenant.initialDomain))
    expect(location?.searchParams.get('code')).toMatch(/^1\./)
  })

  test('an unknown tenant is an error with a code, or a page', async () => {
    const nowhere = deployment.ids.guid()
    expect((await token({ grant_type: 'client_credentials' }, nowhere)).body).toMatchObject({
      error_codes: [90002],
    })
    expect((await fetch(authorizeUrl({}, nowhere))).status).toBe(404)
    expect(
      (await fetch(`${deployment.baseUrl}/${nowhere}/v2.0/.well-known/openid-configuration`)).status,
    ).toBe(400)
  })

  test('common asks for the tenant, and its metadata has Entra’s placeholder', async () => {
    expect(await (await fetch(authorizeUrl({}, 'common'))).text()).toMatch(/^choose common \?/)
    const discovery = await fetch(`${deployment.baseUrl}/common/v2.0/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ issuer: `${deployment.baseUrl}/{tenantid}/v2.0` })
  })

  test('a browser application of a registered origin may read the token answer, another may not', async () => {
    const form = {
      grant_type: 'authorization_code',
      client_id: web,
      code: await newCode({ redirect_uri: spaUri }),
      redirect_uri: spaUri,
      code_verifier: verifier,
    }
    const allowed = await token(form, tenant.id, { origin: 'https://spa.contoso.test' })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://spa.contoso.test')
    const refused = await token({ ...form, code: await newCode({ redirect_uri: spaUri }) }, tenant.id, {
      origin: 'https://evil.test',
    })
    expect(refused.headers.get('access-control-allow-origin')).not.toBe('https://evil.test')
  })
})

describe('an interaction', () => {
  test('belongs to the browser that began it', async () => {
    const browser = new Browser()
    const begun = await browser.get(authorizeUrl())
    const page = new URL(begun.headers.get('location') ?? '', deployment.baseUrl).href
    expect((await new Browser().get(page)).status).toBe(400)
    expect((await browser.get(page)).status).toBe(303)
  })

  test('ends silently where prompt=none is asked and nobody is signed in', async () => {
    const { location } = await new Browser().follow(authorizeUrl({ prompt: 'none' }))
    expect(location?.searchParams.get('error')).toBe('login_required')
  })

  test('is not needed by somebody who is signed in', async () => {
    const browser = new Browser()
    await browser.follow(authorizeUrl())
    const { location } = await browser.follow(authorizeUrl({ prompt: 'none' }))
    expect(location?.searchParams.get('code')).toMatch(/^1\./)
  })

  test('is needed again after the moved clock ended the session', async () => {
    const browser = new Browser()
    await browser.follow(authorizeUrl())
    shared.clock.advance(91 * 24 * 3600 * 1000)
    const { location } = await browser.follow(authorizeUrl({ prompt: 'none' }))
    expect(location?.searchParams.get('error')).toBe('login_required')
  })
})
