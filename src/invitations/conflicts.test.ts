import { describe, expect, test } from 'vitest'
import { directoryRoleTemplates as roles } from '../graph/index.ts'
import {
  account,
  app,
  blockedBy,
  colleague,
  holder,
  invitation,
  person,
  userAdministrator,
} from './facts.fixture.ts'
import { decideInvitation } from './rules.ts'

describe('INV-8: an address whose guest exists', () => {
  test('pending: the same guest, a fresh ticket', () => {
    const decision = decideInvitation(invitation({}, { holders: [holder(['proxy', 'mail'])] }))
    expect(decision).toMatchObject({ outcome: 'allowed', effect: { kind: 'inviteAgain', userId: 'guest-1' } })
  })

  test.each(['Accepted', null] as const)(
    'in state %s: completed, nothing changes, no mail',
    (externalUserState) => {
      const facts = { holders: [holder(['mail'], { externalUserState })] }
      expect(decideInvitation(invitation({ sendInvitationMessage: true }, facts))).toMatchObject({
        effect: { kind: 'alreadyAccepted', userId: 'guest-1' },
        mail: { kind: 'none', because: [{ rule: 'INV-8' }] },
      })
    },
  )

  test('USR-4: the guest with the proxy address goes before one with mail, that one before otherMails', () => {
    const holders = [
      holder(['other'], { id: 'c' }),
      holder(['proxy'], { id: 'b' }),
      holder(['mail'], { id: 'a' }),
    ]
    expect(decideInvitation(invitation({}, { holders }))).toMatchObject({ effect: { userId: 'b' } })
    expect(decideInvitation(invitation({}, { holders: holders.filter((_, n) => n !== 1) }))).toMatchObject({
      effect: { userId: 'a' },
    })
  })

  test('two guests with an equal claim: refused, both named, rather than guessed', () => {
    const holders = [holder(['mail'], { id: 'b' }), holder(['mail'], { id: 'a' })]
    expect(decideInvitation(invitation({}, { holders }))).toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/'a'.*'b'/),
    })
  })
})

describe('INV-9: an internal user has the address', () => {
  test.each([['upn'], ['proxy'], ['mail']] as const)('as %s: refused, the object id named (USR-4)', (use) => {
    expect(decideInvitation(invitation({}, { holders: [holder([use], colleague)] }))).toMatchObject({
      kind: 'invalid',
      code: 'BadRequest',
      message: expect.stringContaining("'colleague-1'"),
    })
  })

  test('only as a private address for recovery: a guest is created', () => {
    expect(decideInvitation(invitation({}, { holders: [holder(['other'], colleague)] }))).toMatchObject({
      effect: { kind: 'createGuest' },
    })
  })

  test('beside a guest: refused all the same', () => {
    const holders = [holder(['proxy']), holder(['mail'], colleague)]
    expect(decideInvitation(invitation({}, { holders })).because[0]?.rule).toBe('INV-9')
  })
})

describe('INV-9: an address in a verified domain of this tenant', () => {
  const own = { invitedUserEmailAddress: 'ann@Contoso.com' }

  test('nobody has it: refused', () => {
    expect(decideInvitation(invitation(own))).toMatchObject({ kind: 'invalid', because: [{ rule: 'INV-9' }] })
  })

  test('a colleague has it: refused, the object id named', () => {
    const decision = decideInvitation(invitation(own, { holders: [holder(['upn'], colleague)] }))
    expect(decision).toMatchObject({ message: expect.stringContaining("'colleague-1'") })
  })

  test('a guest from before the domain was verified has it: invited again', () => {
    expect(decideInvitation(invitation(own, { holders: [holder(['mail'])] }))).toMatchObject({
      effect: { kind: 'inviteAgain' },
    })
  })

  test('a conversion cannot lead to it, either', () => {
    const named = account({ ...colleague, mail: 'ann@contoso.com' })
    const asked = { ...own, invitedUserId: named.id }
    expect(decideInvitation(invitation(asked, { named, caller: userAdministrator })).because[0]?.rule).toBe(
      'INV-9',
    )
  })

  test('a sub-domain of it is another domain', () => {
    const sub = { invitedUserEmailAddress: 'ann@partners.contoso.com' }
    expect(decideInvitation(invitation(sub)).outcome).toBe('allowed')
  })
})

describe('INV-10: 412', () => {
  test.each([
    ['a blocked guest', { accountEnabled: false }],
    ['a blocked colleague', { ...colleague, accountEnabled: false }],
    [
      'a guest who was converted to an internal user (CNV-5)',
      { ...colleague, convertedToInternalAt: new Date(0) },
    ],
  ])('%s', (_who, facts) => {
    expect(decideInvitation(invitation({}, { holders: [holder(['mail'], facts)] }))).toMatchObject({
      kind: 'preconditionFailed',
      code: 'PreconditionFailed',
      because: [{ rule: 'INV-10' }],
    })
  })
})

describe('CNV-1: an internal user is named by id', () => {
  const named = account({ ...colleague, mail: 'Ann@Fabrikam.com' })
  const asked = { invitedUserId: named.id }
  const facts = { named, caller: userAdministrator, holders: [{ account: named, uses: ['mail'] as const }] }

  test('and has the address as mail: converted at redemption', () => {
    expect(decideInvitation(invitation(asked, facts))).toMatchObject({
      effect: { kind: 'convert', userId: named.id },
    })
  })

  test.each([
    ['mail differs', { named: account({ ...colleague, mail: 'ann@else.com' }) }, 'CNV-1'],
    ['mail is empty', { named: account({ ...colleague, mail: null }) }, 'CNV-1'],
    ['the caller administers no users', { caller: person() }, 'CNV-1'],
    [
      'CNV-2: the user comes from an on-premises directory',
      { named: { ...named, onPremisesUserPrincipalName: 'ann@corp' } },
      'CNV-2',
    ],
    ['the account is blocked', { named: { ...named, accountEnabled: false } }, 'INV-10'],
    [
      'the account was converted before',
      { named: { ...named, convertedToInternalAt: new Date(0) } },
      'INV-10',
    ],
    [
      'GRA-64: it holds a privileged role',
      { named: { ...named, directoryRoles: 'privileged' as const } },
      'GRA-64',
    ],
    ['USR-4: somebody else has the address, too', { holders: [holder(['proxy'], { id: 'other' })] }, 'USR-4'],
  ])('%s: refused', (_why, change, rule) => {
    const decision = decideInvitation(invitation(asked, { ...facts, ...change }))
    expect(decision.outcome).toBe('refused')
    expect(decision.because[0]?.rule).toBe(rule)
  })

  test('the id leads nowhere in this tenant: 404', () => {
    expect(decideInvitation(invitation({ invitedUserId: 'foreign' }, { named: 'absent' }))).toMatchObject({
      kind: 'notFound',
      missingId: 'foreign',
    })
  })

  test('it is a guest with this address: as if not named; with another address: refused', () => {
    const guest = account({ externalUserState: 'Accepted' })
    const byId = { invitedUserId: guest.id }
    const has = { named: guest, holders: [{ account: guest, uses: ['mail'] as const }] }
    expect(decideInvitation(invitation(byId, has))).toMatchObject({ effect: { kind: 'alreadyAccepted' } })
    expect(decideInvitation(invitation(byId, { named: guest }))).toMatchObject({
      message: expect.stringContaining('resetRedemption'),
    })
  })
})

describe('RST: reset of a redemption', () => {
  const named = account({
    externalUserState: 'Accepted',
    mail: 'old@fabrikam.com',
    otherMails: ['Ann@fabrikam.com'],
  })
  const asked = { resetRedemption: true, invitedUserId: named.id }
  const facts = { named, caller: userAdministrator, holders: [{ account: named, uses: ['other'] as const }] }

  test.each([
    ['Accepted', { externalUserState: 'Accepted' as const }],
    ['PendingAcceptance', { externalUserState: 'PendingAcceptance' as const }],
  ])('RST-2: of a guest in state %s keeps the object', (_state, change) => {
    const decision = decideInvitation(invitation(asked, { ...facts, named: { ...named, ...change } }))
    expect(decision).toMatchObject({ outcome: 'allowed', effect: { kind: 'reset', userId: named.id } })
  })

  test('RST-3: the new address may be in mail or in otherMails, in any case', () => {
    for (const change of [
      { mail: 'ANN@FABRIKAM.com', otherMails: [] },
      { mail: null, otherMails: ['x@y.zz', 'ann@fabrikam.com'] },
    ]) {
      expect(decideInvitation(invitation(asked, { ...facts, named: { ...named, ...change } })).outcome).toBe(
        'allowed',
      )
    }
  })

  test.each([
    ['RST-3', 'the new address is in neither', { named: { ...named, otherMails: [] } }],
    [
      'RST-4',
      'the token lacks User.ReadWrite.All',
      { caller: person({ directoryRoles: new Set([roles.userAdministrator]) }) },
    ],
    ['RST-4', 'the caller holds neither role', { caller: person({ mayWriteUsers: true }) }],
    [
      'RST-4',
      'an application, and the target holds a directory role',
      { caller: app({ mayWriteUsers: true }), named: { ...named, directoryRoles: 'ordinary' as const } },
    ],
    [
      'GRA-64',
      'the target holds a privileged role',
      { named: { ...named, directoryRoles: 'privileged' as const } },
    ],
    ['RST-5', 'the user was never invited', { named: { ...named, externalUserState: null } }],
    ['INV-10', 'the account is blocked', { named: { ...named, accountEnabled: false } }],
    ['GRA-12', 'the id leads nowhere in this tenant', { named: 'absent' as const }],
    ['GIR-2', 'nobody may invite', { policy: { allowInvitesFrom: 'none', guestAccess: 'limited' } as const }],
    ['COL-10', 'COL-11: the new address is of a blocked domain', { domainList: blockedBy('COL-2') }],
    ['EVAL-6', 'cross-tenant policy blocks', { crossTenant: blockedBy('EVAL-4') }],
    ['INV-9', 'the new address is of our own domain', { verifiedDomains: new Set(['fabrikam.com']) }],
    ['USR-4', 'somebody else has the new address', { holders: [holder(['mail'], { id: 'other' })] }],
  ])('%s: %s: refused', (rule, _why, change) => {
    const decision = decideInvitation(invitation(asked, { ...facts, ...change }))
    expect(decision.outcome).toBe('refused')
    expect(decision.because[0]?.rule).toBe(rule)
  })

  test('USR-4: somebody else’s recovery address (otherMails) is no conflict', () => {
    const holders = [...facts.holders, holder(['other'], { id: 'other' })]
    expect(decideInvitation(invitation(asked, { ...facts, holders })).outcome).toBe('allowed')
  })

  test('RST-4: an application with User.ReadWrite.All may reset a guest without directory role', () => {
    const decision = decideInvitation(invitation(asked, { ...facts, caller: app({ mayWriteUsers: true }) }))
    expect(decision.outcome).toBe('allowed')
  })
})
