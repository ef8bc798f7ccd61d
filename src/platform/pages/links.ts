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
  if (/^[^\s@<>"?&]+@[^\s@<>"?&]+$/.test(contact)) return `mailto:${contact}`
  return webAddress(contact)
}
