import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AddressKind } from '../directory/index.ts'
import { directoryRoleTemplates as roles } from '../graph/index.ts'
import { Forbidden, Invalid, NotFound, PreconditionFailed } from '../platform/errors.ts'
import { app, blockedBy, holder, invitation, person, userAdministrator } from './facts.fixture.ts'
import type { InvitationFacts } from './invitation-facts.ts'
import type { AddressHolder } from './model.ts'
import { orThrow } from './refusal.ts'
import { decideInvitation } from './rules.ts'

const contact: AddressHolder = { account: { kind: 'contact', id: 'contact-1' } }

describe('INV-1: an address that nobody has', () => {
  test('becomes a new guest', () => {
    expect(decideInvitation(invitation({ invitedUserDisplayName: ' Ann Lee ' }))).toMatchObject({
      outcome: 'allowed',
      effect: {
        kind: 'createGuest',
        guest: { address: 'ann@fabrikam.com', displayName: 'Ann Lee', userType: 'Guest', ownsAddress: true },
      },
    })
  })

  test.each([null, '', '   '])(
    'has no name of its own when the display name is %j',
    (invitedUserDisplayName) => {
      expect(decideInvitation(invitation({ invitedUserDisplayName }))).toMatchObject({
        effect: { guest: { displayName: null } },
      })
    },
  )

  test('USR-3: does not own the address when a contact has it', () => {
    expect(decideInvitation(invitation({}, { holders: [contact] }))).toMatchObject({
      effect: { kind: 'createGuest', guest: { address: 'ann@fabrikam.com', ownsAddress: false } },
      because: expect.arrayContaining([expect.objectContaining({ rule: 'USR-3' })]),
    })
  })
})

describe('INV-2: the first failure wins, in this order', () => {
  // Each fact on its own is refused by the rule beside it.
  const failures: readonly (readonly [string, Partial<InvitationFacts>])[] = [
    ['GIR-1', { policy: { allowInvitesFrom: 'adminsAndGuestInviters', guestAccess: 'limited' } }],
    ['INV-9', { verifiedDomains: new Set(['fabrikam.com']) }],
    ['COL-10', { domainList: blockedBy('COL-2') }],
    ['EVAL-6', { crossTenant: blockedBy('EVAL-4') }],
    ['INV-10', { holders: [holder(['mail'], { accountEnabled: false })] }],
  ]

  test.each(failures)('%s alone', (rule, facts) => {
    expect(decideInvitation(invitation({}, facts)).because[0]?.rule).toBe(rule)
  })

  test.each(failures.slice(0, -1).map(([rule], index) => [rule, index] as const))(
    '%s before all that come later',
    (rule, index) => {
      const later = Object.assign({}, ...failures.slice(index).map(([, facts]) => facts))
      // A guest among the holders would settle the own domain; that case has its own test.
      const holders = rule === 'INV-9' ? [] : later.holders
      expect(decideInvitation(invitation({}, { ...later, holders })).because[0]?.rule).toBe(rule)
    },
  )

  test('and a block more never turns a refusal into an invitation', () => {
    const some = fc.subarray(
      failures.map(([, facts]) => facts),
      { minLength: 1 },
    )
    const person_ = fc.constantFrom(userAdministrator, person(), app(), person({ userType: 'Guest' }))
    fc.assert(
      fc.property(some, fc.nat(failures.length - 1), person_, (blocks, more, caller) => {
        const before = decideInvitation(invitation({}, Object.assign({ caller }, ...blocks)))
        fc.pre(before.outcome === 'refused')
        const after = decideInvitation(
          invitation({}, Object.assign({ caller }, ...blocks, failures[more]?.[1])),
        )
        expect(after.outcome).toBe('refused')
      }),
    )
  })

  test('the caller learns neither whose policy it was nor what it holds; the log does (EVAL-8, COL-10)', () => {
    for (const facts of [{ domainList: blockedBy('COL-2') }, { crossTenant: blockedBy('EVAL-4') }]) {
      const decision = decideInvitation(invitation({}, facts))
      if (decision.outcome === 'allowed') throw new Error('not refused')
      expect(decision.message).not.toContain('secret')
      expect(decision.because[1]?.message).toContain('secret')
    }
  })
})

test('INV-5: a Guest Inviter may not invite a Member; a User Administrator may', () => {
  const asked = { invitedUserType: 'Member' } as const
  const inviter = person({ directoryRoles: new Set([roles.guestInviter]) })
  expect(decideInvitation(invitation(asked, { caller: inviter }))).toMatchObject({
    kind: 'forbidden',
    because: [{ rule: 'INV-5' }],
  })
  expect(decideInvitation(invitation(asked, { caller: userAdministrator }))).toMatchObject({
    effect: { guest: { userType: 'Member' } },
  })
})

test('INV-2: the order in which holders are found does not matter', () => {
  const use = fc.constantFrom<AddressKind>('upn', 'proxy', 'mail', 'other')
  const anyHolder = fc.oneof(
    fc.constant(contact),
    fc
      .record({
        uses: fc.array(use, { minLength: 1, maxLength: 2 }),
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        origin: fc.constantFrom('internal' as const, 'external' as const),
        accountEnabled: fc.boolean(),
        externalUserState: fc.constantFrom('PendingAcceptance' as const, 'Accepted' as const),
      })
      .map(({ uses, ...facts }) => holder(uses, facts)),
  )
  const inTwoOrders = fc
    .uniqueArray(anyHolder, { selector: (one) => one.account.id })
    .chain((holders) =>
      fc.tuple(fc.constant(holders), fc.shuffledSubarray(holders, { minLength: holders.length })),
    )
  fc.assert(
    fc.property(inTwoOrders, ([one, other]) => {
      expect(decideInvitation(invitation({}, { holders: one }))).toEqual(
        decideInvitation(invitation({}, { holders: other })),
      )
    }),
  )
})

test('GRA-11: a refusal becomes the typed error with Graph’s code and the field', () => {
  const thrownBy = (facts: InvitationFacts) => {
    try {
      return orThrow(decideInvitation(facts))
    } catch (error) {
      return error
    }
  }
  const blocked = thrownBy(invitation({}, { domainList: blockedBy('COL-2') }))
  expect(blocked).toBeInstanceOf(Invalid)
  expect(blocked).toMatchObject({ code: 'BadRequest', details: [{ target: 'invitedUserEmailAddress' }] })
  expect(
    thrownBy(invitation({}, { caller: app(), policy: { allowInvitesFrom: 'none', guestAccess: 'limited' } })),
  ).toBeInstanceOf(Forbidden)
  expect(thrownBy(invitation({}, { holders: [holder(['mail'], { accountEnabled: false })] }))).toBeInstanceOf(
    PreconditionFailed,
  )
  expect(thrownBy(invitation({ invitedUserId: 'x' }, { named: 'absent' }))).toBeInstanceOf(NotFound)
  expect(thrownBy(invitation())).toMatchObject({ outcome: 'allowed' })
})
