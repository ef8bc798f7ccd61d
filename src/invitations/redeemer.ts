import { ownsAddress, type ProvenPerson } from '../federation/index.ts'
import type { Context } from '../platform/context.ts'
import { domainOf, findDomains } from '../tenants/index.ts'
import { sameMailbox } from './address.ts'
import type { InvitationDependencies } from './dependencies.ts'
import type { ClaimedAddress, Redeemer } from './model.ts'

/**
 * What a proof of identity is worth for this address (RED-10). Asks the home tenant whether the address is the
 * person's where their sign-in did not say it, so never inside a transaction. Silence is no.
 */
export async function whoRedeems(
  { deployment, port }: Pick<InvitationDependencies, 'deployment' | 'port'>,
  ctx: Context,
  person: ProvenPerson,
  invitedAddress: string,
): Promise<Redeemer> {
  if (person.kind === 'passcode') return { kind: 'passcode', address: person.address }
  const { homeTenantId, homeObjectId, userPrincipalName, mail } = person
  const domains = await deployment.database.platform.transaction((tx) => findDomains(tx, homeTenantId))
  const homeVerifiedDomains = domains
    .filter(({ verification }) => verification.state === 'verified')
    .map(({ name }) => name)
  const addresses: ClaimedAddress[] = [{ address: userPrincipalName, from: 'userPrincipalName' }]
  if (mail !== null) addresses.push({ address: mail, from: 'mail' })
  const isClaimed = addresses.some(({ address }) => sameMailbox(address, invitedAddress))
  const domain = domainOf(invitedAddress)
  // A tenant has no authority over addresses of other people's domains: nothing it said would count.
  if (!isClaimed && domain !== null && homeVerifiedDomains.includes(domain)) {
    if (await ownsAddress(ctx, port, homeTenantId, homeObjectId, invitedAddress)) {
      addresses.push({ address: invitedAddress, from: 'proxyAddress' })
    }
  }
  return { kind: 'organization', homeTenantId, homeObjectId, homeVerifiedDomains, addresses }
}
