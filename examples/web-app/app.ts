import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  brokenPage,
  type Face,
  notFoundPage,
  personPage,
  privacyPage,
  refusedPage,
  signedOutPage,
  welcomePage,
} from './pages.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignIn, refusalOf, type SignIn, type SignInSettings } from './sign-in.ts'

export interface ExampleAppOptions extends SignInSettings, Partial<Face> {
  readonly port: number
  /** Address to listen on: this computer's own unless given. */
  readonly host?: string
}

export interface ExampleApp {
  readonly origin: string
  stop(): Promise<void>
}

/** Starts the application. Rejects when the port is taken. The issuer is first asked when somebody signs in. */
export async function startExampleApp(options: ExampleAppOptions): Promise<ExampleApp> {
  const { origin, port, host = '127.0.0.1' } = options
  const server: Server = createServer(exampleApp(options))
  server.listen(port, host)
  await once(server, 'listening')
  return {
    origin,
    stop: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

interface Parts {
  readonly face: Face
  readonly signIn: SignIn
  readonly sessions: Sessions
  readonly origin: string
}

export function exampleApp(options: SignInSettings & Partial<Face>): Handler {
  const { origin, issuer, clientId } = options
  const parts: Parts = {
    face: { name: options.name ?? 'Example application', organization: options.organization ?? 'Example' },
    signIn: createSignIn(options),
    sessions: createSessions(`example-${clientId.slice(0, 8)}`, origin.startsWith('https:')),
    origin,
  }
  const headers = pageHeaders(new URL(issuer).origin)
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    answer(parts, request, response).catch((error: unknown) => {
      console.error(error)
      send(response, 500, brokenPage(parts.face, 'Something went wrong here. Please try again.'))
    })
  }
}

const stylesheet = readFileSync(new URL('style.css', import.meta.url))

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { face, signIn, sessions, origin } = parts
  const { cookie } = request.headers
  // Never from the Host header: anybody could write another address into it.
  const url = new URL(request.url ?? '/', origin)
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /': {
      const session = sessions.find(cookie)
      return send(
        response,
        200,
        session?.kind === 'signedIn' ? personPage(face, session.claims) : welcomePage(face),
      )
    }
    case 'GET /sign-in': {
      const { url: onward, pending } = await signIn.begin(url.searchParams.get('login_hint'))
      response.setHeader('set-cookie', sessions.begin(cookie, { kind: 'signingIn', pending }))
      return redirect(response, onward)
    }
    case 'GET /callback':
      return finishSignIn(parts, url, cookie, response)
    case 'POST /sign-out': {
      const session = sessions.find(cookie)
      response.setHeader('set-cookie', sessions.end(cookie))
      return redirect(
        response,
        session?.kind === 'signedIn'
          ? await signIn.endSessionUrl(session.idToken)
          : new URL('/signed-out', origin),
      )
    }
    case 'GET /signed-out':
      return send(response, 200, signedOutPage(face))
    case 'GET /privacy':
      return send(response, 200, privacyPage(face))
    case 'GET /style.css':
      response.setHeader('content-type', 'text/css; charset=utf-8')
      response.end(stylesheet)
      return
    default:
      return send(response, 404, notFoundPage(face))
  }
}

async function finishSignIn(
  { face, signIn, sessions, origin }: Parts,
  url: URL,
  cookie: string | undefined,
  response: ServerResponse,
): Promise<void> {
  const session = sessions.find(cookie)
  if (session?.kind !== 'signingIn') {
    return send(response, 400, brokenPage(face, 'This sign-in was not begun in this browser, or is over.'))
  }
  // One answer per question: neither a success nor a failure can be played again.
  response.setHeader('set-cookie', sessions.end(cookie))
  try {
    const signedIn = await signIn.finish(url, session.pending)
    response.setHeader('set-cookie', sessions.begin(undefined, { kind: 'signedIn', ...signedIn }))
    return redirect(response, new URL('/', origin))
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== null) return send(response, 403, refusedPage(face, refusal.code, refusal.description))
    console.error(error)
    return send(response, 400, brokenPage(face, 'The answer of the sign-in service could not be trusted.'))
  }
}

function send(response: ServerResponse, status: number, page: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
  response.end(page)
}

function redirect(response: ServerResponse, to: URL): void {
  response.writeHead(303, { location: to.href }).end()
}

/** `form-action` names the issuer, too: browsers apply it to the redirect after signing out. */
const pageHeaders = (issuerOrigin: string): Readonly<Record<string, string>> => ({
  'content-security-policy': `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${issuerOrigin}; frame-ancestors 'none'; base-uri 'none'`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
})
