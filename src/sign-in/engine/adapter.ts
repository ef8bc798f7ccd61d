import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Clock } from '../../platform/clock.ts'
import type { Keyring } from '../../platform/crypto/keyring.ts'
import { digestToken } from '../../platform/crypto/tokens.ts'
import type { TenantDatabase, Tx } from '../../platform/database/index.ts'

declare module '../../platform/database/schema.ts' {
  interface Schema {
    oidc_artifacts: {
      tenant_id: string
      model: string
      id_digest: string
      payload: string
      uid_digest: string | null
      user_code_digest: string | null
      grant_digest: string | null
      created_at: Date
      expires_at: Date | null
      consumed_at: Date | null
    }
  }
}

/**
 * Storage of one tenant's OpenID provider. Identifiers are kept as digests only. Expiry follows the product's
 * clock, so that a moved clock ends sessions and codes; what clients check themselves (`exp` in a token) is real
 * time (decision 0007).
 */
export function artifactAdapter(model: string, db: TenantDatabase, clock: Clock, keyring: Keyring): Adapter {
  const sealId = (id: string) => keyring.seal('oidc-artifact', db.tenantId, id)
  const openId = (sealed: string) => keyring.open('oidc-artifact', db.tenantId, sealed).toString()
  const unexpired = (tx: Tx) =>
    tx
      .selectFrom('oidc_artifacts')
      .select(['payload', 'consumed_at'])
      .where('model', '=', model)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', clock.now())]))

  return {
    async upsert(id, payload, expiresInSeconds) {
      const now = clock.now()
      const row = {
        payload: JSON.stringify({
          ...withoutIdentifiers(payload),
          ...(foundOtherwise.has(model) ? { sealedId: sealId(id) } : {}),
        }),
        uid_digest: digestOf(payload.uid),
        user_code_digest: digestOf(payload.userCode),
        grant_digest: model === 'Grant' ? null : digestOf(payload.grantId),
        expires_at: expiresInSeconds ? new Date(now.getTime() + expiresInSeconds * 1000) : null,
      }
      const inserting = { tenant_id: db.tenantId, model, id_digest: digestToken(id), created_at: now, ...row }
      await db.transaction(async (tx) => {
        if (model === 'ReplayDetection') return insertOnce(tx, inserting)
        await insertArtifact(tx)
          .values(inserting)
          .onConflict((conflict) => conflict.columns(['tenant_id', 'model', 'id_digest']).doUpdateSet(row))
          .execute()
      })
    },

    find: (id) =>
      read(
        db,
        () => id,
        (tx) => unexpired(tx).where('id_digest', '=', digestToken(id)).executeTakeFirst(),
      ),
    findByUid: (uid) =>
      read(db, openId, (tx) => unexpired(tx).where('uid_digest', '=', digestToken(uid)).executeTakeFirst()),
    findByUserCode: (code) =>
      read(db, openId, (tx) =>
        unexpired(tx).where('user_code_digest', '=', digestToken(code)).executeTakeFirst(),
      ),

    /**
     * Single use, decided by one conditional statement: the library looks first and consumes later, so of many
     * simultaneous requests all but one fail here.
     */
    async consume(id) {
      const result = await db.transaction((tx) =>
        tx
          .updateTable('oidc_artifacts')
          .set({ consumed_at: clock.now() })
          .where('model', '=', model)
          .where('id_digest', '=', digestToken(id))
          .where('consumed_at', 'is', null)
          .executeTakeFirst(),
      )
      if (result.numUpdatedRows !== 1n) throw new errors.InvalidGrant('already used')
    },

    async destroy(id) {
      await db.transaction((tx) =>
        tx
          .deleteFrom('oidc_artifacts')
          .where('model', '=', model)
          .where('id_digest', '=', digestToken(id))
          .execute(),
      )
    },

    async revokeByGrantId(grantId) {
      await db.transaction((tx) =>
        tx.deleteFrom('oidc_artifacts').where('grant_digest', '=', digestToken(grantId)).execute(),
      )
    },
  }
}

/** Looked up by something else than their identifier and then saved again under it, so it must be recoverable. */
const foundOtherwise: ReadonlySet<string> = new Set(['Session', 'DeviceCode'])

function withoutIdentifiers(payload: AdapterPayload): object {
  const session = payload.session === undefined ? undefined : { ...payload.session, cookie: undefined }
  return { ...payload, jti: undefined, session }
}

const digestOf = (value: string | undefined): string | null =>
  value === undefined ? null : digestToken(value)

/** RFC 7523 §3: an assertion id counts once, even when two requests bring it at the same moment. */
async function insertOnce(
  tx: Tx,
  row: Parameters<ReturnType<typeof insertArtifact>['values']>[0],
): Promise<void> {
  const result = await insertArtifact(tx)
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'model', 'id_digest']).doNothing())
    .executeTakeFirst()
  if (result.numInsertedOrUpdatedRows !== 1n) {
    throw new errors.InvalidClientAuth('client assertion tokens must only be used once')
  }
}

const insertArtifact = (tx: Tx) => tx.insertInto('oidc_artifacts')

async function read(
  db: TenantDatabase,
  identify: (sealedId: string) => string,
  query: (tx: Tx) => Promise<{ payload: unknown; consumed_at: Date | null } | undefined>,
): Promise<AdapterPayload | undefined> {
  const row = await db.transaction(query)
  if (row === undefined) return undefined
  // jsonb arrives parsed; it is what `upsert` stored.
  const { sealedId, ...payload } = row.payload as AdapterPayload & { sealedId?: string }
  return {
    ...payload,
    jti: identify(sealedId ?? ''),
    ...(row.consumed_at === null ? {} : { consumed: Math.floor(row.consumed_at.getTime() / 1000) }),
  }
}

/** Forgets what has expired. The adapter does not find it any more; this only gives the room back. */
export async function forgetExpiredArtifacts(tx: Tx, now: Date): Promise<void> {
  await tx.deleteFrom('oidc_artifacts').where('expires_at', '<', now).execute()
}
