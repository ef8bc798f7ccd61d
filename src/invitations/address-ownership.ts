import { type ObjectIdentity, organisationalIdentity } from '../directory/index.ts'
import type { Reason } from '../platform/errors.ts'
import { addressKey, sameMailbox } from './address.ts'
import type { Redeemer } from './model.ts'

/**
 * Why this account counts as the owner of the mailbox; null when it does not (RED-10). An address counts only from
 * whoever has authority over its domain: any organisation can write any address into its own directory.
 */
export function whyOwns(redeemer: Redeemer, invitedAddress: string): Reason | null {
  const owns = (message: string): Reason => ({ rule: 'RED-10', message })
  const domain = domainOfKey(addressKey(invitedAddress))
  switch (redeemer.kind) {
    case 'passcode':
      return sameMailbox(redeemer.address, invitedAddress)
        ? owns('A code mailed to the address was entered.')
        : null
    case 'organization': {
      if (domain === null || !includesDomain(redeemer.homeVerifiedDomains, domain)) return null
      const claim = redeemer.addresses.find(({ address }) => sameMailbox(address, invitedAddress))
      return claim === undefined ? null : owns(`The home organization says so: ${claim.from}.`)
    }
    case 'federation':
      // IDP-7.
      return domain !== null &&
        includesDomain(redeemer.domains, domain) &&
        sameMailbox(redeemer.address, invitedAddress)
        ? owns('The provider is federated for the domain and asserts the address.')
        : null
    case 'social':
      return redeemer.addressIsVerified && sameMailbox(redeemer.address, invitedAddress)
        ? owns('The provider says that it has verified the address.')
        : null
  }
}

const domainOfKey = (key: string | null): string | null => key?.slice(key.lastIndexOf('@') + 1) ?? null

const includesDomain = (domains: readonly string[], domain: string): boolean =>
  domains.some((one) => domainOfKey(addressKey(`x@${one}`)) === domain)

/** RED-14: who the guest is elsewhere from now on. Subjects, never addresses, except where the mailbox is the account. */
export function identityOf(redeemer: Redeemer): ObjectIdentity {
  switch (redeemer.kind) {
    case 'organization':
      return organisationalIdentity(redeemer.homeTenantId, redeemer.homeObjectId)
    case 'passcode':
      return federated('mail', addressKey(redeemer.address) ?? redeemer.address)
    case 'federation':
    case 'social':
      return federated(redeemer.issuer, redeemer.subject)
  }
}

const federated = (issuer: string, issuerAssignedId: string): ObjectIdentity => ({
  signInType: 'federated',
  issuer,
  issuerAssignedId,
})
