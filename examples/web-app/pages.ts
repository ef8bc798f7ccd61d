import type { Claims } from './sign-in.ts'

/** What the application calls itself and whose it is. */
export interface Face {
  readonly name: string
  readonly organization: string
}

export function welcomePage(face: Face): string {
  return page(
    face,
    'Welcome',
    html`<p>Please sign in. Guests use the account of their own organization.</p>
      <p><a class="button" href="/sign-in">Sign in</a></p>`,
  )
}

/** Who came, from where, and everything that the issuer says about them. */
export function personPage(face: Face, claims: Claims): string {
  const { organization } = face
  const name = text(claims, 'name') ?? text(claims, 'preferred_username') ?? claims.sub
  const signInName = text(claims, 'preferred_username') ?? text(claims, 'email')
  const provider = text(claims, 'idp')
  // `acct` is 1 for guests. It is an optional claim, so an application that was not given it looks for `idp`.
  const isGuest = claims['acct'] === 1 || (claims['acct'] === undefined && provider !== null)
  const home = isGuest ? homeOf(signInName, provider) : organization
  const rows = Object.entries(claims).map(
    ([claim, value]) =>
      html`<tr>
        <th scope="row">${claim}</th>
        <td>${typeof value === 'string' ? value : JSON.stringify(value)}</td>
      </tr>`,
  )
  return page(
    face,
    `Hello ${name}`,
    html`<p class="badge">${isGuest ? `Guest of ${organization}` : `Member of ${organization}`}</p>
      <dl>
        <dt>Name</dt>
        <dd>${name}</dd>
        <dt>Signed in as</dt>
        <dd>${signInName ?? 'unknown'}</dd>
        <dt>Signed in to</dt>
        <dd>${organization}</dd>
        <dt>Home organization</dt>
        <dd>${home}</dd>
      </dl>
      <form method="post" action="/sign-out"><button type="submit">Sign out</button></form>
      <table>
        <caption>
          What ${organization}’s ID token says
        </caption>
        <thead>
          <tr>
            <th scope="col">Claim</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>`,
  )
}

export const signedOutPage = (face: Face): string =>
  page(
    face,
    'You are signed out',
    html`<p>See you soon.</p>
      <p><a class="button" href="/sign-in">Sign in again</a></p>`,
  )

export const refusedPage = (face: Face, code: string, description: string): string =>
  page(
    face,
    code === 'access_denied' ? 'You are not signed in' : 'Signing in did not work',
    html`<p>${description === '' ? 'Nothing was shared with this application.' : description}</p>
      <p class="small">Error: ${code}</p>
      <p><a class="button" href="/sign-in">Try again</a></p>`,
  )

export const brokenPage = (face: Face, what: string): string =>
  page(
    face,
    'Signing in did not work',
    html`<p>${what}</p>
      <p><a class="button" href="/sign-in">Try again</a></p>`,
  )

export const privacyPage = (face: Face): string =>
  page(
    face,
    'Privacy',
    html`<p>
        ${face.organization} uses your name, your email address and your photo to show partners and colleagues who
        you are, and for nothing else.
      </p>
      <p>When you are no longer a guest, they are deleted after thirty days.</p>
      <p class="small">A sample of a privacy statement.</p>`,
  )

export const notFoundPage = (face: Face): string =>
  page(face, 'There is no such page', html`<p><a href="/">Go to the first page</a></p>`)

const text = (claims: Claims, name: string): string | null => {
  const value = claims[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** The domain of the sign-in name says it in words that people know; `idp` says it for certain. */
function homeOf(signInName: string | null, provider: string | null): string {
  const domain = signInName?.split('@')[1] ?? 'unknown'
  return provider === 'mail' ? `none: a code was mailed to ${signInName ?? 'them'}` : domain
}

/** Text that is markup already. Everything else that enters `html` is escaped. */
interface Markup {
  readonly markup: string
}

function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  const written = values.map((value) => {
    if (typeof value === 'string') return escaped(value)
    return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
  })
  return { markup: parts.map((part, place) => part + (written[place] ?? '')).join('') }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (raw: string): string => raw.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

function page({ name, organization }: Face, title: string, content: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – ${name}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="${organization.toLowerCase().replace(/[^a-z]/g, '')}">
        <header>
          <a href="/">${name}</a>
          <span>${organization}</span>
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
        <footer>
          An example application of ${organization}. <a href="/privacy">Privacy</a>
        </footer>
      </body>
    </html>`.markup
}
