import { describe, expect, test } from 'vitest'
import { contextOf, newTenant, testDeployment } from '../../../test/kit/deployment.ts'
import type { Context } from '../../platform/context.ts'
import { acceptPasscode, issuePasscode } from './service.ts'

const deployment = testDeployment()
const address = 'Zoe@example.org'

const newContext = async (): Promise<Context> => contextOf(deployment, await newTenant(deployment))
const issue = (ctx: Context, to = address) =>
  ctx.db.transaction((tx) => issuePasscode(ctx, tx, deployment.keyring, 'signIn', to))
const accept = (
  ctx: Context,
  code: string,
  from = address,
  purpose: 'signIn' | 'invitationSenders' = 'signIn',
) => ctx.db.transaction((tx) => acceptPasscode(ctx, tx, deployment.keyring, purpose, from, code))
const newCode = async (ctx: Context): Promise<string> => {
  const issued = await issue(ctx)
  if (issued.outcome !== 'issued') throw new Error('no code')
  return issued.code
}

describe('OTP-3: a passcode', () => {
  test('has eight digits and opens once, however it is typed', async () => {
    const ctx = await newContext()
    const code = await newCode(ctx)
    expect(code).toMatch(/^\d{8}$/)
    expect(await accept(ctx, ` ${code.slice(0, 4)}-${code.slice(4)} `, 'zoe@EXAMPLE.org')).toEqual({
      outcome: 'accepted',
    })
    expect(await accept(ctx, code)).toEqual({ outcome: 'refused', reason: 'expired' })
  })

  test('opens for exactly one of fifty simultaneous requests', async () => {
    const ctx = await newContext()
    const code = await newCode(ctx)
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => accept(ctx, code)))
    expect(verdicts.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
  })

  test('ends after thirty minutes', async () => {
    const ctx = await newContext()
    const code = await newCode(ctx)
    deployment.clock.advance(30 * 60_000)
    expect(await accept(ctx, code)).toEqual({ outcome: 'refused', reason: 'expired' })
  })

  test('is void as soon as a newer one exists', async () => {
    const ctx = await newContext()
    const older = await newCode(ctx)
    const newer = await newCode(ctx)
    expect(await accept(ctx, older)).toEqual({ outcome: 'refused', reason: 'wrong' })
    expect(await accept(ctx, newer)).toEqual({ outcome: 'accepted' })
  })

  test('dies of five wrong tries', async () => {
    const ctx = await newContext()
    const code = await newCode(ctx)
    const wrong = code === '00000000' ? '00000001' : '00000000'
    for (let tries = 1; tries < 5; tries += 1) {
      expect(await accept(ctx, wrong)).toEqual({ outcome: 'refused', reason: 'wrong' })
    }
    expect(await accept(ctx, wrong)).toEqual({ outcome: 'refused', reason: 'tooManyTries' })
    expect(await accept(ctx, code)).toEqual({ outcome: 'refused', reason: 'tooManyTries' })
  })

  test('is sent five times in a quarter of an hour and not a sixth, then again', async () => {
    const ctx = await newContext()
    const sends = await Promise.all(Array.from({ length: 12 }, () => issue(ctx)))
    expect(sends.filter(({ outcome }) => outcome === 'issued')).toHaveLength(5)
    expect((await issue(ctx, 'other@example.org')).outcome).toBe('issued')
    deployment.clock.advance(15 * 60_000)
    expect((await issue(ctx)).outcome).toBe('issued')
  })

  test('opens nothing else: not for another address, purpose or tenant', async () => {
    const [ctx, other] = await Promise.all([newContext(), newContext()])
    const code = await newCode(ctx)
    const refused = { outcome: 'refused', reason: 'wrong' }
    expect(await accept(ctx, code, 'ann@example.org')).toEqual(refused)
    expect(await accept(ctx, code, address, 'invitationSenders')).toEqual(refused)
    expect(await accept(other, code)).toEqual(refused)
    await issue(other)
    expect(await accept(other, code)).toEqual(refused)
    expect(await accept(ctx, code)).toEqual({ outcome: 'accepted' })
  })
})
