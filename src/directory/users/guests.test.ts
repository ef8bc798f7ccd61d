import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { Invalid, NotFound, PreconditionFailed } from '../../platform/errors.ts'
import { findTransitiveGroups } from '../groups/member-store.ts'
import { addToGroup } from '../groups/membership.ts'
import { createGroup } from '../groups/service.ts'
import {
  acceptGuest,
  beginConversion,
  createGuest,
  endConversion,
  type NewGuest,
  resetGuest,
} from './guests.ts'
import { organisationalIdentity } from './model.ts'
import { isExternal } from './rules.ts'
import { listSponsors } from './sponsors.ts'
import { findPassword, findUser, findUserByIdentity, findUsersByAddress } from './store.ts'

const database = testDatabase()

const invite = (ctx: TestTenant, guest: NewGuest) => ctx.db.transaction((tx) => createGuest(ctx, tx, guest))
const read = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findUser(tx, id))
const homeAccount = (ctx: TestTenant) => organisationalIdentity(ctx.ids.guid(), ctx.ids.guid())

describe('a new guest', () => {
  test('INV-1: has the shape of an invited user, pending', async () => {
    const ctx = await makeTenant(database)
    const guest = await invite(ctx, { address: 'Maria.Lopez@fabrikam.example' })
    expect(await read(ctx, guest.id)).toEqual(guest)
    expect(guest).toMatchObject({
      displayName: 'Maria.Lopez',
      userPrincipalName: `Maria.Lopez_fabrikam.example#EXT#@${ctx.initialDomain}`,
      userType: 'Guest',
      creationType: 'Invitation',
      externalUserState: 'PendingAcceptance',
      externalUserStateChangeDateTime: guest.createdDateTime,
      mail: 'Maria.Lopez@fabrikam.example',
      otherMails: ['Maria.Lopez@fabrikam.example'],
      proxyAddresses: ['SMTP:Maria.Lopez@fabrikam.example'],
      accountEnabled: true,
      showInAddressList: false,
      identities: [{ signInType: 'userPrincipalName', issuer: ctx.initialDomain }],
    })
  })

  test('USR-2: addresses that collapse to one name get a number before #EXT#', async () => {
    const ctx = await makeTenant(database)
    const names = []
    for (const address of ['a@b_c.example', 'a_b@c.example', 'a-b@c.example']) {
      names.push((await invite(ctx, { address })).userPrincipalName)
    }
    expect(names).toEqual([
      `a_b_c.example#EXT#@${ctx.initialDomain}`,
      `a_b_c.example1#EXT#@${ctx.initialDomain}`,
      `a-b_c.example#EXT#@${ctx.initialDomain}`,
    ])
  })

  test('USR-3: a guest whose address is a contact’s has no proxy address and is found by it all the same', async () => {
    const ctx = await makeTenant(database)
    const guest = await invite(ctx, { address: 'maria@fabrikam.example', ownsAddress: false })
    expect(guest.proxyAddresses).toEqual([])
    const matches = await ctx.db.transaction((tx) => findUsersByAddress(tx, 'MARIA@fabrikam.example'))
    expect(matches).toEqual([{ user: guest, kinds: expect.arrayContaining(['mail', 'other']) }])
  })

  test('USR-4: of two guests made at once for one address, one is', async () => {
    const ctx = await makeTenant(database)
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => invite(ctx, { address: 'maria@fabrikam.example' })),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ property: 'proxyAddresses' })
    }
  })

  test('SPO-1: sponsors come with it; one who is absent, or of another tenant, undoes all', async () => {
    const [ctx, other] = [await makeTenant(database), await makeTenant(database)]
    const [sponsor, stranger] = [await makeUser(ctx, 'adele'), await makeUser(other, 'adele')]
    const reference = (id: string) => ({ set: 'directoryObjects', id })
    const guest = await invite(ctx, { address: 'a@b.example', sponsors: [reference(sponsor.id)] })
    expect(await ctx.db.transaction((tx) => listSponsors(tx, guest.id))).toEqual([
      { id: sponsor.id, type: 'user' },
    ])
    const refused = invite(ctx, { address: 'c@d.example', sponsors: [reference(stranger.id)] })
    await expect(refused).rejects.toThrow(NotFound)
    expect(await ctx.db.transaction((tx) => findUsersByAddress(tx, 'c@d.example'))).toEqual([])
  })
})

describe('accepting', () => {
  test('RED-14: state, time and identity change together; the name and the rest stay', async () => {
    const ctx = await makeTenant(database)
    const guest = await invite(ctx, { address: 'maria@fabrikam.example' })
    const identity = homeAccount(ctx)
    ctx.clock.advance(60_000)
    const accepted = await ctx.db.transaction((tx) => acceptGuest(ctx, tx, guest.id, identity))
    expect(accepted).toEqual({
      ...guest,
      externalUserState: 'Accepted',
      externalUserStateChangeDateTime: accepted.externalUserStateChangeDateTime,
      identities: [identity, ...guest.identities],
    })
    expect(accepted.externalUserStateChangeDateTime).not.toEqual(guest.externalUserStateChangeDateTime)
    expect(await ctx.db.transaction((tx) => findUserByIdentity(tx, identity))).toEqual(accepted)
  })

  test('RED-14: of fifty who accept at once, one does', async () => {
    const ctx = await makeTenant(database)
    const guest = await invite(ctx, { address: 'maria@fabrikam.example' })
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        ctx.db.transaction((tx) => acceptGuest(ctx, tx, guest.id, homeAccount(ctx))),
      ),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(PreconditionFailed)
    }
  })

  test('one account elsewhere is one user here', async () => {
    const ctx = await makeTenant(database)
    const identity = homeAccount(ctx)
    const [one, two] = [
      await invite(ctx, { address: 'maria@fabrikam.example' }),
      await invite(ctx, { address: 'maria.alias@fabrikam.example' }),
    ]
    await ctx.db.transaction((tx) => acceptGuest(ctx, tx, one.id, identity))
    await expect(ctx.db.transaction((tx) => acceptGuest(ctx, tx, two.id, identity))).rejects.toMatchObject({
      property: 'identities',
    })
    expect((await read(ctx, two.id))?.externalUserState).toBe('PendingAcceptance')
  })

  test('another tenant can accept or reset nothing', async () => {
    const [one, two] = [await makeTenant(database), await makeTenant(database)]
    const guest = await invite(one, { address: 'maria@fabrikam.example' })
    await expect(
      two.db.transaction((tx) => acceptGuest(two, tx, guest.id, homeAccount(two))),
    ).rejects.toThrow(NotFound)
    await expect(two.db.transaction((tx) => resetGuest(two, tx, guest.id))).rejects.toThrow(NotFound)
    expect(await read(one, guest.id)).toEqual(guest)
  })
})

describe('resetting', () => {
  test('RST-2: id, name and groups stay; the identity goes, sessions end, and the guest is pending', async () => {
    const ctx = await makeTenant(database)
    const guest = await invite(ctx, { address: 'maria@fabrikam.example' })
    const group = await createGroup(ctx, {
      displayName: 'Partners',
      mailEnabled: false,
      mailNickname: 'partners',
      securityEnabled: true,
    })
    // USR-5: a pending guest can be a member.
    await addToGroup(ctx, 'members', group.id, { set: 'users', id: guest.id })
    const identity = homeAccount(ctx)
    await ctx.db.transaction((tx) => acceptGuest(ctx, tx, guest.id, identity))
    ctx.clock.advance(60_000)
    const reset = await ctx.db.transaction((tx) => resetGuest(ctx, tx, guest.id))
    expect(reset).toEqual({
      ...guest,
      externalUserStateChangeDateTime: reset.externalUserStateChangeDateTime,
      signInSessionsValidFromDateTime: reset.signInSessionsValidFromDateTime,
    })
    expect(reset.signInSessionsValidFromDateTime > guest.signInSessionsValidFromDateTime).toBe(true)
    await ctx.db.transaction(async (tx) => {
      expect(await findUserByIdentity(tx, identity)).toBeNull()
      expect(await findTransitiveGroups(tx, guest.id)).toEqual([group.id])
    })
    const again = homeAccount(ctx)
    await ctx.db.transaction((tx) => acceptGuest(ctx, tx, guest.id, again))
    expect((await read(ctx, guest.id))?.identities[0]).toEqual(again)
  })

  test('RST-5: a user who was never invited cannot be reset', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await expect(ctx.db.transaction((tx) => resetGuest(ctx, tx, user.id))).rejects.toThrow(Invalid)
  })
})

describe('conversion of an internal user', () => {
  const begin = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => beginConversion(ctx, tx, id))
  const accept = (ctx: TestTenant, id: string, oldPassword: 'keep' | 'end' = 'keep') =>
    ctx.db.transaction((tx) => acceptGuest(ctx, tx, id, homeAccount(ctx), oldPassword))
  const password = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findPassword(tx, id))

  test('CNV-1: before redemption the person signs in as always; after it only elsewhere', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const pending = await begin(ctx, user.id)
    expect(pending).toMatchObject({ externalUserState: 'PendingAcceptance', userType: 'Member' })
    expect(isExternal(pending)).toBe(false)
    expect(await begin(ctx, user.id)).toEqual(pending)
    const accepted = await accept(ctx, user.id)
    expect(accepted).toMatchObject({
      id: user.id,
      userType: 'Member',
      userPrincipalName: user.userPrincipalName,
    })
    expect(isExternal(accepted)).toBe(true)
    await expect(begin(ctx, user.id)).rejects.toThrow(PreconditionFailed)
  })

  test('CNV-1: sessions older than the conversion end, the one that it begins does not', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await begin(ctx, user.id)
    ctx.clock.advance(60_000)
    const { signInSessionsValidFromDateTime: from } = await accept(ctx, user.id)
    expect(from > user.signInSessionsValidFromDateTime).toBe(true)
    expect(from <= ctx.clock.now()).toBe(true)
  })

  test('CNV-3: a passcode takes the place of the password, another account leaves it alive', async () => {
    const ctx = await makeTenant(database)
    const [one, two] = [await makeUser(ctx, 'adele'), await makeUser(ctx, 'bela')]
    for (const { id } of [one, two]) await begin(ctx, id)
    await accept(ctx, one.id, 'end')
    await accept(ctx, two.id)
    expect(await password(ctx, one.id)).toBeNull()
    expect(await password(ctx, two.id)).not.toBeNull()
  })

  test('RST-2: a converted user who is reset signs in elsewhere still, never with the old password', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await begin(ctx, user.id)
    await accept(ctx, user.id)
    const reset = await ctx.db.transaction((tx) => resetGuest(ctx, tx, user.id))
    expect(reset).toMatchObject({ externalUserState: 'PendingAcceptance' })
    expect(isExternal(reset)).toBe(true)
  })

  test('INV-17: an offer that is taken back leaves the user as before; guests are not touched', async () => {
    const ctx = await makeTenant(database)
    const [user, guest] = [await makeUser(ctx, 'adele'), await invite(ctx, { address: 'a@b.example' })]
    await begin(ctx, user.id)
    const ended = await ctx.db.transaction((tx) => endConversion(ctx, tx, user.id))
    expect(ended).toEqual(user)
    expect(await ctx.db.transaction((tx) => endConversion(ctx, tx, guest.id))).toEqual(guest)
  })
})
