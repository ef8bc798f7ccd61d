import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  type AccountInfo,
  type AuthorizationCodeRequest,
  type AuthorizationUrlRequest,
  ConfidentialClientApplication,
  type Configuration,
  CryptoProvider,
} from '@azure/msal-node'

/**
 * The way of Microsoft's samples for MSAL Node, confidential client: nothing in it is of Xenia but the authority.
 * https://github.com/AzureAD/microsoft-authentication-library-for-js/tree/dev/samples/msal-node-samples/auth-code
 */
const SERVER_PORT = Number(process.env['PORT'] ?? '3000')
const REDIRECT_URI = process.env['REDIRECT_URI'] ?? `http://localhost:${SERVER_PORT}/redirect`
const SCOPES = ['user.read']
const authority = required('AUTHORITY')

const config: Configuration = {
  auth: {
    clientId: required('CLIENT_ID'),
    authority,
    clientSecret: required('CLIENT_SECRET'),
    // An authority that is not Microsoft's has to be named as known.
    knownAuthorities: [new URL(authority).host],
  },
}

const cca = new ConfidentialClientApplication(config)
const cryptoProvider = new CryptoProvider()

/** Sign-ins under way: state → PKCE verifier. */
const pending = new Map<string, string>()
/** Signed-in browsers: session → account in MSAL's token cache. */
const signedIn = new Map<string, AccountInfo>()

async function signIn(response: ServerResponse, loginHint: string | null): Promise<void> {
  const { verifier, challenge } = await cryptoProvider.generatePkceCodes()
  const state = cryptoProvider.createNewGuid()
  pending.set(state, verifier)
  const authCodeUrlParameters: AuthorizationUrlRequest = {
    scopes: SCOPES,
    redirectUri: REDIRECT_URI,
    state,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    ...(loginHint === null ? {} : { loginHint }),
  }
  redirect(response, await cca.getAuthCodeUrl(authCodeUrlParameters), state)
}

async function finishSignIn(query: URLSearchParams, cookie: string, response: ServerResponse): Promise<void> {
  const state = query.get('state') ?? ''
  const verifier = pending.get(state)
  if (verifier === undefined || cookie !== state)
    return send(response, 400, 'This sign-in is over. Start again.')
  pending.delete(state)
  const code = query.get('code')
  if (code === null) return send(response, 403, `${query.get('error')}: ${query.get('error_description')}`)

  const tokenRequest: AuthorizationCodeRequest = {
    code,
    scopes: SCOPES,
    redirectUri: REDIRECT_URI,
    codeVerifier: verifier,
  }
  const { account } = await cca.acquireTokenByCode(tokenRequest)
  if (account === null) throw new Error('MSAL found no account in the answer.')
  const session = randomBytes(32).toString('base64url')
  signedIn.set(session, account)
  redirect(response, '/', session)
}

/** Who is signed in, and what the Graph API says with the token that MSAL keeps and renews. */
async function showPerson(response: ServerResponse, account: AccountInfo): Promise<void> {
  const { accessToken, fromCache } = await cca.acquireTokenSilent({ account, scopes: SCOPES })
  const me = await fetch(`${new URL(authority).origin}/v1.0/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  const facts = {
    username: account.username,
    name: account.name,
    tenantId: account.tenantId,
    homeAccountId: account.homeAccountId,
    idTokenClaims: account.idTokenClaims,
    tokenFromCache: fromCache,
    me: { status: me.status, body: await me.text() },
  }
  send(response, 200, JSON.stringify(facts, null, 2))
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', REDIRECT_URI)
  const cookie = /(?:^|;\s*)msal-example=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
  if (url.pathname === new URL(REDIRECT_URI).pathname) return finishSignIn(url.searchParams, cookie, response)
  if (url.pathname !== '/') return send(response, 404, 'There is no such page.')
  const account = signedIn.get(cookie)
  return account === undefined
    ? signIn(response, url.searchParams.get('login_hint'))
    : showPerson(response, account)
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error)
    send(response, 500, 'Something went wrong; the console has more.')
  })
}).listen(SERVER_PORT, '127.0.0.1', () => console.log(`MSAL Node example at http://localhost:${SERVER_PORT}`))

/** Plain text: what others wrote is shown as it is and runs nowhere. */
function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

function redirect(response: ServerResponse, to: string, session: string): void {
  const cookie = `msal-example=${session}; Path=/; HttpOnly; SameSite=Lax`
  response.writeHead(303, { location: to, 'set-cookie': cookie }).end()
}

function required(name: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  console.error(`Set ${name}; README.md beside this file says where to find it.`)
  process.exit(1)
}
