import {
  type AddressMatch,
  findBuiltInRole,
  findByAddress,
  isExternal,
  listSponsors,
  rolesOf,
  type User,
} from '../directory/index.ts'
import type { Tx } from '../platform/database/index.ts'
import type { AccountFacts, AddressHolder } from './model.ts'

/** A user as the rules look at it. `directoryRoles` and `sponsorIds` are read only where a rule asks for them. */
export const accountFactsOf = (
  user: User,
  known: Partial<Pick<AccountFacts, 'directoryRoles' | 'sponsorIds'>> = {},
): AccountFacts => ({
  kind: 'user',
  id: user.id,
  origin: isExternal(user) ? 'external' : 'internal',
  userType: user.userType,
  externalUserState: user.externalUserState,
  accountEnabled: user.accountEnabled,
  mail: user.mail,
  otherMails: user.otherMails,
  preferredLanguage: user.preferredLanguage,
  // External to internal is not built yet (CNV-4): nobody has been converted that way.
  convertedToInternalAt: null,
  onPremisesUserPrincipalName: user.onPremisesUserPrincipalName,
  directoryRoles: 'none',
  sponsorIds: [],
  ...known,
})

/** How much a user's directory roles weigh (RST-4, GRA-64). */
export async function weighRoles(tx: Tx, userId: string): Promise<AccountFacts['directoryRoles']> {
  const roles = [...(await rolesOf(tx, userId))]
  if (roles.length === 0) return 'none'
  // A role that we do not know is taken for a powerful one.
  return roles.some((id) => findBuiltInRole(id)?.isPrivileged !== false) ? 'privileged' : 'ordinary'
}

/** Everybody who has the address. There are no contacts in the directory yet (USR-3). */
export async function findHolders(
  tx: Tx,
  address: string,
  options: { readonly withSponsors: boolean } = { withSponsors: false },
): Promise<readonly AddressHolder[]> {
  const holders: AddressHolder[] = []
  for (const { user, kinds } of await findByAddress(tx, address)) {
    const sponsorIds = options.withSponsors ? await sponsorIdsOf(tx, { user, kinds }) : []
    holders.push({ account: accountFactsOf(user, { sponsorIds }), uses: kinds })
  }
  return holders
}

const sponsorIdsOf = async (tx: Tx, { user }: AddressMatch): Promise<readonly string[]> =>
  (await listSponsors(tx, user.id)).map(({ id }) => id)
