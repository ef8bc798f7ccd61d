import {
  announce,
  beginConversion,
  createGuest,
  DuplicateValue,
  findById,
  giveSponsors,
  resetGuest,
  type User,
} from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import { digestToken, randomToken } from '../platform/crypto/tokens.ts'
import type { Tx } from '../platform/database/index.ts'
import { asResource } from '../platform/ids.ts'
import type { FindCaller } from './caller.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { findHomeLanguage, type HomeLanguages } from './home-language.ts'
import type { Effect } from './invitation-facts.ts'
import { ticketEnd } from './invitation-states.ts'
import { inviterOf } from './inviter.ts'
import { type LoadedFacts, loadInvitationFacts, type OutsideFacts } from './load-facts.ts'
import { chooseLanguage, UNSUBSCRIBED } from './message-rules.ts'
import type { InvitationState, Purpose } from './model.ts'
import { announceUpdate, auditInvitation } from './records.ts'
import { redeemUrl } from './redeem-url.ts'
import { orThrow } from './refusal.ts'
import { checkRequest, type InvitationRequest } from './request-rules.ts'
import { type AllowedInvitation, decideInvitation } from './rules.ts'
import { queueInvitationMail, readMailTenant } from './send-mail.ts'
import * as store from './store.ts'

/** An invitation that was just made, with what nobody can read again: its link. */
export interface Invited {
  readonly invitation: store.StoredInvitation
  readonly user: User
  /** Holds the ticket; the store has only its digest. */
  readonly redeemUrl: string
  readonly mailed: boolean
  /** Texts for the `Warning` header (INV-13). */
  readonly warnings: readonly string[]
}

/**
 * Invites (INV-1…16), resets a redemption (RST) or offers a conversion (CNV-1…3), as the request says. User object,
 * invitation, ticket, mail, audit record and feed entry come in one transaction; on failure there is nothing.
 * Throws `Invalid`, `Forbidden`, `NotFound` or `PreconditionFailed` with Graph's code.
 */
export async function invite(
  dependencies: InvitationDependencies,
  ctx: Context,
  findCaller: FindCaller,
  request: InvitationRequest,
): Promise<Invited> {
  const outside = await askOutside(dependencies, ctx, request)
  return repeatLostRaces(() =>
    ctx.db.transaction((tx) => inviteInside(dependencies, ctx, tx, findCaller, request, outside)),
  )
}

/** What other tenants say of the request; before any transaction, since they may take their time. */
export async function askOutside(
  dependencies: InvitationDependencies,
  ctx: Context,
  request: InvitationRequest,
  languages: HomeLanguages = new Map(),
): Promise<OutsideFacts> {
  // The tenant's own switches are read with its facts; nobody need be asked about what no tenant would take.
  const { address } = orThrow(checkRequest(request, { allowPlusAddressing: true }))
  return {
    crossTenant: await dependencies.policy.judgeCrossTenant(ctx, {
      address: address.text,
      homeTenantId: null,
      homeObjectId: null,
    }),
    homeLanguage:
      request.sendInvitationMessage && request.messageLanguage === null
        ? await findHomeLanguage(dependencies, ctx, address.domain, languages)
        : null,
  }
}

/** The account changed between the decision and its lock, or somebody took the address: decide again. */
class LostRace extends Error {}

const MOST_TRIES = 5

/** USR-4: invitations of one address at the same time make one guest; whoever comes second finds the first. */
export async function repeatLostRaces<T>(work: () => Promise<T>): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await work()
    } catch (error) {
      const isLost =
        error instanceof LostRace || (error instanceof DuplicateValue && error.property === 'proxyAddresses')
      if (!isLost || number === MOST_TRIES) throw error
    }
  }
}

/** `invite` inside the caller's transaction, which must be repeated with `repeatLostRaces`. */
export async function inviteInside(
  dependencies: InvitationDependencies,
  ctx: Context,
  tx: Tx,
  findCaller: FindCaller,
  request: InvitationRequest,
  outside: OutsideFacts,
): Promise<Invited> {
  const { policy } = dependencies
  const settings = await policy.settings(ctx, tx)
  const checked = orThrow(checkRequest(request, settings))
  const caller = await findCaller(tx)
  const loaded = await loadInvitationFacts(ctx, tx, policy, { caller, request, checked, settings, outside })
  const decision = orThrow(decideInvitation(loaded.facts))
  const user = await apply(ctx, tx, loaded, decision)
  const invitation = await saveInvitation(ctx, tx, loaded, decision, user)
  const ticket = randomToken()
  await store.insertTicket(tx, ctx.tenantId, digestToken(ticket), {
    invitationId: invitation.id,
    issuedAt: invitation.invitedAt,
    expiresAt: invitation.state.kind === 'pendingAcceptance' ? invitation.state.expiresAt : null,
  })
  const url = redeemUrl(dependencies.deployment.baseUrl, {
    tenantId: ctx.tenantId,
    userId: user.id,
    ticket,
  })
  const { mail } = decision
  if (mail.kind !== 'none') {
    const tenant = await readMailTenant(ctx, tx, loaded)
    await queueInvitationMail(dependencies, ctx, tx, {
      kind: mail.kind,
      tenant,
      caller,
      invitation,
      acceptUrl: url,
    })
  }
  await record(ctx, tx, decision, invitation, user)
  return { invitation, user, redeemUrl: url, mailed: mail.kind !== 'none', warnings: mail.warnings }
}

/** Does to the directory what was decided. */
async function apply(
  ctx: Context,
  tx: Tx,
  { facts }: LoadedFacts,
  { effect, sponsorIds }: AllowedInvitation,
): Promise<User> {
  const sponsors = sponsorIds.map((id) => ({ set: 'directoryObjects', id }))
  if (effect.kind === 'createGuest') return createGuest(ctx, tx, { ...effect.guest, sponsors })
  const user = await lockAsDecided(tx, effect, facts)
  await giveSponsors(ctx, tx, user, sponsors)
  switch (effect.kind) {
    case 'inviteAgain':
    case 'alreadyAccepted':
      return user
    case 'convert':
      return beginConversion(ctx, tx, user.id)
    case 'reset': {
      const at = ctx.clock.now()
      const ended = await store.endOpenInvitations(tx, user.id, { kind: 'superseded', at })
      for (const id of ended) announceUpdate(ctx, tx, id)
      return resetGuest(ctx, tx, user.id)
    }
  }
}

async function lockAsDecided(
  tx: Tx,
  { userId }: Exclude<Effect, { readonly kind: 'createGuest' }>,
  { named, holders }: LoadedFacts['facts'],
): Promise<User> {
  const user = await findById(tx, userId, 'for update')
  const accounts = [named, ...holders.map(({ account }) => account)]
  const seen = accounts.find(
    (account) => account !== null && account !== 'absent' && account.kind === 'user' && account.id === userId,
  )
  const isAsSeen =
    user !== null &&
    seen !== undefined &&
    seen !== null &&
    seen !== 'absent' &&
    seen.kind === 'user' &&
    seen.externalUserState === user.externalUserState &&
    seen.accountEnabled === user.accountEnabled
  if (!isAsSeen) throw new LostRace()
  return user
}

const purposes: Readonly<Record<Effect['kind'], Purpose>> = {
  createGuest: 'newGuest',
  inviteAgain: 'pendingGuest',
  alreadyAccepted: 'acceptedGuest',
  convert: 'conversion',
  reset: 'reset',
}

async function saveInvitation(
  ctx: Context,
  tx: Tx,
  { facts, settings }: LoadedFacts,
  { effect, mail }: AllowedInvitation,
  user: User,
): Promise<store.StoredInvitation> {
  const { request, checked, caller } = facts
  const now = ctx.clock.now()
  const state: InvitationState =
    effect.kind === 'alreadyAccepted'
      ? { kind: 'completed', at: now, how: 'alreadyAccepted' }
      : { kind: 'pendingAcceptance', expiresAt: ticketEnd(now, settings.invitationLifetimeDays) }
  const invitation: store.StoredInvitation = {
    id: ctx.ids.guid(),
    tenantId: asResource(ctx.tenantId),
    invitedUserId: user.id,
    address: checked.address.text,
    redirectUrl: checked.redirectUrl,
    purpose: purposes[effect.kind],
    invitedAt: now,
    ...inviterOf(ctx, caller),
    state,
    displayName: request.invitedUserDisplayName,
    userType: request.invitedUserType,
    sendsMail: request.sendInvitationMessage,
    language:
      mail.kind === 'none'
        ? chooseLanguage({
            ...facts.languages,
            message: request.messageLanguage,
            guest: user.preferredLanguage,
          })
        : mail.language,
    customMessage: mail.kind === 'none' ? null : mail.customMessage,
    copyTo: mail.kind === 'none' ? null : mail.copyTo,
    lastSentAt: mail.kind === 'none' ? null : now,
  }
  await store.insertInvitation(tx, invitation)
  announce(ctx, tx, { objectType: 'invitation', objectId: invitation.id, change: 'created' })
  return invitation
}

const activities: Readonly<Record<Effect['kind'], string>> = {
  createGuest: 'Invite external user',
  inviteAgain: 'Invite external user',
  alreadyAccepted: 'Invite external user',
  convert: 'Invite internal user to B2B collaboration',
  reset: 'Invite external user with reset invitation status',
}

async function record(
  ctx: Context,
  tx: Tx,
  { effect, mail }: AllowedInvitation,
  invitation: store.StoredInvitation,
  user: User,
): Promise<void> {
  await auditInvitation(ctx, tx, activities[effect.kind], invitation, user, 'Add')
  const isSilenced = mail.kind === 'none' && mail.because.some(({ message }) => message === UNSUBSCRIBED)
  if (isSilenced) await auditInvitation(ctx, tx, UNSUBSCRIBED, invitation, user, 'Other')
}
