import { describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/kit/database.ts'
import { makeUser, NO_PASSWORD } from '../../../test/kit/people.ts'
import { makeTenant, type TestTenant } from '../../../test/kit/tenant.ts'
import { Invalid, NotFound } from '../../platform/errors.ts'
import { readChanges } from '../changes.ts'
import { DuplicateValue } from '../duplicates.ts'
import { organisationalIdentity } from './model.ts'
import { createUser, revokeSessions, setPassword, updateUser } from './service.ts'
import { findPassword, findUser, findUserByIdentity, findUsersByAddress } from './store.ts'

const database = testDatabase()

const read = (ctx: TestTenant, id: string) => ctx.db.transaction((tx) => findUser(tx, id))
const changesOf = (ctx: TestTenant) => ctx.db.transaction((tx) => readChanges(tx, 0, 100))

interface AuditRow {
  readonly activity_display_name: string
  readonly target_resources: readonly {
    readonly id: string
    readonly modifiedProperties: readonly unknown[]
  }[]
}

const auditsOf = (ctx: TestTenant): Promise<readonly AuditRow[]> =>
  ctx.db.transaction(async (tx) => {
    const rows = await tx
      .selectFrom('directory_audits')
      .select(['activity_display_name', 'target_resources'])
      .orderBy('activity_date_time')
      .execute()
    // jsonb is written as text and read parsed.
    return rows as unknown as readonly AuditRow[]
  })

/** The properties that a refusal names. */
async function targetsOf(work: Promise<unknown>): Promise<readonly (string | undefined)[]> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Invalid)) throw new Error('Not refused as invalid.', { cause: error })
  return error.details.map((detail) => detail.target)
}

describe('creating', () => {
  test('GRA-31: a member has every property given, the defaults, and an identity of this tenant', async () => {
    const ctx = await makeTenant(database)
    const created = await makeUser(ctx, 'Adele', {
      mail: 'Adele.Vance@contoso.example',
      department: 'Retail',
    })
    const user = await read(ctx, created.id)
    expect(user).toEqual(created)
    expect(user).toMatchObject({
      userType: 'Member',
      department: 'Retail',
      city: null,
      creationType: null,
      externalUserState: null,
      proxyAddresses: ['SMTP:Adele.Vance@contoso.example'],
      identities: [
        {
          signInType: 'userPrincipalName',
          issuer: ctx.initialDomain,
          issuerAssignedId: `Adele@${ctx.initialDomain}`,
        },
      ],
    })
    expect(await changesOf(ctx)).toMatchObject([
      { objectType: 'user', objectId: user?.id, change: 'created' },
    ])
    expect(await auditsOf(ctx)).toMatchObject([
      { activity_display_name: 'Add user', target_resources: [{ id: user?.id }] },
    ])
  })

  test('GRA-31: everything wrong is named at once, and nothing is written', async () => {
    const ctx = await makeTenant(database)
    const work = makeUser(ctx, 'adele', {
      displayName: ' ',
      userPrincipalName: 'adele@elsewhere.example',
      mail: 'not an address',
      usageLocation: 'Germany',
      businessPhones: ['1', '2'],
    })
    expect((await targetsOf(work)).toSorted()).toEqual([
      'businessPhones',
      'displayName',
      'mail',
      'usageLocation',
      'userPrincipalName',
    ])
    expect(await changesOf(ctx)).toEqual([])
    expect(await auditsOf(ctx)).toEqual([])
  })

  test('GRA-31: a password is required, except of a person with an account elsewhere (APC-9)', async () => {
    const ctx = await makeTenant(database)
    const request = {
      userPrincipalName: `lee@${ctx.initialDomain}`,
      displayName: 'Lee',
      accountEnabled: true,
      mailNickname: 'lee',
    }
    expect(await targetsOf(createUser(ctx, request, null))).toEqual(['passwordProfile'])
    const identity = { signInType: 'federated', issuer: 'google.com', issuerAssignedId: '114' }
    const user = await createUser(ctx, { ...request, userType: 'Guest', identities: [identity] }, null)
    expect(await ctx.db.transaction((tx) => findUserByIdentity(tx, identity))).toEqual(user)
  })

  test('USR-2: a # in the name of an ordinary user is refused, on creation and on renaming', async () => {
    const ctx = await makeTenant(database)
    expect(await targetsOf(makeUser(ctx, 'a_b.example#EXT#'))).toEqual(['userPrincipalName'])
    const user = await makeUser(ctx, 'adele')
    const rename = updateUser(ctx, user.id, { userPrincipalName: `a#b@${ctx.initialDomain}` })
    expect(await targetsOf(rename)).toEqual(['userPrincipalName'])
    expect((await read(ctx, user.id))?.userPrincipalName).toBe(user.userPrincipalName)
  })

  test('GRA-11: of two that take one name at once, whatever its case, one gets it and one a 400', async () => {
    const ctx = await makeTenant(database)
    const results = await Promise.allSettled(
      ['sam', 'SAM', 'Sam', 'sAm'].map((alias) => makeUser(ctx, alias, { mailNickname: 'sam' })),
    )
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      expect(result.reason).toBeInstanceOf(DuplicateValue)
      expect(String(result.reason)).toContain(
        'Another object with the same value for property userPrincipalName already exists.',
      )
    }
    expect(await changesOf(ctx)).toHaveLength(1)
  })

  test('GRA-11: a mail address that is somebody’s proxy address is refused; another tenant may have it', async () => {
    const [one, two] = [await makeTenant(database), await makeTenant(database)]
    await makeUser(one, 'a', { mail: 'shared@contoso.example' })
    expect(await targetsOf(makeUser(one, 'b', { mail: 'SHARED@contoso.example' }))).toEqual([
      'proxyAddresses',
    ])
    await expect(makeUser(two, 'b', { mail: 'shared@contoso.example' })).resolves.toBeDefined()
  })
})

describe('changing', () => {
  test('GRA-30: only what was supplied changes; the feed and the audit record say what', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { department: 'Retail', city: 'Ulm' })
    await updateUser(ctx, user.id, { department: 'Sales', city: 'Ulm', jobTitle: null })
    expect(await read(ctx, user.id)).toEqual({ ...user, department: 'Sales' })
    expect((await changesOf(ctx)).at(-1)).toMatchObject({
      change: 'updated',
      detail: { properties: ['department'] },
    })
    expect((await auditsOf(ctx)).at(-1)).toMatchObject({
      activity_display_name: 'Update user',
      target_resources: [
        {
          modifiedProperties: [{ displayName: 'department', oldValue: '"Retail"', newValue: '"Sales"' }],
        },
      ],
    })
  })

  test('GRA-30: complex properties merge by member, collections are replaced whole', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', {
      otherMails: ['one@x.example', 'two@x.example'],
      onPremisesExtensionAttributes: { extensionAttribute1: 'a', extensionAttribute2: 'b' },
      more: { faxNumber: '1', employeeOrgData: { division: 'X' } },
    })
    await updateUser(ctx, user.id, {
      otherMails: ['three@x.example'],
      onPremisesExtensionAttributes: { extensionAttribute2: null },
      more: { ageGroup: 'Adult' },
    })
    expect(await read(ctx, user.id)).toMatchObject({
      otherMails: ['three@x.example'],
      onPremisesExtensionAttributes: { extensionAttribute1: 'a', extensionAttribute2: null },
      more: { faxNumber: '1', employeeOrgData: { division: 'X' }, ageGroup: 'Adult' },
    })
  })

  test('a change of nothing writes no record and no feed entry', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await updateUser(ctx, user.id, { displayName: user.displayName })
    expect(await changesOf(ctx)).toHaveLength(1)
    expect(await auditsOf(ctx)).toHaveLength(1)
  })

  test('USR-1: another userType changes neither name, nor identities, nor state', async () => {
    const ctx = await makeTenant(database)
    const identity = organisationalIdentity(ctx.ids.guid(), ctx.ids.guid())
    const user = await makeUser(ctx, 'maria', { userType: 'Guest', identities: [identity] })
    await updateUser(ctx, user.id, { userType: 'Member' })
    expect(await read(ctx, user.id)).toEqual({ ...user, userType: 'Member' })
  })

  test('a new mail address becomes the primary proxy address, and both lead to the person', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele', { mail: 'old@x.example' })
    await updateUser(ctx, user.id, { mail: 'new@x.example' })
    expect((await read(ctx, user.id))?.proxyAddresses).toEqual(['SMTP:new@x.example', 'smtp:old@x.example'])
    for (const address of ['OLD@x.example', 'new@x.example']) {
      const matches = await ctx.db.transaction((tx) => findUsersByAddress(tx, address))
      expect(matches.map((match) => match.user.id)).toEqual([user.id])
    }
  })

  test('a renamed user is found by the new name only', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    const renamed = await updateUser(ctx, user.id, { userPrincipalName: `diego@${ctx.initialDomain}` })
    expect(renamed.identities).toMatchObject([{ issuerAssignedId: `diego@${ctx.initialDomain}` }])
    const found = (name: string) => ctx.db.transaction((tx) => findUsersByAddress(tx, name))
    expect(await found(user.userPrincipalName)).toEqual([])
    expect(await found(renamed.userPrincipalName)).toHaveLength(1)
  })

  test('disabling alone is audited as such', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await updateUser(ctx, user.id, { accountEnabled: false })
    await updateUser(ctx, user.id, { accountEnabled: true })
    expect((await auditsOf(ctx)).map((audit) => audit.activity_display_name)).toEqual([
      'Add user',
      'Disable account',
      'Enable account',
    ])
  })

  test('another tenant finds nobody under the same id', async () => {
    const [one, two] = [await makeTenant(database), await makeTenant(database)]
    const user = await makeUser(one, 'adele')
    expect(await read(two, user.id)).toBeNull()
    await expect(updateUser(two, user.id, { city: 'Ulm' })).rejects.toThrow(NotFound)
    await expect(setPassword(two, user.id, NO_PASSWORD)).rejects.toThrow(NotFound)
    await expect(revokeSessions(two, user.id)).rejects.toThrow(NotFound)
    expect(await read(one, user.id)).toEqual(user)
  })
})

describe('passwords and sessions', () => {
  test('USR-8: the password of an external user cannot be set, in a change either, which then changes nothing', async () => {
    const ctx = await makeTenant(database)
    const identity = organisationalIdentity(ctx.ids.guid(), ctx.ids.guid())
    const user = await makeUser(ctx, 'maria', { userType: 'Guest', identities: [identity] })
    expect(await targetsOf(setPassword(ctx, user.id, NO_PASSWORD))).toEqual(['passwordProfile'])
    expect(await targetsOf(updateUser(ctx, user.id, { city: 'Ulm' }, NO_PASSWORD))).toEqual([
      'passwordProfile',
    ])
    expect(await read(ctx, user.id)).toEqual(user)
  })

  test('USR-8: the password of an internal guest can be reset, which ends every session', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'lee', { userType: 'Guest' })
    ctx.clock.advance(60_000)
    await setPassword(ctx, user.id, { hash: '$argon2id$new', forceChange: true })
    expect(await ctx.db.transaction((tx) => findPassword(tx, user.id))).toMatchObject({
      hash: '$argon2id$new',
      forceChange: true,
    })
    const after = await read(ctx, user.id)
    expect(after?.signInSessionsValidFromDateTime.getTime()).toBeGreaterThan(
      user.signInSessionsValidFromDateTime.getTime(),
    )
  })

  test('a hash reaches neither the audit record nor the feed', async () => {
    const ctx = await makeTenant(database)
    const user = await makeUser(ctx, 'adele')
    await updateUser(ctx, user.id, { city: 'Ulm' }, { hash: '$argon2id$secret', forceChange: false })
    expect(JSON.stringify([await auditsOf(ctx), await changesOf(ctx)])).not.toContain('argon2id')
    expect(await auditsOf(ctx)).toHaveLength(2)
  })
})
