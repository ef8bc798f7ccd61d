import {
  findAccountForSignIn,
  findById,
  findByIdentity,
  isAssigned,
  isExternal,
  organisationalIdentity,
  passcodeIdentity,
  type User,
} from '../../directory/index.ts'
import { findOrganizationalAccount, type ProvenPerson } from '../../federation/index.ts'
import {
  decideProvider,
  decideProviderOfGuest,
  type OrganizationalAccount,
  type ProviderDecision,
  parseMailAddress,
} from '../../invitations/index.ts'
import { inRealTime } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database/index.ts'
import { domainOf, findDomains } from '../../tenants/index.ts'
import type { AccessFacts } from './access-rules.ts'
import type { AccountFacts } from './account-rules.ts'
import type { BeginningFacts } from './begin-rules.ts'
import type { PassingStage } from './model.ts'
import type { RealmFacts } from './realm-rules.ts'
import type { Visit } from './visit.ts'

type StageOf<K extends PassingStage['kind']> = Extract<PassingStage, { readonly kind: K }>

export async function beginningFacts(visit: Visit): Promise<BeginningFacts> {
  const { occasion, engine, ctx, dependencies, memory } = visit
  const { ticket, sessionAccountId } = occasion
  const account = sessionAccountId === null ? null : await engine.directory.findAccount(sessionAccountId)
  return {
    prompt: occasion.prompt,
    reasons: occasion.reasons,
    loginHint: occasion.loginHint,
    ticket: ticket === null ? null : await dependencies.redemption.openTicket(ctx, ticket),
    session:
      account === null
        ? null
        : {
            userId: account.subject.objectId,
            displayName: account.subject.displayName,
            identifier: account.subject.homeUserPrincipalName ?? account.subject.userPrincipalName,
          },
    knowsAccounts: memory.accounts().length > 0 || account !== null,
  }
}

export async function realmFacts(visit: Visit, stage: StageOf<'named'>): Promise<RealmFacts> {
  const { ctx, occasion } = visit
  const identifier = stage.identifier.trim()
  const domain = domainOf(identifier)
  const { found, domains } = await ctx.db.transaction(async (tx) => ({
    found: await findAccountForSignIn(tx, identifier),
    domains: await findDomains(tx, ctx.tenantId),
  }))
  const account = found === null ? null : { ...originOf(found.user), identities: found.user.identities }
  const facts = {
    identifier,
    prompt: stage.prompt,
    clientKind: occasion.client.kind,
    byTicket: occasion.ticket !== null,
    inBrowser: isOpenedInBrowser(visit.request.headers),
    account,
    wellFormed: parseMailAddress(identifier).outcome === 'parsed',
    ownDomain: domains.some(({ name, verification }) => name === domain && verification.state === 'verified'),
  }
  return { ...facts, provider: await providerOf(visit, facts, domain, account?.accepted === true) }
}

/**
 * Fetch Metadata, which scanners that follow a mail's links do not send, nor do pages that only fetch ahead. Not
 * `Sec-Fetch-User`: Safari never sends it, and other browsers leave it out for links in the frames of web mail.
 */
const isOpenedInBrowser = (headers: Visit['request']['headers']): boolean =>
  headers['sec-fetch-dest'] === 'document' && headers['sec-purpose'] === undefined

const originOf = (user: User) => ({
  origin: isExternal(user) ? ('external' as const) : ('internal' as const),
  accepted: isExternal(user) && user.externalUserState !== 'PendingAcceptance',
})

/** Asks other tenants only where their answer counts. */
async function providerOf(
  { ctx, dependencies }: Visit,
  facts: Omit<RealmFacts, 'provider'>,
  domain: string | null,
  accepted: boolean,
): Promise<ProviderDecision | null> {
  const passwordDecides =
    !facts.byTicket && (facts.account?.origin === 'internal' || (facts.account === null && facts.ownDomain))
  if (facts.clientKind === 'tenant' || !facts.wellFormed || domain === null || passwordDecides) return null
  const passcodesEnabled = await dependencies.policies.passcodesEnabled(ctx)
  if (accepted && !facts.byTicket && facts.account !== null) {
    return decideProviderOfGuest(facts.account.identities, passcodesEnabled)
  }
  return decideProvider({
    domain,
    organizationalAccount: await organizationalAccountOf(ctx, dependencies, facts.identifier),
    federation: null,
    googleIsConfigured: false,
    microsoftAccount: 'notConfigured',
    passcodesEnabled,
    configuration: await dependencies.policies.redemptionConfiguration(ctx),
  })
}

async function organizationalAccountOf(
  ctx: Visit['ctx'],
  { deployment, port }: Visit['dependencies'],
  address: string,
): Promise<OrganizationalAccount> {
  const found = await findOrganizationalAccount(ctx, deployment, port, address)
  switch (found.outcome) {
    case 'found':
      return { kind: 'found', homeTenantId: found.homeTenantId }
    case 'unknownThere':
      return { kind: 'absent', homeTenantId: found.homeTenantId }
    case 'unreachable':
      return { kind: 'noAnswer', homeTenantId: found.homeTenantId }
    case 'none':
      return { kind: 'noTenant' }
  }
}

export async function accountFacts(visit: Visit, stage: StageOf<'proven'>): Promise<AccountFacts> {
  const { ctx, occasion, dependencies } = visit
  const { person, asked, provedAddresses } = stage
  const { user, meant } = await ctx.db.transaction(async (tx) => ({
    user: await userOfPerson(tx, person),
    meant: asked === null ? null : await findAccountForSignIn(tx, asked.identifier),
  }))
  const byTicket = occasion.ticket !== null
  return {
    person,
    asked: asked === null ? null : { ...asked, userId: meant?.user.id ?? null },
    user: user === null ? null : { id: user.id },
    redemption:
      byTicket || user === null
        ? await dependencies.redemption.judge(ctx, { person, ticket: occasion.ticket, provedAddresses })
        : null,
    byTicket,
    provedAddresses,
  }
}

/** Who signs in with this identity; accepted guests only have one. */
const userOfPerson = (tx: Tx, person: ProvenPerson): Promise<User | null> =>
  findByIdentity(
    tx,
    person.kind === 'organization'
      ? organisationalIdentity(person.homeTenantId, person.homeObjectId)
      : passcodeIdentity(person.address),
  )

/** Who would get a code that goes to this mailbox; the id where it is certain. */
export interface CodeRecipient {
  readonly userId: string | null
}

/** OTP-3: is there anybody with this address to whom a code would be of use? `null`: nobody. */
export async function findCodeRecipient(
  visit: Visit,
  { address, keeping }: { readonly address: string; readonly keeping: ProvenPerson | null },
): Promise<CodeRecipient | null> {
  const { ctx, occasion, dependencies } = visit
  if (occasion.ticket !== null) {
    const opened = await dependencies.redemption.openTicket(ctx, occasion.ticket)
    return opened.outcome === 'open' ? { userId: opened.invitedUserId } : null
  }
  const person: ProvenPerson = {
    kind: 'passcode',
    address: address.toLowerCase(),
    signedInAt: ctx.clock.now(),
  }
  const user = keeping === null ? await ctx.db.transaction((tx) => userOfPerson(tx, person)) : null
  if (user !== null) return { userId: user.id }
  const judgement = await dependencies.redemption.judge(ctx, { person, ticket: null, provedAddresses: [] })
  if (judgement.outcome === 'nobody') return null
  return { userId: judgement.outcome === 'accept' ? judgement.invitedUserId : null }
}

export async function accessFacts(visit: Visit, stage: StageOf<'admitted'>): Promise<AccessFacts> {
  const { ctx, occasion, memory } = visit
  const { admission } = stage
  const { client } = occasion
  const { user, assigned } = await ctx.db.transaction(async (tx) => ({
    user: await findById(tx, admission.userId),
    assigned:
      !client.assignmentRequired ||
      client.servicePrincipalId === null ||
      (await isAssigned(tx, admission.userId, client.servicePrincipalId)),
  }))
  return {
    admission,
    account:
      user === null || user.deletedDateTime !== null
        ? null
        : { enabled: user.accountEnabled, userPrincipalName: user.mail ?? user.userPrincipalName },
    assignment: assigned ? 'assigned' : 'missing',
    clientKind: client.kind,
    byTicket: occasion.ticket !== null,
    stay: stage.stay ?? memory.lastingAnswer(),
    sessionsValidFrom: inRealTime(ctx.clock, user?.signInSessionsValidFromDateTime ?? new Date(0)),
  }
}
