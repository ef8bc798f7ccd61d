import type { Tx } from '../../platform/database/index.ts'
import type { StoredPassword, User } from './model.ts'
import * as store from './store.ts'

/** Somebody who may sign in with an identifier, before anything is proved. */
export interface SignInAccount {
  readonly user: User
  /** Null: signs in elsewhere, or has no password yet. */
  readonly password: StoredPassword | null
}

/**
 * The account that a typed identifier means: the user principal name first, then a mail or proxy address if it
 * leads to exactly one person. Disabled accounts are found too: the caller tells nobody before the proof. Null when
 * nobody, or more than one, is meant.
 */
export async function findAccountForSignIn(tx: Tx, identifier: string): Promise<SignInAccount | null> {
  const matches = await store.findUsersByAddress(tx, identifier.trim())
  const named = matches.find((match) => match.kinds.includes('upn'))
  const byMail = matches.filter((match) => match.kinds.includes('mail') || match.kinds.includes('proxy'))
  const found = named ?? (byMail.length === 1 ? byMail[0] : undefined)
  if (found === undefined) return null
  return { user: found.user, password: await store.findPassword(tx, found.user.id) }
}
