import { describe, expect, test } from 'vitest'
import { account, blockedBy, now, offer } from './facts.fixture.ts'
import { complete, resend, revoke, stateAt, statusOf, supersede } from './invitation-states.ts'
import { type InvitationState, nothingBlocks } from './model.ts'

const later = new Date(now.getTime() + 1_000)
const pending: InvitationState = { kind: 'pendingAcceptance', expiresAt: null }

describe('the life of an invitation', () => {
  const ended: readonly InvitationState[] = [
    { kind: 'completed', at: now, how: 'redeemed' },
    { kind: 'revoked', at: now, byId: 'ada' },
    { kind: 'superseded', at: now },
  ]
  const expired: InvitationState = { kind: 'pendingAcceptance', expiresAt: now }
  const again = {
    guest: account(),
    domainList: nothingBlocks,
    crossTenant: nothingBlocks,
    domain: 'fabrikam.com',
    lifetimeDays: 7,
  }

  test('RED-14: it completes once, and not when it has expired', () => {
    const completed = complete(offer(), 'redeemed', now)
    expect(completed).toMatchObject({
      outcome: 'moved',
      invitation: { state: { kind: 'completed', at: now, how: 'redeemed' } },
    })
    for (const state of [...ended, expired])
      expect(complete(offer({ state }), 'redeemed', now).outcome).toBe('refused')
  })

  test('INV-18: it is sent again only while pending, with a fresh end; an expired one comes back', () => {
    for (const state of [pending, expired]) {
      expect(resend({ ...again, invitation: offer({ state }) }, now)).toMatchObject({
        invitation: { state: { kind: 'pendingAcceptance', expiresAt: new Date('2026-03-08T12:00:00Z') } },
      })
    }
    for (const state of ended)
      expect(resend({ ...again, invitation: offer({ state }) }, now)).toMatchObject({
        kind: 'conflict',
        because: [{ rule: 'INV-18' }],
      })
  })

  test.each([
    [
      'the guest has accepted by another ticket',
      { guest: account({ externalUserState: 'Accepted' }) },
      'INV-18',
    ],
    ['the guest was deleted', { guest: null }, 'INV-18'],
    ['the domain is blocked by now', { domainList: blockedBy('COL-5') }, 'COL-10'],
    ['cross-tenant policy blocks by now', { crossTenant: blockedBy('EVAL-4') }, 'EVAL-6'],
  ])('INV-18: it is not sent again when %s', (_why, change, rule) => {
    const moved = resend({ ...again, ...change, invitation: offer() }, now)
    expect(moved).toMatchObject({ outcome: 'refused' })
    expect(moved.outcome === 'refused' && moved.because[0]?.rule).toBe(rule)
  })

  test('INV-17: it is revoked while pending or expired, and never twice', () => {
    for (const state of [pending, expired]) {
      expect(revoke(offer({ state }), 'ada', later)).toMatchObject({
        invitation: { state: { kind: 'revoked', at: later, byId: 'ada' } },
      })
    }
    for (const state of ended)
      expect(revoke(offer({ state }), 'ada', now)).toMatchObject({ kind: 'conflict' })
  })

  test('RST-2: a reset ends it while open and leaves ended ones as they are', () => {
    expect(supersede(offer(), now).state).toEqual({ kind: 'superseded', at: now })
    for (const state of ended) expect(supersede(offer({ state }), later).state).toEqual(state)
  })

  test('INV-11: expiry is derived, never stored', () => {
    expect(stateAt(expired, now)).toEqual({ kind: 'expired', at: now })
    expect(stateAt(expired, new Date(now.getTime() - 1))).toEqual(expired)
  })

  test('INV-1: status as Graph spells it', () => {
    expect([pending, ...ended, stateAt(expired, now)].map(statusOf)).toEqual([
      'PendingAcceptance',
      'Completed',
      'Error',
      'Error',
      'Error',
    ])
  })
})
