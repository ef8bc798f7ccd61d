import type { Context } from '../../platform/context.ts'
import type { Keyring } from '../../platform/crypto/keyring.ts'
import { numericCode } from '../../platform/crypto/tokens.ts'
import type { Tx } from '../../platform/database/index.ts'
import * as store from './store.ts'

export const PASSCODE_LENGTH = 8
export const PASSCODE_LIFETIME_MINUTES = 30

export type IssuedPasscode =
  | { readonly outcome: 'issued'; readonly code: string; readonly expiresAt: Date }
  | { readonly outcome: 'tooMany' }

/**
 * Makes a new code for a mailbox; the one before is void. The caller mails it in the same transaction, or, where
 * nobody with this address may sign in, mails nothing and shows the same page (OTP-3).
 */
export async function issuePasscode(
  ctx: Context,
  tx: Tx,
  keyring: Keyring,
  purpose: store.PasscodePurpose,
  address: string,
): Promise<IssuedPasscode> {
  const code = numericCode(PASSCODE_LENGTH)
  const now = ctx.clock.now()
  const expiresAt = new Date(now.getTime() + PASSCODE_LIFETIME_MINUTES * 60_000)
  const issued = await store.replacePasscode(tx, {
    tenantId: ctx.tenantId,
    purpose,
    address: address.toLowerCase(),
    codeMac: macOf(ctx, keyring, purpose, address, code),
    now,
    expiresAt,
  })
  return issued ? { outcome: 'issued', code, expiresAt } : { outcome: 'tooMany' }
}

export type PasscodeVerdict =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly reason: 'wrong' | 'expired' | 'tooManyTries' }

/** Judges what was typed, once. Spaces and hyphens that people add do not count. */
export async function acceptPasscode(
  ctx: Context,
  tx: Tx,
  keyring: Keyring,
  purpose: store.PasscodePurpose,
  address: string,
  typed: string,
): Promise<PasscodeVerdict> {
  const code = typed.replaceAll(/[\s-]/g, '')
  const now = ctx.clock.now()
  const known = address.toLowerCase()
  const mac = macOf(ctx, keyring, purpose, address, code)
  if (await store.consumePasscode(tx, purpose, known, mac, now)) return { outcome: 'accepted' }
  const state = await store.countWrongTry(tx, purpose, known)
  if (state === null) return { outcome: 'refused', reason: 'wrong' }
  if (state.wrongTries >= store.TRIES_PER_CODE) return { outcome: 'refused', reason: 'tooManyTries' }
  if (state.usedAt !== null || state.expiresAt <= now) return { outcome: 'refused', reason: 'expired' }
  return { outcome: 'refused', reason: 'wrong' }
}

const macOf = (ctx: Context, keyring: Keyring, purpose: string, address: string, code: string): string =>
  keyring.hmac('one-time-passcode', JSON.stringify([ctx.tenantId, purpose, address.toLowerCase(), code]))
