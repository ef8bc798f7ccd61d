import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { findAccountForSignIn } from './accounts.ts'

const database = testDatabase()

const idFor = (ctx: TestTenant, identifier: string) =>
  ctx.db.transaction(async (tx) => (await findAccountForSignIn(tx, identifier))?.user.id)

test('a person is found by name and by mail address, in any case and with spaces around', async () => {
  const ctx = await makeTenant(database)
  const user = await makeUser(ctx, 'adele', { mail: 'adele.vance@mail.example' })
  expect(await idFor(ctx, ` ADELE@${ctx.initialDomain.toUpperCase()} `)).toBe(user.id)
  expect(await idFor(ctx, 'Adele.Vance@mail.example')).toBe(user.id)
  expect(await idFor(ctx, 'nobody@mail.example')).toBeUndefined()
  expect(await idFor(ctx, '')).toBeUndefined()
  expect(await idFor(ctx, "' or true --")).toBeUndefined()
})

test('a user principal name goes before another person’s mail address', async () => {
  const ctx = await makeTenant(database)
  const named = await makeUser(ctx, 'shared')
  await makeUser(ctx, 'other', { mail: `shared@${ctx.initialDomain}` })
  expect(await idFor(ctx, `shared@${ctx.initialDomain}`)).toBe(named.id)
})

test('an other mail address is no identifier: anybody may be listed with it', async () => {
  const ctx = await makeTenant(database)
  await makeUser(ctx, 'adele', { otherMails: ['private@mail.example'] })
  expect(await idFor(ctx, 'private@mail.example')).toBeUndefined()
})

test('another tenant’s people are not found', async () => {
  const [one, two] = [await makeTenant(database), await makeTenant(database)]
  const user = await makeUser(one, 'adele')
  expect(await idFor(two, user.userPrincipalName)).toBeUndefined()
})
