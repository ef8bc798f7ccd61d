import { beforeAll, describe, expect, test } from 'vitest'
import { contextOf, newTenant, testDeployment } from '../../../test/kit/deployment.ts'
import type { Context } from '../../platform/context.ts'
import { Throttled } from '../../platform/errors.ts'
import { purgeSignIns } from './store.ts'
import { countQuestion, networkOf, PER_ACCOUNT, PER_ADDRESS, throttleOf } from './throttle.ts'

const deployment = testDeployment()
let ctx: Context

beforeAll(async () => {
  ctx = contextOf(deployment, await newTenant(deployment))
})

let address = 0
/** Each from an address of its own, so that only what a test is about can stop it. */
const tryOf = (identifier: string, ipAddress = `2001:db8:${(address++).toString(16)}::1`) =>
  throttleOf(ctx, deployment.keyring, { identifier, familiarBrowser: null, ipAddress })

describe('LCK-1', () => {
  test('ten tries pass, the eleventh waits a minute, whoever makes it', async () => {
    for (let number = 0; number < PER_ACCOUNT.allowed; number += 1) {
      expect(await tryOf('ann@contoso.example').count()).toBeNull()
    }
    const until = await tryOf('ANN@contoso.example').count()
    expect(until?.getTime()).toBeGreaterThan(deployment.clock.now().getTime())
    expect(until?.getTime()).toBeLessThanOrEqual(deployment.clock.now().getTime() + 60_000)
  })

  test('a success clears the counter', async () => {
    for (let number = 0; number < 3 * PER_ACCOUNT.allowed; number += 1) {
      const tried = tryOf('ben@contoso.example')
      expect(await tried.count()).toBeNull()
      await tried.succeeded()
    }
  })

  test('a try that was not made is no failure', async () => {
    for (let number = 0; number < 3 * PER_ACCOUNT.allowed; number += 1) {
      const tried = tryOf('cleo@contoso.example')
      expect(await tried.count()).toBeNull()
      await tried.withdraw()
    }
  })

  test('a day without a try forgets the failures', async () => {
    const name = 'dan@contoso.example'
    for (let number = 0; number < PER_ACCOUNT.allowed; number += 1) await tryOf(name).count()
    deployment.clock.advance(24 * 3_600_000 + 1_000)
    for (let number = 0; number < PER_ACCOUNT.allowed; number += 1)
      expect(await tryOf(name).count()).toBeNull()
    expect(await tryOf(name).count()).not.toBeNull()
  })

  test('one address is stopped after a hundred names, and another goes on', async () => {
    for (let number = 0; number < PER_ADDRESS.allowed; number += 1) {
      expect(await tryOf(`name${number}@contoso.example`, '203.0.113.9').count()).toBeNull()
    }
    expect(await tryOf('one-more@contoso.example', '203.0.113.9').count()).not.toBeNull()
    expect(await tryOf('one-more@contoso.example', '::ffff:203.0.113.9').count()).not.toBeNull()
    expect(await tryOf('one-more@contoso.example', '203.0.113.10').count()).toBeNull()
  })

  test('a pause of one tenant is none of another', async () => {
    const name = 'eve@contoso.example'
    for (let number = 0; number <= PER_ACCOUNT.allowed; number += 1) await tryOf(name).count()
    const elsewhere = contextOf(deployment, await newTenant(deployment))
    const tried = { identifier: name, familiarBrowser: null, ipAddress: '203.0.113.77' }
    expect(await throttleOf(elsewhere, deployment.keyring, tried).count()).toBeNull()
  })

  test('three hundred questions from one network are enough for a while', async () => {
    const ask = (from: string) => countQuestion(ctx, deployment.keyring, from)
    for (let number = 0; number < 300; number += 1) await ask('2001:db8:ffff::1')
    await expect(ask('2001:db8:ffff::2')).rejects.toThrow(Throttled)
    await expect(ask('2001:db8:fffe::1')).resolves.toBeUndefined()
    deployment.clock.advance(61_000)
    await expect(ask('2001:db8:ffff::2')).resolves.toBeUndefined()
  })

  test('what says nothing any more is forgotten', async () => {
    await tryOf('fay@contoso.example').count()
    const purge = () => ctx.db.transaction((tx) => purgeSignIns(tx, deployment.clock.now()))
    await purge()
    expect(await purge()).toBe(0)
    deployment.clock.advance(24 * 3_600_000 + 1_000)
    expect(await purge()).toBeGreaterThan(0)
  })
})

test.each([
  ['198.51.100.7', '198.51.100.7'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('the network of %s is %s', (ipAddress, network) => {
  expect(networkOf(ipAddress)).toBe(network)
})
