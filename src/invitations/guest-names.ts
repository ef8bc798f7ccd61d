import type { MailAddress } from './address.ts'
import type { UserType } from './model.ts'

/** The values of a new guest that follow from the invitation (§2.1); its principal name is made by the directory. */
export interface NewGuest {
  readonly displayName: string
  readonly mailNickname: string
  readonly userType: UserType
  readonly mail: string
  readonly otherMails: readonly string[]
  readonly proxyAddresses: readonly string[]
  readonly accountEnabled: true
  readonly creationType: 'Invitation'
  readonly externalUserState: 'PendingAcceptance'
  readonly showInAddressList: false
}

/** Graph's bound of `mailNickname`. */
const LONGEST_NICKNAME = 64

export function newGuest(
  address: MailAddress,
  wishes: { readonly displayName: string | null; readonly userType: UserType },
  addressIsOnContact: boolean,
): NewGuest {
  return {
    displayName: guestDisplayName(wishes.displayName, address),
    mailNickname: `${address.local}_${address.domain}#EXT#`.slice(0, LONGEST_NICKNAME),
    userType: wishes.userType,
    mail: address.text,
    otherMails: [address.text],
    // USR-3: a proxy address leads to one object only. The guest is still found by mail.
    proxyAddresses: addressIsOnContact ? [] : [`SMTP:${address.text}`],
    accountEnabled: true,
    creationType: 'Invitation',
    externalUserState: 'PendingAcceptance',
    showInAddressList: false,
  }
}

/** The name that the inviter gave, else the part of the address before the `@`. */
export function guestDisplayName(given: string | null, address: MailAddress): string {
  const name = given?.trim() ?? ''
  return name === '' ? address.local : name
}
