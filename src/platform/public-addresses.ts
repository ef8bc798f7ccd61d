import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/**
 * IANA's special-purpose IPv4 ranges: nothing a customer may point us at. Every network's inside is in here, and
 * so are the metadata services of the clouds (169.254.169.254, 100.100.100.200, 192.0.0.192).
 */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure's platform service answers virtual machines under a public address.
  '168.63.129.16/32',
]

/**
 * IPv6 is the other way round: only global unicast is open, so loopback, unique-local, link-local, multicast and
 * IPv4-mapped addresses are closed without being named. Inside it, these are closed: documentation, Teredo and
 * other protocol ranges, and 6to4, which carries an IPv4 address within.
 */
const OPEN_IPV6 = ['2000::/3']
const CLOSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
/** RFC 6052: how a network without IPv4 reaches IPv4. The last 32 bits are the true address. */
const NAT64 = ['64:ff9b::/96']

const closedIpv4 = subnets(CLOSED_IPV4)
const openIpv6 = subnets(OPEN_IPV6)
const closedIpv6 = subnets(CLOSED_IPV6)
const nat64 = subnets(NAT64)
const loopback = subnets(['127.0.0.0/8', '::1/128'])

/** True for an address of the public internet; false for every other text, addresses with a zone (`%eth0`) included. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !closedIpv4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  if (nat64.check(address, 'ipv6')) return isPublicAddress(lastFourBytes(address))
  return openIpv6.check(address, 'ipv6') && !closedIpv6.check(address, 'ipv6')
}

export const isLoopbackAddress = (address: string): boolean => inList(loopback, address)

/** What the operator permits although it is not public. */
export interface AllowList {
  permitsHost(hostname: string, port: number): boolean
  permitsAddress(address: string, port: number): boolean
}

/** An entry of the allow list is neither host, address nor CIDR. */
export class InvalidAllowList extends Error {
  override readonly name = 'InvalidAllowList'
}

/**
 * Entries: a host name, an address (each with an optional `:port`) or a CIDR. A permitted host may resolve to
 * anything, so permit only names whose DNS the operator controls. Throws `InvalidAllowList`.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const rules = entries.map(parseEntry)
  const permits = (port: number, matches: (rule: Rule) => boolean) =>
    rules.some((rule) => (rule.port === null || rule.port === port) && matches(rule))
  return {
    permitsHost: (hostname, port) => permits(port, (rule) => rule.host === hostname),
    permitsAddress: (address, port) =>
      permits(port, (rule) => rule.list !== null && inList(rule.list, address)),
  }
}

interface Rule {
  readonly host: string | null
  readonly list: BlockList | null
  readonly port: number | null
}

function parseEntry(entry: string): Rule {
  const wrong = new InvalidAllowList(`'${entry}' is neither a host, an address nor a CIDR, e.g. 10.1.0.0/16.`)
  if (entry.includes('/')) {
    const [base = '', bits = ''] = entry.split('/')
    const widest = isIPv4(base) ? 32 : 128
    if (isIP(base) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > widest) throw wrong
    return { host: null, list: subnets([entry]), port: null }
  }
  const written = isIPv6(entry) ? `[${entry}]` : entry
  // The scheme is one without a default port, so that `host:443` keeps its port.
  if (!/^[^\s@?#\\]+$/.test(written) || !URL.canParse(`http://${written}`)) throw wrong
  const url = new URL(`http://${written}`)
  const port = /:(\d+)$/.exec(written)?.[1]
  const host = bareHostname(url)
  const family = isIP(host)
  return {
    host: family === 0 ? host : null,
    list: family === 0 ? null : subnets([`${host}/${family === 4 ? 32 : 128}`]),
    port: port === undefined || isIPv6(entry) ? null : Number(port),
  }
}

/** The host of an address as a resolver or an address check wants it: no brackets, no dot at the end. */
export const bareHostname = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')

function inList(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

function subnets(cidrs: readonly string[]): BlockList {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [base = '', bits = ''] = cidr.split('/')
    list.addSubnet(base, Number(bits), isIPv4(base) ? 'ipv4' : 'ipv6')
  }
  return list
}

function lastFourBytes(address: string): string {
  // A URL writes every IPv6 address in one form, without dotted decimals; the last two groups may be shortened.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':')
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
