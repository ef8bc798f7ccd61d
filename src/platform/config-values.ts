import { isIP } from 'node:net'
import { parseMasterKey } from './crypto/keyring.ts'
import { parseAllowList } from './public-addresses.ts'

/** How the server speaks: plain http behind a proxy, or https with its own or the operator's certificate. */
export type Tls =
  | { readonly kind: 'none' }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }

/** Comma separated, blanks around them ignored. */
export const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** `null`: it is no port. 0 lets the system choose one. */
export const portOf = (text: string): number | null =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null

export function tlsOf(text: string): Tls | null {
  if (text === 'none' || text === 'self-signed') return { kind: text }
  const [certificate, key, ...rest] = listOf(text)
  return certificate !== undefined && key !== undefined && rest.length === 0
    ? { kind: 'files', certificate, key }
    : null
}

/** An origin: nothing after the host and port but a slash. */
export function originOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  return url.href === `${url.origin}/` ? url.origin : null
}

/** Whether it is an address of one of these schemes (`smtp:`) that names a host. */
export function isAddressOf(schemes: readonly string[], text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && schemes.includes(url.protocol) && url.hostname !== ''
}

/** As pg reads it: the host may be missing, since a socket directory is named behind the question mark. */
export function isDatabaseUrl(text: string): boolean {
  const named = text.replace('@/', '@socket/')
  return URL.canParse(named) && /^postgres(ql)?:$/.test(new URL(named).protocol)
}

export const isMailAddress = (text: string): boolean =>
  /^[^\s@<>,;:"()[\]\\]+@(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[^\s\]]+\])$/i.test(text)

/** The first entry that is neither an address nor a CIDR. */
export const wrongSubnet = (entries: readonly string[]): string | undefined =>
  entries.find((entry) => {
    const [address = '', bits = '0', ...rest] = entry.split('/')
    const widest = isIP(address) === 6 ? 128 : 32
    return isIP(address) === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > widest
  })

/** What is wrong with it in words, or `null`. The words never repeat the key. */
export const masterKeyFault = (text: string): string | null => faultOf(() => parseMasterKey(text))

export const allowListFault = (entries: readonly string[]): string | null =>
  faultOf(() => parseAllowList(entries))

function faultOf(parse: () => unknown): string | null {
  try {
    parse()
    return null
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}
