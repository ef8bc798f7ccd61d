/**
 * An address that an administrator or application typed, if it may stand in `href`; else `null`. Escaping does
 * not help against `javascript:` or `data:`, so only web addresses pass.
 */
export function webAddress(url: string | null | undefined): string | null {
  if (!url || !URL.canParse(url)) return null
  const parsed = new URL(url)
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : null
}

/** Where "who can help" points: a mail address, a web address, or only a text such as a phone number. */
export function contactLink(contact: string): string | null {
  if (/^[^\s@<>"?&:/]+@[^\s@<>"?&:/]+$/.test(contact)) return `mailto:${contact}`
  return webAddress(contact)
}

const RUNS_OR_SHOWS_CONTENT = new Set([
  'about:',
  'blob:',
  'data:',
  'file:',
  'filesystem:',
  'javascript:',
  'vbscript:',
])

/**
 * An address where the sign-in ends. Native applications register schemes of their own (RFC 8252 §7.1), so any
 * scheme passes except those that would run or show content as ours. Throws `RangeError`: a registered redirect
 * address that fails here should never have been accepted.
 */
export function onwardAddress(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || RUNS_OR_SHOWS_CONTENT.has(parsed.protocol))
    throw new RangeError('This address cannot be opened.')
  return parsed.href
}
