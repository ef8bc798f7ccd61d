import {
  addGroup,
  addPassword,
  addUser,
  assignAppRole,
  assignRole,
  findByUserPrincipalName,
  findClient,
  type NewPassword,
  recordConsent,
  registerApplication,
  resolveResource,
  type User,
  updateApplication,
  updateOrganization,
} from '../directory/index.ts'
import { directoryRoleTemplates, findPermission, graphAppId } from '../graph/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import type { PasswordHasher } from '../platform/passwords.ts'
import type { ApplicationAddresses } from './addresses.ts'
import { API_ROLE, API_SCOPE, displayNameOf, type Organisation, type Person } from './cast.ts'

/** What cannot be known before it was made. */
export interface Furnished {
  readonly userIds: ReadonlyMap<string, string>
  readonly application: {
    readonly objectId: string
    readonly appId: string
    readonly secret: string
  }
}

export interface FurnishFacts {
  readonly organisation: Organisation
  readonly hasher: PasswordHasher
  readonly baseUrl: string
  readonly addresses: ApplicationAddresses
}

/** What everybody in the tenant consents to through the administrator, so that no consent page stands in the way. */
const SIGN_IN_SCOPES = ['openid', 'profile', 'email', 'offline_access', 'User.Read']
/** What the application may do by itself: a script can invite and look at what came of it. */
const GRAPH_ROLES = ['User.Invite.All', 'User.Read.All', 'Group.Read.All', 'AuditLog.Read.All']

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

/** Tells the tenant where its application now is; changes and records nothing where that is known. */
export async function moveApplication(
  ctx: Context,
  organisation: Organisation,
  objectId: string,
  { origin, redirectUris }: ApplicationAddresses,
): Promise<void> {
  await ctx.db.transaction((tx) =>
    updateApplication(ctx, tx, objectId, { web: { homePageUrl: `${origin}/`, redirectUris } }),
  )
  if (organisation.hasPrivacyStatement) {
    const contactEmail = `privacy@${organisation.domain}`
    await updateOrganization(ctx, { privacyProfile: { contactEmail, statementUrl: `${origin}/privacy` } })
  }
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
  const application = await createApplication(
    ctx,
    tx,
    facts,
    groupIds.get(organisation.application.approvers) ?? '',
  )
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

async function createApplication(
  ctx: Context,
  tx: Tx,
  { organisation, addresses, baseUrl }: FurnishFacts,
  approvers: string,
): Promise<Furnished['application']> {
  const { displayName, description, identifierUri } = organisation.application
  const roleId = ctx.ids.guid()
  const { application, servicePrincipal, secret } = await registerApplication(ctx, tx, {
    displayName,
    description,
    identifierUris: [identifierUri],
    web: { homePageUrl: `${addresses.origin}/`, redirectUris: addresses.redirectUris },
    api: { oauth2PermissionScopes: [ordersScope(ctx.ids.guid())] },
    appRoles: [ordersRole(roleId)],
    // `acct` tells the application whether a guest has come (GTK-4).
    optionalClaims: { idToken: [{ name: 'acct' }], accessToken: [{ name: 'acct' }] },
    requiredResourceAccess: [requiredOfGraph()],
    secret: { displayName: 'Demo' },
  })
  const graph = await resolveResource(tx, graphAppId, { baseUrl })
  if (secret === null || graph === null) throw new Error('The tenant was not initialised.')

  const everybody = { clientId: servicePrincipal.id, grantedBy: { for: 'everybody' } } as const
  await recordConsent(ctx, tx, {
    ...everybody,
    resourceId: graph.servicePrincipalId,
    scopes: SIGN_IN_SCOPES,
  })
  await recordConsent(ctx, tx, { ...everybody, resourceId: servicePrincipal.id, scopes: [API_SCOPE] })

  const itself = { principalId: servicePrincipal.id }
  await assignAppRole(ctx, tx, { ...itself, resourceId: servicePrincipal.id, appRoleId: roleId })
  for (const name of GRAPH_ROLES) {
    const appRoleId = permission(name).applicationId
    if (appRoleId === null) throw new Error(`${name} is no application permission.`)
    await assignAppRole(ctx, tx, { ...itself, resourceId: graph.servicePrincipalId, appRoleId })
  }
  await assignAppRole(ctx, tx, {
    principalId: approvers,
    resourceId: servicePrincipal.id,
    appRoleId: roleId,
  })
  return { objectId: application.id, appId: application.appId, secret: secret.secretText }
}

const ordersScope = (id: string) => ({
  id,
  type: 'User',
  value: API_SCOPE,
  adminConsentDisplayName: 'Read orders',
  adminConsentDescription: 'Lets the application read the orders of the person who signed in.',
  userConsentDisplayName: 'Read your orders',
  userConsentDescription: 'Lets the application read your orders.',
})

const ordersRole = (id: string) => ({
  id,
  allowedMemberTypes: ['User', 'Application'],
  displayName: 'Approver',
  description: 'Approves orders.',
  value: API_ROLE,
})

function requiredOfGraph() {
  const access = (name: string, type: 'Scope' | 'Role') => {
    const { delegatedId, applicationId } = permission(name)
    return { id: type === 'Scope' ? delegatedId : applicationId, type }
  }
  return {
    resourceAppId: graphAppId,
    resourceAccess: [
      ...SIGN_IN_SCOPES.map((name) => access(name, 'Scope')),
      ...GRAPH_ROLES.map((name) => access(name, 'Role')),
    ],
  }
}

function permission(name: string) {
  const found = findPermission(name)
  if (found === undefined) throw new Error(`The Graph API has no permission ${name}.`)
  return found
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
