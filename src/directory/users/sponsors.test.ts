import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { createGroup } from '../groups/service.ts'
import { deleteUser } from './deletion.ts'
import { addSponsor, listSponsors, removeSponsor } from './sponsors.ts'

const database = testDatabase()

const reference = (id: string) => ({ set: 'directoryObjects', id })
const sponsorsOf = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => listSponsors(tx, id))

async function people(ctx: TestTenant, many: number) {
  const users = []
  for (let at = 0; at < many; at++) users.push(await makeUser(ctx, `person${at}`))
  return users
}

test('SPO-1: users and groups can be sponsors; a sixth is refused', async () => {
  const ctx = await makeTenant(database)
  const guest = await makeUser(ctx, 'guest')
  const users = await people(ctx, 5)
  const group = await createGroup(ctx, {
    displayName: 'Sponsors',
    mailEnabled: false,
    mailNickname: 'sponsors',
    securityEnabled: true,
  })
  for (const user of users.slice(0, 4)) await addSponsor(ctx, guest.id, reference(user.id))
  await addSponsor(ctx, guest.id, reference(group.id))
  await expect(addSponsor(ctx, guest.id, reference(users.at(-1)?.id ?? ''))).rejects.toThrow(
    'at most 5 sponsors',
  )
  expect(await sponsorsOf(ctx, guest.id)).toHaveLength(5)
  expect((await sponsorsOf(ctx, guest.id)).map((sponsor) => sponsor.type).toSorted()).toEqual([
    'group',
    'user',
    'user',
    'user',
    'user',
  ])
})

test('SPO-1: of eight sponsors added at once, five stay', async () => {
  const ctx = await makeTenant(database)
  const guest = await makeUser(ctx, 'guest')
  const users = await people(ctx, 8)
  const results = await Promise.allSettled(users.map((user) => addSponsor(ctx, guest.id, reference(user.id))))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(5)
  expect(await sponsorsOf(ctx, guest.id)).toHaveLength(5)
})

test('GRA-32: a sponsor who is one already is refused; removing one who is none finds nothing', async () => {
  const ctx = await makeTenant(database)
  const guest = await makeUser(ctx, 'guest')
  const [sponsor] = await people(ctx, 1)
  const id = sponsor?.id ?? ''
  await addSponsor(ctx, guest.id, reference(id))
  await expect(addSponsor(ctx, guest.id, reference(id))).rejects.toThrow(Invalid)
  await removeSponsor(ctx, guest.id, id)
  await expect(removeSponsor(ctx, guest.id, id)).rejects.toThrow(NotFound)
  await expect(removeSponsor(ctx, guest.id, 'no-guid')).rejects.toThrow(NotFound)
  expect(await sponsorsOf(ctx, guest.id)).toEqual([])
})

test('SPO-1: nobody sponsors themselves', async () => {
  const ctx = await makeTenant(database)
  const guest = await makeUser(ctx, 'guest')
  await expect(addSponsor(ctx, guest.id, reference(guest.id))).rejects.toThrow(Invalid)
})

test('SPO-3: a deleted sponsor is not shown', async () => {
  const ctx = await makeTenant(database)
  const guest = await makeUser(ctx, 'guest')
  const [sponsor] = await people(ctx, 1)
  await addSponsor(ctx, guest.id, reference(sponsor?.id ?? ''))
  await deleteUser(ctx, sponsor?.id ?? '')
  expect(await sponsorsOf(ctx, guest.id)).toEqual([])
})

test('GRA-32: a sponsor of another tenant, or under the wrong segment, does not exist', async () => {
  const [one, two] = [await makeTenant(database), await makeTenant(database)]
  const [guest, stranger] = [await makeUser(one, 'guest'), await makeUser(two, 'stranger')]
  const sponsor = await makeUser(one, 'sponsor')
  await expect(addSponsor(one, guest.id, reference(stranger.id))).rejects.toThrow(NotFound)
  await expect(addSponsor(two, guest.id, reference(stranger.id))).rejects.toThrow(NotFound)
  await expect(addSponsor(one, guest.id, { set: 'groups', id: sponsor.id })).rejects.toThrow(NotFound)
  expect(await sponsorsOf(one, guest.id)).toEqual([])
})
