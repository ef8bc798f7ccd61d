import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { directoryRoleTemplates as roles } from '../graph/index.ts'
import { isAdministrator, mayActOn, type UserAction } from './authority.ts'

const actions: readonly UserAction[] = [
  'update',
  'updateSensitive',
  'delete',
  'restore',
  'resetPassword',
  'endSessions',
]
const role = fc.constantFrom(...Object.values(roles))
const someRoles = fc.array(role, { maxLength: 4 }).map((list) => new Set<string>(list))

describe('GRA-64', () => {
  test.each([
    ['User Administrator', roles.userAdministrator, 'delete', 'nobody in particular', [], true],
    ['User Administrator', roles.userAdministrator, 'delete', 'a Guest Inviter', [roles.guestInviter], true],
    ['User Administrator', roles.userAdministrator, 'delete', 'a Global Reader', [roles.globalReader], false],
    [
      'User Administrator',
      roles.userAdministrator,
      'resetPassword',
      'an administrator',
      [roles.globalAdministrator],
      false,
    ],
    [
      'User Administrator',
      roles.userAdministrator,
      'update',
      'an administrator',
      [roles.globalAdministrator],
      true,
    ],
    [
      'Helpdesk Administrator',
      roles.helpdeskAdministrator,
      'resetPassword',
      'nobody in particular',
      [],
      true,
    ],
    ['Helpdesk Administrator', roles.helpdeskAdministrator, 'update', 'nobody in particular', [], false],
    [
      'Privileged Authentication Administrator',
      roles.privilegedAuthenticationAdministrator,
      'resetPassword',
      'a Global Administrator',
      [roles.globalAdministrator],
      true,
    ],
    [
      'Global Administrator',
      roles.globalAdministrator,
      'delete',
      'a Global Administrator',
      [roles.globalAdministrator],
      true,
    ],
    ['Global Reader', roles.globalReader, 'update', 'nobody in particular', [], false],
    ['Guest Inviter', roles.guestInviter, 'update', 'nobody in particular', [], false],
  ] as const)('a %s (%s) doing %s to %s', (_, held, action, __, target, allowed) => {
    expect(mayActOn(action, new Set([held]), new Set<string>(target))).toBe(allowed)
  })

  test('whoever holds no role may do nothing to anybody', () => {
    fc.assert(
      fc.property(fc.constantFrom(...actions), someRoles, (action, target) => {
        expect(mayActOn(action, new Set(), target)).toBe(false)
      }),
    )
  })

  test('a role more never takes a right away', () => {
    fc.assert(
      fc.property(fc.constantFrom(...actions), someRoles, someRoles, role, (action, held, target, extra) => {
        if (mayActOn(action, held, target))
          expect(mayActOn(action, held.union(new Set([extra])), target)).toBe(true)
      }),
    )
  })

  test('a role more never makes somebody easier to act on', () => {
    fc.assert(
      fc.property(fc.constantFrom(...actions), someRoles, someRoles, role, (action, held, target, extra) => {
        if (!mayActOn(action, held, target) && isAdministrator(target)) {
          expect(mayActOn(action, held, target.union(new Set([extra])))).toBe(false)
        }
      }),
    )
  })
})
