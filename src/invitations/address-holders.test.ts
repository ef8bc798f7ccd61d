import { describe, expect, test } from 'vitest'
import { matchGuest } from './address-holders.ts'
import { holder } from './facts.fixture.ts'

describe('RED-3: whom a typed address means on a direct link', () => {
  test('the guest with the proxy address, then one with mail, then one with otherMails', () => {
    const holders = [
      holder(['other'], { id: 'c' }),
      holder(['mail'], { id: 'b' }),
      holder(['proxy'], { id: 'a' }),
    ]
    expect(matchGuest(holders)).toMatchObject({ outcome: 'matched', account: { id: 'a' } })
    expect(matchGuest(holders.slice(0, 2))).toMatchObject({ account: { id: 'b' } })
    expect(matchGuest(holders.slice(0, 1))).toMatchObject({ account: { id: 'c' } })
  })

  test('nobody, a colleague only, or two guests with equal claim: not in this tenant', () => {
    const colleague = holder(['upn'], { origin: 'internal' })
    const twins = [holder(['mail'], { id: 'a' }), holder(['mail'], { id: 'b' })]
    for (const holders of [[], [colleague], twins]) expect(matchGuest(holders).outcome).toBe('notHere')
  })
})
