import { recordRefusal } from '../audit/index.ts'
import { acceptGuest, DuplicateValue, findById, findByIdentity } from '../directory/index.ts'
import type { ProvenPerson } from '../federation/index.ts'
import type { Context } from '../platform/context.ts'
import { digestToken } from '../platform/crypto/tokens.ts'
import type { Tx } from '../platform/database/index.ts'
import { Conflict } from '../platform/errors.ts'
import { domainOf } from '../tenants/index.ts'
import { accountFactsOf, findHolders } from './account-facts.ts'
import { matchGuest } from './address-holders.ts'
import { identityOf } from './address-ownership.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { findInviterContact } from './inviter.ts'
import type { InjectedDecision, Redeemer, Ticket } from './model.ts'
import { nothingBlocks } from './model.ts'
import { announceUpdate, auditInvitation } from './records.ts'
import { decideRedemption, type RedemptionDecision } from './redeem-rules.ts'
import { whoRedeems } from './redeemer.ts'
import type { OpenedTicket, Redemption, RedemptionJudgement, RedemptionRequest } from './redemption-model.ts'
import * as store from './store.ts'

const REDEEM = 'Redeem external user invite'

/** The doors that sign-in uses. Each is asked in the resource tenant of `ctx`. */
export const createRedemption = (dependencies: InvitationDependencies): Redemption => ({
  openTicket: (ctx, ticket) => openTicket(ctx, ticket),
  judge: (ctx, request) => judge(dependencies, ctx, request),
  redeem: (ctx, request) => redeem(dependencies, ctx, request),
})

async function openTicket(ctx: Context, ticket: string): Promise<OpenedTicket> {
  return ctx.db.transaction(async (tx) => {
    const found = await store.findByTicket(tx, digestToken(ticket))
    if (found === null) return { outcome: 'unknown' }
    const { invitation } = found
    const offer: Offer = { ...found, address: invitation.address }
    const decision = await decide(ctx, tx, offer, nobodyYet)
    switch (decision.outcome) {
      case 'alreadyAccepted':
        return { outcome: 'accepted', redirectUrl: invitation.redirectUrl }
      case 'expired':
        return { outcome: 'expired', inviterContact: await findInviterContact(tx, invitation) }
      case 'revoked':
      case 'superseded':
        return { outcome: 'unknown' }
      default:
        // What policies say is told after the sign-in: before it, nobody learns what is blocked here.
        return {
          outcome: 'open',
          address: invitation.address,
          invitedUserId: invitation.invitedUserId,
          redirectUrl: invitation.redirectUrl,
        }
    }
  })
}

async function judge(
  dependencies: InvitationDependencies,
  ctx: Context,
  request: RedemptionRequest,
): Promise<RedemptionJudgement> {
  const offer = await ctx.db.transaction((tx) => findOffer(tx, request))
  if (offer === null) return nothingFor(request)
  const proof = await gatherProof(dependencies, ctx, request, offer)
  return ctx.db.transaction(async (tx) => {
    const decision = await decide(ctx, tx, offer, { ...proof, policy: dependencies.policy })
    return present(tx, offer, decision)
  })
}

/**
 * RED-14, in one transaction: the guest is locked, everything is judged once more, and state, identity, the guest's
 * open invitations, audit record and feed change together or not at all.
 */
async function redeem(
  dependencies: InvitationDependencies,
  ctx: Context,
  request: RedemptionRequest & { readonly invitedUserId: string },
): Promise<Redeemed> {
  const known = await ctx.db.transaction((tx) => findOffer(tx, request))
  // Consent was given for one guest; by now the way could lead to another.
  if (known === null || known.invitation.invitedUserId !== request.invitedUserId) {
    return nothingFor(request)
  }
  const proof = await gatherProof(dependencies, ctx, request, known)
  let refused: RedemptionDecision | null = null
  try {
    const outcome = await ctx.db.transaction(async (tx): Promise<Redeemed> => {
      const guest = await findById(tx, request.invitedUserId, 'for update')
      // The others of fifty at once wait above, and read what the first one wrote.
      const invitation = await store.findInvitation(tx, known.invitation.id)
      if (guest === null || invitation === null) return nothingFor(request)
      const offer = { ...known, invitation }
      const decision = await decide(ctx, tx, offer, { ...proof, policy: dependencies.policy })
      if (decision.outcome !== 'accept') {
        refused = decision
        return present(tx, offer, decision)
      }
      const accepted = await acceptGuest(
        ctx,
        tx,
        guest.id,
        decision.identity,
        decision.endInternalPassword ? 'end' : 'keep',
      )
      const at = ctx.clock.now()
      const completed = await store.endOpenInvitations(tx, guest.id, {
        kind: 'completed',
        at,
        how: 'redeemed',
      })
      if (!completed.includes(invitation.id)) throw new Conflict('The invitation is not open any more.')
      for (const id of completed) announceUpdate(ctx, tx, id)
      await auditInvitation(ctx, tx, REDEEM, invitation, accepted, 'Update')
      return { outcome: 'accepted' }
    })
    if (refused !== null) await recordRefusedRedemption(ctx, known.invitation, refused)
    return outcome
  } catch (error) {
    // The same account redeemed another invitation here at the same moment; asked again, the rules say so.
    if (error instanceof DuplicateValue || error instanceof Conflict) return judge(dependencies, ctx, request)
    throw error
  }
}

type Redeemed = { readonly outcome: 'accepted' } | RedemptionJudgement

/** GRA-67. A second click on a used link is no attempt at anything. */
async function recordRefusedRedemption(
  ctx: Context,
  invitation: store.StoredInvitation,
  { outcome, because }: RedemptionDecision,
): Promise<void> {
  if (outcome === 'alreadyAccepted') return
  await recordRefusal(ctx, {
    activity: REDEEM,
    category: 'UserManagement',
    operationType: 'Update',
    service: 'Invited Users',
    targets: [{ id: invitation.invitedUserId, type: 'User' }],
    details: [{ key: 'InvitationId', value: invitation.id }],
    failure: because.map(({ rule, message }) => `${rule}: ${message}`).join(' '),
  })
}

/** What there is to redeem, and by which way the person came. */
interface Offer {
  readonly invitation: store.StoredInvitation
  /** Null: a direct link (RED-1). */
  readonly ticket: Ticket | null
  /** That the person must have. */
  readonly address: string
}

async function findOffer(tx: Tx, { ticket, person }: RedemptionRequest): Promise<Offer | null> {
  if (ticket !== null) {
    const found = await store.findByTicket(tx, digestToken(ticket))
    return found === null ? null : { ...found, address: found.invitation.address }
  }
  for (const address of addressesOf(person)) {
    const match = matchGuest(await findHolders(tx, address))
    if (match.outcome !== 'matched' || match.account.externalUserState !== 'PendingAcceptance') continue
    const invitation = await store.findOpenInvitationOf(tx, match.account.id)
    // RED-3: the address led to the guest, so it is the one to be proved; an administrator gave it to them.
    if (invitation !== null) return { invitation, ticket: null, address }
  }
  return null
}

const addressesOf = (person: ProvenPerson): readonly string[] =>
  person.kind === 'passcode'
    ? [person.address]
    : [person.userPrincipalName, ...(person.mail === null ? [] : [person.mail])]

const nothingFor = ({ ticket }: RedemptionRequest): RedemptionJudgement =>
  ticket === null
    ? { outcome: 'nobody' }
    : { outcome: 'unavailable', reason: 'unknown', inviterContact: null }

interface Proof {
  readonly redeemer: Redeemer | null
  readonly provedAddresses: readonly string[]
  readonly crossTenant: InjectedDecision
  /** Null: only whether there is something to redeem is asked. */
  readonly policy: InvitationDependencies['policy'] | null
}

const nobodyYet: Proof = { redeemer: null, provedAddresses: [], crossTenant: nothingBlocks, policy: null }

async function gatherProof(
  dependencies: InvitationDependencies,
  ctx: Context,
  { person, provedAddresses }: RedemptionRequest,
  { address }: Offer,
): Promise<Omit<Proof, 'policy'>> {
  const home = person.kind === 'organization' ? person : null
  return {
    redeemer: await whoRedeems(dependencies, ctx, person, address),
    provedAddresses,
    crossTenant: await dependencies.policy.judgeCrossTenant(ctx, {
      address,
      homeTenantId: home?.homeTenantId ?? null,
      homeObjectId: home?.homeObjectId ?? null,
    }),
  }
}

async function decide(
  ctx: Context,
  tx: Tx,
  { invitation, ticket, address }: Offer,
  { redeemer, provedAddresses, crossTenant, policy }: Proof,
): Promise<RedemptionDecision> {
  const guest = await findById(tx, invitation.invitedUserId)
  const account = redeemer === null ? null : await findByIdentity(tx, identityOf(redeemer))
  const domain = domainOf(address)
  const facts = {
    invitation: { ...invitation, address },
    ticket,
    guest: guest === null ? null : accountFactsOf(guest),
    redeemer,
    signedInFor: 'thisRedemption' as const,
    provedAddresses,
    passcodesEnabled: policy === null ? true : (await policy.settings(ctx, tx)).passcodesEnabled,
    redeemersUserId: account?.id ?? null,
    domainList:
      policy === null || domain === null ? nothingBlocks : await policy.judgeDomain(ctx, tx, domain),
    crossTenant,
  }
  return decideRedemption(facts, ctx.clock.now())
}

/** The decision in sign-in's words. */
async function present(
  tx: Tx,
  { invitation, ticket, address }: Offer,
  decision: RedemptionDecision,
): Promise<RedemptionJudgement> {
  switch (decision.outcome) {
    case 'accept':
      return {
        outcome: 'accept',
        invitedUserId: invitation.invitedUserId,
        inviterName: invitation.inviterKind === 'system' ? null : invitation.inviterName,
      }
    case 'alreadyAccepted':
      return { outcome: 'alreadyAccepted', redirectUrl: ticket === null ? null : invitation.redirectUrl }
    case 'needsPasscode':
      return { outcome: 'wrongAccount', address, mayProve: true }
    case 'wrongAccount':
      return { outcome: 'wrongAccount', address, mayProve: decision.passcodeOffered }
    case 'accountInUse':
      // A code would not help: the account is another user of this tenant already.
      return { outcome: 'wrongAccount', address, mayProve: false }
    case 'blocked':
      return { outcome: 'blocked', by: decision.by }
    case 'expired':
      return {
        outcome: 'unavailable',
        reason: 'expired',
        inviterContact: await findInviterContact(tx, invitation),
      }
    case 'revoked':
    case 'superseded':
      return { outcome: 'unavailable', reason: 'unknown', inviterContact: null }
    case 'signIn':
      throw new TypeError('Only asked without a redeemer.')
  }
}
