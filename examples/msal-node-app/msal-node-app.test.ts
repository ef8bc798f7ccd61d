import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownDatabase } from '../../test/kit/own-database.ts'
import { freePort } from '../../test/kit/port.ts'
import { type Issuer, PlainBrowser, startIssuer } from '../issuer.fixture.ts'

const { database } = ownDatabase()
let issuer: Issuer
let program: ChildProcess
let origin: string
let trusting: Agent

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  issuer = await startIssuer(database, { tls: true, applicationOrigin: origin })
  const ca = issuer.caFile ?? ''
  trusting = new Agent({ connect: { ca: readFileSync(ca) } })
  const [contoso] = issuer.demo.tenants
  const [application] = contoso?.applications ?? []
  program = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      // The demo registered this address for the other example; which path it has is the application's affair.
      REDIRECT_URI: `${origin}/callback`,
      NODE_EXTRA_CA_CERTS: ca,
      AUTHORITY: `${issuer.baseUrl}/${contoso?.id}`,
      CLIENT_ID: application?.appId ?? '',
      CLIENT_SECRET: application?.secret ?? '',
    },
  })
  const { stdout } = program
  if (stdout === null) throw new Error('stdout is piped')
  await once(stdout, 'data')
})

afterAll(async () => {
  program?.kill()
  await issuer?.close()
  await trusting?.close()
})

/** A browser that trusts the development authority, as people do after they have imported it. */
const browser = () =>
  new PlainBrowser(
    // undici's own types differ from those of the global fetch, which is undici, too.
    ((url: URL, init: object) =>
      undiciFetch(url, { ...init, dispatcher: trusting })) as unknown as typeof fetch,
  )

test('the unmodified @azure/msal-node signs a person in over https and keeps the token', async () => {
  const otto = browser()
  const { status, page } = await otto.open(`${origin}/?login_hint=otto%40contoso.example`)
  expect(status).toBe(200)
  const [contoso] = issuer.demo.tenants
  const facts: unknown = JSON.parse(page)
  expect(facts).toMatchObject({
    username: 'otto@contoso.example',
    name: 'Otto Lang',
    tenantId: contoso?.id,
    homeAccountId: `${contoso?.users[2]?.id}.${contoso?.id}`,
    idTokenClaims: { acct: 0, oid: contoso?.users[2]?.id, ver: '2.0' },
    tokenFromCache: true,
  })
})

test('a person who declines is told so', async () => {
  const { status, page } = await browser().open(`${origin}/`)
  expect(status).toBe(403)
  expect(page).toContain('access_denied')
})

test('an answer that another browser began is refused', async () => {
  const { status } = await browser().open(`${origin}/callback?code=x&state=y`)
  expect(status).toBe(400)
})
