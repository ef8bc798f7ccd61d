export interface PageSecurity {
  /**
   * Where a form of this page may lead. Default: our own origin.
   *
   * Trap: browsers apply `form-action` to every redirect that follows the form post (measured in
   * `headers.browser.test.ts`), so a password form under the default cannot end at an application or at another
   * organisation's sign-in. Name the origins (`https://app.example`) when they are known; use `'any'` where the
   * end of the chain is not ours to know (a native app's own scheme, a federation that redirects on). The
   * directive is then left out; what remains is that every form is written by us and every value escaped.
   */
  readonly formAction?: readonly string[] | 'any'
  /** Lets the one self-hosted script with this nonce run; without it no script runs at all. */
  readonly scriptNonce?: string | undefined
  /**
   * True for pages that an application may open in a popup (everything below `authorize`). COOP would cut the
   * popup's tie to its opener, and msal-browser then reports `user_cancelled`.
   */
  readonly mayBePopup?: boolean
}

export function contentSecurityPolicy(security: PageSecurity = {}): string {
  const formAction = security.formAction ?? []
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    security.scriptNonce === undefined
      ? "script-src 'none'"
      : `script-src 'nonce-${checked(security.scriptNonce)}'`,
    ...(formAction === 'any' ? [] : [['form-action', "'self'", ...formAction.map(originOf)].join(' ')]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

/** All headers of a server-rendered page. HSTS is not here: it belongs to whoever ends TLS. */
export function pageHeaders(security: PageSecurity = {}): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(security),
    'cache-control': 'no-store',
    // Not `no-referrer`: browsers then send `Origin: null` with form posts, and an origin check would refuse
    // our own forms (Fetch §3.2, "serializing a request origin").
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex, nofollow',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cross-origin-opener-policy': security.mayBePopup === true ? 'unsafe-none' : 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }
}

/** Only an origin may enter the header: a path would be dropped after redirects, a space or `;` would inject. */
function originOf(url: string): string {
  const parsed = new URL(url)
  // Native applications redirect to schemes of their own, which have no origin: CSP then takes the bare scheme.
  return parsed.origin === 'null' ? parsed.protocol : parsed.origin
}

function checked(nonce: string): string {
  if (!/^[A-Za-z0-9+/_-]{22,}={0,2}$/.test(nonce))
    throw new RangeError('A nonce is 128 random bits in base64.')
  return nonce
}
