import {
  findById,
  findObjects,
  listSponsors,
  type OrganizationFacts,
  readOrganization,
} from '../directory/index.ts'
import type { Context } from '../platform/context.ts'
import type { Tx } from '../platform/database/index.ts'
import { findDomains } from '../tenants/index.ts'
import { accountFactsOf, findHolders, weighRoles } from './account-facts.ts'
import type { InvitationFacts } from './invitation-facts.ts'
import type { AccountFacts, Caller, InjectedDecision } from './model.ts'
import type { InvitationPolicy, InvitationSettings } from './policy.ts'
import type { CheckedRequest, InvitationRequest } from './request-rules.ts'
import { isBlocked } from './sender-store.ts'
import type { SponsorFacts } from './sponsors.ts'

/** What other tenants say; asked before the transaction. */
export interface OutsideFacts {
  readonly crossTenant: InjectedDecision
  readonly homeLanguage: string | null
}

export interface LoadedFacts {
  readonly facts: InvitationFacts
  readonly settings: InvitationSettings
  readonly organization: OrganizationFacts
  /** The default one of this tenant. */
  readonly primaryDomain: string
}

/** Everything that `decideInvitation` looks at, in the transaction that acts on the answer. */
export async function loadInvitationFacts(
  ctx: Context,
  tx: Tx,
  policy: InvitationPolicy,
  asked: {
    readonly caller: Caller
    readonly request: InvitationRequest
    readonly checked: CheckedRequest
    readonly settings: InvitationSettings
    readonly outside: OutsideFacts
  },
): Promise<LoadedFacts> {
  const { request, checked, settings, outside } = asked
  const { address } = checked
  const domains = await findDomains(tx, ctx.tenantId)
  const organization = await readOrganization(tx)
  const verified = domains.filter(({ verification }) => verification.state === 'verified')
  const facts: InvitationFacts = {
    caller: asked.caller,
    request,
    checked,
    policy: settings,
    verifiedDomains: new Set(verified.map(({ name }) => name)),
    holders: await findHolders(tx, address.text, { withSponsors: request.sponsorIds.length > 0 }),
    named: request.invitedUserId === null ? null : await findNamed(tx, request.invitedUserId),
    sponsors: await findSponsorFacts(tx, request.sponsorIds),
    domainList: await policy.judgeDomain(ctx, tx, address.domain),
    crossTenant: outside.crossTenant,
    unsubscribed: request.sendInvitationMessage && (await isBlocked(tx, address.key)),
    // Both tenants' policies decide it (ARD-1), and there are none yet.
    automaticRedemption: false,
    languages: { homeTenant: outside.homeLanguage, resourceTenant: organization.preferredLanguage },
  }
  const primary = verified.find(({ isDefault }) => isDefault) ?? verified.find(({ isInitial }) => isInitial)
  return { facts, settings, organization, primaryDomain: primary?.name ?? '' }
}

async function findNamed(tx: Tx, id: string): Promise<AccountFacts | 'absent'> {
  const user = await findById(tx, id)
  if (user === null) return 'absent'
  return accountFactsOf(user, {
    directoryRoles: await weighRoles(tx, user.id),
    sponsorIds: (await listSponsors(tx, user.id)).map((sponsor) => sponsor.id),
  })
}

async function findSponsorFacts(tx: Tx, ids: readonly string[]): Promise<SponsorFacts> {
  const objects = await findObjects(tx, ids)
  return new Map(
    objects.map(({ id, type }) => [id, type === 'user' || type === 'group' ? type : ('other' as const)]),
  )
}
