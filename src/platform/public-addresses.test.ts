import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidAllowList, isLoopbackAddress, isPublicAddress, parseAllowList } from './public-addresses.ts'

const closed = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '168.63.129.16',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:a00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::1',
  '64:ff9b:1::8.8.8.8',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '3fff::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700::1111%eth0',
  'fec0::1',
  'ff02::1',
]

describe('public addresses', () => {
  test.each(closed)('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '64:ff9b::8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test('no IPv4 address becomes public by being wrapped in IPv6', () => {
    const byte = fc.nat(255)
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const address = `${a}.${b}.${c}.${d}`
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false)
        expect(isPublicAddress(`::${address}`)).toBe(false)
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address))
      }),
    )
  })

  test('every spelling of an IPv6 address is judged alike', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        fc.pre(isIPv6(address))
        const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1)
        expect(isPublicAddress(shortest)).toBe(isPublicAddress(address))
      }),
    )
  })

  test('what is no address is not public', () => {
    for (const text of [
      '',
      'localhost',
      '8.8.8',
      '0x8.8.8.8',
      '8.8.8.8 ',
      'example.com',
      '[2606:4700::1111]',
    ]) {
      expect(isPublicAddress(text)).toBe(false)
    }
  })

  test('loopback is 127.0.0.0/8 and ::1', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '10.0.0.1', 'localhost', '::2'].map(isLoopbackAddress)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('the allow list', () => {
  test('a host is permitted by exact name, in any case, on any port or on the one given', () => {
    const list = parseAllowList(['IdP.internal', 'mail.internal:8443'])
    expect(list.permitsHost('idp.internal', 443)).toBe(true)
    expect(list.permitsHost('x.idp.internal', 443)).toBe(false)
    expect(list.permitsHost('mail.internal', 8443)).toBe(true)
    expect(list.permitsHost('mail.internal', 443)).toBe(false)
    expect(parseAllowList(['a.internal:443']).permitsHost('a.internal', 80)).toBe(false)
    expect(parseAllowList(['a.internal:80']).permitsHost('a.internal', 443)).toBe(false)
  })

  test('addresses and CIDRs are permitted in both families', () => {
    const list = parseAllowList(['10.1.0.0/16', '192.168.1.5:443', 'fd00::/8', '[::1]:9000', 'fe80::1'])
    expect(list.permitsAddress('10.1.255.1', 1)).toBe(true)
    expect(list.permitsAddress('10.2.0.1', 1)).toBe(false)
    expect(list.permitsAddress('192.168.1.5', 443)).toBe(true)
    expect(list.permitsAddress('192.168.1.5', 444)).toBe(false)
    expect(list.permitsAddress('192.168.1.6', 443)).toBe(false)
    expect(list.permitsAddress('fd12::9', 1)).toBe(true)
    expect(list.permitsAddress('::1', 9000)).toBe(true)
    expect(list.permitsAddress('::1', 9001)).toBe(false)
    expect(list.permitsAddress('fe80::1', 1)).toBe(true)
    expect(list.permitsAddress('not an address', 1)).toBe(false)
  })

  test.each([
    '',
    ' ',
    'a b',
    '10.0.0.0/33',
    'host/8',
    '10.0.0.0/',
    'https://x',
    'user@host',
    'host:99999',
    '/',
  ])('an entry that is nothing of these is refused: "%s"', (entry) => {
    expect(() => parseAllowList([entry])).toThrow(InvalidAllowList)
  })
})
