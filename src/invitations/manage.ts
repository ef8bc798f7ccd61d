import { endConversion, findById, readOrganization, type User } from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import { digestToken, randomToken } from '../platform/crypto/tokens.ts'
import type { Tx } from '../platform/database/index.ts'
import { NotFound } from '../platform/errors.ts'
import { isGuid } from '../platform/ids.ts'
import { domainOf, findDomains } from '../tenants/index.ts'
import { accountFactsOf } from './account-facts.ts'
import { addressKey } from './address.ts'
import type { FindCaller } from './caller.ts'
import type { InvitationDependencies } from './dependencies.ts'
import { resend as decideResend, revoke as decideRevoke } from './invitation-states.ts'
import { inviterOf } from './inviter.ts'
import { UNSUBSCRIBED } from './message-rules.ts'
import type { Caller, InvitationState } from './model.ts'
import { announceUpdate, auditInvitation } from './records.ts'
import { redeemUrl } from './redeem-url.ts'
import { orThrow, wrongState } from './refusal.ts'
import { queueInvitationMail, readMailTenant } from './send-mail.ts'
import { isBlocked } from './sender-store.ts'
import type { Invited } from './service.ts'
import * as store from './store.ts'
import { mayInvite, mayRevoke } from './who-may-invite.ts'

/**
 * INV-18: a fresh ticket for a pending invitation, and its mail unless `sendMail` is false. An expired one comes back
 * to life; older tickets keep their ends. 404 when there is none, 409 when it is not pending.
 */
export async function resendInvitation(
  dependencies: InvitationDependencies,
  ctx: Context,
  findCaller: FindCaller,
  id: string,
  sendMail: boolean,
): Promise<Invited> {
  const { policy, deployment } = dependencies
  const known = await ctx.db.transaction((tx) => requireInvitation(tx, id))
  const crossTenant = await policy.judgeCrossTenant(ctx, {
    address: known.address,
    homeTenantId: null,
    homeObjectId: null,
  })
  return ctx.db.transaction(async (tx) => {
    const caller = await findCaller(tx)
    const settings = await policy.settings(ctx, tx)
    orThrow(mayInvite(caller, settings))
    const { invitation, guest } = await lockInvitation(tx, known)
    const domain = domainOf(invitation.address) ?? ''
    const facts = {
      invitation,
      guest: guest === null ? null : accountFactsOf(guest),
      domainList: await policy.judgeDomain(ctx, tx, domain),
      crossTenant,
      domain,
      lifetimeDays: settings.invitationLifetimeDays,
    }
    const now = ctx.clock.now()
    const { state } = orThrow(decideResend(facts, now)).invitation
    if (guest === null) throw new NotFound(invitation.invitedUserId)
    await move(ctx, tx, invitation, state)
    const ticket = randomToken()
    await store.insertTicket(tx, ctx.tenantId, digestToken(ticket), {
      invitationId: id,
      issuedAt: now,
      expiresAt: state.kind === 'pendingAcceptance' ? state.expiresAt : null,
    })
    const acceptUrl = redeemUrl(deployment.baseUrl, {
      tenantId: ctx.tenantId,
      userId: guest.id,
      ticket,
    })
    const renewed = { ...invitation, state }
    await auditInvitation(ctx, tx, 'Invite external user', invitation, guest, 'Update')
    const mailed = sendMail && (await mailAgain(dependencies, ctx, tx, { caller, renewed, guest, acceptUrl }))
    return { invitation: renewed, user: guest, redeemUrl: acceptUrl, mailed, warnings: [] }
  })
}

async function mailAgain(
  dependencies: InvitationDependencies,
  ctx: Context,
  tx: Tx,
  order: {
    readonly caller: Caller
    readonly renewed: store.StoredInvitation
    readonly guest: User
    readonly acceptUrl: string
  },
): Promise<boolean> {
  const { caller, renewed, guest, acceptUrl } = order
  if (await isBlocked(tx, addressKey(renewed.address) ?? renewed.address)) {
    await auditInvitation(ctx, tx, UNSUBSCRIBED, renewed, guest, 'Other')
    return false
  }
  const organization = await readOrganization(tx)
  const domains = await findDomains(tx, ctx.tenantId)
  const primaryDomain = domains.find(({ isDefault }) => isDefault)?.name ?? ''
  // The words of one person are not sent under the name of another.
  const isSameInviter = inviterOf(ctx, caller).inviterId === renewed.inviterId
  await queueInvitationMail(dependencies, ctx, tx, {
    kind: 'invitation',
    tenant: await readMailTenant(ctx, tx, { organization, primaryDomain }),
    caller,
    invitation: isSameInviter ? renewed : { ...renewed, customMessage: null },
    acceptUrl,
  })
  await store.noteSent(tx, renewed.id, ctx.clock.now())
  return true
}

/** INV-17: takes an invitation back; its tickets stop working. 404 when there is none, 409 when it is over already. */
export async function revokeInvitation(ctx: Context, findCaller: FindCaller, id: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const { invitation, guest } = await lockInvitation(tx, await requireInvitation(tx, id))
    const caller = await findCaller(tx)
    orThrow(mayRevoke(caller, invitation.inviterId))
    const { state } = orThrow(
      decideRevoke(invitation, inviterOf(ctx, caller).inviterId, ctx.clock.now()),
    ).invitation
    await move(ctx, tx, invitation, state)
    const isLast = (await store.findOpenInvitationOf(tx, invitation.invitedUserId)) === null
    if (guest !== null && isLast) await endConversion(ctx, tx, guest.id)
    await auditInvitation(
      ctx,
      tx,
      'Revoke invitation',
      invitation,
      guest ?? unknownUser(invitation),
      'Update',
    )
  })
}

const unknownUser = ({ invitedUserId, address }: store.StoredInvitation) => ({
  id: invitedUserId,
  displayName: address,
  userPrincipalName: address,
})

async function move(
  ctx: Context,
  tx: Tx,
  invitation: store.StoredInvitation,
  state: InvitationState,
): Promise<void> {
  if (!(await store.moveFromPending(tx, invitation.id, state))) {
    orThrow(wrongState('INV-18', `Invitation '${invitation.id}' is not pending any more.`))
  }
  announceUpdate(ctx, tx, invitation.id)
}

async function requireInvitation(tx: Tx, id: string): Promise<store.StoredInvitation> {
  const invitation = isGuid(id) ? await store.findInvitation(tx, id) : null
  if (invitation === null) throw new NotFound(id)
  return invitation
}

/** The user first, as redemption does: two that lock in different orders would wait for each other for ever. */
async function lockInvitation(
  tx: Tx,
  known: store.StoredInvitation,
): Promise<{ readonly invitation: store.StoredInvitation; readonly guest: User | null }> {
  const guest = await findById(tx, known.invitedUserId, 'for update')
  const invitation = await store.findInvitation(tx, known.id, 'for update')
  if (invitation === null) throw new NotFound(known.id)
  return { invitation, guest }
}
