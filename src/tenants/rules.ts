import { domainToASCII } from 'node:url'

/** Domain names compare in lower-case ASCII form (COL-6); `null` when it is no fully qualified domain name. */
export function normaliseDomain(text: string): string | null {
  const typed = text.trim().toLowerCase()
  // Node's parser reads a URL's host: it would cut off a path or a port and undo percent signs.
  if (/[\s/\\?#%@:[\]]/.test(typed)) return null
  const name = domainToASCII(typed)
  const labels = name.split('.')
  const wellFormed = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  const isAddress = /^[0-9.]+$/.test(name)
  return labels.length >= 2 && wellFormed && !isAddress && name.length <= 253 ? name : null
}

/** The domain of an address, normalised: what stands after its last `@` (COL-6). */
export function domainOf(address: string): string | null {
  const at = address.lastIndexOf('@')
  return at <= 0 ? null : normaliseDomain(address.slice(at + 1))
}

/** A TXT record proves control when one of its strings is exactly the verification text. */
export const provesControl = (records: readonly (readonly string[])[], verificationText: string): boolean =>
  records.some((chunks) => chunks.join('').trim() === verificationText)
