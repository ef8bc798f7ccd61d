import { endOfSecond, startOfSecond } from '../../platform/clock.ts'
import type { Context } from '../../platform/context.ts'
import type { Tx } from '../../platform/database/index.ts'
import { Invalid, NotFound, PreconditionFailed } from '../../platform/errors.ts'
import { announce } from '../changes.ts'
import type { ObjectReference } from '../directory-objects.ts'
import { DuplicateValue } from '../duplicates.ts'
import type {
  CreationType,
  ExternalUserState,
  NewUser,
  ObjectIdentity,
  User,
  UserFacts,
  UserType,
} from './model.ts'
import { guestPrincipalName, isExternal, newUser, withOwnIdentity } from './rules.ts'
import { saveLookups, saveUser, tenantNames } from './saving.ts'
import { giveSponsors } from './sponsors.ts'
import * as store from './store.ts'

/** What is known of a guest before anybody has signed in. */
export interface NewGuest {
  /** The invited address, checked by the caller (INV-3). */
  readonly address: string
  /** Default: the address's local part. */
  readonly displayName?: string | null
  /** Default `Guest`. */
  readonly userType?: UserType
  /** Default `Invitation`. */
  readonly creationType?: CreationType
  /** Default `PendingAcceptance`. */
  readonly state?: ExternalUserState
  /** Where the person signs in, when that is known already: self-service sign-up, automatic redemption. */
  readonly identity?: ObjectIdentity
  /** At most five users or groups (SPO-1). */
  readonly sponsors?: readonly ObjectReference[]
  /** False leaves `proxyAddresses` empty, since a contact has the address (USR-3). */
  readonly ownsAddress?: boolean
  readonly facts?: Partial<
    Omit<UserFacts, 'userPrincipalName' | 'displayName' | 'userType' | 'mail' | 'identities'>
  >
}

// Addresses that collapse to one name are rare; a hundred at once are an attack or a mistake.
const MOST_SUFFIXES = 100

/**
 * Creates the user object of a guest, inside the transaction of what brings the guest here: an invitation, a
 * sign-up, a synchronisation. The caller writes the audit record, which names that activity.
 * Throws `DuplicateValue` with property `proxyAddresses` when somebody has the address by now: a caller that had
 * found nobody has lost a race, and repeats its transaction.
 */
export async function createGuest(ctx: Context, tx: Tx, guest: NewGuest): Promise<User> {
  const { initial } = await tenantNames(ctx, tx)
  const now = ctx.clock.now()
  const request: Omit<NewUser, 'userPrincipalName'> = {
    accountEnabled: true,
    mailNickname: null,
    otherMails: [guest.address],
    showInAddressList: false,
    ...guest.facts,
    displayName: guest.displayName ?? guest.address.slice(0, guest.address.indexOf('@')),
    userType: guest.userType ?? 'Guest',
    mail: guest.address,
    identities: guest.identity === undefined ? [] : [guest.identity],
    creationType: guest.creationType ?? 'Invitation',
  }
  const id = ctx.ids.guid()
  for (let number = 0; number < MOST_SUFFIXES; number++) {
    const userPrincipalName = guestPrincipalName(guest.address, initial, number)
    const user: User = {
      ...newUser({ ...request, userPrincipalName }, { id, now, initialDomain: initial }),
      // The alias of a guest is its name before the domain.
      mailNickname:
        guest.facts?.mailNickname ?? userPrincipalName.slice(0, userPrincipalName.lastIndexOf('@')),
      ...(guest.ownsAddress === false && { proxyAddresses: [] }),
      externalUserState: guest.state ?? 'PendingAcceptance',
      externalUserStateChangeDateTime: now,
    }
    // USR-2: a taken name, which may be of another address, gets the next number.
    if (!(await store.insertUser(tx, ctx.tenantId, user))) continue
    await saveLookups(ctx, tx, user)
    announce(ctx, tx, { objectType: 'user', objectId: user.id, change: 'created' })
    await giveSponsors(ctx, tx, user, guest.sponsors ?? [])
    return user
  }
  throw new DuplicateValue('userPrincipalName')
}

/**
 * The guest has accepted with this identity (RED-14): state, time and identity change together. The caller audits.
 * An internal user is converted by it (CNV-1): sessions that began with the password end, and where a passcode
 * takes its place the password too (CNV-3). 412 when the guest was not
 * pending any more: somebody else redeemed first. `DuplicateValue` with property `identities` when another user of
 * this tenant signs in with it.
 */
export async function acceptGuest(
  ctx: Context,
  tx: Tx,
  userId: string,
  identity: ObjectIdentity,
  oldPassword: 'keep' | 'end' = 'keep',
): Promise<User> {
  const user = await lockGuest(tx, userId)
  if (user.externalUserState !== 'PendingAcceptance') {
    throw new PreconditionFailed('This invitation has been redeemed already.')
  }
  const { initial } = await tenantNames(ctx, tx)
  const now = ctx.clock.now()
  const changed: Partial<User> = {
    externalUserState: 'Accepted',
    externalUserStateChangeDateTime: now,
    identities: withOwnIdentity([identity], initial, user.userPrincipalName),
    // A later reset clears the identity; this then still says that the person signs in elsewhere. The session that
    // the acceptance begins must live, so only what is older than this second ends.
    ...(!isExternal(user) && {
      creationType: 'Invitation',
      signInSessionsValidFromDateTime: startOfSecond(now),
    }),
  }
  await saveUser(ctx, tx, user, changed)
  if (oldPassword === 'end') await store.deletePassword(tx, user.id)
  return { ...user, ...changed }
}

/**
 * Puts an internal user into pending (CNV-1): until redemption everything works as before, and `acceptGuest` then
 * converts. Again for one who is pending changes nothing. The caller has checked who may be converted, and audits.
 */
export async function beginConversion(ctx: Context, tx: Tx, userId: string): Promise<User> {
  const user = await lockGuest(tx, userId)
  if (isExternal(user)) throw new PreconditionFailed('This user signs in with an account elsewhere already.')
  if (user.externalUserState === 'PendingAcceptance') return user
  return saveState(ctx, tx, user, 'PendingAcceptance')
}

/** The offer to convert was taken back before anybody accepted it. Does nothing for everybody else. */
export async function endConversion(ctx: Context, tx: Tx, userId: string): Promise<User> {
  const user = await lockGuest(tx, userId)
  if (isExternal(user) || user.externalUserState !== 'PendingAcceptance') return user
  return saveState(ctx, tx, user, null)
}

async function saveState(
  ctx: Context,
  tx: Tx,
  user: User,
  externalUserState: ExternalUserState | null,
): Promise<User> {
  const changed: Partial<User> = {
    externalUserState,
    externalUserStateChangeDateTime: externalUserState === null ? null : ctx.clock.now(),
  }
  await saveUser(ctx, tx, user, changed)
  return { ...user, ...changed }
}

/**
 * Puts a guest back to pending (RST-2): id, name, groups and application roles stay; the identity elsewhere goes
 * and sessions end. The caller audits. 400 for a user who was never invited (RST-5).
 */
export async function resetGuest(ctx: Context, tx: Tx, userId: string): Promise<User> {
  const user = await lockGuest(tx, userId)
  if (user.externalUserState === null) {
    throw new Invalid('This user was never invited, so there is no redemption to reset.', {
      code: 'BadRequest',
      details: [{ code: 'InvalidValue', message: 'Never invited.', target: 'invitedUser' }],
    })
  }
  const { initial } = await tenantNames(ctx, tx)
  const now = ctx.clock.now()
  const changed: Partial<User> = {
    externalUserState: 'PendingAcceptance',
    externalUserStateChangeDateTime: now,
    identities: withOwnIdentity([], initial, user.userPrincipalName),
    signInSessionsValidFromDateTime: endOfSecond(now),
  }
  await saveUser(ctx, tx, user, changed)
  return { ...user, ...changed }
}

async function lockGuest(tx: Tx, id: string): Promise<User> {
  const user = await store.findUser(tx, id, 'for update')
  if (user === null) throw new NotFound(id)
  return user
}
