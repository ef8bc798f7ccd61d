import { sql } from 'kysely'
import type { Tx } from '../../platform/database/index.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    one_time_passcodes: {
      tenant_id: string
      purpose: PasscodePurpose
      address: string
      code_mac: string
      created_at: Date
      expires_at: Date
      wrong_tries: number
      used_at: Date | null
      window_began_at: Date
      sends: number
    }
  }
}

export type PasscodePurpose = 'signIn' | 'invitationSenders'

/** OTP-3 */
export const SENDS_PER_WINDOW = 5
const WINDOW_SECONDS = 15 * 60
export const TRIES_PER_CODE = 5

export interface NewPasscode {
  readonly tenantId: string
  readonly purpose: PasscodePurpose
  readonly address: string
  readonly codeMac: string
  readonly now: Date
  readonly expiresAt: Date
}

/** Replaces the code of this address; `false` when too many were sent within a quarter of an hour. One statement. */
export async function replacePasscode(tx: Tx, passcode: NewPasscode): Promise<boolean> {
  const { tenantId, purpose, address, codeMac, now, expiresAt } = passcode
  const windowStart = new Date(now.getTime() - WINDOW_SECONDS * 1000)
  const { rows } = await sql`
    insert into one_time_passcodes as known
      (tenant_id, purpose, address, code_mac, created_at, expires_at, window_began_at)
    values (${tenantId}, ${purpose}, ${address}, ${codeMac}, ${now}, ${expiresAt}, ${now})
    on conflict (tenant_id, purpose, address) do update
      set code_mac = excluded.code_mac, created_at = excluded.created_at, expires_at = excluded.expires_at,
          wrong_tries = 0, used_at = null,
          sends = case when known.window_began_at <= ${windowStart} then 1 else known.sends + 1 end,
          window_began_at = case when known.window_began_at <= ${windowStart} then excluded.window_began_at
                                 else known.window_began_at end
      where known.window_began_at <= ${windowStart} or known.sends < ${SENDS_PER_WINDOW}
    returning 1`.execute(tx)
  return rows.length === 1
}

/** Uses the code up; of many simultaneous requests exactly one succeeds. */
export async function consumePasscode(
  tx: Tx,
  purpose: PasscodePurpose,
  address: string,
  codeMac: string,
  now: Date,
): Promise<boolean> {
  const result = await tx
    .updateTable('one_time_passcodes')
    .set({ used_at: now })
    .where('purpose', '=', purpose)
    .where('address', '=', address)
    .where('code_mac', '=', codeMac)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where('wrong_tries', '<', TRIES_PER_CODE)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export interface PasscodeState {
  readonly usedAt: Date | null
  readonly expiresAt: Date
  readonly wrongTries: number
}

/** Counts one wrong try and returns where the code stands; `null` when there is none. */
export async function countWrongTry(
  tx: Tx,
  purpose: PasscodePurpose,
  address: string,
): Promise<PasscodeState | null> {
  const row = await tx
    .updateTable('one_time_passcodes')
    .set((set) => ({ wrong_tries: set('wrong_tries', '+', 1) }))
    .where('purpose', '=', purpose)
    .where('address', '=', address)
    .returning(['used_at', 'expires_at', 'wrong_tries'])
    .executeTakeFirst()
  return row === undefined
    ? null
    : { usedAt: row.used_at, expiresAt: row.expires_at, wrongTries: row.wrong_tries }
}

const REMEMBERED_SECONDS = 24 * 3600

/** Forgets codes whose day is over; until then the row counts the sends. */
export async function forgetOldPasscodes(tx: Tx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - REMEMBERED_SECONDS * 1000)
  await tx.deleteFrom('one_time_passcodes').where('created_at', '<', before).execute()
}
