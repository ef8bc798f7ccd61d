import type { Platform, RedirectUris } from './model.ts'

/** Entra's limits, so that a manifest that fits there fits here. */
const MAX_LENGTH = 256
const MAX_COUNT = 256

/** Schemes that a browser would run or read from disk instead of handing them to an application. */
const DANGEROUS = new Set([
  'javascript:',
  'vbscript:',
  'data:',
  'file:',
  'blob:',
  'about:',
  'filesystem:',
  'ftp:',
])
const WEB_SCHEMES = new Set(['http:', 'https:', 'ws:', 'wss:'])
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface RedirectUriProblem {
  /** Graph path of the value: `web/redirectUris`. */
  readonly target: string
  readonly message: string
}

/**
 * Checks all redirect URIs of an application together, since a URI on two platforms would make it unclear how a
 * code may be redeemed. Sources: RFC 6749 §3.1.2, RFC 8252 §7 and 8.3, RFC 9700 §4.1.
 */
export function redirectUriProblems(uris: RedirectUris): readonly RedirectUriProblem[] {
  const problems: RedirectUriProblem[] = []
  const seen = new Set<string>()
  for (const platform of ['web', 'spa', 'publicClient'] as const) {
    for (const uri of uris[platform]) {
      const problem = seen.has(uri) ? 'is given more than once' : redirectUriProblem(platform, uri)
      seen.add(uri)
      if (problem !== null) {
        problems.push({
          target: `${platform}/redirectUris`,
          message: `The redirect URI '${uri}' ${problem}.`,
        })
      }
    }
  }
  if (seen.size > MAX_COUNT) {
    problems.push({
      target: 'web/redirectUris',
      message: `An application has at most ${MAX_COUNT} redirect URIs, not ${seen.size}.`,
    })
  }
  return problems
}

function redirectUriProblem(platform: Platform, uri: string): string | null {
  if (uri.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  // Spaces, control characters, backslashes and non-ASCII text are read differently by different parsers.
  if (!/^[!-~]+$/.test(uri) || /[\\<>"`{}|^]/.test(uri)) return 'contains a character that no URI may contain'
  if (uri.includes('#')) return 'has a fragment (RFC 6749 §3.1.2)'
  if (uri.includes('*')) return 'has a wildcard; give each address in full'
  const url = URL.parse(uri)
  if (url === null) return 'is not an absolute URI'
  if (DANGEROUS.has(url.protocol))
    return `has the scheme '${url.protocol}', which would not reach an application`
  if (url.username !== '' || url.password !== '' || /^[^:]+:\/\/[^/?]*@/.test(uri))
    return 'has user information'
  if (!WEB_SCHEMES.has(url.protocol)) {
    return platform === 'publicClient'
      ? customSchemeProblem(url)
      : `must begin with https://; other schemes are for the platform 'publicClient'`
  }
  if (url.protocol === 'ws:' || url.protocol === 'wss:') return 'must begin with https://'
  if (!writesItsHostPlainly(uri, url)) return 'must name its host plainly, in lower case and without escapes'
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) {
    return 'must begin with https://; http is for localhost, 127.0.0.1 and [::1] only'
  }
  return null
}

/** RFC 8252 §7.1: a private-use scheme, so a name with a body; `urn:ietf:wg:oauth:2.0:oob` is still in manifests. */
function customSchemeProblem(url: URL): string | null {
  return url.href.length > url.protocol.length ? null : 'has nothing after its scheme'
}

/** `https://ｅvil`, `http://0x7f.1` and `https://a%2eb` name another host to the parser than to the reader. */
function writesItsHostPlainly(uri: string, url: URL): boolean {
  const authority = /^https?:\/\/([^/?]*)/.exec(uri)?.[1] ?? ''
  return authority.replace(/:\d*$/, '') === url.hostname && url.hostname !== ''
}

/**
 * Which platform of the application does a request's `redirect_uri` belong to? Compared as written (RFC 9700
 * §4.1.3), but for the port of a native application's loopback address, which the system picks (RFC 8252 §7.3).
 */
export function matchRedirectUri(registered: RedirectUris, requested: string): Platform | null {
  for (const platform of ['web', 'spa', 'publicClient'] as const) {
    if (registered[platform].includes(requested)) return platform
  }
  const wanted = loopbackWithoutPort(requested)
  if (wanted === null) return null
  return registered.publicClient.some((uri) => loopbackWithoutPort(uri) === wanted) ? 'publicClient' : null
}

function loopbackWithoutPort(uri: string): string | null {
  // The same check as at registration: nothing that a parser reads differently may match.
  if (redirectUriProblem('publicClient', uri) !== null) return null
  const url = new URL(uri)
  if (url.protocol !== 'http:' || !LOOPBACK.has(url.hostname)) return null
  url.port = ''
  return url.href
}
