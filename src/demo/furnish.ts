import {
  addGroup,
  addPassword,
  addUser,
  assignRole,
  findByUserPrincipalName,
  findClient,
  type NewPassword,
  resolveResource,
  type User,
} from '../directory/index.ts'
import { directoryRoleTemplates } from '../graph/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { PasswordHasher } from '../platform/passwords.ts'
import type { ApplicationAddresses } from './addresses.ts'
import { createApplication, type MadeApplication, moveApplication } from './application.ts'
import { displayNameOf, type Organisation, type Person } from './cast.ts'

/** What cannot be known before it was made. */
export interface Furnished {
  readonly userIds: ReadonlyMap<string, string>
  readonly application: MadeApplication
}

export interface FurnishFacts {
  readonly organisation: Organisation
  readonly hasher: PasswordHasher
  readonly baseUrl: string
  readonly addresses: ApplicationAddresses
}

/**
 * Fills an empty tenant: people, groups, an application with its API, secret and consents. All of it is one
 * transaction, so that a start cut short leaves either nothing or everything. Where everything is there but its
 * secret was lost with the program that made it, the application gets another one.
 */
export async function furnish(ctx: Context, facts: FurnishFacts): Promise<Furnished> {
  const { organisation, baseUrl } = facts
  const passwords = await hashPasswords(organisation, facts.hasher)
  const furnished = await ctx.db.transaction(async (tx) => {
    const present = await resolveResource(tx, organisation.application.identifierUri, { baseUrl })
    return present === null
      ? createEverything(ctx, tx, facts, passwords)
      : findEverything(ctx, tx, organisation, present.appId)
  })
  await moveApplication(ctx, organisation, furnished.application.objectId, facts.addresses)
  return furnished
}

/** Before the transaction: hashing takes milliseconds each. */
async function hashPasswords(
  organisation: Organisation,
  hasher: PasswordHasher,
): Promise<ReadonlyMap<string, NewPassword>> {
  const passwords = new Map<string, NewPassword>()
  for (const { alias, password } of organisation.people) {
    passwords.set(alias, { hash: await hasher.hash(password), forceChange: false })
  }
  return passwords
}

async function createEverything(
  ctx: Context,
  tx: Tx,
  facts: FurnishFacts,
  passwords: ReadonlyMap<string, NewPassword>,
): Promise<Furnished> {
  const { organisation } = facts
  const userIds = new Map<string, string>()
  for (const person of organisation.people) {
    const user = await createPerson(ctx, tx, organisation, person, passwords.get(person.alias) ?? null)
    userIds.set(person.alias, user.id)
  }
  const groupIds = new Map<string, string>()
  for (const { members, ...team } of organisation.teams) {
    const references = members.map((alias) => ({ set: 'users', id: userIds.get(alias) ?? '' }))
    const group = await addGroup(
      ctx,
      tx,
      { ...team, mailEnabled: false, securityEnabled: true },
      { owners: references.slice(0, 1), members: references },
    )
    groupIds.set(team.mailNickname, group.id)
  }
  const approvers = groupIds.get(organisation.application.approvers) ?? ''
  const application = await createApplication(ctx, tx, { ...facts, approvers })
  return { userIds, application }
}

async function createPerson(
  ctx: Context,
  tx: Tx,
  { domain }: Organisation,
  person: Person,
  password: NewPassword | null,
): Promise<User> {
  const address = `${person.alias}@${domain}`
  const user = await addUser(
    ctx,
    tx,
    {
      userPrincipalName: address,
      displayName: displayNameOf(person),
      givenName: person.givenName,
      surname: person.surname,
      jobTitle: person.jobTitle,
      department: person.department,
      mail: address,
      mailNickname: person.alias,
      accountEnabled: true,
    },
    password,
  )
  if (person.role !== null) await assignRole(ctx, tx, directoryRoleTemplates[person.role], user.id)
  return user
}

async function findEverything(
  ctx: Context,
  tx: Tx,
  organisation: Organisation,
  appId: string,
): Promise<Furnished> {
  const userIds = new Map<string, string>()
  for (const { alias } of organisation.people) {
    const user = await findByUserPrincipalName(tx, `${alias}@${organisation.domain}`)
    if (user !== null) userIds.set(alias, user.id)
  }
  const client = await findClient(tx, appId)
  if (client === null || client.applicationId === null) throw new Error('An own resource is an own client.')
  const { secretText } = await addPassword(ctx, tx, client.applicationId, { displayName: 'Demo, again' })
  return { userIds, application: { objectId: client.applicationId, appId, secret: secretText } }
}
