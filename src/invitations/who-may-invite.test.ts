import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { directoryRoleTemplates as roles } from '../graph/index.ts'
import { account, app, person } from './facts.fixture.ts'
import type { Caller } from './model.ts'
import {
  type AllowInvitesFrom,
  type GuestAccess,
  mayChangeSignInOf,
  mayConvert,
  mayInvite,
  mayInviteAsMember,
  mayReset,
} from './who-may-invite.ts'

const levels: readonly AllowInvitesFrom[] = [
  'none',
  'adminsAndGuestInviters',
  'adminsGuestInvitersAndAllMembers',
  'everyone',
]
const guest = (...held: string[]): Caller => person({ userType: 'Guest', directoryRoles: new Set(held) })
const member = (...held: string[]): Caller => person({ directoryRoles: new Set(held) })

/** The table of GIR-1, a column for each level. */
const table: readonly (readonly [string, Caller, GuestAccess, string])[] = [
  ['Global Administrator', member(roles.globalAdministrator), 'limited', 'no yes yes yes'],
  ['User Administrator', member(roles.userAdministrator), 'limited', 'no yes yes yes'],
  ['Guest Inviter', member(roles.guestInviter), 'limited', 'no yes yes yes'],
  ['Directory Writers', member(roles.directoryWriters), 'limited', 'no yes yes yes'],
  ['member without role', member(), 'limited', 'no no yes yes'],
  [
    'member with another role',
    member(roles.helpdeskAdministrator, roles.globalReader),
    'limited',
    'no no yes yes',
  ],
  ['guest at level limited', guest(), 'limited', 'no no no yes'],
  ['guest at level restricted', guest(), 'restricted', 'no no no yes'],
  ['guest at level same as members', guest(), 'sameAsMembers', 'no no yes yes'],
  ['guest holding Guest Inviter', guest(roles.guestInviter), 'restricted', 'no yes yes yes'],
  ['application', app(), 'limited', 'no no yes yes'],
  ['application with User.ReadWrite.All', app({ mayWriteUsers: true }), 'sameAsMembers', 'no no yes yes'],
]

describe.each(table)('GIR-1: %s', (_who, caller, guestAccess, answers) => {
  test.each(levels.map((level, index) => [level, answers.split(' ')[index]] as const))(
    'at %s: %s',
    (level, answer) => {
      const verdict = mayInvite(caller, { allowInvitesFrom: level, guestAccess })
      expect(verdict.outcome).toBe(answer === 'yes' ? 'allowed' : 'refused')
      expect(verdict.because.length).toBeGreaterThan(0)
    },
  )
})

test('GIR-2: none stops a Global Administrator, too', () => {
  const verdict = mayInvite(member(roles.globalAdministrator), {
    allowInvitesFrom: 'none',
    guestAccess: 'limited',
  })
  expect(verdict.because[0]?.rule).toBe('GIR-2')
})

test('GIR-3: the refusal is 403 with the known sentence, and the setting behind it as a reason', () => {
  expect(
    mayInvite(guest(), { allowInvitesFrom: 'adminsAndGuestInviters', guestAccess: 'limited' }),
  ).toMatchObject({
    kind: 'forbidden',
    code: 'Authorization_RequestDenied',
    message: expect.stringMatching(/^Guest invitations not allowed for your company/),
    because: [
      { rule: 'GIR-1', message: expect.stringContaining('adminsAndGuestInviters') },
      { rule: 'GIR-3' },
    ],
  })
})

test.each(['none', 'adminsAndGuestInviters'] as const)(
  'INV-7: at %s an application may not invite, even with User.ReadWrite.All',
  (level) => {
    const verdict = mayInvite(app({ mayWriteUsers: true }), {
      allowInvitesFrom: level,
      guestAccess: 'limited',
    })
    expect(verdict.outcome).toBe('refused')
  },
)

test.each([roles.guestInviter, roles.directoryWriters, roles.userAdministrator])(
  'INV-6: role %s may invite when members may not',
  (role) => {
    const policy = { allowInvitesFrom: 'adminsAndGuestInviters', guestAccess: 'limited' } as const
    expect(mayInvite(member(role), policy)).toMatchObject({
      outcome: 'allowed',
      because: [{ rule: 'INV-6' }],
    })
  },
)

test('GIR-1: loosening the setting never takes a right away, nor does one more role', () => {
  const someRoles = fc.subarray(Object.values(roles))
  const userType = fc.constantFrom('Member' as const, 'Guest' as const)
  const access = fc.constantFrom<GuestAccess>('sameAsMembers', 'limited', 'restricted')
  fc.assert(
    fc.property(someRoles, someRoles, userType, access, fc.nat(2), (held, more, type, guestAccess, level) => {
      const may = (heldRoles: readonly string[], index: number) =>
        mayInvite(person({ userType: type, directoryRoles: new Set(heldRoles) }), {
          allowInvitesFrom: levels[index] ?? 'everyone',
          guestAccess,
        }).outcome === 'allowed'
      if (!may(held, level)) return
      expect(may(held, level + 1)).toBe(true)
      expect(may([...held, ...more], level)).toBe(true)
    }),
  )
})

describe('INV-5: who may invite somebody as a member', () => {
  test.each([
    ['Global Administrator', member(roles.globalAdministrator), 'allowed'],
    ['User Administrator', member(roles.userAdministrator), 'allowed'],
    ['application with User.ReadWrite.All', app({ mayWriteUsers: true }), 'allowed'],
    ['Guest Inviter', member(roles.guestInviter), 'refused'],
    ['Directory Writers', member(roles.directoryWriters), 'refused'],
    ['member whose token has User.ReadWrite.All', person({ mayWriteUsers: true }), 'refused'],
    ['application with User.Invite.All', app(), 'refused'],
  ])('%s: %s', (_who, caller, outcome) => {
    expect(mayInviteAsMember(caller).outcome).toBe(outcome)
  })

  test('the refusal is 403', () => {
    expect(mayInviteAsMember(member(roles.guestInviter))).toMatchObject({
      kind: 'forbidden',
      because: [{ rule: 'INV-5' }],
    })
  })
})

describe('RST-4: who may reset a redemption', () => {
  const with_ = (...held: string[]) => person({ directoryRoles: new Set(held), mayWriteUsers: true })
  test.each([
    ['Helpdesk Administrator', with_(roles.helpdeskAdministrator), 'allowed'],
    ['User Administrator', with_(roles.userAdministrator), 'allowed'],
    ['Global Administrator', with_(roles.globalAdministrator), 'allowed'],
    ['application with User.ReadWrite.All', app({ mayWriteUsers: true }), 'allowed'],
    ['User Administrator whose token has only User.Invite.All', member(roles.userAdministrator), 'refused'],
    ['application with User.Invite.All', app(), 'refused'],
    ['Guest Inviter', with_(roles.guestInviter), 'refused'],
    ['member', with_(), 'refused'],
  ])('%s: %s', (_who, caller, outcome) => {
    expect(mayReset(caller).outcome).toBe(outcome)
  })

  test.each([
    ['application, target without role', app({ mayWriteUsers: true }), 'none', 'allowed'],
    ['application, target with an ordinary role', app({ mayWriteUsers: true }), 'ordinary', 'refused'],
    ['application, target with a privileged role', app({ mayWriteUsers: true }), 'privileged', 'refused'],
    ['helpdesk, target with an ordinary role', with_(roles.helpdeskAdministrator), 'ordinary', 'allowed'],
    [
      'User Administrator, target with a privileged role',
      with_(roles.userAdministrator),
      'privileged',
      'refused',
    ],
    [
      'Global Administrator, target with a privileged role',
      with_(roles.globalAdministrator),
      'privileged',
      'allowed',
    ],
  ] as const)('%s: %s', (_who, caller, directoryRoles, outcome) => {
    expect(mayChangeSignInOf(caller, account({ directoryRoles })).outcome).toBe(outcome)
  })
})

test.each([
  ['User Administrator', member(roles.userAdministrator), 'allowed'],
  ['application', app(), 'allowed'],
  ['Guest Inviter', member(roles.guestInviter), 'refused'],
  ['guest', guest(), 'refused'],
])('CNV-1: conversion of a colleague by %s: %s', (_who, caller, outcome) => {
  expect(mayConvert(caller).outcome).toBe(outcome)
})
