import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMailAddress, judgeFacts, judgeUserPrincipalName } from './judge-facts.ts'
import type { User } from './model.ts'
import {
  addressesOf,
  applyChanges,
  deletedPrincipalName,
  guestPrincipalName,
  isExternal,
  newUser,
  originalPrincipalName,
  withPrimaryMail,
} from './rules.ts'

const domains = new Set(['contoso.example', 'shop.contoso.example'])
const adele: User = newUser(
  {
    userPrincipalName: 'adele@contoso.example',
    displayName: 'Adele',
    accountEnabled: true,
    mailNickname: 'adele',
  },
  { id: '6f1f8e6c-0000-4000-8000-000000000001', now: new Date(0), initialDomain: 'contoso.example' },
)

describe('GRA-31: a user principal name', () => {
  test.each(['adele@contoso.example', "o'neil.m-x_y!^~1@SHOP.contoso.example"])('%s is accepted', (name) => {
    expect(judgeUserPrincipalName(name, domains)).toEqual([])
  })

  test.each([
    'adele',
    '@contoso.example',
    'adele@',
    'adele@fabrikam.example',
    'adele@contoso.example.evil.example',
    '.adele@contoso.example',
    'adele.@contoso.example',
    'ad ele@contoso.example',
    'adèle@contoso.example',
    'adele+x@contoso.example',
    'a@b@contoso.example',
    'maria_fabrikam.example#EXT#@contoso.example',
    `${'a'.repeat(65)}@contoso.example`,
    'adele@contoso.example\u0000',
  ])('%s is refused', (name) => {
    expect(judgeUserPrincipalName(name, domains)).toMatchObject([{ target: 'userPrincipalName' }])
  })

  test('a guest may be written with the name that it has', () => {
    const name = 'maria_fabrikam.example#EXT#@contoso.example'
    expect(judgeUserPrincipalName(name, domains, name)).toEqual([])
  })
})

describe('values', () => {
  test('every property is judged by itself, and null clears what may be null', () => {
    expect(
      judgeFacts({ department: null, mail: null, usageLocation: null, preferredLanguage: null }),
    ).toEqual([])
    expect(judgeFacts({ displayName: 'x'.repeat(257) })).toMatchObject([{ target: 'displayName' }])
    expect(judgeFacts({ onPremisesExtensionAttributes: { extensionAttribute16: 'x' } })).toMatchObject([
      { target: 'onPremisesExtensionAttributes' },
    ])
    expect(judgeFacts({ more: { ageGroup: 'Old' } })).toMatchObject([{ target: 'ageGroup' }])
    expect(
      judgeFacts({ identities: [{ signInType: '', issuer: 'a', issuerAssignedId: 'b' }] }),
    ).toMatchObject([{ target: 'identities' }])
  })

  test.each([
    'mária@x.example',
    `${'a'.repeat(65)}@x.example`,
    `a@${'b.'.repeat(130)}example`,
    'a@-x.example',
    'a b@x.example',
    'a@x.example\n',
  ])('%s is no mail address', (address) => {
    expect(isMailAddress(address)).toBe(false)
  })
})

describe('GRA-58', () => {
  test('the name of a deleted user is taken back whole', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), (id, name) => {
        expect(originalPrincipalName(id, deletedPrincipalName(id, name))).toBe(name)
      }),
    )
  })
})

describe('USR-2', () => {
  test('a guest’s name holds one @, the mark of a guest, and only characters of a name', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.nat(9), (address, number) => {
        const name = guestPrincipalName(address, 'contoso.example', number)
        expect(name).toMatch(/^[A-Za-z0-9'.\-_!^~]+#EXT#@contoso\.example$/)
        expect(judgeUserPrincipalName(name, domains)).not.toEqual([])
      }),
    )
  })

  test('the same address with another number is another name', () => {
    expect(guestPrincipalName('a@b.example', 'c.example', 0)).toBe('a_b.example#EXT#@c.example')
    expect(guestPrincipalName('a@b.example', 'c.example', 2)).toBe('a_b.example2#EXT#@c.example')
  })
})

describe('mail and addresses', () => {
  test('there is one primary proxy address at most, and no address twice', () => {
    const address = fc.emailAddress()
    fc.assert(
      fc.property(fc.array(address, { maxLength: 6 }), (mails) => {
        const proxies = mails.reduce<readonly string[]>(withPrimaryMail, [])
        expect(proxies.filter((proxy) => proxy.startsWith('SMTP:'))).toHaveLength(mails.length === 0 ? 0 : 1)
        const plain = proxies.map((proxy) => proxy.slice(5).toLowerCase())
        expect(new Set(plain).size).toBe(plain.length)
      }),
    )
  })

  test('a user without mail is found by name and other mails', () => {
    expect(addressesOf({ ...adele, otherMails: ['x@y.example'] })).toEqual([
      { address: 'adele@contoso.example', kind: 'upn' },
      { address: 'x@y.example', kind: 'other' },
    ])
  })
})

describe('changes', () => {
  test('writing what is there already changes nothing', () => {
    const { displayName, mail, department, businessPhones, identities, more } = adele
    expect(
      applyChanges(
        adele,
        { displayName, mail, department, businessPhones, identities, more },
        'contoso.example',
      ),
    ).toEqual({})
  })

  test('USR-1: userType brings nothing else with it', () => {
    expect(applyChanges(adele, { userType: 'Guest' }, 'contoso.example')).toEqual({ userType: 'Guest' })
  })
})

describe('USR-8: external is who signs in elsewhere', () => {
  test.each([
    ['a member', adele, false],
    ['an internal guest', { ...adele, userType: 'Guest' as const }, false],
    [
      'a pending guest',
      { ...adele, creationType: 'Invitation' as const, externalUserState: 'PendingAcceptance' as const },
      true,
    ],
    [
      'an external member',
      {
        ...adele,
        identities: [{ signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: 'a/b' }],
      },
      true,
    ],
    [
      'an internal user who was invited to use another account, and has not',
      { ...adele, externalUserState: 'PendingAcceptance' as const },
      false,
    ],
  ])('%s', (_, user, external) => {
    expect(isExternal(user)).toBe(external)
  })
})
