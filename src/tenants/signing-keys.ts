import type { JWK } from 'jose'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../platform/context.ts'
import type { Keyring } from '../platform/crypto/keyring.ts'
import { generateSigningKey } from '../platform/crypto/signing-keys.ts'
import type { Tx } from '../platform/database/index.ts'

declare module '../platform/database/schema.ts' {
  interface Schema {
    signing_keys: {
      tenant_id: string
      key_id: string
      algorithm: 'RS256'
      public_jwk: JWK
      sealed_private_jwk: string
      created_at: Date
      signs_from: Date
      published_until: Date | null
    }
  }
}

/** A private key of the tenant, decrypted; lives in memory only. */
export interface SigningKey {
  readonly keyId: string
  readonly privateJwk: JWK
  readonly signsFrom: Date
}

export interface SigningKeys {
  /** Signs now: the youngest key whose time has come. */
  readonly current: SigningKey
  /** Every key that verifiers must be able to find: older ones still in use, and the next one ahead of its time. */
  readonly published: readonly SigningKey[]
}

/** Verifiers cache a key set for up to a day, so a new key is published that long before it signs. */
const PUBLISH_AHEAD_SECONDS = 24 * 3600
/** Longer than any token lives. */
const PUBLISH_AFTER_SECONDS = 7 * 24 * 3600

const PURPOSE = 'signing-key'

/**
 * Adds a signing key. `rotate`: it is published now and signs in a day; the others leave the key set a week after
 * that. `rotate now`: it signs at once, for a key that leaked; the others leave at once too. `unless one signs`:
 * only for a tenant without any.
 */
export async function addSigningKey(
  ctx: Context,
  keyring: Keyring,
  occasion: 'unless one signs' | 'rotate' | 'rotate now',
): Promise<void> {
  if (occasion === 'unless one signs' && (await ctx.db.transaction(hasSigningKey))) return
  // 2048 bits take up to a second to find: not while a transaction is open.
  const { keyId, publicJwk, privateJwk } = await generateSigningKey()
  const now = ctx.clock.now()
  const ahead = occasion === 'rotate' ? PUBLISH_AHEAD_SECONDS : 0
  const signsFrom = new Date(now.getTime() + ahead * 1000)
  const othersUntil =
    occasion === 'rotate now' ? now : new Date(signsFrom.getTime() + PUBLISH_AFTER_SECONDS * 1000)
  await ctx.db.transaction(async (tx) => {
    if (occasion === 'unless one signs' && (await hasSigningKey(tx))) return
    await tx
      .updateTable('signing_keys')
      .set({ published_until: othersUntil })
      .where('published_until', 'is', null)
      .execute()
    await tx
      .insertInto('signing_keys')
      .values({
        tenant_id: ctx.tenantId,
        key_id: keyId,
        algorithm: 'RS256',
        public_jwk: publicJwk,
        sealed_private_jwk: keyring.seal(PURPOSE, ctx.tenantId, JSON.stringify(privateJwk)),
        created_at: now,
        signs_from: signsFrom,
        published_until: null,
      })
      .execute()
    await recordAudit(ctx, tx, {
      activity: 'Add signing key',
      category: 'KeyManagement',
      operationType: 'Add',
      targets: [{ id: keyId, type: 'Other', displayName: 'Token signing key' }],
    })
  })
}

const hasSigningKey = async (tx: Tx): Promise<boolean> =>
  (await tx
    .selectFrom('signing_keys')
    .select('key_id')
    .where('published_until', 'is', null)
    .executeTakeFirst()) !== undefined

/** The tenant's keys at this moment. Throws when the master key does not open them, or there is none. */
export async function loadSigningKeys(ctx: Context, keyring: Keyring): Promise<SigningKeys> {
  const now = ctx.clock.now()
  const rows = await ctx.db.transaction((tx) =>
    tx
      .selectFrom('signing_keys')
      .select(['key_id', 'sealed_private_jwk', 'signs_from', 'published_until'])
      .where((where) => where.or([where('published_until', 'is', null), where('published_until', '>', now)]))
      .orderBy('signs_from', 'desc')
      .execute(),
  )
  const published = rows.map((row) => ({
    keyId: row.key_id,
    // The text is what `addSigningKey` sealed; GCM vouches for it.
    privateJwk: JSON.parse(keyring.open(PURPOSE, ctx.tenantId, row.sealed_private_jwk).toString()) as JWK,
    signsFrom: row.signs_from,
  }))
  const current = published.find((key) => key.signsFrom <= now) ?? published.at(-1)
  if (current === undefined) throw new Error(`Tenant ${ctx.tenantId} has no signing key.`)
  return { current, published }
}
